"""What README and SECURITY promise: each promise has its tests, and each of them is there."""

from __future__ import annotations

import ast
import functools
import re
import tomllib

import pytest

from tests.tools.paths import ROOT

README = (ROOT / "README.md").read_text("utf-8")
SECURITY = (ROOT / ".github" / "SECURITY.md").read_text("utf-8")
TESTS = (ROOT / "tests" / "README.md").read_text("utf-8")
TASKS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["poe"]["tasks"]


def rows(document: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    section = re.split(r"^#+ ", document.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def promised(document: str, heading: str) -> list[str]:
    return [found[1] for row in rows(document, heading) if (found := re.match(r"\*\*(.+?)\*\*", row[0]))]


@functools.cache
def names_in(path: str) -> frozenset[str]:
    """The tests of a file, as they are called there."""
    text = (ROOT / path).read_text("utf-8")
    if path.endswith(".py"):
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return frozenset(each.name for each in ast.parse(text).body if isinstance(each, kinds))
    return frozenset(re.findall(r"\bit(?:\.each\([^\"]*\))?\(\s*\"([^\"]+)\"", text))


def is_there(held_by: str) -> bool:
    """A test by its file and name, all of a file, or a task."""
    if held_by.startswith("uv run poe "):
        return held_by.removeprefix("uv run poe ") in TASKS
    path, _, name = held_by.partition("::")
    if not (ROOT / path).is_file():
        return False
    return name in names_in(path) if name else bool(names_in(path))


HELD = rows(TESTS, "Promises")
HOLDING = [test for row in HELD for test in re.findall(r"`([^`]+)`", row[2])]


def test_each_promise_is_in_the_table_of_tests_and_none_besides() -> None:
    expected = promised(README, "What can be relied on") + promised(SECURITY, "What is protected")
    assert len(expected) > 15
    assert promised(TESTS, "Promises") == expected


def test_each_part_of_a_promise_is_held_by_a_test_that_every_run_makes() -> None:
    for row in HELD:
        assert "::" in row[2] or ".test.ts`" in row[2], row


@pytest.mark.parametrize("held_by", sorted(set(HOLDING)))
def test_what_holds_it_is_there(held_by: str) -> None:
    assert is_there(held_by)


@pytest.mark.parametrize(
    "held_by",
    [
        "tests/test_promises.py::test_that_nobody_has_written",
        "tests/test_promises.py::HELD",
        "tests/nowhere.py::test_what_holds_it_is_there",
        "js/test/state/banner.test.ts::says everything",
        "js/test/examples.ts",
        "uv run poe miracles",
    ],
)
def test_what_is_not_there_is_noticed(held_by: str) -> None:
    assert not is_there(held_by)


def test_security_says_how_to_report_and_gives_nobodys_address() -> None:
    assert "(.github/SECURITY.md)" in README
    assert "Report a vulnerability" in SECURITY
    assert not re.search(r"\S@\S|mailto:", SECURITY)
