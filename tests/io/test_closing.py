"""Closing while something is being sent: it gets its time, and what is not sent by then is said, on every wire."""

from __future__ import annotations

import asyncio

import pytest

from ipygenesys import Client, DeliveryFailed, DeliveryUnknown
from ipygenesys._core.machines import backoff
from ipygenesys.simulator import Simulator
from tests.io.test_news import protocol
from tests.io.watch import eventually, received, sent_texts

WIRES = pytest.mark.parametrize("name", ["tutorial", "guest", "agent"])


@pytest.fixture(autouse=True)
def short_default_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "RETRY_AFTER_DEFAULT_S", 0.1)


@WIRES
@pytest.mark.parametrize("is_connected", [False, True], ids=["not connected yet", "connected"])
async def test_what_was_sent_last_arrives_though_the_client_is_left_at_once(
    name: str, is_connected: bool, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Client(protocol(name, simulator), remember_read=False, close_timeout=30) as client:
        if is_connected:
            await client.connect()
        deliveries = [client.send("first"), client.send("last words")]
    assert all(delivery.status in ("sent", "delivered") for delivery in deliveries)
    assert sent_texts(simulator) == ["first", "last words"]
    assert capsys.readouterr().err == ""


@WIRES
async def test_what_cannot_be_sent_in_time_has_failed_and_is_said_by_its_number(
    name: str, simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    client = Client(protocol(name, simulator), remember_read=False, close_timeout=0.1)
    async with client:
        simulator.fault("refuse", status=503)
        # Three answers of 503 would be a failure of their own, however short the time was.
        simulator.fault("rate_limit", path="/messages", count=50, retry_after=20)
        deliveries = [client.send("SECRET"), client.send("SECRET")]
    for delivery in deliveries:
        assert delivery.status == "failed"
        with pytest.raises(DeliveryFailed, match="closed before the message was sent"):
            await delivery
    assert [message.status for message in client.messages] == ["failed", "failed"]
    assert capsys.readouterr().err == (
        "ipygenesys: 2 messages were not sent: the conversation was closed before.\n"
    )


async def test_what_may_have_been_sent_is_unknown_and_not_sending_for_good(
    simulator: Simulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._io.conversation.gateway.CLOSE_S", 0.05)
    client = Client(protocol("tutorial", simulator))
    async with client:
        await client.connect()
        simulator.fault("delay", ms=60_000)
        delivery = client.send("hello")
        await eventually(lambda: client._gateway.session.outbox.is_in_flight)
        await client.aclose(timeout=0.05)
    assert delivery.status == client.messages[-1].status == "unknown"
    with pytest.raises(DeliveryUnknown, match="nobody knows whether it was sent"):
        await delivery
    assert capsys.readouterr().err.startswith("ipygenesys: 1 message was not sent")


async def test_a_close_that_is_cancelled_says_what_was_not_sent(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    client = Client(protocol("tutorial", simulator), remember_read=False)
    async with client:
        simulator.fault("refuse", status=503)
        simulator.fault("rate_limit", path="/messages", count=50, retry_after=20)
        delivery = client.send("SECRET")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.aclose(timeout=1e6)
    assert delivery.status in ("failed", "unknown")
    assert capsys.readouterr().err.startswith("ipygenesys: 1 message was not sent")


async def test_a_close_with_nothing_to_send_waits_for_nothing(simulator: Simulator) -> None:
    async with Client(protocol("tutorial", simulator), close_timeout=1e6) as client:
        await client.connect()
    async with Client(protocol("tutorial", simulator), close_timeout=1e6) as client:
        simulator.fault("error", status=422, path="/messages", count=1)
        with pytest.raises(DeliveryFailed):
            await client.send("refused")
    assert received(simulator, "send") == []


@pytest.mark.parametrize(
    ("given", "error"), [("5", TypeError), (True, TypeError), (-1, ValueError), (float("nan"), ValueError)]
)
async def test_a_time_that_is_none_is_refused(
    given: object, error: type[Exception], simulator: Simulator
) -> None:
    with pytest.raises(error, match="time to close in"):
        Client(protocol("tutorial", simulator), close_timeout=given)  # type: ignore[arg-type]
    async with Client(protocol("tutorial", simulator)) as client:
        with pytest.raises(error, match="time to close in"):
            await client.aclose(given)  # type: ignore[arg-type]
        assert (await client.send("still open")).text == "still open"
