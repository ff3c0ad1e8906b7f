"""The past: older messages are loaded page by page, until there are as many as were asked for, or no more."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ipygenesys._core.machines.catch_up import PAGE_SIZE
from ipygenesys._core.model.events import Event, HistoryPrepended, OlderHistoryFailed
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Connect, LoadOlder
from ipygenesys._transcripts import events
from ipygenesys._transcripts.frame import explains
from ipygenesys._verbs.replies import Replies
from ipygenesys.errors import error_from
from ipygenesys.outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd

MAX_TRIES = 4
"""Chosen: of a page that cannot be had, where the server does not say when it can."""
FIRST_WAIT_S = 1.0
"""Chosen: between the first two of them; each time twice as long."""

Progress = bool | Callable[[int], object]


class Loading(Outcome):
    """Of ``load_older()`` and ``load_all()``: an Outcome that tells how far it is, while it goes on and afterwards."""

    count = 0
    """Older messages that it has loaded by now."""
    has_older = True
    """The server has messages that are older still; not known before the first page is there."""

    def __repr__(self) -> str:
        more = "there are more" if self.has_older else "that is all"
        return f"{super().__repr__()[:-1].replace('Outcome', 'Loading')}, {self.count} messages, {more}>"


class Past(Replies):
    """Part of a conversation: what was said before we came."""

    def load_older(self, limit: int = 200) -> Loading:
        """Load so many messages from before the oldest one, in as many pages as that takes.

        It waits where the platform asks for that: guests get ten pages a minute. What is returned can be awaited or
        waited for, such as ``chat.load_older(1000).wait(timeout=None)``, or be left alone; then ``.count`` is how many have
        come, and ``.has_older`` whether there are more.

        Raises:
            TypeError: ``limit`` is no int, or this protocol has no history.
            ValueError: it is less than 1.
        """
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise TypeError(f"limit must be an int, not {type(limit).__name__}.")
        if limit < 1:
            raise ValueError("limit must be 1 or more.")
        return self._load(limit, lambda _: None)

    @explains(events.DTYPES, events.MEANINGS)
    def events_frame(self) -> pd.DataFrame:
        """What came from the platform as a DataFrame, one row a neutral event: the newest 20,000, without anybody's words.

        Raises:
            ImportError: pandas is not installed.
        """
        return events.events_frame(self._gateway.noted.events)

    def load_all(self, *, progress: Progress = False) -> Loading:
        """Load all that was said, see ``load_older``.

        Args:
            progress: True writes on stderr how many have come; or a function of that number. It must not wait.

        Raises:
            TypeError: ``progress`` is neither, or this protocol has no history.
        """
        if not callable(progress) and not isinstance(progress, bool):
            raise TypeError(f"progress must be a bool or a function, not {type(progress).__name__}.")
        return self._load(math.inf, progress if callable(progress) else _write if progress else _no_word)

    def _load(self, limit: float, tell: Callable[[int], object]) -> Loading:
        self._check_has("history", "history to load")
        self._command(Connect())
        future = Future[None]()
        loading = Loading(future, self._check_may_block, self._hindrance)
        gateway = self._gateway
        gateway.call_soon(lambda: gateway.spawn(self._load_into(loading, future, limit, tell)))
        return loading

    async def _load_into(
        self, loading: Loading, future: Future[None], limit: float, tell: Callable[[int], object]
    ) -> None:
        try:
            await asyncio.wrap_future(self._connected())
            await self._load_pages(loading, limit, tell)
        except asyncio.CancelledError:
            _settle(future.set_exception, self._why_it_ended())
            raise
        except (
            Exception
        ) as error:  # The user's own too, of ``progress``: where it is waited for it can be seen.
            _settle(future.set_exception, error)
        else:
            _settle(future.set_result, None)

    async def _load_pages(self, loading: Loading, limit: float, tell: Callable[[int], object]) -> None:
        timeline, catch_up = self._gateway.session.conversation.timeline, self._gateway.session.catch_up
        oldest, tries = timeline.oldest, 0
        loading.has_older = catch_up.has_older
        while loading.has_older and loading.count < limit:
            failure = await self._load_page(int(min(limit - loading.count, PAGE_SIZE)))
            loading.has_older = catch_up.has_older
            if failure is None:
                tries = 0
                loading.count = len(timeline) if oldest is None else timeline.index_of(oldest.id) or 0
                tell(loading.count)
                continue
            tries += 1
            if not failure.is_transient or (failure.retry_after_s is None and tries >= MAX_TRIES):
                raise error_from(failure)
            await asyncio.sleep(failure.retry_after_s or FIRST_WAIT_S * 2.0 ** (tries - 1))

    async def _load_page(self, limit: int) -> Failure | None:
        """Ask for a page, or wait for the one that somebody else has asked for; why it cannot be had."""

        def pick(event: Event) -> HistoryPrepended | OlderHistoryFailed | None:
            return event if isinstance(event, HistoryPrepended | OlderHistoryFailed) else None

        coming = self._first(pick, lambda: None)
        self._gateway.take(LoadOlder(limit))
        event = await asyncio.wrap_future(coming)
        return event.failure if isinstance(event, OlderHistoryFailed) else None


def _settle(how: Callable[[Any], object], value: object) -> None:
    with suppress(InvalidStateError):
        how(value)


def _write(count: int) -> None:
    sys.stderr.write(f"\r{count} older messages")


def _no_word(_: int) -> None:
    pass
