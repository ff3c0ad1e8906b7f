"""Runs the flows of a protocol: carries out each step and hands its answer back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ipygenesys._io.stream import Stream
from ipygenesys._protocols.flow import CallError, Flow, OpenSocket, Request, Step

if TYPE_CHECKING:
    from ipygenesys._io.clock import SystemClock
    from ipygenesys._io.rest import RestClient
    from ipygenesys._io.tokens import TokenProvider

T = TypeVar("T")


class FlowRunner:
    """Runs one flow; ``stream`` is what it has opened, if it has."""

    def __init__(self, rest: RestClient, tokens: TokenProvider, clock: SystemClock) -> None:
        self.stream: Stream | None = None
        self._rest = rest
        self._tokens = tokens
        self._clock = clock

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

    async def _carry_out(self, step: Step) -> bytes | None:
        match step:
            case Request():
                return await self._rest.call(step, self._tokens)
            case OpenSocket():
                self.stream = await Stream.open(
                    step.url,
                    headers=step.headers,
                    first_frames=step.first_frames,
                    now_epoch=self._clock.epoch(),
                    needs=step.needs,
                )
                return None
