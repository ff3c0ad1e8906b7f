"""A strict subset of Botium's ``.convo.txt``: played as Botium plays it; what is not known is an error.

In Botium every message of the bot takes one ``#bot`` section, a text is found anywhere in it in any case, ``*`` stands for
anything; seen with botium-core 1.15.13.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ipygenesys._scripts.files.yaml_script import Found
from ipygenesys._scripts.model.patterns import Pattern
from ipygenesys._scripts.model.place import Place, ScriptError, nearest
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.model.steps import Expect, Pick, Say, Step, Upload, Wait, Wanted

TAG = re.compile(r"#(me|bot|begin|end|include)(?: +(.*))?\s*")
WORD = re.compile(r"(!?)([A-Z][A-Z0-9_]{2,})(?: +(.*))?\s*")
TEXTS = {
    "TEXT_CONTAINS_ANY": ("any", False), "TEXT_CONTAINS_ALL": ("all", False), "TEXT_EQUALS": ("equals", False),
    "TEXT_CONTAINS_ANY_IC": ("any", True), "TEXT_CONTAINS_ALL_IC": ("all", True), "TEXT_EQUALS_IC": ("equals", True),
    "TEXT": ("equals", False), "TEXT_IC": ("equals", True),
}  # fmt: skip
PARTS = {"BUTTONS": "buttons", "CARDS": "cards", "MEDIA": "files"}
KNOWN = (*TEXTS, *PARTS, "TEXT_REGEXP", "TEXT_REGEXP_IC", "PAUSE", "BUTTON")


@dataclass
class _Section:
    who: str
    place: Place
    lines: list[tuple[str, Place]]


def found(text: str, file: str) -> Found:
    """The one convo of a file.

    Raises:
        ScriptError: it holds what cannot be played here.
    """
    sections, name = [], ""
    for count, line in enumerate(text.splitlines(), 1):
        place = Place(file, count)
        if tag := TAG.fullmatch(line):
            if tag[1] not in ("me", "bot"):
                raise ScriptError(f"#{tag[1]} is not played here.", place)
            if tag[2]:
                raise ScriptError(
                    f"{tag[2]!r} beside the tag names a channel in Botium, and there is none here.", place
                )
            sections.append(_Section(tag[1], place, []))
        elif sections:
            sections[-1].lines.append((line, place))
        else:
            name = name or line.strip()
    if not sections:
        raise ScriptError("there is neither #me nor #bot.", Place(file, 1))
    steps = [step for section in sections for step in _steps(section)]
    return Found([Scenario(name or file, tuple(steps), place=Place(file, 1))])


def _steps(section: _Section) -> Iterator[Step]:
    while section.lines and not section.lines[-1][0].strip():
        section.lines.pop()
    texts, words = [], []
    for line, place in section.lines:
        found = WORD.fullmatch(line)
        if found is None:
            texts.append(line)
        elif found[2] in KNOWN:
            words.append((found[1] == "!", found[2], _arguments(found[3] or ""), place))
        else:
            raise ScriptError(
                f"no assertion {found[2]!r} that is known here.{nearest(found[2], KNOWN)}", place
            )
    text = "\n".join(texts).replace("{", "{{").replace("}", "}}")
    for is_not, word, arguments, place in words:
        if word == "PAUSE":
            if is_not or not arguments or not arguments[0].isdigit():
                raise ScriptError("PAUSE takes milliseconds.", place)
            yield Wait(int(arguments[0]) / 1000, place)
    rest = [one for one in words if one[1] != "PAUSE"]
    yield from _me(section, text, rest) if section.who == "me" else _bot(section, text, rest)


def _arguments(text: str) -> tuple[str, ...]:
    return (
        tuple(one.replace("\\|", "|").strip() for one in re.split(r"(?<!\\)\|", text)) if text.strip() else ()
    )


def _me(
    section: _Section, text: str, words: list[tuple[bool, str, tuple[str, ...], Place]]
) -> Iterator[Step]:
    if text.strip():
        yield Say(text, section.place)
    for is_not, word, arguments, place in words:
        if is_not or word not in ("BUTTON", "MEDIA") or not arguments:
            raise ScriptError(f"{word} is nothing that #me can do.", place)
        yield Pick(arguments[-1:], place=place) if word == "BUTTON" else Upload(arguments[0], place=place)


def _bot(
    section: _Section, text: str, words: list[tuple[bool, str, tuple[str, ...], Place]]
) -> Iterator[Step]:
    is_optional, is_not, text = _marks(text)
    fields: dict[str, Any] = {}
    negated = {mark for mark, *_ in words} | ({is_not} if text else set())
    if len(negated) > 1:
        raise ScriptError(
            "what is negated and what is not stand in sections of their own here.", section.place
        )
    if text:
        fields["matches"] = _wildcards([text])
    for _, word, arguments, place in words:
        if word in TEXTS:
            how, any_case = TEXTS[word]
            fields |= _of_text(how, any_case, arguments)
        elif word in ("TEXT_REGEXP", "TEXT_REGEXP_IC"):
            fields["matches"] = Pattern("|".join(f"(?:{one})" for one in arguments), True, place)
        elif word in PARTS and arguments:
            fields["quick_replies" if word == "BUTTONS" else PARTS[word]] = arguments
        else:
            raise ScriptError(f"{word} is nothing that #bot can be asked here.", place)
    if not fields:
        return
    yield Expect(
        Wanted(**fields), is_next=True, is_not=True in negated, is_optional=is_optional, place=section.place
    )


def _marks(text: str) -> tuple[bool, bool, str]:
    """``?`` optional, ``!`` negated, ``?!`` both; doubled, the sign itself."""
    found = re.match(r"(\?(?!\?))?(!(?!!))?", text)
    assert found is not None
    rest = text[found.end() :]
    return bool(found[1]), bool(found[2]), rest[1:] if rest[:2] in ("??", "!!") else rest


def _wildcards(texts: list[str]) -> Pattern:
    """White space of any kind is one; ``*`` is anything."""
    words = [
        r"\s+".join(
            ".*".join(re.escape(part) for part in word.split("*"))
            for word in text.replace("{{", "{").replace("}}", "}").split()
        )
        for text in texts
    ]
    return Pattern("|".join(f"(?s:{one})" for one in words))


def _of_text(how: str, any_case: bool, arguments: tuple[str, ...]) -> dict[str, Any]:
    if how == "all":
        return {"contains": arguments, "exact": not any_case}
    joined = "|".join(re.escape(one) for one in arguments)
    source = f"(?:{joined})" if how == "any" else f"\\A\\s*(?:{joined})\\s*\\Z"
    return {"matches": Pattern(source if any_case else f"(?-i:{source})")}
