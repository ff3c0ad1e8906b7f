"""What follows an inbox besides its pages, such as a picture of its response times; what is asked of it at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from ipygenesys._core.inbox.pools import Answered
from ipygenesys._inboxes.source import Source
from ipygenesys._inboxes.sources import Running
from ipygenesys._io.conversation.listeners import place_of
from ipygenesys._io.conversation.views import AllViews, Views

ANSWER_S = 10.0
"""Chosen: for what takes a millisecond, on a thread that may be busy."""

T = TypeVar("T")
_log = logging.getLogger("ipygenesys.inbox")


class Followed:
    """Part of an inbox: the loop's thread alone reads what it writes, whoever asks. They are followed from source to source."""

    _followers: AllViews
    _lock: threading.RLock
    _source: Source
    _running_now: list[Running]
    _has_begun: bool
    _is_over: bool

    def _follow(self, views: Views) -> Callable[[], object]:
        """Their share of each of its turns; returns how to end that, once."""
        return self._followers.add(views)

    def _answered(self) -> Answered:
        """How long answers took, now; from any thread."""
        return self._ask(lambda source: source.answered())

    def _ask(self, what: Callable[[Source], T]) -> T:
        """Have it found out on the loop's thread. Where none runs yet, nothing changes meanwhile."""
        with self._lock:  # Else what is asked could be given back in between, and never answer.
            source = self._source
            if not self._has_begun or self._is_over or self._running_now[0].is_current_thread:
                return what(source)
            answer: Future[T] = Future()
            source.call_soon(lambda: _answer(answer, lambda: what(source)))
        return answer.result(ANSWER_S)

    def _soon(self, call: Callable[[], object]) -> None:
        """Run it on the loop's thread; at once, where none runs."""
        with self._lock:
            if self._has_begun and not self._is_over:
                self._source.call_soon(call)
            else:
                call()


def followers() -> AllViews:
    """None yet; what fails in one of them is said in the log and stops nothing."""
    return AllViews(_failed)


def _failed(_where: str, error: BaseException) -> None:
    _log.error("What follows an inbox failed: %s", place_of(error))


def _answer(answer: Future[T], what: Callable[[], T]) -> None:
    try:
        answer.set_result(what())
    except Exception as error:
        answer.set_exception(error)
