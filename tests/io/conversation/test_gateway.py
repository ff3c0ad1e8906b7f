"""The gateway: whatever fails is told as an input, nothing is left behind, and a bug of ours ends nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ipygenesys import MessagingEvents
from ipygenesys._core.model.events import ErrorRaised, Event, StatusChanged
from ipygenesys._core.model.inputs import Connect, Input, Send, Tick
from ipygenesys._core.model.platform_events import PlatformEvent
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._recordings.entries import InputTaken
from ipygenesys.delivery import Delivery
from ipygenesys.errors import DeliveryUnknown
from ipygenesys.simulator import Simulator
from tests.io.clocks import QuickClock
from tests.io.watch import eventually, protocol_for, sent_texts


@contextlib.asynccontextmanager
async def running(simulator: Simulator, protocol: MessagingEvents | None = None) -> AsyncIterator[Gateway]:
    gateway = Gateway(protocol or protocol_for(simulator), clock=QuickClock())
    gateway.bind(asyncio.get_running_loop())
    try:
        yield gateway
    finally:
        await gateway.close()


def tasks() -> set[asyncio.Task[Any]]:
    """All but the test's own and the simulator's."""
    return {task for task in asyncio.all_tasks() if "Gateway" in repr(task) or "TokenProvider" in repr(task)}


async def test_nothing_is_opened_before_somebody_wants_it(simulator: Simulator) -> None:
    async with running(simulator) as gateway:
        await asyncio.sleep(0.02)

        assert gateway.session.connection.status == "idle"
    assert simulator.log()["connections"] == []
    assert simulator.requests() == []


async def test_a_closed_gateway_leaves_no_task_no_timer_and_no_stream(simulator: Simulator) -> None:
    async with running(simulator) as gateway:
        gateway.post(Connect())
        await eventually(lambda: gateway.session.connection.status == "connected")
        assert tasks()

    assert tasks() == set()
    assert not gateway._alarm.is_set
    await eventually(lambda: [entry for entry in simulator.log()["connections"] if entry["kind"] == "closed"])
    (closed,) = [entry for entry in simulator.log()["connections"] if entry["kind"] == "closed"]
    assert (closed["code"], closed["by"]) == (1000, "client")


async def test_after_its_close_it_does_nothing_any_more(simulator: Simulator) -> None:
    async with running(simulator) as gateway:
        gateway.post(Connect())
        await eventually(lambda: gateway.session.connection.status == "connected")
    heard: list[Event] = []
    gateway.add_listener(heard.append)
    before = len(simulator.requests())

    gateway.post(Send("00000000-0000-4000-8000-000000000001", "too late"))
    gateway.settle()
    await asyncio.sleep(0.02)

    assert heard == []
    assert not gateway._alarm.is_set
    assert len(simulator.requests()) == before


async def test_a_close_in_the_middle_of_opening_leaves_nothing(simulator: Simulator) -> None:
    simulator.fault("delay", ms=200)
    async with running(simulator) as gateway:
        gateway.post(Connect())
        await eventually(lambda: gateway._source and not gateway._source.is_idle)

    assert tasks() == set()
    assert gateway.session.connection.status == "closed"


async def test_whoever_waits_for_a_delivery_hears_of_the_close(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._io.conversation.gateway.CLOSE_S", 0.05)
    simulator.fault("delay", ms=60_000)
    async with running(simulator) as gateway:
        draft_id = "00000000-0000-4000-8000-000000000001"
        delivery = Delivery(draft_id, lambda _: None, gateway.session.outbox.get)
        gateway.deliveries[delivery.draft_id] = delivery
        gateway.post(Send(delivery.draft_id, "hello"))
        await eventually(lambda: gateway._tasks)
        waiter = asyncio.ensure_future(_wait(delivery))
        await asyncio.sleep(0)

    with pytest.raises(DeliveryUnknown):
        await waiter


async def _wait(delivery: Delivery) -> None:
    await delivery


async def test_a_message_on_its_way_is_still_delivered_by_a_close(simulator: Simulator) -> None:
    simulator.fault("delay", ms=50)
    async with running(simulator) as gateway:
        gateway.post(Connect())
        await eventually(lambda: gateway.session.connection.status == "connected")
        gateway.take(Send("00000000-0000-4000-8000-000000000001", "goodbye"))

    assert sent_texts(simulator) == ["goodbye"]


async def test_a_bug_in_the_codec_is_reported_and_the_conversation_finds_its_way_back(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    protocol = protocol_for(simulator)
    decode = protocol.decode_frame
    bugs = 1

    def buggy(data: str | bytes) -> tuple[PlatformEvent, ...]:
        nonlocal bugs
        if b"CANARY" in bytes(data if isinstance(data, bytes) else data.encode()) and bugs:
            bugs -= 1
            raise RuntimeError(f"a message's text: {data!r}")
        return decode(data)

    monkeypatch.setattr(protocol, "decode_frame", buggy)
    heard: list[Event] = []
    async with running(simulator, protocol) as gateway:
        gateway.add_listener(heard.append)
        gateway.post(Connect())
        await eventually(lambda: gateway.session.connection.status == "connected")

        simulator.agent_say("CANARY")
        texts = gateway.session.conversation.timeline.copy
        await eventually(lambda: [message.text for message in texts()] == ["CANARY"])
        # The text may have come by the history that was being read when the stream broke: then the report follows.
        await eventually(lambda: any(isinstance(event, ErrorRaised) for event in heard))

    (error,) = [event for event in heard if isinstance(event, ErrorRaised)]
    assert error.failure.message.startswith("Internal error (RuntimeError)")
    assert "CANARY" not in caplog.text
    assert "buggy" in caplog.text  # the place, not the words


async def test_a_bug_in_a_call_ends_the_call_only(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    protocol = protocol_for(simulator)

    def buggy(*_: object) -> Any:
        raise RuntimeError("bug")

    monkeypatch.setattr(protocol, "request", buggy)
    async with running(simulator, protocol) as gateway:
        gateway.post(Connect())
        gateway.post(Send("00000000-0000-4000-8000-000000000001", "hello"))

        await eventually(lambda: gateway.session.outbox.is_checking)
        await eventually(lambda: gateway.session.connection.status == "connected")


async def test_a_failing_listener_disturbs_neither_the_others_nor_the_stream(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[Event] = []

    def failing(event: Event) -> None:
        raise LookupError("".join(["CAN", "ARY"]))

    async with running(simulator) as gateway:
        gateway.add_listener(failing)
        gateway.add_listener(heard.append)
        gateway.post(Connect())
        await eventually(lambda: gateway.session.connection.status == "connected")

    assert [event.status for event in heard if isinstance(event, StatusChanged)] == [
        "connecting",
        "connected",
        "closed",
    ]
    assert "CANARY" not in caplog.text


async def test_a_view_that_cannot_be_reached_does_not_end_the_stream(simulator: Simulator) -> None:
    class Broken:
        def commands(self) -> list[Any]:
            return []

        def renew(self) -> None:
            pass

        def flush(self) -> None:
            raise OSError("the comm is gone")

        def next_deadline(self) -> None:
            return None

    async with running(simulator) as gateway:
        gateway.add_views(Broken())
        gateway.post(Connect())
        await eventually(lambda: gateway.session.connection.status == "connected")
        simulator.agent_say("hello")
        await eventually(lambda: len(gateway.session.conversation.timeline) == 1)


async def test_a_listener_may_be_removed_twice_and_in_the_middle(simulator: Simulator) -> None:
    heard: list[Event] = []

    async with running(simulator) as gateway:

        def once(event: Event) -> None:
            heard.append(event)
            gateway.remove_listener(once)
            gateway.remove_listener(once)

        gateway.add_listener(once)
        gateway.post(Connect())
        await eventually(lambda: gateway.session.connection.status == "connected")

    assert len(heard) == 1


async def test_states_are_logged_in_words_without_content(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ipygenesys")
    async with running(simulator) as gateway:
        gateway.post(Connect())
        await eventually(lambda: gateway.session.connection.status == "connected")

    words = [record.getMessage() for record in caplog.records if record.name == "ipygenesys.gateway"]
    assert words == [
        "The conversation is connecting",
        "The conversation is connected",
        "The conversation is closed",
    ]


async def test_what_is_due_for_the_views_alone_is_no_step_of_the_session(simulator: Simulator) -> None:
    class Beating:
        beats = 0

        def commands(self) -> list[Any]:
            return []

        def renew(self) -> None:
            pass

        def flush(self) -> None:
            self.beats += 1

        def next_deadline(self) -> float:
            return gateway.clock.monotonic() + 0.01

    async with running(simulator) as gateway:
        gateway.add_views(views := Beating())
        gateway.post(Connect())
        await eventually(lambda: gateway.session.catch_up.has_completed)
        taken: list[Input] = []
        gateway.tap.add(lambda entry, _: taken.extend([entry.input] if isinstance(entry, InputTaken) else []))
        before = views.beats
        await eventually(lambda: views.beats > before + 20)
        assert taken.count(Tick()) <= 2
