"""What passes a conversation can be listened to: each frame, call and input once, in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeVar

import pytest

from ipygenesys import ErrorRaised, WebMessaging
from ipygenesys._core.model.effects import Effect, Emit
from ipygenesys._core.model.events import MessagePlaced
from ipygenesys._core.model.inputs import Connect, FrameReceived, StreamOpened
from ipygenesys._io.stream import websocket
from ipygenesys._recordings.entries import (
    AnyEntry,
    CallEnded,
    CallMade,
    FrameIn,
    FrameOut,
    InputTaken,
    Pinged,
    StreamBegan,
    StreamEnded,
)
from ipygenesys.simulator import Simulator
from tests.io.watch import Watched, eventually, protocol_for

T = TypeVar("T")


class Tape:
    """Listens to a client's tap."""

    def __init__(self, client: Watched) -> None:
        self.entries: list[AnyEntry] = []
        self.effects: list[Effect] = []
        client._gateway.tap.add(self.note)

    def note(self, entry: AnyEntry, effects: Sequence[Effect]) -> None:
        self.entries.append(entry)
        self.effects += effects

    def of(self, kind: type[T]) -> list[T]:
        return [entry for entry in self.entries if isinstance(entry, kind)]


async def test_all_that_passes_is_told_in_order(simulator: Simulator) -> None:
    client = Watched(protocol_for(simulator))
    tape = Tape(client)
    async with client:
        await client.until_caught_up()
        simulator.agent_say("hello")
        await client.until(lambda: client.texts[-1:] == ["hello"])
        await client.send("and you?")
        simulator.fault("drop")
        await client.until_status("reconnecting")
        await client.until_caught_up()

    inputs = tape.of(InputTaken)
    assert isinstance(inputs[0].input, Connect)
    assert [entry.at_s for entry in inputs] == sorted(entry.at_s for entry in inputs)
    assert [entry.stream for entry in tape.of(StreamBegan)] == [1, 2]
    assert [(entry.stream, entry.code, entry.is_ours) for entry in tape.of(StreamEnded)] == [
        (1, 1006, False),
        (2, 1000, True),
    ]
    assert [json.loads(entry.data)["type"] for entry in tape.of(FrameOut)] == ["authenticate", "authenticate"]
    heard = [entry.input for entry in inputs if isinstance(entry.input, FrameReceived)]
    opened = [entry.input for entry in inputs if isinstance(entry.input, StreamOpened)]
    assert len(tape.of(FrameIn)) == len(heard) - len(opened)  # One is what was learned by opening.
    placed = [effect.event for effect in tape.effects if isinstance(effect, Emit)]
    assert any(isinstance(event, MessagePlaced) and event.message.text == "hello" for event in placed)
    calls, answers = tape.of(CallMade), tape.of(CallEnded)
    assert [entry.call for entry in calls] == sorted(entry.call for entry in answers)
    send = next(entry for entry in calls if entry.method == "POST" and "and you?" in (entry.body or ""))
    answer = next(entry for entry in answers if entry.call == send.call)
    assert answer.status in (200, 201, 202) and json.loads(answer.body or "")
    assert "inin-ratelimit-count" in answer.headers or "date" in answer.headers


async def test_a_guests_frames_are_told_both_ways(simulator: Simulator) -> None:
    client = Watched(WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id))
    tape = Tape(client)
    async with client:
        await client.until_caught_up()
        await client.send("hello")
    actions = [json.loads(entry.data)["action"] for entry in tape.of(FrameOut)]
    assert actions[0] == "configureSession" and "onMessage" in actions
    assert tape.of(StreamBegan)[0].url.startswith("ws://")


async def test_a_call_without_an_answer_is_told(simulator: Simulator) -> None:
    client = Watched(protocol_for(simulator))
    tape = Tape(client)
    async with client:
        await client.until_caught_up()
        simulator.fault("lose_answer", path="/messages", method="POST", count=1)
        _ = client.send("hello")
        await eventually(lambda: any(entry.error for entry in tape.of(CallEnded)))


async def test_pings_are_told(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "PING_INTERVAL_S", 0.01)
    client = Watched(protocol_for(simulator))
    tape = Tape(client)
    async with client:
        await client.until_caught_up()
        await eventually(lambda: tape.of(Pinged))
    assert tape.of(Pinged)[0].latency_s >= 0


async def test_who_fails_to_listen_hears_no_more_and_stops_nothing(simulator: Simulator) -> None:
    client = Watched(protocol_for(simulator))
    tape = Tape(client)

    def fail(*_: object) -> None:
        raise ValueError("a bug")

    client._gateway.tap.add(fail)
    async with client:
        await client.until_caught_up()
    assert len([event for event in client.told if isinstance(event, ErrorRaised)]) == 1
    assert tape.of(StreamBegan)


async def test_who_has_left_hears_no_more(simulator: Simulator) -> None:
    client = Watched(protocol_for(simulator))
    tape = Tape(client)
    client._gateway.tap.remove(tape.note)
    assert not client._gateway.tap
    async with client:
        await client.until_caught_up()
    assert tape.entries == []
