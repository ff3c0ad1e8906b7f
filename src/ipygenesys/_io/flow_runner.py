"""Runs the flows of a protocol: carries out each step and hands its answer back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ipygenesys._core.failures import Failure
from ipygenesys._io.link import Link
from ipygenesys._io.stream import Stream
from ipygenesys._protocols.flow import (
    CallError,
    Exchange,
    Flow,
    GetToken,
    OpenSocket,
    Request,
    SendFrame,
    Step,
)

if TYPE_CHECKING:
    from ipygenesys._io.clock import SystemClock
    from ipygenesys._io.rest import RestClient
    from ipygenesys._io.tokens import TokenProvider

T = TypeVar("T")


class FlowRunner:
    """Runs one flow.

    Args:
        rest: for its calls.
        tokens: None where the protocol needs no token.
        clock: for handshakes that are told to come later.
        link: the open stream, if there is one; replaced by what the flow opens.
        on_open: makes the link to a stream that the flow has opened.
    """

    def __init__(
        self,
        rest: RestClient,
        tokens: TokenProvider | None,
        clock: SystemClock,
        *,
        link: Link | None = None,
        on_open: Callable[[Stream], Link] | None = None,
    ) -> None:
        self.link = link
        self._rest = rest
        self._tokens = tokens
        self._clock = clock
        self._on_open = on_open

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end; its result.

        Raises:
            CallError: a call failed.
            StreamError: the event stream could not be opened.
        """
        try:
            step = next(flow)
            while True:
                try:
                    answer = await self._carry_out(step)
                except CallError as error:
                    step = flow.throw(error)
                else:
                    step = flow.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            flow.close()

    async def _carry_out(self, step: Step) -> str | bytes | None:
        match step:
            case Request():
                return await self._rest.call(step, self._tokens)
            case GetToken():
                assert self._tokens is not None
                return await self._tokens.get()
            case OpenSocket():
                assert self._on_open is not None
                stream = await Stream.open(
                    step.url,
                    headers=step.headers,
                    first_frames=step.first_frames,
                    now_epoch=self._clock.epoch(),
                    needs=step.needs,
                )
                self.link = self._on_open(stream)
                return None
            case SendFrame(frame):
                await self._open_link().send(frame)
                return None
            case Exchange():
                return await self._open_link().exchange(step.frame, step.tracing_id, step.timeout_s)

    def _open_link(self) -> Link:
        if self.link is None or self.link.lost.done():
            raise CallError(Failure(kind="unreachable", message="There is no connection at the moment."))
        return self.link
