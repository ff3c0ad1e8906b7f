"""The guest's history: pages, newest first, behind a JWT that the session gives.

It also holds that agents have left. Where the stream has not said so, its frame was lost; whether the guest may go on
writing is asked of the server then, by configuring the session once more, on another stream.
"""

from __future__ import annotations

from ipygenesys._core.model.failures import Failure
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


class GuestHistory:
    """Reads one session's history.

    Args:
        session: whose.
        origin: what the deployment allows.
    """

    def __init__(self, session: GuestSession, *, origin: str) -> None:
        self._session = session
        self._origin = origin
        self._oldest: tuple[str, int] | None = None
        """The oldest message that a page gave, and on which page it was: pages only move back as messages come."""
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
            page = yield from self._newest(1)
        learned = (MoveRequested(),) if self._is_end_unheard and self._session.over is None else ()
        self._is_end_unheard = False
        return History(page.messages, page.has_more, learned)

    def _newest(self, number: int, before: MessageArrived | None = None) -> Flow[History]:
        """The first page from this one on that has a message in it, older than one of them if need be.

        While pages are read more messages may come, and push what was read onto the next pages.
        """
        for at in range(number, number + MAX_PAGES):
            page = yield from self._page(at)
            if before is not None:
                page = History(
                    tuple(each for each in page.messages if _is_older(each, before)), page.has_more
                )
            if page.messages or not page.has_more:
                self._note_oldest(page, at)
                return page
        raise CallError(_lost_its_way())

    def _after(self, id_: str) -> Flow[History]:
        newer: list[MessageArrived] = []
        for at in range(1, MAX_PAGES + 1):
            page = yield from self._page(at)
            ids = [message.id for message in page.messages]
            if id_ in ids:
                return History((*page.messages[ids.index(id_) + 1 :], *newer), has_more=False)
            newer[:0] = page.messages
            if not page.has_more:
                break
        raise CallError(_lost_its_way())

    def _before(self, id_: str, limit: int) -> Flow[History]:
        known = self._oldest
        start = known[1] if known is not None and known[0] == id_ else 1
        for at in range(start, start + MAX_PAGES):
            page = yield from self._page(at)
            ids = [message.id for message in page.messages]
            if id_ in ids:
                older = page.messages[: ids.index(id_)]
                if not older and page.has_more:
                    return (yield from self._newest(at + 1, before=page.messages[0]))
                found = History(older[-limit:], has_more=page.has_more or len(older) > limit)
                self._note_oldest(found, at)
                return found
            if not page.has_more:
                break
        raise CallError(_lost_its_way())

    def _note_oldest(self, page: History, number: int) -> None:
        if page.messages:
            self._oldest = (page.messages[0].id, number)

    def _page(self, number: int) -> Flow[History]:
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


def _is_older(message: MessageArrived, than: MessageArrived) -> bool:
    if None in (message.time_ms, than.time_ms):
        return message.id != than.id
    return message.id != than.id and (message.time_ms or 0) <= (than.time_ms or 0)


def _is_end(entity: wire.StructuredMessage) -> bool:
    """The other side has left."""
    kinds = (event.presence.type for event in entity.events or () if event.presence is not None)
    return entity.direction != "Inbound" and "Disconnect" in kinds


def _lost_its_way() -> Failure:
    words = "The message is not in this conversation's history any more."
    return Failure(kind="not_found", message=words)
