"""The messages of an agent's conversation: which there are, who wrote them, and what was told of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, cast

import msgspec

from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import (
    FrameIgnored,
    MessageArrived,
    PlatformEvent,
    ReceiptArrived,
    ReceiptStatus,
)
from ipygenesys._protocols.agent_messaging.content import (
    NO_MESSAGES,
    LooseBulk,
    LooseConversation,
    Reference,
    error_of,
    is_withdrawn,
    later,
    references_of,
    role_of,
    status_of,
)
from ipygenesys._protocols.agent_messaging.people import AgentPeople
from ipygenesys._protocols.content import parts_of
from ipygenesys._protocols.tolerant import UNREADABLE, convert, decode, is_id, name_of, time_ms_of
from ipygenesys._wire import agent_messaging as wire

_UNKNOWN_VALUE = FrameIgnored("unknown_value")
MAX_KNOWN = 50_000
"""Chosen: messages of one conversation to remember; what is forgotten is told again."""


class AgentMessages:
    """What is known of the messages, and what the core has heard of them."""

    def __init__(self, people: AgentPeople) -> None:
        self._people = people
        self._told: dict[str, ReceiptStatus | None] = {}
        """The messages that the core has, and the status that it has heard last."""
        self._sender: dict[str, str] = {}
        """By message: its participant."""
        self._errors: dict[str, str] = {}
        """By message: why it failed, as the core has heard it."""
        self._withdrawn: set[str] = set()
        self._no_messages: set[str] = set()

    def references(self, body: bytes) -> list[Reference]:
        """The messages that a conversation in its media form names, oldest first.

        Raises:
            msgspec.DecodeError: it is no conversation.
        """
        found: list[Reference] = []
        for raw in decode(body, LooseConversation).participants:
            try:
                participant = decode(raw, wire.Participant)
            except UNREADABLE:
                continue
            found += references_of(_event_messages(participant.messages or ()), participant.id)
        unique = {each.id: each for each in found}
        return sorted(unique.values(), key=lambda each: each.time_ms or 0)

    def page(self, references: list[Reference], wanted: FetchHistory) -> tuple[list[Reference], bool] | None:
        """Which messages a page of history consists of, and whether there are more; None if its bound is unknown."""
        messages = [each for each in references if each.id not in self._no_messages]
        position = {each.id: index for index, each in enumerate(messages)}
        if wanted.after is not None:
            if wanted.after not in position:
                return None
            oldest = min((position[id_] for id_ in self._told if id_ in position), default=len(messages))
            holes = [m for m in messages[oldest : position[wanted.after]] if m.id not in self._told]
            following = [*holes, *messages[position[wanted.after] + 1 :]]
            return following[: wanted.limit], len(following) > wanted.limit
        if wanted.before is not None:
            if wanted.before not in position:
                return None
            messages = messages[: position[wanted.before]]
        return messages[-wanted.limit :], len(messages) > wanted.limit

    def know_senders(self, references: Iterable[Reference]) -> None:
        """Content may come without its author, whom its conversation has named."""
        for each in references:
            self._sender.setdefault(each.id, each.participant_id)

    def updates(self, references: list[Reference], after: str | None) -> tuple[MessageArrived, ...]:
        """What has become of our older messages meanwhile; ends with the message that the page goes on from."""
        if after is None:
            return ()
        changed = [each for each in references if each.id in self._told and self._has_changed(each)]
        anchor = [each for each in references if each.id == after]
        return tuple(self.bare(each) for each in [*changed, *anchor]) if changed else ()

    def in_order(
        self, references: list[Reference], found: dict[str, MessageArrived]
    ) -> tuple[MessageArrived, ...]:
        """A page's messages, oldest first; one whose content did not come is named all the same."""
        wanted = [each for each in references if each.id not in self._no_messages]
        told = (found.get(each.id) or self.bare(each) for each in wanted)
        return tuple(
            msgspec.structs.replace(message, follows=each.follows)
            for message, each in zip(told, wanted, strict=True)
        )

    def bare(self, reference: Reference) -> MessageArrived:
        """A message of which no more than its conversation tells is known."""
        person = self._people.get(reference.participant_id)
        status = self._own_status(reference)
        self._note(reference.id, reference.participant_id, status)
        is_gone = self._note_withdrawn(reference)
        return MessageArrived(
            id=reference.id,
            has_content=is_gone,
            is_withdrawn=is_gone,
            participant_id=reference.participant_id,
            sender=person.name if person else None,
            role=person.role if person else None,
            time_ms=reference.time_ms,
            status=status,
            error=self._note_error(reference.id, reference.error),
            follows=reference.follows,
        )

    def read_all(self, body: bytes) -> dict[str, MessageArrived]:
        """What a bulk answer holds, by id. One that cannot be read must not hide the others.

        Raises:
            msgspec.DecodeError: it is no bulk answer.
        """
        found = {}
        for raw in decode(body, LooseBulk).entities:
            try:
                data = decode(raw, wire.MessageData)
            except UNREADABLE:
                continue
            if (arrived := self.read(data)) is not None:
                found[arrived.id] = arrived
        return found

    def read(self, data: wire.MessageData, *, is_own: bool = False) -> MessageArrived | None:
        """A message with its content; None if it is no message of the conversation."""
        normalized = data.normalized_message or wire.NormalizedMessage()
        if not is_id(data.id):
            return None
        if normalized.type in NO_MESSAGES:
            self._no_messages.add(data.id)
            return None
        participant_id = self._sender_of(data, is_own=is_own)
        person = self._people.get(participant_id)
        channel = normalized.channel or wire.NormalizedChannel()
        parts = parts_of(normalized.content or ())
        is_own = is_own or participant_id in self._people.own_ids
        status = status_of(data) if is_own else None
        self._note(data.id, participant_id, status)
        return MessageArrived(
            id=data.id,
            text=parts.text_with(normalized.text),
            participant_id=participant_id,
            sender=(person and person.name) or (name_of(channel.from_.nickname) if channel.from_ else None),
            role=(person and person.role) or role_of(data, normalized),
            time_ms=time_ms_of(data.timestamp) or time_ms_of(channel.time),
            attachments=parts.attachments,
            content=parts.content,
            status=status,
            error=self._note_error(data.id, error_of(data)),
            is_withdrawn=is_withdrawn(data),
        )

    def _sender_of(self, data: wire.MessageData, *, is_own: bool) -> str | None:
        if (known := self._sender.get(data.id)) is not None:
            return known
        creator = data.created_by.id if data.created_by else None
        if is_own or (creator is not None and creator == self._people.user_id):
            return self._people.own.participant_id if self._people.own else None
        inbound = (data.direction or "").lower() == "inbound"
        return self._people.customer_id if inbound else None

    def news(self, references: list[Reference]) -> Iterator[PlatformEvent]:
        """What a notification that names messages tells of them; of what it lists after a new one, also where it stands."""
        untold = {each.id for each in references if each.id not in self._told}
        for each in references:
            yield from self._news_of(each, is_behind_news=each.follows in untold)

    def _news_of(self, reference: Reference, *, is_behind_news: bool) -> Iterator[PlatformEvent]:
        status = self._own_status(reference)
        if reference.status not in (None, wire.WITHDRAWN_STATUS, *wire.MEDIA_STATUS_TO_RECEIPT):
            yield _UNKNOWN_VALUE
        if reference.id in self._no_messages:
            return
        is_new = reference.id not in self._told
        if is_new or is_behind_news or self._is_news_that_it_is_withdrawn(reference):
            yield self.bare(reference)
        elif status is not None and self._has_changed(reference):
            self._told[reference.id] = status
            yield ReceiptArrived(
                message_id=reference.id,
                participant_id=self._people.customer_id,
                status=status,
                error=self._note_error(reference.id, reference.error),
            )

    def _has_changed(self, reference: Reference) -> bool:
        """What its conversation says of it now is not what was told."""
        if self._is_news_that_it_is_withdrawn(reference):
            return True
        status, told = self._own_status(reference), self._told[reference.id]
        has_other_error = reference.error not in (None, self._errors.get(reference.id))
        return status is not None and (status != told or (status == "failed" and has_other_error))

    def _is_news_that_it_is_withdrawn(self, reference: Reference) -> bool:
        return reference.status == wire.WITHDRAWN_STATUS and reference.id not in self._withdrawn

    def _note_withdrawn(self, reference: Reference) -> bool:
        if reference.status == wire.WITHDRAWN_STATUS:
            self._withdrawn.add(reference.id)
        return reference.id in self._withdrawn

    def _note_error(self, message_id: str, error: str | None) -> str | None:
        if error is not None:
            self._errors[message_id] = error
        return error

    def _own_status(self, reference: Reference) -> ReceiptStatus | None:
        """A status says something of our own messages only: that a customer's message was "read" is not for us."""
        if reference.participant_id not in self._people.own_ids:
            return None
        return cast("ReceiptStatus | None", wire.MEDIA_STATUS_TO_RECEIPT.get(reference.status or ""))

    def _note(self, message_id: str, participant_id: str | None, status: ReceiptStatus | None) -> None:
        known = self._told.pop(message_id, None)
        self._told[message_id] = later(known, status)
        if participant_id is not None:
            self._sender[message_id] = participant_id
        if len(self._told) > MAX_KNOWN:
            oldest = next(iter(self._told))
            del self._told[oldest]
            self._sender.pop(oldest, None)


def _event_messages(messages: Iterable[Any]) -> Iterator[wire.EventMessage]:
    for each in messages:
        with suppress(*UNREADABLE):
            yield convert(each, wire.EventMessage)
