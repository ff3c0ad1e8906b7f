"""Many guests of one simulator: each has a conversation of its own, and none reads another's."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest

from ipygenesys._wire.web_messaging import guest_id
from ipygenesys.simulator import Simulator
from ipygenesys.simulator.hub.stream import Stream
from tests.simulator.clients.agent import CONVERSATIONS, AgentClient
from tests.simulator.clients.contract import ContractClient, running
from tests.simulator.clients.guest import GuestClient, GuestSocket

GREETING = "Hi, this is Ann. How can I help you today?"


@contextlib.asynccontextmanager
async def guests(count: int, **options: object) -> AsyncIterator[tuple[Simulator, list[GuestSocket]]]:
    """So many guests with a session, one after the other."""
    settings: dict[str, object] = {
        "scenario": "manual",
        "speed": 50.0,
        "guest_limits": {"messages_per_s": 1000},
        **options,
    }
    async with Simulator(**settings) as sim, contextlib.AsyncExitStack() as stack:  # type: ignore[arg-type]
        clients = [await stack.enter_async_context(GuestClient(sim)) for _ in range(count)]
        yield sim, [await client.connect() for client in clients]


async def test_each_guest_is_greeted_in_a_conversation_of_its_own() -> None:
    async with guests(3, scenario="greeting", deployment={"auto_start": True}) as (sim, sockets):
        for socket in sockets:
            assert await socket.texts(1, "Outbound") == [GREETING]
        await sockets[1].text("Where is my order?")
        await sockets[1].until(lambda: len(sockets[1].messages("Outbound")) > 1)
        for other in (sockets[0], sockets[2]):
            await other.settled()
            assert [m["text"] for m in other.messages()] == [GREETING]
        listed = sim.conversations()
        assert [c["guest_id"] for c in listed] == [guest_id(s.token) for s in sockets]
        assert [c["conversation_id"] for c in listed] == sim.conversation_ids
        assert len({c["customer"] for c in listed}) == len(set(sim.conversation_ids)) == 3
        assert sim.conversation_ids[0] == sim.conversation_id


async def test_a_guest_does_not_find_anothers_messages_in_its_history() -> None:
    async with guests(2) as (sim, [one, other]):
        await one.text("a secret of one")
        async with GuestClient(sim) as client:
            page = (await client.history(await client.jwt(other))).json()
        assert page["entities"] == []


async def test_typing_ends_and_receipts_are_one_conversations_too() -> None:
    async with guests(2) as (sim, [one, other]):
        first, _ = sim.conversation_ids
        sim.agent_typing(True, conversation_id=first)
        sim.set_conversation("disconnected", conversation_id=first)
        await one.until(lambda: bool(one.events("Typing")) and bool(one.events("Presence")))
        assert (await one.text("more"))["code"] == 409
        assert (await other.text("I may still write"))["code"] == 200
        assert [other.events(kind) for kind in ("Typing", "Presence")] == [[], []]


@pytest.mark.parametrize("name", ["its own id", "its guest's", "none: the latest"])
async def test_a_control_call_says_whose_conversation_it_means(name: str) -> None:
    async with guests(2) as (sim, [one, other]):
        which = {
            "its own id": sim.conversation_ids[1],
            "its guest's": guest_id(other.token),
            "none: the latest": None,
        }[name]
        [message_id] = sim.agent_say("for the second", conversation_id=which)
        [said] = sim.customer_say("as if the second wrote", conversation_id=which)
        assert sim.agent_read(conversation_id=which) == [said]
        assert sim.customer_read(conversation_id=which) == [message_id]
        assert await other.texts(1, "Outbound") == ["for the second"]
        await one.settled()
        assert one.messages() == []


async def test_a_guest_who_begins_a_new_session_is_the_latest_again_in_the_same_conversation() -> None:
    async with guests(2) as (sim, [one, other]):
        await one.configure(startNew=True)
        sim.agent_say("hello again")
        assert await one.texts(1) == ["hello again"]
        await other.settled()
        assert (other.messages(), len(sim.conversation_ids)) == ([], 2)


async def test_an_unknown_conversation_is_an_error_that_names_it() -> None:
    async with guests(1) as (sim, [socket]):
        with pytest.raises(LookupError, match="no conversation 'nowhere'"):
            sim.agent_say("lost", conversation_id="nowhere")
        async with ContractClient(sim) as client:
            body = {"text": "lost", "conversation_id": "nowhere"}
            answer = await client.control("POST", "/agent/say", body)
        assert (answer.status_code, answer.json()) == (404, {"error": "no conversation 'nowhere'"})
        await socket.settled()
        assert socket.messages() == []


async def test_the_log_of_one_conversation_holds_nothing_of_the_other() -> None:
    async with guests(2) as (sim, [one, other]):
        await one.text("one")
        await other.text("two")
        sim.agent_say("for two", conversation_id=guest_id(other.token))
        first, second = sim.conversation_ids
        assert [e["text"] for e in sim.log(first)["received"] if e["kind"] == "send"] == ["one"]
        assert [e["text"] for e in sim.log(second)["sent"] if "text" in e] == ["two", "for two"]
        connections = [sim.log(i)["connections"] for i in (first, second)]
        assert [[e["kind"] for e in part] for part in connections] == [["opened", "authenticated"]] * 2
        assert {e["stream"] for e in connections[0]}.isdisjoint(e["stream"] for e in connections[1])
        assert sim.log(guest_id(one.token)) == sim.log(first)
        whole = sim.log()
        assert len(whole["received"]) == sum(len(sim.log(i)["received"]) for i in (first, second))
        async with ContractClient(sim) as client:
            answer = await client.control("GET", f"/log?conversation_id={first}")
        assert answer.json() == sim.log(first)


async def test_an_agent_has_all_conversations_and_answers_in_the_right_one() -> None:
    async with guests(2) as (sim, [one, other]), AgentClient(sim) as agent:
        channel = await agent.watch()
        await other.text("Where is my order?")
        await channel.wait_named(1)
        assert {e["id"] for e in channel.of("conversations.messages")} == {sim.conversation_ids[1]}
        path = f"{CONVERSATIONS}/messages/{sim.conversation_ids[1]}"
        body = (await agent.http.get(f"{CONVERSATIONS}/{sim.conversation_ids[1]}")).json()
        [communication] = next(p for p in body["participants"] if p["purpose"] == "agent")["messages"]
        reply = {"textBody": "On its way."}
        answer = await agent.http.post(f"{path}/communications/{communication['id']}/messages", json=reply)
        assert answer.is_success, answer.text
        assert await other.texts(1, "Outbound") == ["On its way."]
        await one.settled()
        assert one.messages() == []
        wrong = await agent.http.post(
            f"{CONVERSATIONS}/messages/{sim.conversation_ids[0]}/communications/{communication['id']}/messages",
            json=reply,
        )
        assert wrong.status_code == 404


async def test_a_signed_in_guest_finds_its_conversation_again_from_elsewhere() -> None:
    async with (
        Simulator(scenario="manual", deployment={"auth_enabled": True}) as sim,
        GuestClient(sim) as guest,
    ):
        jwt = sim._running().hub.guests.accounts.issue_jwt("bo", sim._running().hub.clock.now(), 60)
        for token in ("one", "two"):
            socket = await guest.open(token=token)
            await socket.configure(authenticated=jwt)
        assert len(sim.conversation_ids) == 1
        sim.agent_say("welcome back", conversation_id=guest_id("two"))
        assert await socket.texts(1) == ["welcome back"]


async def test_a_dialogue_is_played_to_each_guest_at_its_own_pace() -> None:
    turns = [["agent", "Name?"], ["customer", "Bo"], ["agent", "Thanks."]]
    async with guests(2, dialogue=turns, deployment={"auto_start": True}) as (sim, [one, other]):
        assert [await s.texts(1, "Outbound") for s in (one, other)] == [["Name?"]] * 2
        await other.text("Bo")
        assert await other.texts(2, "Outbound") == ["Name?", "Thanks."]
        first, second = sim.conversation_ids
        assert (sim.dialogue(first)["position"], sim.dialogue(second)["done"]) == (1, True)
        assert sim.dialogue(first)["turn"] == {"who": "customer", "text": "Bo"}


async def test_both_sides_are_played_to_who_only_watches() -> None:
    async with running(scenario="greeting", person="both", speed=500, conversations=3) as client:
        sim = client.sim
        stream = await client.connect()
        await stream.until(lambda: all(sim.dialogue(i)["done"] for i in sim.conversation_ids))
        for conversation_id in sim.conversation_ids:
            assert sim.dialogue(conversation_id)["mismatches"] == []
            said = [e for e in sim.log(conversation_id)["sent"] if e["kind"] in ("message", "echo")]
            assert {e["role"] for e in said} == {"agent", "customer"}
            assert len(said) == sim.dialogue(conversation_id)["turns"]
        firsts = {sim.log(i)["sent"][-1]["participant_id"] for i in sim.conversation_ids}
        assert len(firsts) == 3


async def test_a_reset_brings_the_same_conversations_back() -> None:
    async with Simulator(scenario="manual", conversations=2, seed=3) as sim:
        before = sim.conversation_ids
        opened = sim.open_conversation()
        assert sim.conversation_ids == [*before, opened]
        sim.reset()
        assert sim.conversation_ids == before
        assert sim.open_conversation() == opened


async def test_what_is_said_in_one_of_many_conversations_costs_what_it_costs_in_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str | None] = []
    send_event = Stream.send_event

    def counted(stream: Stream, event: object) -> None:
        sent.append(stream.conversation_id)
        send_event(stream, event)  # type: ignore[arg-type]

    monkeypatch.setattr(Stream, "send_event", counted)
    async with guests(12) as (sim, sockets):
        for _ in range(1000):
            sim.open_conversation()
        sent.clear()
        await sockets[5].text("hello")
        assert sent == [sim.conversation_ids[5]]


@pytest.mark.parametrize("conversations", [0, 10_001])
def test_how_many_conversations_there_may_be(conversations: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 10,000"):
        Simulator(conversations=conversations)
