"""The gateway: one background asyncio task that owns a conversation.

Theory of operation. Everything that happens becomes an input of the session: ``_take`` steps it and performs the
effects in order, all on the loop's thread and without an ``await`` in between, so nobody ever sees half a step.
What takes time (a stream, a call) runs in a task of its own and comes back as another input. One timer stands at the
session's next deadline. Other threads only ``post``.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Protocol
from weakref import WeakValueDictionary

import msgspec

from ipygenesys._core.connection import CloseStream, OpenStream, StreamLoss
from ipygenesys._core.durable import ForgetDraft, ForgetSeen, KeepDraft, KeepReadPosition, KeepSeen
from ipygenesys._core.effects import Call, CancelSend, Effect, Emit
from ipygenesys._core.events import (
    CapabilitiesChanged,
    DraftUnresolved,
    ErrorRaised,
    Event,
    MessagePlaced,
    MessageRemoved,
    MessageStatusChanged,
    ReadPositionMoved,
    StatusChanged,
    UploadProgressed,
)
from ipygenesys._core.failures import Failure
from ipygenesys._core.inputs import (
    CallFailed,
    CallSucceeded,
    Command,
    Disconnect,
    FrameReceived,
    Input,
    Restore,
    StreamLost,
    StreamOpened,
    Tick,
    TokenRenewed,
)
from ipygenesys._core.operations import Action, Operation, PostMessage
from ipygenesys._core.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._core.profile import Profile
from ipygenesys._core.rest_budget import Lane, lane_of
from ipygenesys._core.session import Session
from ipygenesys._io.clock import SystemClock
from ipygenesys._io.durable_store import DurableStore, StoreError, WriteAhead
from ipygenesys._io.flow_runner import FlowRunner
from ipygenesys._io.link import Link
from ipygenesys._io.read_positions import ReadPositions
from ipygenesys._io.rest import RestClient
from ipygenesys._io.rest_gate import gate_for
from ipygenesys._io.stream import Stream, StreamError
from ipygenesys._io.tokens import TokenProvider
from ipygenesys._protocols.base import Adapter, CanAct, HasMemory
from ipygenesys._protocols.flow import CallError, Occasion
from ipygenesys.errors import error_from

CLOSE_S = 2.0
"""How long a close waits for "stopped typing" and for messages on their way. Source: reference/jupyter.md F."""

KEEP_AFTER_S = 0.5
"""Chosen: how long a read position waits for the next one."""

ABNORMAL_CLOSURE = 1006
"""Source: RFC 6455, 7.4.1."""

Listener = Callable[[Event], object]

_log = logging.getLogger("ipygenesys.gateway")


class Gateway:
    """Runs one conversation on the loop that ``run`` is awaited on."""

    def __init__(
        self,
        protocol: Adapter,
        *,
        clock: SystemClock | None = None,
        read_positions: ReadPositions | None = None,
        store: DurableStore | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            protocol: which conversation, where, and as whom.
            clock: the time and the dice.
            read_positions: where our read position is kept, on a platform that takes no receipts; None keeps none.
            store: where drafts and receipts are kept, and what of them was left behind; closed with the gateway.
        """
        self._read_positions = read_positions
        self._store = store
        self._write_ahead: WriteAhead | None = None
        self._written: asyncio.Future[None] | None = None
        """All that has been kept so far."""
        if isinstance(protocol, HasMemory):
            protocol = protocol.fresh()
        self.session = Session(self._with_read_position(protocol.profile))
        self.clock = clock or SystemClock()
        self._protocol = protocol
        self.deliveries: WeakValueDictionary[str, DraftListener] = WeakValueDictionary()
        """By draft id: who wants to hear of one message only."""
        self._listeners: list[Listener] = []
        self._views: list[Views] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rest: RestClient | None = None
        self._tokens: TokenProvider | None = None
        self._link: Link | None = None
        """To the stream that was opened last."""
        self._close_code: int | None = None
        """Of the stream that was lost last."""
        self._streams: dict[int, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sends: dict[str, FlowRunner] = {}
        """By draft id: the sends under way."""
        self._timer: asyncio.TimerHandle | None = None
        self._read_up_to_ms: int | None = None
        """What is to be kept, and is not yet."""
        self._settled: asyncio.Event | None = None
        """Made when closing: nothing is under way any more."""
        self._is_over = False

    # --- life ---------------------------------------------------------------------------------------------

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run on this loop from now on; from any thread, once. Nothing is opened yet."""
        self._loop = loop
        loop.call_soon_threadsafe(self._start)

    def _start(self) -> None:
        endpoints = self._protocol.endpoints
        credentials = self._protocol.credentials
        self._rest = RestClient(
            endpoints.rest_url,
            clock=self.clock,
            decode_error=self._protocol.decode_error,
            gate=gate_for(endpoints.rest_url, credentials, self.clock),
            on_delayed=self._call_delayed,
        )
        if credentials is not None:
            self._tokens = TokenProvider(
                credentials,
                rest=self._rest,
                token_url=endpoints.token_url,
                authorize_url=endpoints.authorize_url,
                scopes=self._protocol.scopes,
                clock=self.clock,
                on_renewed=lambda: self.take(TokenRenewed()),
            )
            self._spawn(self._tokens.keep_fresh())
        if self._store is not None:
            self._restore(self._store)

    def _restore(self, store: DurableStore) -> None:
        self._write_ahead = WriteAhead(store)
        if store.damaged_copy is not None:
            words = f"The durable state could not be read; it was put aside as {store.damaged_copy}."
            self._tell(ErrorRaised(Failure(kind="protocol", message=words)))
        self.take(Restore(store.state))

    async def close(self) -> None:
        """Say that we stopped typing, let what is under way finish for CLOSE_S, and leave nothing behind."""
        await asyncio.sleep(
            0
        )  # What was posted before comes first: a Connect after the Disconnect would reopen it.
        self._settled = asyncio.Event()
        self.take(Disconnect())
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._settled.wait()
        self._is_over = True
        if self._timer is not None:
            self._timer.cancel()
        leftovers = [*self._tasks, *self._streams.values()]
        for task in leftovers:
            task.cancel()
        await asyncio.gather(*leftovers, return_exceptions=True)
        for delivery in list(self.deliveries.values()):
            delivery.end(is_kept=self._store is not None)  # Whoever waits for it would wait for ever.
        if self._tokens is not None:
            await self._tokens.aclose()
        if self._rest is not None:
            await self._rest.aclose()
        await self._keep_read_position()
        if self._write_ahead is not None:
            await self._write_ahead.close()

    def abandon(self) -> None:
        """Close what never ran."""
        if self._store is not None:
            self._store.close()

    # --- read positions -----------------------------------------------------------------------------------

    def _with_read_position(self, profile: Profile) -> Profile:
        if "send_read" in profile.capabilities:
            return profile
        position = self._store.state.read_up_to_ms if self._store else 0
        if self._read_positions is not None and profile.conversation_key is not None:
            position = max(position, self._read_positions.load(profile.conversation_key))
        return msgspec.structs.replace(profile, read_up_to_ms=max(profile.read_up_to_ms, position))

    def _read_position_moved(self, time_ms: int) -> None:
        if self._read_positions is None:
            return
        is_waiting = self._read_up_to_ms is not None
        self._read_up_to_ms = time_ms
        if not is_waiting:
            self._spawn(self._keep_read_position_soon())

    async def _keep_read_position_soon(self) -> None:
        """Reading moves it message by message: the file is written once for many."""
        await asyncio.sleep(KEEP_AFTER_S)
        await self._keep_read_position()

    async def _keep_read_position(self) -> None:
        time_ms, self._read_up_to_ms = self._read_up_to_ms, None
        key = self._protocol.profile.conversation_key
        if time_ms is None or key is None or self._read_positions is None:
            return
        try:
            is_kept = await asyncio.to_thread(self._read_positions.save, key, time_ms)
        except RuntimeError:  # The interpreter is ending, and starts no threads any more.
            is_kept = self._read_positions.save(key, time_ms)
        if not is_kept:
            self.session.conversation.counters["read_position_not_kept"] += 1

    # --- input --------------------------------------------------------------------------------------------

    def add_listener(self, listener: Listener) -> None:
        """Hear every event, on the loop's thread."""
        self._listeners.append(listener)

    def remove_listener(self, listener: Listener) -> None:
        """Hear no more; doing it twice is fine."""
        with suppress(ValueError):
            self._listeners.remove(listener)

    def add_views(self, views: Views) -> None:
        """Share the timer: the views have deadlines too."""
        self._views.append(views)

    def post(self, command: Command) -> None:
        """Take a command, from any thread."""
        self.call_soon(lambda: self.take(command))

    def call_soon(self, callback: Callable[[], object]) -> None:
        """Run something on the loop's thread, from any thread; after the loop's end, do nothing."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(callback)

    def take(self, input_: Input) -> None:
        """Step the session and perform the effects; on the loop's thread only. After the close, do nothing."""
        self._step(input_)
        self.settle()

    def settle(self) -> None:
        """After whatever happened: let the views have what is due, and set the timer to the nearest deadline."""
        if self._is_over:
            return
        for views in self._views:
            for command in views.commands():
                self._step(command)
        for views in self._views:
            try:
                views.flush()
            except Exception as error:  # The comm may be gone, and the conversation goes on without it.
                self._report_bug("a view", error)
        deadlines = [self.session.next_deadline(), *(views.next_deadline() for views in self._views)]
        deadline = min((at for at in deadlines if at is not None), default=None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline is not None and self._loop is not None:
            delay = max(deadline - self.clock.monotonic(), 0.0)
            self._timer = self._loop.call_later(delay, self.take, Tick())
        if self._settled is not None and self.session.is_settled and not self._streams:
            self._settled.set()

    def _step(self, input_: Input) -> None:
        if self._is_over:
            return
        try:
            for effect in self.session.step(input_, self.clock.now()):
                self._perform(effect)
        except Exception as error:  # A bug of ours must not end the stream; it is said where it can be seen.
            self._report_bug(type(input_).__name__, error)

    # --- effects ------------------------------------------------------------------------------------------

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Emit(event):
                self._tell(event)
            case Call(operation, is_again):
                runner = self._runner(lane_of(operation), is_again=is_again)
                if isinstance(operation, PostMessage):
                    self._sends[operation.draft_id] = runner
                self._spawn(self._call(operation, runner))
            case CancelSend(draft_id):
                self._sends[draft_id].cancel()
            case OpenStream(generation, fresh_token):
                task = self._task(self._run_stream(generation, fresh_token=fresh_token))
                self._streams[generation] = task
                task.add_done_callback(lambda _: self._stream_done(generation))
            case CloseStream(generation):
                # Cancelling the task closes its stream with a proper close frame.
                if (stream := self._streams.get(generation)) is not None:
                    stream.cancel()
            case KeepDraft() | ForgetDraft() | KeepSeen() | ForgetSeen() | KeepReadPosition():
                if self._write_ahead is not None:
                    self._written = self._write_ahead.keep(effect)

    def _stream_done(self, generation: int) -> None:
        self._streams.pop(generation, None)
        if self._settled is not None:
            self.settle()

    def _tell(self, event: Event) -> None:
        if isinstance(event, StatusChanged):
            _log.info("The conversation is %s%s", event.status, f": {event.detail}" if event.detail else "")
        elif isinstance(event, ErrorRaised):
            _log.warning("%s", event.failure.message)
        elif isinstance(event, ReadPositionMoved):
            self._read_position_moved(event.time_ms)
        elif isinstance(event, CapabilitiesChanged):
            _log.warning(
                "The server can do no more than: %s", ", ".join(sorted(event.capabilities)) or "nothing"
            )
        listeners = list(self._listeners)
        if (delivery := self.deliveries.get(_draft_id_of(event) or "")) is not None:
            listeners.append(delivery.hear)
        for listener in listeners:
            try:
                listener(event)
            except Exception as error:
                self._report_bug(type(event).__name__, error)

    async def _call(self, operation: Operation, runner: FlowRunner) -> None:
        try:
            result = await self._carried_out(operation, runner)
        except CallError as error:
            self.take(CallFailed(operation, error.failure))
        except (msgspec.DecodeError, ValueError, RecursionError):
            # The call was carried out, but its answer cannot be read: for a send that means "unknown".
            words = f"{type(operation).__name__}: the server's answer is not of this protocol."
            self.take(CallFailed(operation, Failure(kind="lost", message=words)))
        except Exception as error:  # A bug of ours must not leave the operation under way for ever.
            self._report_bug(type(operation).__name__, error)
            words = f"{type(operation).__name__}: internal error ({type(error).__name__})."
            self.take(CallFailed(operation, Failure(kind="lost", message=words)))
        else:
            self.take(CallSucceeded(operation, result))

    async def _carried_out(self, operation: Operation, runner: FlowRunner) -> MessageArrived | History | None:
        try:
            if isinstance(operation, PostMessage) and self._written is not None:
                await self._written_down(self._written)
            return await runner.run(self._protocol.perform(operation))
        finally:
            if isinstance(operation, PostMessage):
                del self._sends[operation.draft_id]

    async def _written_down(self, written: asyncio.Future[None]) -> None:
        """Nothing goes to the wire that the next run would not know of."""
        try:
            await asyncio.shield(written)
        except StoreError:
            words = "The message could not be written down first, so it was not sent. Is the disk full?"
            raise CallError(Failure(kind="rejected", message=words)) from None

    def check_can_act(self, action: Action) -> CanAct:
        """The protocol, if it can do this.

        Raises:
            TypeError: it cannot.
        """
        protocol = self._protocol
        if not isinstance(protocol, CanAct) or not isinstance(action, protocol.actions):
            name = type(protocol).__name__
            raise TypeError(f"{name} cannot do that: only AgentMessaging takes part as an agent.")
        return protocol

    def act(self, action: Action) -> Future[None]:
        """Do something to the conversation, from any thread; ``check_can_act`` says whether we can."""
        protocol, outcome = self.check_can_act(action), Future[None]()
        self.call_soon(lambda: self._spawn(self._act(protocol, action, outcome)))
        return outcome

    async def _act(self, protocol: CanAct, action: Action, outcome: Future[None]) -> None:
        try:
            learned = await self._runner().run(protocol.act(action))
        except CallError as error:
            outcome.set_exception(error_from(error.failure))
        except (msgspec.DecodeError, ValueError, RecursionError):
            words = f"{type(action).__name__}: the server's answer is not of this protocol."
            outcome.set_exception(error_from(Failure(kind="lost", message=words)))
        else:
            if (active := self.session.connection.active) is not None:
                self.take(FrameReceived(active, learned))
            outcome.set_result(None)
        finally:
            if not outcome.done():
                outcome.set_exception(
                    error_from(Failure(kind="lost", message="The conversation was closed."))
                )

    async def _run_stream(self, generation: int, *, fresh_token: bool) -> None:
        try:
            loss = await self._streamed(generation, fresh_token=fresh_token)
        except Exception as error:  # A bug of ours must not leave the conversation without a stream for ever.
            self._report_bug("the stream", error)
            loss = StreamLoss(close_code=ABNORMAL_CLOSURE)
        self._close_code = loss.close_code
        self.take(StreamLost(generation, loss))

    async def _streamed(self, generation: int, *, fresh_token: bool) -> StreamLoss:
        """One stream from its opening to its loss."""
        if fresh_token and self._tokens is not None:
            self._tokens.expire()
        runner = self._opening_runner(generation)
        try:
            learned = await runner.run(self._protocol.open_stream())
            assert runner.link is not None
            self._link = runner.link
            self.take(FrameReceived(generation, learned))
            self.take(StreamOpened(generation))
            await runner.link.lost
        except StreamError as error:
            return error.loss
        except CallError as error:
            return StreamLoss(failure=error.failure, is_tls=error.is_tls)
        except asyncio.CancelledError:
            if runner.link is not None:
                await runner.link.close()
            raise
        finally:
            if runner.link is not None:
                await runner.link.abort()
        raise AssertionError("a stream ends with a StreamError")

    def _link_to(self, generation: int, stream: Stream) -> Link:
        return Link(
            stream,
            decode=lambda data: self._decode(generation, data),
            deliver=lambda events: self._step(FrameReceived(generation, events)),
            delivered=self.settle,
            has_history=lambda: self.session.catch_up.is_enabled,
        )

    def _decode(self, generation: int, data: bytes) -> tuple[PlatformEvent, ...]:
        """What a stream says that does not count any more is not read: protocols remember what they have read."""
        if not self.session.connection.is_current(generation):
            return ()
        return self._protocol.decode_frame(data)

    def _runner(self, lane: Lane = "messages", *, is_again: bool = False) -> FlowRunner:
        assert self._rest is not None
        return FlowRunner(
            self._rest,
            self._tokens,
            self.clock,
            link=self._link,
            on_progress=self._upload_progressed,
            lane=lane,
            is_again=is_again,
        )

    def _call_delayed(self) -> None:
        self.session.conversation.counters["calls_delayed"] += 1

    def _upload_progressed(self, draft_id: str, sent_bytes: int, total_bytes: int) -> None:
        self._tell(UploadProgressed(draft_id=draft_id, sent_bytes=sent_bytes, total_bytes=total_bytes))

    def _opening_runner(self, generation: int) -> FlowRunner:
        """It begins without a link: what it closes in the end is the stream that it has opened, no other."""
        assert self._rest is not None
        occasion = Occasion(
            now_s=self.clock.monotonic(),
            is_move=self.session.connection.is_open,
            close_code=self._close_code,
        )
        return FlowRunner(
            self._rest,
            self._tokens,
            self.clock,
            on_open=lambda stream: self._link_to(generation, stream),
            occasion=occasion,
        )

    # --- helpers ------------------------------------------------------------------------------------------

    def _task(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        assert self._loop is not None
        task = self._loop.create_task(coroutine)
        task.add_done_callback(self._task_done)
        return task

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = self._task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report_bug(task.get_name(), error)

    def _report_bug(self, where: str, error: BaseException) -> None:
        _log.error("Internal error in %s: %s", where, place_of(error))
        words = f"Internal error ({type(error).__name__}); the log has the place. The conversation goes on."
        event = ErrorRaised(Failure(kind="protocol", message=words, code="internal"))
        for listener in tuple(self._listeners):
            with suppress(Exception):
                listener(event)


class Views(Protocol):
    """The views of a widget, as far as the gateway's timer is concerned; on the loop's thread only."""

    def commands(self) -> list[Command]:
        """What time has brought."""

    def flush(self) -> None:
        """Send what is due."""

    def next_deadline(self) -> float | None:
        """When something is due next, in monotonic seconds."""


class DraftListener(Protocol):
    """Hears what becomes of one message of ours."""

    def hear(self, event: Event) -> None:
        """Take an event that is about it."""

    def end(self, *, is_kept: bool) -> None:
        """There will be no more events."""


def _draft_id_of(event: Event) -> str | None:
    match event:
        case MessagePlaced(message=message) | MessageStatusChanged(message=message):
            return message.draft_id
        case MessageRemoved(message=message):
            return message.draft_id
        case DraftUnresolved(draft_id):
            return draft_id
        case _:
            return None


def place_of(error: BaseException) -> str:
    """What kind of error, and where; never its words, which may quote a message."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
