"""What is published of a conversation after each step: what viewers have to hear of, and what is kept.

Theory of operation. The relay's own session knows best: it has caught up, has told echoes from news, has fetched what frames
do not bring. So what is published is what has become of its messages, not what the platform has said; typing and presence
alone go on as they came. Nothing is published before the session knows what there is, or that it cannot be known for now:
until then what an earlier leader has left behind can be read. What becomes known later is told as a whole again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import msgspec

from ipygenesys._core.model.effects import Effect, Emit
from ipygenesys._core.model.events import (
    HistoryPrepended,
    MessagePlaced,
    MessageRemoved,
    MessageStatusChanged,
)
from ipygenesys._core.model.inputs import CallSucceeded, FrameReceived, Input
from ipygenesys._core.model.kept import (
    Keep,
)
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.platform_events import (
    CapabilitiesLearned,
    ConversationCleared,
    History,
    MessageArrived,
    PlatformEvent,
    PresenceChanged,
    ReceiptArrived,
    ReceiptStatus,
    SessionLifeLearned,
    TypingNoticed,
)
from ipygenesys._core.relay.entries import (
    US,
    WITHHELD,
    Lasting,
    Passing,
    RelayState,
    Renewed,
    UpstreamTold,
    own_part,
)
from ipygenesys._core.relay.places import Places
from ipygenesys._core.relay.settled import Settled, is_ready
from ipygenesys._core.session.session import Session

MAX_PEOPLE = 500
"""Chosen: of those who came and went, the newest are told to who comes later."""


class Publication(msgspec.Struct, kw_only=True):
    """What one step adds; all of it is written, or nothing."""

    events: list[Lasting] = []
    passing: list[Passing] = []
    messages: dict[str, MessageArrived] = {}
    places: dict[str, float] = {}
    gone: list[str] = []
    is_whole: bool = False
    """Messages and places are all there are."""
    state: RelayState | None = None
    keeps: list[Keep] = []
    sent: dict[str, str] = {}
    """By draft id: the message that it has become."""

    def __bool__(self) -> bool:
        return self != _NOTHING


_NOTHING = Publication()


class Publisher:
    """Of one conversation, for as long as one relay leads.

    Args:
        session: of the relay.
        run: names what Redis holds.
    """

    def __init__(self, session: Session, run: str) -> None:
        self._session = session
        self._run = run
        self._places = Places()
        self._people: dict[str | None, PresenceChanged] = {}
        self._is_known = False
        """What was said is told."""
        self._is_complete = False
        """It is, as far back as a page of history goes; until then nobody knows what there is besides."""
        self._settled = Settled(session)
        self._told = self._state()

    def begin(self, run: str) -> Publication:
        """The lead was taken: the first entry of an epoch, and what is known so far."""
        self._run = run
        self._told = self._state()
        published = Publication(state=self._told)
        if self._is_known:
            self._tell_all(published)
        published.events.append(Renewed())
        return published

    def took(self, input_: Input, effects: Sequence[Effect]) -> Publication:
        """The session has made a step."""
        published = Publication()
        self._settled.took(input_, effects)
        published.keeps += [effect for effect in effects if isinstance(effect, Keep)]
        self._pass_on(_said_by(input_), published)
        if self._becomes_known():
            self._tell_all(published)
            published.events.append(Renewed())
        elif self._is_known:
            self._tell_messages([each.event for each in effects if isinstance(each, Emit)], published)
        self._tell_state(published)
        return published

    def message(self, id_: str) -> MessageArrived | None:
        """A message as it is published; None: there is none, or its content is not known yet."""
        message = self._session.conversation.timeline.get(id_)
        return None if message is None or not is_ready(message) else self._arrived(message)

    def _becomes_known(self) -> bool:
        catch_up, was = self._session.catch_up, (self._is_known, self._is_complete)
        self._is_known = was[0] or catch_up.knows_the_first_page
        self._is_complete = was[1] or catch_up.has_completed or not catch_up.is_enabled
        return was != (self._is_known, self._is_complete)

    # --- what lasts -----------------------------------------------------------------------------------------

    def _tell_messages(self, events: Sequence[object], published: Publication) -> None:
        touched: dict[str, None] = {}
        cleared: list[str] = []
        for event in events:
            match event:
                case MessagePlaced(message=message) | MessageStatusChanged(message=message):
                    touched[message.id] = None
                case HistoryPrepended(count=count):
                    older = self._session.conversation.timeline.slice(0, count)
                    touched |= dict.fromkeys(message.id for message in older)
                case MessageRemoved(message=message) if message.id in self._places:
                    cleared.append(message.id)
                case _:
                    pass
        timeline = self._session.conversation.timeline
        if gone := [id_ for id_ in cleared if timeline.get(id_) is None]:
            self._places.drop(gone)
            published.gone += gone
            published.events.append(ConversationCleared(by_us=False))
        statuses = {each.message.id for each in events if isinstance(each, MessageStatusChanged)}
        placed = {each.message.id for each in events if isinstance(each, MessagePlaced)}
        ready = self._ready(touched)
        self._place([m for m in ready if m.id in placed or m.id not in self._places], published)
        for message in ready:
            arrived = published.messages[message.id] = self._arrived(message)
            if message.draft_id is not None:
                published.sent[message.draft_id] = message.id
            if message.id in placed:
                published.events.append(arrived)
            if message.id in statuses:
                published.events.append(_receipt_of(message))

    def _tell_all(self, published: Publication) -> None:
        ready = self._ready(message.id for message in self._session.conversation.timeline.copy())
        self._places.renumber(message.id for message in ready)
        published.is_whole = True
        published.messages = {message.id: self._arrived(message) for message in ready}
        published.places = {message.id: self._places[message.id] for message in ready}
        published.sent |= {m.draft_id: m.id for m in ready if m.draft_id is not None}

    def _ready(self, ids: Iterable[str]) -> list[Message]:
        """Those of them that can be shown, in their order."""
        timeline = self._session.conversation.timeline
        found = (timeline.get(id_) for id_ in ids)
        ready = {message.id: message for message in found if message is not None and is_ready(message)}
        return sorted(ready.values(), key=lambda message: timeline.index_of(message.id) or 0)

    def _place(self, ready: list[Message], published: Publication) -> None:
        ids = {message.id for message in ready}
        moved = []
        before: str | None = None
        for message in ready:
            former, after = self._neighbour(message, -1, ids), self._neighbour(message, 1, ids)
            if before is not None and (former is None or self._index(before) > self._index(former)):
                former = before  # It has just got its place.
            moved.append((message.id, former, after))
            before = message.id
        self._places.drop(ids)
        if self._places.put_in(moved):
            published.places |= {id_: self._places[id_] for id_ in ids}
        else:
            everywhere = self._session.conversation.timeline.copy()
            numbered = [m.id for m in everywhere if m.id in self._places or m.id in ids]
            self._places.renumber(numbered)
            published.places |= {id_: self._places[id_] for id_ in numbered}

    def _neighbour(self, message: Message, step: int, moved: set[str]) -> str | None:
        """The nearest one that has a place and keeps it."""
        timeline = self._session.conversation.timeline
        index = self._index(message.id) + step
        while 0 <= index < len(timeline):
            if (id_ := timeline[index].id) in self._places and id_ not in moved:
                return id_
            index += step
        return None

    def _index(self, id_: str) -> int:
        return self._session.conversation.timeline.index_of(id_) or 0

    def _arrived(self, message: Message) -> MessageArrived:
        before = self._neighbour(message, -1, set())
        return MessageArrived(
            id=message.id,
            has_content=message.text is not None,
            text=message.text or None,
            participant_id=message.participant_id or (US if message.is_own else None),
            sender=message.sender,
            role=message.role,
            time_ms=message.time_ms,
            attachments=message.attachments,
            content=message.content,
            draft_id=message.draft_id,
            sequence=message.sequence,
            status=message.status if message.status in ("sent", "delivered", "read", "failed") else None,
            error=message.error,
            is_withdrawn=message.is_withdrawn,
            follows=before,
        )

    # --- what passes, and the state -------------------------------------------------------------------------

    def _pass_on(self, events: Iterable[PlatformEvent], published: Publication) -> None:
        for event in events:
            if isinstance(event, TypingNoticed | SessionLifeLearned):
                published.passing.append(event)
            elif isinstance(event, PresenceChanged):
                published.events.append(event)
                self._people.pop(event.participant_id, None)
                self._people[event.participant_id] = event
                if len(self._people) > MAX_PEOPLE:
                    del self._people[next(iter(self._people))]

    def _tell_state(self, published: Publication) -> None:
        state, told = self._state(), self._told
        if state == told:
            return
        self._told = published.state = state
        # Whose a message is shows by who we are; and what comes after a lost connection is not read any more.
        first = ((state.own, told.own), (state.able, told.able))
        published.events[:0] = [now for now, then in first if now != then]
        if state.upstream != told.upstream:
            published.events.append(state.upstream)

    def _state(self) -> RelayState:
        session = self._session
        people, connection = session.conversation.people, session.connection
        # Who came before it is known what was said would take it for news.
        is_early = connection.is_open and not self._is_known
        return RelayState(
            run=self._run,
            own=own_part(people.own_ids, people.own_role),
            able=CapabilitiesLearned(session.capabilities - WITHHELD),
            upstream=UpstreamTold("connecting" if is_early else connection.status, connection.failure),
            people=tuple(self._people.values()),
            has_older=session.catch_up.has_older or not self._is_complete,
            # Until then others find what an earlier leader has left behind.
            unsettled_after=self._settled.unsettled_after if self._is_complete else "",
        )


def _said_by(input_: Input) -> tuple[PlatformEvent, ...]:
    match input_:
        case FrameReceived(events=events):
            return events
        case CallSucceeded(result=History(learned=learned)):
            return learned
        case _:
            return ()


def _receipt_of(message: Message) -> ReceiptArrived:
    """What viewers are told of a status that has changed: it is none of those that a draft or an unread message has."""
    return ReceiptArrived(
        message_id=message.id,
        participant_id=None if message.is_own else US,
        status=cast("ReceiptStatus", message.status),
        time_ms=message.status_time_ms,
        error=message.error,
    )
