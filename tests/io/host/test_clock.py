"""The server's clock, read from answers on real sockets, however wrong this machine's is."""

from __future__ import annotations

import asyncio
import time
from unittest.mock import patch

import httpx
import pytest

from ipygenesys._core.model.failures import ErrorDetails
from ipygenesys._core.model.inputs import Connect, Now
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.host.clock import ServerClock
from ipygenesys._io.rest.client import RestClient
from ipygenesys._protocols.flow import CallError, Request
from ipygenesys.simulator import Simulator
from tests.io.clocks import QuickClock, StandingClock
from tests.io.servers import answer, answering, raw_server
from tests.io.watch import eventually, protocol_for

DATE, EPOCH_S = "Fri, 15 Jan 2027 08:00:00 GMT", 1_800_000_000.0
LATER = "Fri, 15 Jan 2027 08:01:00 GMT"
READ = Request(method="GET", path="/thing", what="Reading a thing")
HOUR_S = 3600.0


class WrongClock(QuickClock):
    """An hour ahead."""

    def now(self) -> Now:
        now = super().now()
        return now._replace(wall_ms=now.wall_ms + round(HOUR_S * 1000))

    def epoch(self) -> float:
        return super().epoch() + HOUR_S


def test_until_an_answer_tells_the_time_ours_counts() -> None:
    own = StandingClock()
    clock = ServerClock(own)
    for headers in ({}, {"Date": "soon"}, {"Date": DATE, "Age": "old"}):
        clock.learn(headers)
    assert clock.now() == own.now()
    assert clock.now().server_ms is None
    assert (clock.monotonic(), clock.epoch()) == (own.monotonic(), own.epoch())


def test_the_servers_clock_goes_on_with_the_monotonic_one_whatever_becomes_of_ours() -> None:
    own = StandingClock(epoch=7.0)
    clock = ServerClock(own)
    clock.learn({"Date": DATE})
    own.advance(2.5)
    own._epoch -= HOUR_S  # Somebody sets the machine's clock.
    assert clock.epoch() == EPOCH_S + 2.5
    assert clock.now() == own.now()._replace(server_ms=round((EPOCH_S + 2.5) * 1000))


def test_each_answer_tells_it_anew_and_one_that_does_not_changes_nothing() -> None:
    clock = ServerClock(StandingClock())
    clock.learn(httpx.Headers({"date": DATE, "age": "90"}))
    assert clock.epoch() == EPOCH_S + 90
    clock.learn({"Date": DATE})
    clock.learn({"Date": "soon"})
    assert clock.epoch() == EPOCH_S


async def test_every_answer_tells_the_time_even_a_refusal_or_one_that_breaks_off() -> None:
    own = StandingClock(epoch=7.0)
    clock = ServerClock(own)
    wire = [
        answer(429, Date=DATE, Retry_After=LATER),
        answer(200, b"0123456789", Date=LATER)[:-5],  # The body breaks off.
        answer(200, b"{}", Date=DATE),
    ]
    learned = []
    async with raw_server(answering(*wire)) as port:
        rest = RestClient(
            f"http://127.0.0.1:{port}",
            clock=clock,
            decode_error=lambda _: ErrorDetails(),
            on_headers=clock.learn,
        )
        with pytest.raises(CallError) as refused:
            await rest.call(READ, None)
        learned.append(clock.epoch())
        with pytest.raises(CallError, match="broke"):
            await rest.call(READ, None)
        learned.append(clock.epoch())
        await rest.call(READ, None)
        learned.append(clock.epoch())
        await rest.aclose()
    assert learned == [EPOCH_S, EPOCH_S + 60, EPOCH_S]
    assert refused.value.failure.retry_after_s == 60.0  # By the server's clock; by ours it would be 120.


async def test_a_session_is_told_the_servers_time_as_soon_as_it_has_answered(simulator: Simulator) -> None:
    gateway = Gateway(protocol_for(simulator), clock=WrongClock())
    with patch.object(gateway.session, "step", wraps=gateway.session.step) as step:
        gateway.bind(asyncio.get_running_loop())
        gateway.post(Connect())
        try:
            await eventually(lambda: gateway.session.connection.status == "connected")
        finally:
            await gateway.close()
    nows: list[Now] = [call.args[1] for call in step.call_args_list]
    assert nows[0].server_ms is None
    last = nows[-1]
    assert last.server_ms is not None
    assert last.wall_ms - last.server_ms > 0.9 * HOUR_S * 1000
    assert last.server_ms <= time.time() * 1000
