"""The guest's history: pages, newest first, behind a JWT that the session gives.

It also holds that agents have left. Where the stream has not said so, its frame was lost; whether the guest may go on
writing is asked of the server then, by configuring the session once more, on another stream.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from ipygenesys._core.model.failures import HELD_BACK_CODE, Failure
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import History, MessageArrived, MoveRequested
from ipygenesys._protocols.flow import CallError, Exchange, Flow, GetTime, NewId, Request
from ipygenesys._protocols.tolerant import decode, time_ms_of
from ipygenesys._protocols.web_messaging.content import message_of
from ipygenesys._protocols.web_messaging.session import GuestSession, answer_in
from ipygenesys._wire import web_messaging as wire
from ipygenesys.credentials import Secret

MAX_PAGES = 100
"""Chosen: a search that reads more has lost its way, and the newest page has to do."""
MAX_PAGES_AFTER = 5
"""Chosen: a larger hole is filled from its newer end, a call a page, within what the server allows."""
KEPT_FREE = 3
"""Chosen: of a minute's pages, for catching up and for lost sends."""
MINUTE_S = 60.0


class _Place(NamedTuple):
    """A place in the history. Pages only move back as messages come: what was not on a page is on a later one."""

    id: str
    """Of the oldest message that was given, or of the one that is looked for."""
    message: MessageArrived | None = None
    """None: not found yet."""
    newer: frozenset[str] = frozenset()
    """What was given with it."""
    page: int = 0
    """What is older is on this page or, beyond ``rest``, on a later one."""
    rest: tuple[MessageArrived, ...] = ()
    """What that page has of older ones."""
    has_more: bool = True
    """There are later pages."""
    unsure: tuple[MessageArrived, ...] = ()
    """Said at the same time on pages that were read since: older, if the message itself is on no later one."""


class GuestHistory:
    """Reads one session's history.

    Args:
        session: whose.
        origin: what the deployment allows.
    """

    def __init__(self, session: GuestSession, *, origin: str) -> None:
        self._session = session
        self._origin = origin
        self._place: _Place | None = None
        """How far back has been read."""
        self._calls: deque[float] = deque(maxlen=wire.Unverified.HISTORY_PAGES_PER_MIN)
        """When pages were asked for, in seconds since the epoch."""
        self._is_end_unheard = False
        """Kept until a page that says so has been given: the call for the one after it may fail."""

    def fetch(self, operation: FetchHistory) -> Flow[History]:
        """A page as the core wants it: the newest, what came after a message, or what was before it.

        Raises:
            CallError: it cannot be had; ``not_found`` if the message is not in this history.
        """
        if operation.after is not None:
            page = yield from self._after(operation.after)
        elif operation.before is not None:
            page = yield from self._before(operation.before, operation.limit)
        else:
            page = yield from self._newest()
        learned = (MoveRequested(),) if self._is_end_unheard and self._session.over is None else ()
        self._is_end_unheard = False
        return History(page.messages, page.has_more, learned)

    def _newest(self) -> Flow[History]:
        """The first page that has a message in it."""
        for at in range(1, MAX_PAGES + 1):
            page = yield from self._page(at)
            if page.messages or not page.has_more:
                return self._given(page.messages, len(page.messages), page.has_more, at)
        raise CallError(_lost_its_way())

    def _after(self, id_: str) -> Flow[History]:
        newer: list[MessageArrived] = []
        for at in range(1, MAX_PAGES_AFTER + 1):
            try:
                page = yield from self._page(at)
            except CallError as error:
                if at == 1 or not error.failure.was_held_back:
                    raise
                break  # Begun anew it would be cut short again: this hole, too, is filled from its newer end.
            ids = [message.id for message in page.messages]
            if id_ in ids:
                # Pages may overlap: while they are read, more messages push what was read onto later ones.
                found = {each.id: each for each in (*page.messages[ids.index(id_) + 1 :], *newer)}
                return History.listed(found.values(), has_more=False, after=id_)
            newer[:0] = page.messages
            if not page.has_more:
                break
        raise CallError(_lost_its_way())

    def _before(self, id_: str, limit: int) -> Flow[History]:
        """Where the search is cut short, by the limit too, the next one goes on from there: or it would never end."""
        place = self._place if self._place is not None and self._place.id == id_ else _Place(id_)
        if place.rest or not place.has_more:
            return self._given(place.rest, limit, place.has_more, place.page)
        for at in range(place.page + 1, place.page + 1 + MAX_PAGES):
            page = yield from self._page(at, is_older=True)
            ids = [message.id for message in page.messages]
            older: tuple[MessageArrived, ...] = ()
            if id_ in ids:
                index = ids.index(id_)
                place, older = place._replace(message=page.messages[index], unsure=()), page.messages[:index]
            elif place.message is not None and place.newer.isdisjoint(ids):
                # While pages are read more messages may come, and push what was read onto later ones.
                found = {each.id: each for each in (*page.messages, *place.unsure)}.values()
                not_newer = (each for each in found if not _is_newer(each, place.message))
                older = History.listed(not_newer, has_more=page.has_more).messages
                if page.has_more and all(_is_as_old(each, place.message) for each in older):
                    place, older = place._replace(unsure=older), ()
            if place.message is not None and (older or not page.has_more):
                return self._given(older, limit, page.has_more, at)
            if not page.has_more:
                break
            self._place = place = place._replace(page=at)
        self._place = None
        raise CallError(_lost_its_way())

    def _given(self, messages: tuple[MessageArrived, ...], limit: int, has_more: bool, at: int) -> History:
        """As many as were asked for; the rest of the page is kept, for it would cost another call."""
        given, rest = messages[-limit:], messages[:-limit]
        if given:
            newer = frozenset(message.id for message in given[1:])
            self._place = _Place(given[0].id, given[0], newer, at, rest, has_more)
        return History(given, has_more=has_more or bool(rest))

    def _turn(self, *, is_older: bool) -> Flow[None]:
        """See that it is not asked too often; catching up and lost sends go before who scrolls back.

        Raises:
            CallError: it would be; says how long to wait.
        """
        now: float = yield GetTime()
        most = wire.Unverified.HISTORY_PAGES_PER_MIN - (KEPT_FREE if is_older else 0)
        recent = [at for at in self._calls if 0 <= now - at < MINUTE_S]
        if len(recent) >= most:
            raise CallError(_held_back(recent[-most] + MINUTE_S - now))
        self._calls.append(now)

    def _page(self, number: int, *, is_older: bool = False) -> Flow[History]:
        yield from self._turn(is_older=is_older)
        jwt = yield from self._jwt()
        try:
            body = yield self._request(number, jwt)
        except CallError as error:
            if error.failure.kind != "authentication":
                raise
            self._session.jwt = None  # It was renewed in time, by our clock; the server's may differ.
            jwt = yield from self._jwt()
            body = yield self._request(number, jwt)
        page = decode(body, wire.HistoryPage)
        entities = page.entities[::-1]
        messages = [message for entity in entities if (message := message_of(entity)) is not None]
        is_last = page.page_number >= page.page_count if page.page_count else not page.entities
        if number == 1:
            ends = {each.id: time_ms_of(each.channel.time) for each in entities if _is_end(each)}
            self._is_end_unheard |= self._session.ends_told(ends)
        return History.listed(messages, has_more=not is_last)

    def _request(self, number: int, jwt: str) -> Request:
        return Request(
            method="GET",
            path=wire.HISTORY_PATH,
            query={"pageNumber": str(number), "pageSize": str(wire.Unverified.HISTORY_PAGE_SIZE)},
            what="Fetching the conversation's history",
            headers={"Authorization": f"bearer {jwt}", "Origin": self._origin},
            is_public=True,
        )

    def _jwt(self) -> Flow[str]:
        session = self._session
        now = yield GetTime()
        if session.jwt is None or session.jwt_exp <= now + wire.JWT_EARLY_S:
            tracing_id = yield NewId()
            frame = yield Exchange(
                frame=session.request("getJwt", tracing_id=tracing_id), tracing_id=tracing_id
            )
            answer = answer_in(frame, wire.JwtResponse)
            session.jwt = Secret(answer.jwt)
            session.jwt_exp = now + wire.Unverified.HISTORY_JWT_S if answer.exp is None else answer.exp
        return session.jwt.reveal()


def _is_newer(message: MessageArrived, than: MessageArrived) -> bool:
    return None not in (message.time_ms, than.time_ms) and (message.time_ms or 0) > (than.time_ms or 0)


def _is_as_old(message: MessageArrived, as_this: MessageArrived) -> bool:
    return message.time_ms is not None and message.time_ms == as_this.time_ms


def _is_end(entity: wire.StructuredMessage) -> bool:
    """The other side has left."""
    kinds = (event.presence.type for event in entity.events or () if event.presence is not None)
    return entity.direction != "Inbound" and "Disconnect" in kinds


def _held_back(wait_s: float) -> Failure:
    words = (
        f"Genesys gives a guest {wire.Unverified.HISTORY_PAGES_PER_MIN} pages of history a minute: "
        f"the next one can be had in {math.ceil(wait_s)} s."
    )
    return Failure(kind="rate_limited", message=words, code=HELD_BACK_CODE, retry_after_s=wait_s)


def _lost_its_way() -> Failure:
    words = "The message is not in this conversation's history any more."
    return Failure(kind="not_found", message=words)
