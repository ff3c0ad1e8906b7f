"""Regular expressions of JavaScript, written for Python: beside Node, which is the judge."""

from __future__ import annotations

import json
import random
import subprocess

import pytest
import regex

from ipygenesys._scripts.model import patterns
from ipygenesys._scripts.model.javascript import in_python
from ipygenesys._scripts.model.patterns import Pattern, TooSlow
from ipygenesys._scripts.model.place import Place, ScriptError
from tests.tools import node

ATOMS = [
    r"a",
    r"b",
    r"ä",
    r"1",
    r"_",
    r"-",
    r".",
    r"\d",
    r"\w",
    r"\s",
    r"\D",
    r"\W",
    r"\S",
    r"\b",
    r"\B",
    r"^",
    r"$",
    r"[ab]",
    r"[^a]",
    r"[\d-x]",
    r"[\w-]",
    r"[^]",
    r"[]",
    r"[a-c]",
    r"[]a]",
    r"[\]a]",
    r"[\b]",
    r"[^\s]",
    r"[\S]",
    r"[\D1]",
    r"\u0061",
    r"\x41",
    r"\cA",
    r"\0",
    r"\-",
    r"\a",
    r"\e",
    r"{",
    r"}",
    r"{2}",
    r"{1,2}",
    r"{1,}",
    r"{,2}",
    r"{e}",
    r"*",
    r"+",
    r"?",
    r"*?",
    r"(?:",
    r"(",
    r")",
    r"(?=",
    r"(?!",
    r"(?<=",
    r"(?<!",
    r"|",
    r"\1",
    r"\2",
    r"(?<n>",
    r"\k<n>",
    r"[[]",
    r"[a&&b]",
    r"\p{L}",
    r"\n",
    r"\/",
    r"/",
    r"#",
    r"(?i)",
    r"(?P<x>",
    r"a++",
    r"\Z",
    r"\A",
    r"[:alpha:]",
    r"[[:alpha:]]",
    r"\8",
    r"\08",
]
TEXTS = [
    "", "a", "A", "ab", "aB ab", "ä", "Ä1", "1a_", "a\nb", "a\r\nb", "-x", "\u2028a", "{2}", "aa", "aaa", "a b", "\u00a0", "b{e}",
    "x1 2", "\\", "p{L}", "[:a", "\x01", "Zz", "a-c", "  a", "\ta\n", "ß", "\u0663",
]  # fmt: skip
JUDGE = """
const [sources, texts] = JSON.parse(require("fs").readFileSync(0));
process.stdout.write(JSON.stringify(sources.map((source) => {
  let pattern;
  try { pattern = new RegExp(source, "im"); } catch { return "refused"; }
  return texts.map((text) => { const found = pattern.exec(text); return found && [found.index, found[0]]; });
})));
"""


def test_what_matches_is_what_node_finds() -> None:
    dice = random.Random(20)
    sources = ["".join(dice.choices(ATOMS, k=dice.randint(1, 6))) for _ in range(3_000)]
    judged = subprocess.run(
        node.command(["node", "-e", JUDGE]),
        input=json.dumps([sources, TEXTS]),
        capture_output=True,
        text=True,
        check=True,
    )
    compared = 0
    for source, found in zip(sources, json.loads(judged.stdout), strict=True):
        try:
            pattern = regex.compile(in_python(source), regex.IGNORECASE | regex.MULTILINE)
        except (ValueError, regex.error) as error:
            pattern, problem = None, str(error)
        if pattern is None:
            assert found == "refused" or "open group" in problem, (
                source
            )  # Python has no reference to a group that is open
            continue
        assert found != "refused", source
        seen = [pattern.search(text) for text in TEXTS]
        assert [one and [one.start(), one.group()] for one in seen] == found, source
        compared += 1
    assert compared > 1_000


def test_a_pattern_that_javascript_does_not_take_says_where_it_stands() -> None:
    with pytest.raises(
        ScriptError, match=r"^a\.yml:3: '\(\?P<x>a\)' is no regular expression of JavaScript's"
    ):
        Pattern("(?P<x>a)", True, Place("a.yml", 3))


def test_named_groups_are_found_in_both_languages() -> None:
    assert Pattern(r"order (?<number>\d+)", True).search("Your ORDER 12.") == {"number": "12"}
    assert Pattern(r"order (?P<number>\d+)").search("Your ORDER 12.") == {"number": "12"}
    assert Pattern("no").search("yes") is None


def test_a_search_that_is_stopped_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped:
        def search(self, text: str, timeout: float) -> None:
            assert timeout == patterns.LIMIT_S
            raise TimeoutError

    monkeypatch.setattr(regex, "compile", lambda *_: Stopped())
    with pytest.raises(TooSlow):
        Pattern("a").search("a")
