"""Is this message what a step wants, and if not, what is wrong with it."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from ipygenesys._core.model.content import Button, Card, Carousel, ListItem, QuickReply
from ipygenesys._core.model.messages import Message
from ipygenesys._scripts.model.patterns import Pattern, TooSlow
from ipygenesys._scripts.model.place import Place, ScriptError
from ipygenesys._scripts.model.steps import Wanted
from ipygenesys._scripts.model.variables import filled

LONGEST_COMPARED = 5_000
"""Chosen: characters of each text that ``similar`` compares, for its cost grows with their product."""
MISSING = object()


@dataclass(frozen=True)
class Comparison:
    """``problems`` in words, none where it fits; ``found`` are the variables of named groups."""

    problems: tuple[str, ...] = ()
    found: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[str, ...] = field(default=(), repr=False)
    """Texts, any of which it was to be or to hold."""
    text: str = field(default="", repr=False)

    @property
    def fits(self) -> bool:
        return not self.problems

    @property
    def likeness(self) -> float:
        """To the nearest text that was expected, 0 to 1; it costs more than all else here."""
        return max((similarity(one, self.text) for one in self.expected), default=0.0)


def with_variables(wanted: Wanted, variables: Mapping[str, str], place: Place) -> Wanted:
    """The same with all ``{names}`` filled in.

    Raises:
        ScriptError: a variable is not known.
    """

    def fill(value: Any) -> Any:
        if isinstance(value, str):
            return filled(value, variables, place)
        return tuple(fill(one) for one in value) if isinstance(value, tuple) else value

    names = (
        "equals",
        "contains",
        "one_of",
        "similar",
        "quick_replies",
        "buttons",
        "cards",
        "items",
        "links",
        "files",
    )
    texts = {name: fill(getattr(wanted, name)) for name in names}
    return replace(wanted, **texts, json={path: fill(value) for path, value in wanted.json.items()})


def compare(wanted: Wanted, message: Message) -> Comparison:
    """A message beside what is wanted."""
    text = message.text or ""
    problems, found = _of_text(wanted, text)
    problems += _of_parts(wanted, message)
    for path, value in wanted.json.items():
        seen = at_path(msgspec.to_builtins(message), path)
        if seen is MISSING or not _same(seen, value):
            problems.append(f"{path} is {'not there' if seen is MISSING else repr(seen)}, not {value!r}")
    if wanted.check is not None:
        problems += _of_check(wanted.check, message)
    expected = (wanted.equals, *wanted.contains, *wanted.one_of, wanted.similar)
    return Comparison(tuple(problems), found, tuple(one for one in expected if one is not None), text.strip())


def _of_text(wanted: Wanted, whole: str) -> tuple[list[str], Mapping[str, str]]:
    text = whole.strip()
    problems: list[str] = []
    found: Mapping[str, str] = {}
    if wanted.equals is not None and text != wanted.equals.strip():
        problems.append("its text is another one")
    for part in wanted.contains:
        if not (part in whole if wanted.exact else part.lower() in whole.lower()):
            problems.append(f"{part!r} is not in its text")
    if wanted.one_of and text not in (one.strip() for one in wanted.one_of):
        problems.append(f"its text is none of the {len(wanted.one_of)}")
    if wanted.similar is not None:
        share = similarity(wanted.similar, text)
        if share < wanted.at_least:
            problems.append(f"its text is similar by {share:.2f}, not by {wanted.at_least:.2f}")
    if wanted.matches is not None:
        found, problem = _of_pattern(wanted.matches, whole)
        problems += problem
    return problems, found


def _of_check(check: Callable[[Message], object], message: Message) -> list[str]:
    name = getattr(check, "__name__", "the check")
    try:
        return [] if check(message) else [f"{name} says no"]
    except Exception as error:  # Whatever whoever has written it did not think of.
        raise ScriptError(f"{name} has failed: {type(error).__name__}: {error}") from None


def _of_pattern(pattern: Pattern, text: str) -> tuple[Mapping[str, str], list[str]]:
    try:
        found = pattern.search(text)
    except TooSlow:
        raise ScriptError(
            f"{pattern.source!r} takes too long on a message: write it simpler.", pattern.place
        ) from None
    return (found, []) if found is not None else ({}, [f"{pattern.source!r} does not match its text"])


def similarity(one: str, other: str) -> float:
    """The share of letters in common, 2·M/T by difflib, in small letters and with single spaces: 0 to 1."""
    first, second = (" ".join(text.casefold().split())[:LONGEST_COMPARED] for text in (one, other))
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio()


# --- parts ------------------------------------------------------------------------------------------------


def _of_parts(wanted: Wanted, message: Message) -> list[str]:
    offered = {
        "quick_replies": (reply.text for reply in message.quick_replies),
        "buttons": (one.text for one in message.options if isinstance(one, Button)),
        "items": (one.title for one in message.options if isinstance(one, ListItem)),
        "cards": (card.title for card in cards_of(message)),
        "links": links_of(message),
        "files": (file.name for file in message.attachments),
    }
    problems = []
    for name, there in offered.items():
        asked, seen = getattr(wanted, name), list(there)
        words = name.replace("_", " ")
        if asked == () and seen:
            problems.append(f"it has {words}: {_listed(seen)}")
        missing = [one for one in asked or () if not any(_is_like(one, other) for other in seen)]
        if missing:
            problems.append(f"{words}: {_listed(missing)} missing; there are {_listed(seen)}")
    return problems


def cards_of(message: Message) -> Iterable[Card]:
    """All its cards, alone or in a row."""
    for part in message.content:
        if isinstance(part, Carousel):
            yield from part.cards
        elif isinstance(part, Card):
            yield part


def links_of(message: Message) -> Iterable[str]:
    """The addresses that its cards and their buttons open, and those that stand in its text as a word."""
    for card in cards_of(message):
        yield from (url for url in (card.url, *(button.url for button in card.buttons)) if url)
    yield from (word.strip("().,;<>") for word in (message.text or "").split() if "://" in word)


def _is_like(asked: str, seen: str) -> bool:
    """The same words in any case; ``*`` stands for anything."""
    one, other = asked.strip().casefold(), seen.strip().casefold()
    return one == other or ("*" in one and fnmatch.fnmatchcase(other, one.replace("[", "[[]")))


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names) or "none"


def label_of(option: Any) -> str:
    """What an option is called where it is shown."""
    return str(getattr(option, "text", None) or getattr(option, "title", None) or option.payload)


def is_meant(word: str, option: Any) -> bool:
    """Its words, in any case, or its payload."""
    return word == option.payload or _is_like(word, label_of(option))


def options_meant(words: tuple[str, ...], message: Message) -> list[Any]:
    """What of a message is picked by these words; as many as the words, or none."""
    options = [one for one in message.options if isinstance(one, QuickReply) or one.payload is not None]
    meant = [next((one for one in options if is_meant(word, one)), None) for word in words]
    return [] if None in meant else meant


# --- JSON paths -------------------------------------------------------------------------------------------


def at_path(value: Any, path: str) -> Any:
    """What stands at ``$.content[0].replies[1].text``; MISSING where nothing does.

    Raises:
        ScriptError: it is no path of names and numbers.
    """
    rest = path.removeprefix("$").replace("[", ".[").lstrip(".")
    for step in rest.split(".") if rest else ():
        if step.startswith("[") and step.endswith("]") and step[1:-1].lstrip("-").isdigit():
            number = int(step[1:-1])
            is_there = isinstance(value, list | tuple) and -len(value) <= number < len(value)
            value = value[number] if is_there else MISSING
        elif step and "[" not in step and "]" not in step:
            value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
        else:
            raise ScriptError(f"{path!r} is no path: names with dots between them, and numbers in [ ].")
        if value is MISSING:
            return MISSING
    return value


def _same(seen: Any, wanted: Any) -> bool:
    """Words of a YAML file are texts: "3" is the number, too."""
    return bool(seen == wanted) or (isinstance(wanted, str) and msgspec.json.encode(seen).decode() == wanted)
