"""A result in words: for a terminal, a report, a person who has to mend something."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.utf8 import legible
from ipygenesys._scripts.model.matching import label_of
from ipygenesys._scripts.model.results import ScenarioResult, Turn
from ipygenesys._scripts.model.steps import (
    Converse,
    Expect,
    ExpectEnd,
    ExpectNothing,
    ExpectTyping,
    Pick,
    Say,
    Step,
    Type,
    Upload,
    Wait,
    Wanted,
)

MOST_INSTEAD = 3
"""Chosen: what came instead that is shown; the rest is counted."""


def of_step(step: Step) -> str:
    """One line, as the script says it."""
    match step:
        case Say(text=text):
            return f"say {text!r}"
        case Pick(words=words):
            return f"pick {', '.join(repr(word) for word in words)}"
        case Upload(path=path):
            return f"upload {path!r}"
        case Wait(seconds=seconds):
            return f"wait {seconds:g} s"
        case Type(seconds=seconds):
            return f"type for {seconds:g} s"
        case Expect():
            return f"expect {'nothing like ' if step.is_not else ''}{of_wanted(step.wanted)}"
        case ExpectTyping():
            return "expect typing"
        case ExpectNothing(seconds=seconds):
            return f"expect nothing for {seconds:g} s"
        case ExpectEnd(or_left=or_left):
            return f"expect {'that the other side leaves' if or_left else 'the end of the conversation'}"
        case Converse():
            return "converse"


def of_wanted(wanted: Wanted) -> str:
    """What a message has to be."""
    parts = []
    if wanted.equals is not None:
        parts.append(repr(wanted.equals))
    parts += [f"a text with {part!r}" for part in wanted.contains]
    if wanted.matches is not None:
        parts.append(f"a text that matches /{wanted.matches.source}/")
    if wanted.one_of:
        parts.append("one of " + ", ".join(repr(one) for one in wanted.one_of))
    if wanted.similar is not None:
        parts.append(f"a text similar to {wanted.similar!r} by {wanted.at_least:g}")
    for name in ("quick_replies", "buttons", "cards", "items", "links", "files"):
        if (asked := getattr(wanted, name)) is not None:
            parts.append(f"{name.replace('_', ' ')} {', '.join(repr(one) for one in asked) or 'none'}")
    parts += [f"{path} {value!r}" for path, value in wanted.json.items()]
    if wanted.check is not None:
        parts.append(getattr(wanted.check, "__name__", "the check"))
    return " and ".join(parts) or "a message"


def of_message(message: Message) -> str:
    """Its text and what it offers."""
    options = [label_of(option) for option in message.options]
    files = [file.name for file in message.attachments]
    extra = [*(f"[{label}]" for label in options), *(f"({name})" for name in files)]
    return " ".join([message.text or "", *extra]).strip()


def of_failure(result: ScenarioResult) -> Iterator[str]:
    """Where it failed and why, with what came instead, nearest first, and how that differs: line by line, fit to print."""
    for words in _failure(result):
        yield from _lines(words)


def _failure(result: ScenarioResult) -> Iterator[str]:
    turn = result.failed_turn
    if turn is None:
        if result.words:
            yield result.words
        return
    where = f"{turn.step.place}: " if turn.step.place.file else ""
    yield f"{where}{of_step(turn.step)}"
    yield turn.words
    for message, comparison in turn.instead[:MOST_INSTEAD]:
        problems = f" ({'; '.join(comparison.problems)})" if comparison.problems else ""
        yield f"  came: {of_message(message)!r}{problems}"
    if len(turn.instead) > MOST_INSTEAD:
        yield f"  and {len(turn.instead) - MOST_INSTEAD} more"
    yield from _difference(turn)


def _difference(turn: Turn) -> Iterator[str]:
    wanted = turn.step.wanted if isinstance(turn.step, Expect) else None
    expected = (wanted.equals or wanted.similar) if wanted else None
    if expected and turn.instead:
        lines = difflib.ndiff(expected.splitlines(), (turn.instead[0][0].text or "").splitlines())
        yield from (f"  {line.rstrip()}" for line in lines)


def of_transcript(result: ScenarioResult) -> Iterator[str]:
    """Who said what, with seconds since the first message: line by line, fit to print."""
    first = result.messages[0].time_ms if result.messages else 0
    for message in result.messages:
        who = "You" if message.is_own else "Them"
        yield from _lines(f"{(message.time_ms - first) / 1000:8.2f} s  {who}: {of_message(message)}")


def _lines(words: str) -> Iterator[str]:
    """No line but the first begins with what somebody else has said: programs that read logs, as in CI, act on such."""
    first, *more = legible(words).splitlines() or [""]
    yield first
    yield from (f"    | {line}" for line in more)
