"""The gateway of an inbox: one background asyncio task that owns many conversations.

What happens becomes an input of its session: ``take`` steps it and performs the effects in order, all on the loop's thread
and without an ``await`` in between. One timer stands at the nearest deadline. Other threads only post.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from contextlib import suppress
from typing import Any

from ipygenesys._core.inbox.figures import Kpis
from ipygenesys._core.inbox.inputs import InboxInput, Select, SetInSight
from ipygenesys._core.inbox.pools import ALL, Answered, Scope
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.inbox.session import InboxSession
from ipygenesys._core.machines.backoff import soonest
from ipygenesys._core.model.effects import Emit
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Connect, Disconnect, Tick
from ipygenesys._core.model.messages import ConnectionStatus
from ipygenesys._core.model.platform_events import PlatformEvent
from ipygenesys._io.conversation.awaited import Awaited
from ipygenesys._io.conversation.listeners import Listeners
from ipygenesys._io.conversation.views import AllViews, Views
from ipygenesys._io.host.alarm import Alarm
from ipygenesys._io.host.clock import ServerClock, SystemClock
from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.inbox.changes import Changes
from ipygenesys._io.inbox.watches import IsWatched, Session, Source, Watches
from ipygenesys._io.tap import Tap

CLOSE_S = 2.0
"""Chosen: what a close waits for its streams."""


class _NotNoted:
    """Of an inbox, single events are not kept."""

    def heard(
        self,
        events: tuple[PlatformEvent, ...],
        raw_bytes: int | None,
        monotonic_s: float,
        epoch_s: float,
        *,
        is_live: bool,
    ) -> None:
        """Nothing is done with it."""


class InboxGateway:
    """Runs an inbox on the loop that it is bound to.

    Args:
        protocol: which conversations, where, and as whom.
        clock: the time and the dice.
    """

    def __init__(self, protocol: Watches | IsWatched, *, clock: SystemClock | None = None) -> None:
        self.protocol: Watches | IsWatched
        self.session: Session
        if isinstance(protocol, IsWatched):
            self.protocol, self.session = protocol, protocol.rows_session()
        else:
            self.protocol = protocol.fresh()
            self.session = InboxSession(protocol.profile, protocol.queue_ids)
        self.clock = ServerClock(clock or SystemClock())
        self.tap = Tap(self.clock, self.report_bug)
        self.noted = _NotNoted()
        self._listeners = Listeners()
        self.add_listener, self.remove_listener = self._listeners.add, self._listeners.remove
        """Who listens hears of the connection and of problems, on the loop's thread."""
        self.changes = Changes(self.report_bug)
        self._views = AllViews(self.report_bug)
        self.loop: asyncio.AbstractEventLoop | None = None
        self._tasks, self.awaited = Tasks(self.report_bug), Awaited()
        self._source: Source | None = None
        self._alarm = Alarm(self.clock.monotonic, self._woken)
        self._is_over = False
        self.unsent = 0  # An inbox sends nothing.

    # --- what is known ------------------------------------------------------------------------------------

    @property
    def rows(self) -> Mapping[str, Row]:
        """By conversation."""
        return self.session.desk.rows

    @property
    def status(self) -> ConnectionStatus:
        """Of the connection."""
        return self.session.connection.status

    @property
    def problems(self) -> Mapping[str, Failure]:
        """What does not work while the rest does, by what it is; why there is no connection is one of them."""
        failure = self.session.connection.failure
        return self.session.problems if failure is None else {**self.session.problems, "connection": failure}

    def kpis(self, scope: Scope = ALL) -> Kpis:
        """The figures, now."""
        return self.session.desk.pools.kpis(self.server_now_ms(), scope)

    def answered(self) -> Answered:
        """How long answers took, now."""
        return self.session.desk.pools.answered(self.rows.values())

    def server_now_ms(self) -> int:
        """The server's time; ours until it is known."""
        return self.clock.now().time_ms

    # --- life ---------------------------------------------------------------------------------------------

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run on this loop from now on, and connect; from any thread, once."""
        self.loop = loop
        self.call_soon(self._start)

    def _start(self) -> None:
        # Only now: httpx and websockets are half of an import's time. By now the thread has imported them.
        from ipygenesys._io.inbox.source import InboxSource

        if isinstance(self.protocol, IsWatched):
            self._source = self.protocol.rows_source(self)
        else:
            self._source = InboxSource(self, self.protocol, self.clock, self.take)
        self.take(Connect())

    async def close(self, why: Failure | None = None, *, sends_for_s: float = 0.0) -> None:
        """Leave nothing behind."""
        await asyncio.sleep(0)  # What was posted before comes first.
        self.take(Disconnect(why))
        await self.awaited.until(lambda: self._source is None or self._source.is_idle, CLOSE_S)
        self._is_over = True
        self._alarm.cancel()
        await self.tap.aclose()
        await self._tasks.cancel()
        if self._source is not None:
            await self._source.aclose()

    def abandon(self) -> None:
        """Close what never ran."""

    # --- what users and views do --------------------------------------------------------------------------

    def call_soon(self, call: Callable[[], object]) -> None:
        """Run it on the loop's thread; from any thread. Nothing once that has ended."""
        if self.loop is not None:
            with suppress(RuntimeError):
                self.loop.call_soon_threadsafe(call)

    def selected(self, conversation_id: str | None) -> None:
        """This one is looked at; on the loop's thread."""
        self.take(Select(conversation_id))

    def in_sight(self, conversation_ids: Collection[str]) -> None:
        """Somebody sees these rows: their texts come before others'. On the loop's thread."""
        self.take(SetInSight(tuple(conversation_ids)))

    def add_views(self, views: Views) -> Callable[[], object]:
        """Their share of the timer; returns how to end it."""
        return self._views.add(views)

    # --- steps --------------------------------------------------------------------------------------------

    def take(self, input_: InboxInput) -> None:
        """Something has happened, and that was all for now; on the loop's thread. After the close, do nothing."""
        self.step(input_)
        self.settle()

    def step(self, input_: InboxInput) -> None:
        """Something has happened, and more is to come at once; then ``settle``."""
        if self._is_over:
            return
        try:
            effects = self.session.step(input_, self.clock.now())
            for effect in effects:
                if isinstance(effect, Emit):
                    self._listeners.tell(effect.event)
                elif self._source is not None:
                    self._source.perform(effect)
        except Exception as error:  # A bug of ours must not end the stream; it is said where it can be seen.
            self.report_bug(type(input_).__name__, error)

    def settle(self) -> None:
        """After whatever happened: tell of rows, let views have what is due, set the timer to the nearest deadline."""
        if self._is_over:
            return
        for conversation_id in self.session.desk.take_changed():
            self.changes.tell(conversation_id)
        self._views.commands()
        self._views.flush()
        self._alarm.set(self.loop, soonest(self.session.next_deadline(), self._views.next_deadline()))
        self.awaited.look()

    def _woken(self, at: float) -> None:
        own = self.session.next_deadline()
        if own is not None and own <= at:
            self.step(Tick())
        self.settle()

    # --- what a source may do -----------------------------------------------------------------------------

    def report_bug(self, where: str, error: BaseException) -> None:
        """A bug of ours must not end the inbox; it is said where it can be seen."""
        self._listeners.report_bug(where, error)

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run what takes time; it is ended with the gateway."""
        return self._tasks.start(coroutine)

    def count(self, what: str) -> None:
        """Something of this kind has happened once more."""
        self.session.counters[what] += 1

    async def written_down(self) -> None:
        """An inbox keeps nothing on disk."""
