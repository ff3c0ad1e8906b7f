"""One conversation from both sides, and from the tutorial's: the simulator only relays."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from ipygenesys.simulator import Simulator
from tests.simulator.clients.agent import AgentClient, ChannelSocket
from tests.simulator.clients.contract import ContractClient
from tests.simulator.clients.guest import GuestClient

TURNS = [["agent", "Hi"], ["customer", "Hello"], ["agent", "Name?"], ["customer", "Bo"], ["agent", "Bye"]]


class Both:
    """A guest and an agent in one conversation."""

    def __init__(self, sim: Simulator, guest: GuestClient, agent: AgentClient) -> None:
        self.sim, self.guest, self.agent = sim, guest, agent


@contextlib.asynccontextmanager
async def both(**options: Any) -> AsyncIterator[Both]:
    options = {"scenario": "manual", "speed": 100, "guest_limits": {"messages_per_s": 1000}, **options}
    async with Simulator(**options) as sim, GuestClient(sim) as guest, AgentClient(sim) as agent:
        yield Both(sim, guest, agent)


@pytest_asyncio.fixture
async def sides() -> AsyncIterator[Both]:
    async with both() as sides:
        yield sides


async def test_each_sides_typing_reaches_the_other_only(sides: Both) -> None:
    guest, agent = await sides.guest.connect(), await sides.agent.watch()
    await guest.typing()
    await agent.wait_for("conversations.inbound.typing.event")
    assert guest.events("Typing") == []
    await sides.agent.typing()
    await guest.until(lambda: bool(guest.events("Typing")))
    await agent.settled()
    assert len(agent.of("conversations.inbound.typing.event")) == 1


async def test_a_conversation_of_forty_turns_is_the_same_on_both_sides(sides: Both) -> None:
    guest, agent = await sides.guest.connect(), await sides.agent.watch()
    spoken = []
    for turn in range(20):
        await guest.text(f"customer {turn}")
        named = await agent.wait_named(2 * turn + 1)
        [said] = await sides.agent.texts(named[-1])
        assert said == f"customer {turn}"
        await sides.agent.send(f"agent {turn}")
        spoken += [said, f"agent {turn}"]
        assert await guest.texts(2 * turn + 2) == spoken
        await agent.wait_named(2 * turn + 2)
    assert await sides.agent.texts(*agent.named()) == spoken
    truth = [e["text"] for e in sides.sim.log()["sent"] if e["kind"] in ("message", "echo")]
    assert truth == spoken
    assert {e["protocol"] for e in sides.sim.log()["sent"] if e["kind"] == "message"} == {
        "agent-messaging,web-messaging"
    }


async def test_the_agents_end_is_the_guests_disconnect(sides: Both) -> None:
    guest = await sides.guest.connect()
    await sides.agent.patch("disconnected")
    await guest.until(lambda: bool(guest.events("Presence")))
    assert guest.events("Presence")[0]["metadata"]["readOnly"] == "true"


async def test_the_guests_end_is_seen_by_the_agent(sides: Both) -> None:
    guest, agent = await sides.guest.connect(), await sides.agent.watch()
    await guest.ask("closeSession", closeAllConnections=True)
    await agent.until(
        lambda: any(
            p["state"] == "disconnected"
            for b in agent.of("conversations.messages")
            for p in b["participants"]
        )
    )


async def test_files_go_both_ways(sides: Both) -> None:
    guest, agent = await sides.guest.connect(), await sides.agent.watch()
    announced = await guest.ask(
        "onAttachment", attachmentId="A", fileName="a.txt", fileType="text/plain", fileSize=5
    )
    put = await sides.guest.http.put(
        announced["body"]["url"], content=b"hello", headers=announced["body"]["headers"]
    )
    assert put.status_code == 200
    await guest.text("see", content=[{"contentType": "Attachment", "attachment": {"id": "A"}}])
    await agent.until(lambda: len(agent.named()) == 1)
    [message] = await sides.agent.bulk(agent.named()[0])
    [part] = message["normalizedMessage"]["content"]
    assert (part["attachment"]["filename"], part["attachment"]["contentSizeBytes"]) == ("a.txt", 5)
    assert (await sides.agent.http.get(part["attachment"]["url"])).content == b"hello"
    communication = await sides.agent.communication()
    upload = await sides.agent.http.post(
        f"{communication}/messages/media/uploads", json={"fileName": "b.txt", "contentLengthBytes": 3}
    )
    body = upload.json()
    await sides.agent.http.put(body["uploadUrl"], content=b"abc", headers=body["uploadHeaders"])
    assert (await sides.agent.send(mediaIds=[body["id"]])).status_code == 200
    await guest.texts(2)
    [received] = guest.messages("Outbound")[0]["content"]
    assert received["attachment"]["filename"] == "b.txt"


async def test_the_tutorials_client_sees_the_same_conversation(sides: Both) -> None:
    async with ContractClient(sides.sim) as third:
        stream = await third.connect()
        guest = await sides.guest.connect()
        await guest.text("from the guest")
        await sides.agent.send("from the agent")
        assert await stream.texts(2) == ["from the guest", "from the agent"]
        roles = [f["payload"]["sender"]["role"] for f in stream.of("message")]
        assert roles == ["customer", "agent"]
        await third.send("from the third")
        assert (await guest.texts(3))[-1] == "from the third"


# --- who plays whom


async def test_the_person_greets_a_guest_and_answers() -> None:
    async with both(scenario="greeting") as sides:
        guest = await sides.guest.connect()
        await guest.event("Presence", "Join")
        assert (await guest.texts(1))[0].startswith("Hi, this is Ann")
        await guest.text("Where is my order?")
        await guest.until(lambda: len(guest.messages("Outbound")) >= 2)
        assert len(guest.events("Typing")) >= 2


async def test_a_real_agent_takes_the_persons_part() -> None:
    async with both(scenario="greeting") as sides:
        guest = await sides.guest.connect()
        await guest.event("Presence", "Join")
        await guest.texts(1)
        await sides.agent.send("I am real")
        await guest.text("Where is my order?")
        assert sides.sim._running().hub.stage.next_deadline() is None
        assert await guest.texts(3) == [
            "Hi, this is Ann. How can I help you today?",
            "I am real",
            "Where is my order?",
        ]


async def test_an_agent_who_only_watches_does_not_start_the_person_nor_stop_it() -> None:
    async with both(scenario="greeting") as sides:
        agent = await sides.agent.watch()
        stage = sides.sim._running().hub.stage
        assert not stage.players(sides.sim.conversation_id).are_started
        guest = await sides.guest.connect()
        await guest.event("Presence", "Join")
        await guest.texts(1)
        await agent.until(lambda: len(agent.named()) == 1)


async def answer_as_agent(sides: Both, agent: ChannelSocket) -> list[str]:
    """Speaks the agent's turns of the dialogue, each when it is due; what the customer has said."""
    heard: list[str] = []
    for who, text in TURNS:
        if who == "agent":
            await sides.agent.send(text)
        else:
            heard = await agent.wait_heard(len(heard) + 1)
    return await sides.agent.texts(*heard)


async def test_the_person_can_play_the_customer_of_a_dialogue() -> None:
    async with both(person="customer", dialogue=TURNS) as sides:
        agent = await sides.agent.watch()
        assert await answer_as_agent(sides, agent) == ["Hello", "Bo"]
        assert len(agent.of("conversations.inbound.typing.event")) >= 2
        state = sides.sim.dialogue()
        assert (state["done"], state["mismatches"]) == (True, [])


async def test_a_dialogue_can_say_whom_the_person_plays() -> None:
    async with both() as sides:
        agent = await sides.agent.watch()
        sides.sim.play(TURNS, person="customer")
        assert await answer_as_agent(sides, agent) == ["Hello", "Bo"]


async def test_the_person_can_be_a_customer_with_a_question() -> None:
    async with both(scenario="greeting", person="customer") as sides:
        agent = await sides.agent.watch()
        await agent.until(lambda: len(agent.named()) == 1)
        assert await sides.agent.texts(agent.named()[0]) == ["Hello, I have a question about my order."]
        await sides.agent.send("What is its number?")
        await agent.until(lambda: len(agent.named()) >= 3)


async def test_a_real_guest_takes_the_part_of_a_scripted_customer() -> None:
    async with both(scenario="greeting", person="customer") as sides:
        await sides.agent.watch()
        guest = await sides.guest.connect()
        await guest.text("I am real")
        assert sides.sim._running().hub.stage.next_deadline() is None


async def test_the_control_plane_types_says_and_reads_for_guests_alike(sides: Both) -> None:
    guest = await sides.guest.connect()
    sides.sim.agent_typing(True)
    sides.sim.agent_say("m", count=3)
    assert await guest.texts(3) == ["m 1", "m 2", "m 3"]
    own = (await guest.text("mine"))["body"]["id"]
    assert sides.sim.agent_read() == [own]
    sides.sim.customer_say("c", count=2, rate_per_s=100)
    assert (await guest.texts(6))[4:] == ["c 1", "c 2"]


async def test_bursts_reach_both_sides_whole(sides: Both) -> None:
    guest, agent = await sides.guest.connect(), await sides.agent.watch()
    ids = sides.sim.agent_say("m", count=2000)
    await asyncio.gather(guest.texts(2000), agent.until(lambda: len(agent.raw) > 2000))
    assert [m["id"] for m in guest.messages()] == ids
    assert agent.named() == ids
