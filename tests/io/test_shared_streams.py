"""Conversations of the same credentials in one process: one token, one channel, one socket, and each its own events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio

from ipygenesys import AgentMessaging, UserLogin
from ipygenesys._core.model.events import StatusChanged
from ipygenesys._core.model.inputs import TokenRenewed
from ipygenesys._io.platform import account
from ipygenesys.simulator import Simulator
from tests.io.test_agent_client import CHANNELS, login
from tests.io.watch import Watched, calls, connections, eventually


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    yield
    assert not [accounts for accounts in account._accounts.values() if accounts]


@pytest_asyncio.fixture
async def other(simulator: Simulator) -> str:
    """A second conversation of the same agent."""
    return simulator.open_conversation()


def say(simulator: Simulator, conversation_id: str, text: str) -> None:
    simulator.customer_say(text, conversation_id=conversation_id)


@asynccontextmanager
async def sharing(simulator: Simulator, *ids: str) -> AsyncIterator[list[Watched]]:
    """Connected clients of these conversations, by one login."""
    credentials = login(simulator)
    async with AsyncExitStack() as stack:
        clients = [client_of(simulator, credentials, id_) for id_ in ids]
        await asyncio.gather(*(stack.enter_async_context(client) for client in clients))
        for client in clients:
            await client.until_caught_up()
        yield clients


def client_of(simulator: Simulator, credentials: UserLogin, conversation_id: str) -> Watched:
    return Watched(
        AgentMessaging(base_url=simulator.base_url, conversation_id=conversation_id, credentials=credentials)
    )


def sockets(simulator: Simulator) -> tuple[int, int]:
    """How many were opened, and how many of them are closed."""
    return len(connections(simulator, "opened")), len(connections(simulator, "closed"))


def statuses(client: Watched) -> list[str]:
    return [event.status for event in client.told if isinstance(event, StatusChanged)]


async def test_two_conversations_are_fed_by_one_socket_each_with_its_own_events(
    simulator: Simulator, other: str
) -> None:
    async with sharing(simulator, simulator.conversation_id, other) as (ann, ben):
        say(simulator, simulator.conversation_id, "for Ann")
        say(simulator, other, "for Ben")
        await ann.until(lambda: ann.texts == ["for Ann"])
        await ben.until(lambda: ben.texts == ["for Ben"])
        await ann.send("from Ann")
        assert (ann.texts, ben.texts) == (["for Ann", "from Ann"], ["for Ben"])
        assert "other_conversation" not in ann.counters | ben.counters
        assert sockets(simulator) == (1, 0)
    assert calls(simulator, CHANNELS)["POST", 200] == 1
    await eventually(lambda: sockets(simulator) == (1, 1))


async def test_one_ends_and_the_other_goes_on(simulator: Simulator, other: str) -> None:
    async with sharing(simulator, simulator.conversation_id, other) as (ann, ben):
        await ann.aclose()
        say(simulator, other, "still here")
        await ben.until(lambda: ben.texts == ["still here"])
        assert sockets(simulator) == (1, 0)
        assert statuses(ben) == ["connecting", "connected"]


async def test_the_loss_of_the_stream_reaches_both_and_both_recover_on_one(
    simulator: Simulator, other: str
) -> None:
    async with sharing(simulator, simulator.conversation_id, other) as both:
        simulator.fault("drop")
        say(simulator, simulator.conversation_id, "meanwhile")
        say(simulator, other, "meanwhile")
        for client in both:
            await client.until(lambda client=client: client.texts == ["meanwhile"])  # type: ignore[misc]
            await client.until_status("connected")
            assert "reconnecting" in statuses(client)
        assert sockets(simulator) == (2, 1)
    assert calls(simulator, CHANNELS)["POST", 200] == 1


async def test_twenty_of_one_login_are_one_channel_one_socket_one_token(simulator: Simulator) -> None:
    async with sharing(simulator, *[simulator.conversation_id] * 20) as clients:
        say(simulator, simulator.conversation_id, "to all")
        for client in clients:
            await client.until(lambda client=client: client.texts == ["to all"])  # type: ignore[misc]
        assert sockets(simulator) == (1, 0)
    assert calls(simulator, CHANNELS) == {("POST", 200): 1, ("PUT", 200): 1}
    assert calls(simulator, "/oauth/token") == {("POST", 200): 1}
    assert calls(simulator, "/users/me") == {("GET", 200): 1}


async def test_twenty_conversations_of_one_login_cost_two_calls_each_and_a_message_one(
    simulator: Simulator,
) -> None:
    ids = [simulator.conversation_id, *[simulator.open_conversation() for _ in range(19)]]
    async with sharing(simulator, *ids) as clients:
        assert sockets(simulator) == (1, 0)
        made = [call for call in simulator.requests() if call["path"] != "/oauth/authorize"]
        shared = ["/oauth/token", "/users/me", CHANNELS]
        assert sum(calls(simulator, path).total() for path in shared) == 4
        assert len(made) == 4 + 2 * len(clients)
        for client, id_ in zip(clients, ids, strict=True):
            say(simulator, id_, f"for {id_}")
            await client.until(lambda client=client, id_=id_: client.texts == [f"for {id_}"])  # type: ignore[misc]
        said = [call["path"] for call in simulator.requests()[-len(ids) :]]
        assert [path.split("/")[5] for path in said] == ids, "each text is fetched once, by whose it is"


async def test_who_has_another_login_has_a_channel_of_its_own(simulator: Simulator) -> None:
    async with (
        sharing(simulator, simulator.conversation_id),
        sharing(simulator, simulator.conversation_id),
    ):
        assert sockets(simulator) == (2, 0)
    assert calls(simulator, CHANNELS)["POST", 200] == 2


@pytest.mark.parametrize("fault", ["no_longer_subscribed", "socket_closing"])
async def test_a_channel_that_ends_is_left_by_all_for_one_other(
    simulator: Simulator, other: str, fault: str
) -> None:
    async with sharing(simulator, simulator.conversation_id, other, other) as clients:
        simulator.fault(fault)
        for number in range(10):
            say(simulator, simulator.conversation_id, f"text {number}")
            say(simulator, other, f"text {number}")
            await asyncio.sleep(0.02)
        texts = [f"text {number}" for number in range(10)]
        for client in clients:
            await client.until(lambda client=client: client.texts == texts)  # type: ignore[misc]
            assert client.status == "connected"
        await eventually(lambda: sockets(simulator) == (2, 1))
    assert calls(simulator, CHANNELS)["POST", 200] == (2 if fault == "no_longer_subscribed" else 1)


async def test_who_moves_alone_takes_the_others_along(simulator: Simulator, other: str) -> None:
    async with sharing(simulator, simulator.conversation_id, other) as (ann, ben):
        ann._gateway.take(TokenRenewed())
        for number in range(10):
            say(simulator, other, f"text {number}")
            await asyncio.sleep(0.01)
        await eventually(lambda: sockets(simulator) == (2, 1))
        say(simulator, other, "on the new one")
        await ben.until(lambda: ben.texts == [*(f"text {number}" for number in range(10)), "on the new one"])
        assert statuses(ben) == ["connecting", "connected"]
        ben._gateway.take(TokenRenewed())
        await eventually(lambda: sockets(simulator) == (3, 2))
        say(simulator, simulator.conversation_id, "for Ann")
        await ann.until(lambda: ann.texts == ["for Ann"])


async def test_a_renewed_token_moves_all_at_once(simulator: Simulator, other: str) -> None:
    async with sharing(simulator, simulator.conversation_id, other) as both:
        simulator.fault("token_revoked")
        for client in both:
            await client.until(lambda client=client: statuses(client)[2:] == ["reconnecting", "connected"])  # type: ignore[misc]
        await both[0].send("still here")
        await eventually(lambda: sockets(simulator)[0] - sockets(simulator)[1] == 1)
    assert calls(simulator, "/oauth/token")["POST", 200] == 2


async def test_what_fails_for_one_fails_for_all_who_waited_and_is_tried_once(simulator: Simulator) -> None:
    simulator.fault("error", status=503, path=CHANNELS, count=1)
    async with sharing(simulator, *[simulator.conversation_id] * 5) as clients:
        assert all("connecting" in statuses(client) for client in clients)
    assert calls(simulator, CHANNELS)["POST", 503] == 1
    assert calls(simulator, CHANNELS)["POST", 200] == 1


async def test_who_gives_up_while_it_opens_leaves_that_to_the_next(simulator: Simulator) -> None:
    simulator.fault("delay", ms=300)
    credentials = login(simulator)
    ann = client_of(simulator, credentials, simulator.conversation_id)
    async with client_of(simulator, credentials, simulator.conversation_id) as ben:
        async with ann:
            await eventually(lambda: calls(simulator, "/api/v2/conversations"))
        simulator.fault("clear")
        await ben.until_status("connected")
    assert sockets(simulator)[0] <= 2
