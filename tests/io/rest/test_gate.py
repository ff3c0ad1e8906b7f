"""The gate in front of REST, on a real loop."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from ipygenesys._core.machines.rest_budget import HELD_BACK, PATIENCE_S
from ipygenesys._core.model.failures import ErrorDetails
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.rest.client import RestClient
from ipygenesys._io.rest.gate import RestGate, gate_for
from ipygenesys._protocols.flow import CallError, Request
from ipygenesys.credentials import AccessToken, ClientCredentials
from ipygenesys.user_login import UserLogin

CALL = Request(method="GET", path="/thing", what="Reading a thing")


def closed(left: int = 0, reset_s: float = 60.0) -> RestGate:
    """A gate behind which the server has said that so much is left."""
    gate = RestGate(SystemClock())
    gate.learned(left, reset_s)
    return gate


async def test_whoever_may_go_goes_at_once() -> None:
    assert not await RestGate(SystemClock()).turn("messages")


async def test_whoever_must_wait_goes_when_it_is_time_and_hears_that_it_was_late() -> None:
    assert await closed(reset_s=0.15).turn("messages")


async def test_typing_is_refused_at_once_rather_than_late() -> None:
    with pytest.raises(CallError) as caught:
        await closed().turn("typing")
    assert caught.value.failure == HELD_BACK


async def test_what_has_waited_in_vain_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PATIENCE_S, "receipts", 0.2)
    with pytest.raises(CallError) as caught:
        await closed().turn("receipts")
    assert caught.value.failure == HELD_BACK


async def test_a_cancelled_wait_ends_at_once_and_leaves_nothing_behind() -> None:
    gate = closed()
    waiting = asyncio.create_task(gate.turn("messages"))
    await asyncio.sleep(0)
    waiting.cancel()
    # Well before its turn would come, or its patience end.
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(10):
            await waiting
    gate.learned(1, 60.0)
    await gate.turn("messages")
    assert not gate._waiting
    assert gate._timer is None


async def test_a_gate_is_shared_by_app_and_server_and_by_nobody_else() -> None:
    clock, url = SystemClock(), "https://api.example"
    app = gate_for(url, ClientCredentials("app", "secret"), clock)
    assert gate_for(url, ClientCredentials("app", "secret"), clock) is app
    others = [
        gate_for("https://api.elsewhere", ClientCredentials("app", "secret"), clock),
        gate_for(url, ClientCredentials("other", "secret"), clock),
        gate_for(url, UserLogin("app"), clock),
        gate_for(url, AccessToken("app"), clock),
        gate_for(url, None, clock),
        gate_for(url, None, clock),
    ]
    assert len({id(gate) for gate in (app, *others)}) == 7
    assert gate_for(url, AccessToken("app"), clock) is others[3]
    loop = asyncio.new_event_loop()
    try:

        async def elsewhere() -> RestGate:
            return gate_for(url, ClientCredentials("app", "secret"), clock)

        assert await asyncio.to_thread(loop.run_until_complete, elsewhere()) is not app
    finally:
        loop.close()


async def test_a_call_waits_for_its_turn_is_counted_and_hears_what_the_server_says_is_left() -> None:
    heard: list[str] = []
    headers = {"inin-ratelimit-count": "300", "inin-ratelimit-allowed": "300", "inin-ratelimit-reset": "1"}

    async def serve(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=headers)

    rest = RestClient(
        "https://genesys.example",
        clock=SystemClock(),
        decode_error=lambda _: ErrorDetails(),
        on_delayed=lambda: heard.append("delayed"),
        transport=httpx.MockTransport(serve),
    )
    await rest.call(CALL, None)
    assert heard == []
    with pytest.raises(CallError):
        await rest.call(CALL, None, lane="typing")
    began = time.monotonic()
    await rest.call(CALL, None, is_again=True)
    assert heard == ["delayed"]
    assert time.monotonic() - began > 0.5
    await rest.aclose()
