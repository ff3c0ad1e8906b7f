"""The gateway: one background asyncio task that owns a conversation.

Theory of operation. Everything that happens becomes an input of the session: ``take`` steps it and performs the
effects in order, all on the loop's thread and without an ``await`` in between, so nobody ever sees half a step.
What lies beyond it, streams and calls, belongs to its source (``stream/source.py``): what takes time there comes back as
another input. One timer stands at the next deadline, of the session or of the views. Other threads only ``post``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, cast

import msgspec

from ipygenesys._core.machines.backoff import soonest
from ipygenesys._core.measures.noted import Noted
from ipygenesys._core.model.effects import Effect, Emit
from ipygenesys._core.model.events import ErrorRaised, ReadPositionMoved
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Command, Connect, Disconnect, EndSending, Input, Now, Restore, Tick
from ipygenesys._core.model.kept import ForgetDraft, ForgetSeen, Keep, KeepDraft, KeepReadPosition, KeepSeen
from ipygenesys._core.model.operations import Action
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.session.session import Session
from ipygenesys._io.conversation.awaited import Awaited
from ipygenesys._io.conversation.closing import CLOSE_S, NOT_SENT, has_sent, has_settled, unsent_of
from ipygenesys._io.conversation.listeners import Listeners
from ipygenesys._io.conversation.views import AllViews
from ipygenesys._io.disk.durable_store import DurableStore
from ipygenesys._io.disk.read_positions import ReadPosition, ReadPositions
from ipygenesys._io.disk.write_ahead import Journal, WriteAhead, writing_ahead
from ipygenesys._io.host.alarm import Alarm
from ipygenesys._io.host.clock import ServerClock, SystemClock
from ipygenesys._io.host.tasks import Tasks
from ipygenesys._io.recordings.in_memory import InMemory
from ipygenesys._io.recordings.recorder import Recorder
from ipygenesys._io.stream.source import LeadsSession, Source, Wish
from ipygenesys._io.tap import Tap
from ipygenesys._protocols.base import Adapter, HasMemory, IsFed, IsPlayed, check_can_act


class Gateway:
    """Runs one conversation on the loop that it is bound to."""

    def __init__(
        self,
        protocol: Adapter | IsFed,
        *,
        clock: SystemClock | None = None,
        read_positions: ReadPositions | None = None,
        store: DurableStore | Journal | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            protocol: which conversation, where, and as whom.
            clock: the time and the dice.
            read_positions: where our read position is kept, on a platform that takes no receipts; None keeps none.
            store: where drafts and receipts are kept, and what of them was left behind; closed with the gateway.
        """
        if isinstance(protocol, HasMemory):
            protocol = protocol.fresh()
        self._protocol = protocol
        self.is_replay = isinstance(protocol, IsPlayed)
        """Nothing can be said, and its source leads the session."""
        self._store = store
        self._read_position = ReadPosition(
            read_positions,
            key=lambda: self.conversation_key,
            spawn=self.spawn,
            on_not_kept=lambda: self.count("read_position_not_kept"),
        )
        self.session = Session(self._with_read_position(protocol.profile))
        self.clock = ServerClock(clock or SystemClock())
        self.tap = Tap(self.clock, self.report_bug)
        self.noted = Noted(protocol.profile.own_role)
        self._listeners = Listeners()
        self.add_listener, self.remove_listener = self._listeners.add, self._listeners.remove
        self.tell = self._listeners.tell
        """Who listens hears events, of all kinds or of those that it names, on the loop's thread."""
        self.add_listener(self._read_position.moved, ReadPositionMoved)
        self.deliveries = self._listeners.deliveries
        self._views = AllViews(self.report_bug)
        self.add_views, self.renew = self._views.add, self._views.renew
        """Views share the timer, as they have deadlines too, and are shown the whole if the session is another one."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self._has_begun = False
        self._tasks, self.awaited = Tasks(self.report_bug), Awaited()
        self._source: Source | None = None
        self._lead: Callable[[Input], object] | None = None
        """Where a source leads the session alone, what else would be told to it goes to the source."""
        self._write_ahead: WriteAhead | Journal | None = None
        self._alarm = Alarm(self.clock.monotonic, self._woken)
        self._is_over, self._unsent = False, 0

    @property
    def conversation_key(self) -> str | None:
        """Names the conversation over all runs; None until it has a name."""
        return self._protocol.profile.conversation_key

    @property
    def conversation_id(self) -> str | None:
        """What users call the conversation; None until it has a name."""
        return self._protocol.profile.conversation_id

    # --- life ---------------------------------------------------------------------------------------------

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run on this loop from now on; from any thread, once. Nothing is opened yet."""
        self.loop = loop
        loop.call_soon_threadsafe(self._start)

    def _start(self) -> None:
        self._source = self._its_source()
        self._lead = self._source.asked if isinstance(self._source, LeadsSession) else None
        if self._store is not None:
            self._write_ahead = writing_ahead(self._store)
            self._restore(self._store)

    def _its_source(self) -> Source:
        if isinstance(self._protocol, IsFed):
            source: Source = self._protocol.source(self)
            return source
        # Only now: httpx and websockets are half of an import's time. By now, thread or Client have imported them.
        from ipygenesys._io.platform.source import PlatformSource

        return PlatformSource(self, self._protocol, self.clock)

    def _restore(self, store: DurableStore | Journal) -> None:
        if isinstance(store, DurableStore) and store.damaged_copy is not None:
            words = f"The durable state could not be read; it was put aside as {store.damaged_copy}."
            self.tell(ErrorRaised(Failure(kind="protocol", message=words)))
        self.take(Restore(store.state))

    async def close(self, why: Failure | None = None, *, sends_for_s: float = 0.0) -> None:
        """Say that we stopped typing, let what is under way finish for CLOSE_S, and leave nothing behind.

        ``why``: what others are told, where it is not the user who closes it. ``sends_for_s``: for what is not sent yet.
        """
        await asyncio.sleep(0)  # What was posted before comes first: a Connect would reopen it.
        try:
            await self.awaited.until(lambda: self.is_replay or has_sent(self.session), sends_for_s)
            self.take(Disconnect(why))
            await self.awaited.until(
                lambda: self.is_replay or has_settled(self.session, self._source), CLOSE_S
            )
        finally:  # Also where the loop ends first, or this is cancelled: nobody waits for a delivery for ever, nothing is left.
            self._end_sending()
            await self.tap.aclose()
            await self._tasks.cancel()
            if self._source is not None:
                await self._source.aclose()
            await self._read_position.keep()
            if self._write_ahead is not None:
                await self._write_ahead.close()

    @property
    def unsent(self) -> int:
        """How many messages are not sent yet, or were not; those kept for the next run do not count. From any thread."""
        if self._is_over or self._store or self.is_replay:
            return self._unsent
        return unsent_of(self.session.conversation.timeline.copy())

    def _end_sending(self) -> None:
        self._unsent = self.unsent
        if self._unsent:
            self.take(EndSending(NOT_SENT))
        self._is_over = True
        self._alarm.cancel()
        self._listeners.end(is_kept=self._store is not None)

    def abandon(self) -> None:
        """Close what never ran."""
        if isinstance(self._store, DurableStore):
            self._store.close()

    def _with_read_position(self, profile: Profile) -> Profile:
        if "send_read" in profile.capabilities:
            return profile
        stored = self._store.state.read_up_to_ms if self._store else 0
        position = max(stored, self._read_position.load(), profile.read_up_to_ms)
        return msgspec.structs.replace(profile, read_up_to_ms=position)

    def begin(self, recorder: Recorder | InMemory) -> None:
        """Have what passes written down; between two steps, or before there was any."""
        recorder.begin(self.session, self.tap, self._protocol, is_new=not self._has_begun)

    def post(self, command: Command) -> None:
        """Take a command, from any thread."""
        if isinstance(command, Connect):
            command = Connect(command.by_call, self.clock.now())
        self.call_soon(lambda: self.take(command))

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Run something on the loop's thread, from any thread; after the loop's end, do nothing."""
        if self.loop is not None:
            with suppress(RuntimeError):
                self.loop.call_soon_threadsafe(callback)

    def check_can_act(self, action: Action) -> None:
        """Whether the protocol can do this.

        Raises:
            TypeError: it cannot.
        """
        check_can_act(self._protocol, action)

    def act(self, action: Action) -> Future[None]:
        """Do something to the conversation, from any thread; ``check_can_act`` says whether we can."""
        self.check_can_act(action)
        outcome = Future[None]()
        self.call_soon(lambda: cast("Source", self._source).act(action, outcome))
        return outcome

    def take(self, input_: Input) -> None:
        """Step the session and perform the effects; on the loop's thread only. After the close, do nothing."""
        self.step(input_)
        self.settle()

    def settle(self) -> None:
        """After whatever happened: let the views have what is due, and set the timer to the nearest deadline."""
        if self._is_over:
            return
        for command in self._views.commands():
            self.step(command)
        self._views.flush()
        self._alarm.set(self.loop, soonest(self._own_deadline(), self._views.next_deadline()))
        self.awaited.look()

    def _woken(self, at: float) -> None:
        own = self._own_deadline()
        if own is not None and own <= at:
            self.step(Tick())
        self.settle()

    def _own_deadline(self) -> float | None:
        return self.session.next_deadline() if self._lead is None else None

    def step(self, input_: Input, now: Now | None = None) -> Sequence[Effect]:
        """Take an input and leave ``settle`` to the caller, who has more of them; what the session wants because of it.

        A source that leads the session also says when it has happened.
        """
        effects: Sequence[Effect] = ()
        if self._is_over:
            return effects
        try:
            if now is None and self._lead is not None:
                self._lead(input_)
                return effects
            at = now or self.clock.now()
            self._has_begun = True
            self.noted.stepped(input_, at)
            effects = self.session.step(input_, at)
            if self.tap and now is None:
                self.tap.took(input_, at, effects)
            for effect in effects:
                if isinstance(effect, Emit):
                    self.tell(effect.event)
                else:
                    self._perform(effect)
        except Exception as error:  # A bug of ours must not end the stream; it is said where it can be seen.
            self.report_bug(type(input_).__name__, error)
        return effects

    def _perform(self, effect: Keep | Wish) -> None:
        match effect:
            case KeepDraft() | ForgetDraft() | KeepSeen() | ForgetSeen() | KeepReadPosition():
                if self._write_ahead is not None:
                    _ = self._write_ahead.keep(effect)
            case _:
                assert self._source is not None
                self._source.perform(effect)

    async def written_down(self) -> None:
        """Until all is on disk that was to be kept: nothing goes to the wire that the next run would not know of.

        Raises:
            CallError: it cannot be written.
        """
        if self._write_ahead is not None:
            await self._write_ahead.until_written()

    def report_bug(self, where: str, error: BaseException) -> None:
        """A bug of ours must not end the conversation; it is said where it can be seen."""
        self._listeners.report_bug(where, error)

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run what takes time; it is ended with the gateway. On the loop's thread."""
        return self._tasks.start(coroutine)

    def count(self, what: str) -> None:
        """Something of this kind has happened once more."""
        self.session.conversation.counters[what] += 1
