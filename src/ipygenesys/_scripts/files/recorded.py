"""A conversation that was recorded, as a scenario: the same is said, and the same has to be answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ipygenesys._core.model.content import Answer
from ipygenesys._core.model.messages import Message
from ipygenesys._scripts.model.matching import cards_of
from ipygenesys._scripts.model.place import ScriptError
from ipygenesys._scripts.model.scenario import Scenario
from ipygenesys._scripts.model.steps import Expect, Pick, Say, Step, Upload, Wanted


def scenario(messages: Iterable[Message], name: str) -> Scenario:
    """Of what was said, oldest first; notices of the system, and what was not sent or was taken back, say nothing.

    Raises:
        ScriptError: nothing was said, or it was something that a script cannot say.
    """
    said = (
        each for each in messages if not each.is_draft and not each.is_withdrawn and each.role != "system"
    )
    steps = tuple(
        step
        for message in said
        for step in (_said(message) if message.role == "customer" else _answered(message))
    )
    if not any(not isinstance(step, Expect) for step in steps):
        raise ScriptError("no customer says anything in this recording.")
    return Scenario(name, steps)


def _said(message: Message) -> Iterator[Step]:
    answer = next((part for part in message.content if isinstance(part, Answer)), None)
    if answer is not None:
        if answer.entries:
            raise ScriptError("the customer fills in a form, which a script cannot do.")
        yield Pick(tuple(map(_literal, answer.titles or (answer.text,))))
    elif message.attachments:
        first, *others = (file.name for file in message.attachments)
        yield Upload(first, _literal(message.text or ""))
        yield from (Upload(name) for name in others)
    elif (message.text or "").strip():
        yield Say(_literal(message.text or ""))


def _answered(message: Message) -> Iterator[Step]:
    text = (message.text or "").strip()
    wanted = Wanted(
        equals=_literal(text) if text else None,
        quick_replies=tuple(_literal(each.text) for each in message.quick_replies) or None,
        cards=tuple(_literal(each.title) for each in cards_of(message)) or None,
        files=tuple(_literal(file.name) for file in message.attachments) or None,
    )
    if wanted != Wanted():
        yield Expect(wanted)


def _literal(words: str) -> str:
    """Braces stand for variables."""
    return words.replace("{", "{{").replace("}", "}}")
