"""Runs the flows of a protocol: carries out each step and hands its answer back."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.platform.shared_calls import SharedCalls
from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._io.stream.websocket import Stream, StreamError
from ipygenesys._protocols.flow import (
    CANCELLED,
    AwaitAnswer,
    CallError,
    Commit,
    Exchange,
    Expect,
    Flow,
    GetOccasion,
    GetTime,
    GetToken,
    InTurn,
    Join,
    NewId,
    Occasion,
    OpenSocket,
    Pause,
    Request,
    SendFrame,
    Step,
    Upload,
)
from ipygenesys._protocols.tolerant import Leftovers

if TYPE_CHECKING:
    from ipygenesys._core.machines.rest_budget import Lane
    from ipygenesys._io.host.clock import SystemClock
    from ipygenesys._io.rest.client import RestClient
    from ipygenesys._io.rest.tokens import TokenProvider

T = TypeVar("T")


class FlowRunner:
    """Runs one flow.

    Args:
        rest: for its calls.
        tokens: None where the protocol needs no token.
        clock: for handshakes that are told to come later.
        link: our part of the open stream, if there is one; replaced by what the flow opens.
        on_open: makes our part of a stream that the flow has opened; None: it is one more socket of the link.
        on_opened: hears where that was, and what was said there first.
        join: makes our part of a stream that we share; None: we share it with nobody.
        turn: ours among those with whom we share it.
        occasion: why it opens one.
        on_progress: hears how far an upload has come: its draft id, bytes sent, bytes in all.
        on_odd_field: hears of each field of an answer that was left out, because it cannot be read.
        shared: for calls whose answers others of the same credentials may share.
        lane: what its calls count as in the budget.
        is_again: the same flow was run before, and failed.
    """

    def __init__(
        self,
        rest: RestClient,
        tokens: TokenProvider | None,
        clock: SystemClock,
        *,
        link: Subscription | None = None,
        on_open: Callable[[Stream], Subscription] | None = None,
        on_opened: Callable[[str, tuple[str, ...]], object] = lambda *_: None,
        join: Callable[[Join], Awaitable[Subscription]] | None = None,
        turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
        occasion: Occasion | None = None,
        on_progress: Callable[[str, int, int], object] = lambda *_: None,
        on_odd_field: Callable[[], object] = lambda: None,
        shared: SharedCalls | None = None,
        lane: Lane = "messages",
        is_again: bool = False,
    ) -> None:
        self.link = link
        self.has_opened = False
        """A stream of its own, for nobody else's use before."""
        self._rest = rest
        self._tokens = tokens
        self._clock = clock
        self._on_open = on_open
        self._on_opened = on_opened
        self._join = join
        self._turn = turn
        self._occasion = occasion or Occasion()
        self._on_progress = on_progress
        self._on_odd_field = on_odd_field
        self._shared = shared or SharedCalls()
        self._lane: Lane = lane
        self._is_again = is_again
        self._expected: list[str] = []
        self._task: asyncio.Task[object] | None = None
        self._is_committed = False
        self._is_cancelling = False

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end; its result.

        Raises:
            CallError: a call failed.
            StreamError: the event stream could not be opened.
        """
        self._task = asyncio.current_task()
        try:
            if self._is_cancelling:
                raise CallError(CANCELLED)
            step = self._go_on(flow.send, None)
            while True:
                try:
                    answer = await self._carry_out(step)
                except CallError as error:
                    step = self._go_on(flow.throw, error)
                except asyncio.CancelledError:
                    if not self._has_cancelled():
                        raise
                    step = self._go_on(flow.throw, CallError(CANCELLED))
                else:
                    step = self._go_on(flow.send, answer)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            flow.close()
            for tracing_id in self._expected:
                if self.link is not None:
                    self.link.forget(tracing_id)

    def _go_on(self, resume: Callable[[Any], Step], with_: object) -> Step:
        """The flow's next step; what it cannot read of an answer is counted."""
        with Leftovers() as names:
            try:
                return resume(with_)
            finally:
                for _ in names:
                    self._on_odd_field()

    def cancel(self) -> None:
        """Have the step under way fail, unless the flow is past what can be taken back; one that has not begun never does."""
        if self._is_committed or self._is_cancelling:
            return
        self._is_cancelling = True
        if self._task is not None:
            self._task.cancel()

    def _has_cancelled(self) -> bool:
        """Whether it was ``cancel`` that has interrupted the task, and nobody who wants the whole task to end."""
        was_cancelling, self._is_cancelling = self._is_cancelling, False
        return was_cancelling and self._task is not None and self._task.uncancel() == 0

    async def _carry_out(self, step: Step) -> str | bytes | float | Occasion | None:
        match step:
            case Request():
                return await self._call(step)
            case GetToken():
                assert self._tokens is not None
                return await self._tokens.get()
            case OpenSocket():
                await self._open(step)
                return None
            case Join():
                await self._enter(step)
                return None
            case InTurn(flow):
                async with self._turn():
                    await self.run(flow)
                return None
            case SendFrame(frame):
                await self._open_link().send(frame)
                return None
            case Exchange():
                return await self._open_link().exchange(
                    step.frame, step.tracing_id, step.timeout_s, is_alone=step.is_alone
                )
            case Expect(tracing_id):
                self._expected.append(tracing_id)
                self._open_link().expect(tracing_id)
                return None
            case AwaitAnswer():
                return await self._open_link().expected(step.tracing_id, step.timeout_s)
            case Upload():
                await self._rest.put_file(
                    step.url,
                    step.file,
                    headers=step.headers,
                    on_progress=lambda sent: self._on_progress(step.draft_id, sent, step.file.size_bytes),
                )
                return None
            case Commit():
                self._is_committed = True
                return None
            case Pause(seconds):
                await asyncio.sleep(seconds)
                return None
            case NewId():
                return str(uuid.uuid4())
            case GetTime():
                return self._clock.epoch()
            case GetOccasion():
                return self._occasion

    async def _call(self, request: Request) -> bytes:
        call = partial(self._rest.call, request, self._tokens, lane=self._lane, is_again=self._is_again)
        return await (self._shared.answer(request, call) if request.is_shared else call())

    async def _open(self, step: OpenSocket) -> None:
        on_open = self._on_open or self._open_link().also
        try:
            stream = await Stream.open(
                step.url,
                headers=step.headers,
                first_frames=step.first_frames,
                now_epoch=self._clock.epoch(),
                needs=step.needs,
                refusals=step.refusals,
            )
        except StreamError as error:
            if error.loss.failure is None:
                raise
            # A refused handshake is an answer: the flow may know what to do about it.
            raise CallError(error.loss.failure, is_tls=error.loss.is_tls) from None
        self.has_opened = True
        self._on_opened(step.url, step.first_frames)
        self.link = on_open(stream)

    async def _enter(self, step: Join) -> None:
        if self._join is None:
            await self.run(step.stream.open(step.topics))
        else:
            self.link = await self._join(step)

    def _open_link(self) -> Subscription:
        if self.link is None or self.link.lost.done():
            raise CallError(Failure(kind="unreachable", message="There is no connection at the moment."))
        return self.link
