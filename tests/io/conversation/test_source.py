"""A conversation that no socket feeds: what another one was told is handed in again, by the interface that all have."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ipygenesys import DeliveryFailed
from ipygenesys._core.model.effects import Call, Effect, OpenStream
from ipygenesys._core.model.events import StatusChanged
from ipygenesys._core.model.inputs import (
    CallFailed,
    CallSucceeded,
    FrameReceived,
    Input,
    Now,
    StreamLost,
    StreamOpened,
)
from ipygenesys._core.model.operations import FetchHistory, Operation, PostMessage
from ipygenesys._core.model.platform_events import History
from ipygenesys._core.model.profile import Profile
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.stream.source import Conversation, Wish
from ipygenesys.simulator import Simulator
from tests import examples as eg
from tests.io.watch import Watched, connected, protocol_for


def recorded(gateway: Gateway) -> list[Input]:
    """What the conversation is told from now on."""
    tape: list[Input] = []
    step = gateway.session.step

    def stepped(input_: Input, now: Now) -> list[Effect]:
        tape.append(input_)
        return step(input_, now)

    gateway.session.step = stepped  # type: ignore[method-assign]
    return tape


class Recording:
    """A protocol, and its own source: each stream that is wanted is that of the tape, and so is the answer to each call."""

    title = "A tape"

    def __init__(self, profile: Profile, tape: Iterable[Input]) -> None:
        self.profile = profile
        self.wishes: list[Wish] = []
        self._tape = list(tape)

    def source(self, conversation: Conversation) -> Recording:
        self._conversation = conversation
        return self

    is_idle = True

    def perform(self, wish: Wish) -> None:
        self.wishes.append(wish)
        match wish:
            case OpenStream(generation):
                _ = self._conversation.spawn(self._hand_in(self._stream(generation)))
            case Call(operation):
                _ = self._conversation.spawn(self._hand_in([self._answer(operation)]))
            case _:
                pass

    def act(self, *_: object) -> None:
        raise AssertionError("it cannot act")

    async def aclose(self) -> None:
        pass

    def _stream(self, generation: int) -> list[Input]:
        kinds = StreamOpened | FrameReceived | StreamLost
        return [each for each in self._tape if isinstance(each, kinds) and each.generation == generation]

    def _answer(self, operation: Operation) -> Input:
        for each in self._tape:
            if isinstance(each, CallSucceeded) and type(each.operation) is type(operation):
                self._tape.remove(each)
                return CallSucceeded(operation, each.result)
        if isinstance(operation, FetchHistory):
            return CallSucceeded(operation, History((), has_more=False))
        return CallFailed(operation, eg.failure("rejected"))

    async def _hand_in(self, inputs: Iterable[Input]) -> None:
        for each in inputs:
            self._conversation.step(each)
        self._conversation.settle()


async def test_a_conversation_is_the_same_when_its_tape_is_played(simulator: Simulator) -> None:
    simulator.agent_say("before")
    client = Watched(protocol_for(simulator))
    tape = recorded(client._gateway)
    async with client:
        await client.until_caught_up()
        simulator.agent_say("on the first stream")
        await client.until(lambda: client.texts[-1:] == ["on the first stream"])
        simulator.fault("drop")
        simulator.agent_say("while there was none")
        await client.until_status("reconnecting")
        await client.until_caught_up()
        simulator.agent_say("on the second")
        await client.until(lambda: client.texts[-1:] == ["on the second"])
        before = list(client.messages)
        profile = client._gateway._protocol.profile
    requests = len(simulator.requests())

    async with Watched(Recording(profile, tape)) as played:
        await played.until(lambda: list(played.messages) == before)
        assert _statuses(played) == _statuses(client)[:-1]
    assert len(simulator.requests()) == requests


def _statuses(client: Watched) -> list[str]:
    return [event.status for event in client.told if isinstance(event, StatusChanged)]


async def test_what_is_said_to_it_goes_to_its_source_and_nowhere_else(simulator: Simulator) -> None:
    async with connected(simulator) as live:
        profile = live._gateway._protocol.profile
    tape = Recording(profile, [StreamOpened(1)])
    async with Watched(tape) as client:
        await client.until_status("connected")
        with pytest.raises(DeliveryFailed):
            await client.send("hello")
    calls = (wish.operation for wish in tape.wishes if isinstance(wish, Call))
    assert [call.text for call in calls if isinstance(call, PostMessage)] == ["hello"]
    assert simulator.log()["sent"] == []
