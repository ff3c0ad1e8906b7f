"""The pages that views ask for: found in what is held, or fetched from the server first."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import LoadOlder
from ipygenesys._core.session.session import Session
from ipygenesys._core.view.protocol import PageRequested

MAX_PAGE = 1000
MAX_LOADS_TO_A_TIME = 25
"""Pages of the server's history fetched for one request, before the user is asked whether to go on."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What answers a request: positions of the timeline, and what is to be said of them."""

    start: int = 0
    stop: int = 0
    target: int | None = None
    """Of the message that was looked for."""
    is_found: bool = True
    stopped_early: bool = False
    failure: Failure | None = None
    """Why older messages could not be fetched."""


class _Waiting(msgspec.Struct):
    """A request that waits for the server's older messages."""

    request: PageRequested
    loads: int


class ViewPages:
    """Answers the requests of a widget's views, at once or when the server has answered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: list[_Waiting] = []
        self._answers: list[tuple[PageRequested, Part]] = []
        self._news = False
        self._failure: Failure | None = None

    def take_answers(self) -> list[tuple[PageRequested, Part]]:
        """What can be answered now; to be sent before anything else happens, for positions move."""
        answers, self._answers = self._answers, []
        return answers

    def newest(self, limit: int) -> Part:
        """The end of the conversation."""
        count = len(self._session.conversation.timeline)
        return Part(start=max(count - _bounded(limit), 0), stop=count)

    def around(self, id_: str, limit: int) -> Part | None:
        """A message and its neighbours, if it is there."""
        index = self._session.conversation.timeline.index_of(id_)
        return None if index is None else self._around(index, limit)

    def requested(self, request: PageRequested, hit: str | None = None) -> list[LoadOlder]:
        """Take a request, for a hit with the message that it is; returns the command that it needs, if any."""
        if request.where == "hit":
            part = self.around(hit, request.limit) if hit is not None else None
            self._answers.append((request, part or Part(is_found=False)))
            return []
        return self._settle(_Waiting(request, loads=0))

    def older_came(self) -> None:
        """The server's page before the oldest message is there; ``settle`` when all that came with it is told."""
        self._news = True

    def older_failed(self, failure: Failure) -> None:
        """The server's page could not be had."""
        self._news, self._failure = True, failure

    def settle(self) -> list[LoadOlder]:
        """Who waited for the server is answered, or waits on; returns the command that this needs."""
        if not self._news:
            return []
        waiting, self._waiting, failure = self._waiting, [], self._failure
        self._news, self._failure = False, None
        if failure is not None:
            self._answers += [
                (each.request, msgspec.structs.replace(self._part(each.request), failure=failure))
                for each in waiting
            ]
            return []
        return [command for each in waiting for command in self._settle(each)][:1]

    def forget(self, client: str) -> None:
        """A page of the browser has gone."""
        self._waiting = [each for each in self._waiting if each.request.client != client]

    def _settle(self, waiting: _Waiting) -> list[LoadOlder]:
        request = waiting.request
        most = MAX_LOADS_TO_A_TIME if request.where == "time" else 1
        part = self._part(request)
        is_beyond = self._session.catch_up.has_older and self._reaches_back(request, part)
        if is_beyond and waiting.loads < most:
            waiting.loads += 1
            self._waiting.append(waiting)
            return [LoadOlder(MAX_PAGE if request.where == "time" else request.limit)]
        stopped_early = is_beyond and request.where == "time"
        self._answers.append((request, msgspec.structs.replace(part, stopped_early=stopped_early)))
        return []

    def _reaches_back(self, request: PageRequested, part: Part) -> bool:
        """Whether what was asked for may lie before the oldest message held."""
        if request.where == "before":
            return part.is_found and part.stop == 0
        return request.where == "time" and part.target in (0, None)

    def _part(self, request: PageRequested) -> Part:
        timeline, limit = self._session.conversation.timeline, _bounded(request.limit)
        count = len(timeline)
        match request.where:
            case "latest":
                return self.newest(limit)
            case "oldest":
                return Part(stop=min(limit, count), target=0 if count else None)
            case "first-unread":
                index = timeline.first_unread_index
                return self.newest(limit) if index is None else self._around(index, limit)
            case "time":
                index = min(timeline.index_at(request.time_ms or 0), count - 1)
                return self._around(index, limit) if count else Part()
            case _:
                return self._part_by_id(request, limit)

    def _part_by_id(self, request: PageRequested, limit: int) -> Part:
        timeline = self._session.conversation.timeline
        if request.id is None:  # A view that has nothing yet.
            return self.newest(limit)
        index = timeline.index_of(request.id)
        if index is None:
            return Part(is_found=False)
        if request.where == "before":
            return Part(start=max(index - limit, 0), stop=index)
        if request.where == "after":
            return Part(start=index + 1, stop=min(index + 1 + limit, len(timeline)))
        return self._around(index, limit)

    def _around(self, index: int, limit: int) -> Part:
        count, limit = len(self._session.conversation.timeline), _bounded(limit)
        start = max(min(index - limit // 2, count - limit), 0)
        return Part(start=start, stop=min(start + limit, count), target=index)


def _bounded(limit: int) -> int:
    return min(max(limit, 1), MAX_PAGE)
