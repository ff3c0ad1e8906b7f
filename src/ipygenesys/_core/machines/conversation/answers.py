"""Which offers were answered by which messages, whatever order both arrive in."""

from __future__ import annotations

from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.model.content import Answer, Content
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.offers import part_kind, picked_of, with_answer, without_answer

MAX_WAITING = 500
"""Chosen: answers whose offer has not been seen yet, such as those at the top of a page of history."""
MAX_BACK = 50
"""Chosen: how many messages before an answer may lie what it answers, where it does not name it."""

Change = tuple[str, tuple[Content, ...]]
"""The id of a message, and its content now."""


class Answers:
    """Ties answers to offers."""

    def __init__(self) -> None:
        self._offer_of: dict[str, str] = {}
        """By the id of the message that holds the answer: the message that made the offer."""
        self._waiting: dict[str, Answer] = {}
        """Likewise: answers whose offer is not known yet."""

    def placed(self, message: Message, timeline: Timeline) -> list[Change]:
        """A message is new, or its content is known now; what that changes in others or in itself."""
        changes: list[Change] = []
        for part in message.content:
            if isinstance(part, Answer) and not self._is_known(message):
                changes += self._answered(message, part, timeline)
        if any(map(_is_open, message.content)):
            changes += self._offered(message, timeline)
        return changes

    def removed(self, draft_id: str, timeline: Timeline) -> list[Change]:
        """A draft was given up: what it answered is open again."""
        offer = timeline.get(self._offer_of.pop(draft_id, ""))
        return [] if offer is None else [(offer.id, without_answer(offer.content))]

    def _is_known(self, message: Message) -> bool:
        return message.id in self._offer_of or message.draft_id in self._offer_of

    def _answered(self, message: Message, answer: Answer, timeline: Timeline) -> list[Change]:
        named = timeline.get(answer.message_id) if answer.message_id is not None else None
        for offer in [named] if named is not None else _before(message, timeline):
            if any(map(_is_open, offer.content)) and (content := _answered_by(answer, offer)):
                self._offer_of[message.id] = offer.id
                return [(offer.id, content)]
        if named is None:
            self._waiting[message.id] = answer
            if len(self._waiting) > MAX_WAITING:
                del self._waiting[next(iter(self._waiting))]
        return []

    def _offered(self, offer: Message, timeline: Timeline) -> list[Change]:
        for id_, answer in self._waiting.items():
            message = timeline.get(id_)
            if message is None or message.time_ms < offer.time_ms:
                continue
            if content := _answered_by(answer, offer):
                del self._waiting[id_]
                self._offer_of[id_] = offer.id
                return [(offer.id, content)]
        return []


def _is_open(part: Content) -> bool:
    return part_kind(part) is not None and picked_of(part) is None


def _answered_by(answer: Answer, offer: Message) -> tuple[Content, ...] | None:
    """The offer's content once it is answered; None if this answers something else."""
    name = answer.message_id
    # The two sides of a conversation write one id with dashes and without.
    is_named = name is not None and name.replace("-", "") == offer.id.replace("-", "")
    return with_answer(offer.content, answer, is_named=is_named) if is_named or name is None else None


def _before(message: Message, timeline: Timeline) -> list[Message]:
    """The messages just before one, the nearest first."""
    index = timeline.index_of(message.id) or 0
    return list(reversed(timeline.slice(max(index - MAX_BACK, 0), index)))
