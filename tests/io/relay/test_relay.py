"""A relay between the simulator and viewers, on a real Redis: what viewers see, and what they can do."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ipygenesys import AuthenticationError, DeliveryFailed, PermissionDenied
from ipygenesys._core.relay.commands import Answer
from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.rights import Refused, Right
from ipygenesys._io.relay import following
from ipygenesys._io.relay.asking import Asking
from ipygenesys._io.relay.redis.client import Entry, Redis
from ipygenesys.simulator import Simulator
from tests.io.relay.relays import relayed, service, viewer
from tests.io.watch import Watched, calls, connections, eventually, received, sent_texts
from tests.tools.redis import RedisServer


async def shows(client: Watched, *texts: str) -> None:
    await client.until(lambda: client.texts == list(texts))


def has_status(client: Watched, status: str) -> bool:
    return [message.status for message in client.messages] == [status]


class Rights:
    """The same for everybody."""

    def __init__(self, *rights: Right) -> None:
        self._rights = frozenset(rights)

    def users(self) -> tuple[str, ...]:
        return ("default",)

    async def of(self, user: str, token: str | None, name: str) -> frozenset[Right]:
        if token == "old":
            raise Refused("The token has expired: get another one.")
        return self._rights


async def test_viewers_see_what_was_said_and_what_is_said_now(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    simulator.agent_say("before")
    async with relayed(redis_server, simulator, 2) as viewers:
        simulator.agent_say("now")
        for each in viewers:
            await shows(each, "before", "now")
            assert each.received == ["now"]
            assert [(m.sender, m.role, m.is_own) for m in each.messages] == [("Ann", "agent", False)] * 2


async def test_typing_shows_and_ends(simulator: Simulator, redis_server: RedisServer) -> None:
    async with relayed(redis_server, simulator) as (client,):
        simulator.agent_typing(True)
        await client.until(lambda: client.typing == ("Ann",))
        simulator.agent_typing(False)
        await client.until(lambda: client.typing == ())


async def test_what_one_viewer_sends_is_ours_for_all_of_them_and_was_sent_once(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with relayed(redis_server, simulator, 2) as (one, other):
        await asyncio.wait_for(one.send("hello"), 10)
        await other.until(lambda: other.texts == ["hello"])
        assert [m.is_own for m in (*one.messages, *other.messages)] == [True, True]
        assert one.messages[0].id == other.messages[0].id
        assert sent_texts(simulator) == ["hello"]


async def test_a_receipt_of_the_other_side_shows_at_every_viewer(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with relayed(redis_server, simulator, 2) as viewers:
        await asyncio.wait_for(viewers[0].send("hello"), 10)
        simulator.agent_read()
        for each in viewers:
            await eventually(partial(has_status, each, "read"))


async def test_what_one_viewer_has_read_is_read_for_all_of_them(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with relayed(redis_server, simulator, 2) as (one, other):
        simulator.agent_say("hello")
        await one.until(lambda: one.unread_count == 1)
        await other.until(lambda: other.unread_count == 1)
        one.mark_read()
        await other.until(lambda: other.unread_count == 0)
        assert len(received(simulator, "read")) == 1


async def test_typing_of_viewers_is_seen_by_the_other_side(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with relayed(redis_server, simulator) as (client,):
        client.set_typing(True)
        await eventually(lambda: [e["typing"] for e in received(simulator, "typing")] == [True])
        client.set_typing(False)
        await eventually(lambda: [e["typing"] for e in received(simulator, "typing")] == [True, False])


async def test_any_number_of_viewers_costs_the_platform_one_stream_and_the_calls_of_one(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    simulator.agent_say("hello")
    async with relayed(redis_server, simulator, 12) as viewers:
        for each in viewers:
            await shows(each, "hello")
        assert len(connections(simulator, "opened")) == 1
        assert len(calls(simulator, "messages")) <= 2


async def test_older_messages_are_loaded_by_the_relay_once(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    texts = [f"m{number}" for number in range(450)]
    for text in texts:
        simulator.agent_say(text)
    async with relayed(redis_server, simulator, 2) as (one, other):
        await one.until(lambda: len(one.messages) == 200)
        loading = one.load_all()
        await loading
        assert loading.count == 250
        assert one.texts == texts
        await other.load_all()
        assert other.texts == texts


async def test_who_has_more_than_the_next_leader_keeps_loads_on_from_there(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    texts = [f"m{number}" for number in range(850)]
    for text in texts:
        simulator.agent_say(text)
    async with viewer(redis_server, simulator) as client:
        async with service(redis_server, simulator):
            await client.until(lambda: len(client.messages) == 200)
            await client.load_older(200)
            assert client.texts == texts[-400:]
        async with service(redis_server, simulator):
            await client.until_status("connected")
            await client.load_all()
            assert client.texts == texts


async def test_files_are_seen_and_none_is_sent(
    simulator: Simulator, redis_server: RedisServer, tmp_path: Path
) -> None:
    (tmp_path / "report.txt").write_text("not for a relay")
    async with relayed(redis_server, simulator) as (client,):
        simulator.agent_say("here it is", attachments=[{"name": "offer.txt"}])
        await client.until(lambda: client.texts == ["here it is"])
        assert [len(message.attachments) for message in client.messages] == [1]
        assert "attachments" not in client.capabilities
        with pytest.raises(TypeError, match="sends no files"):
            _ = client.send_file(tmp_path / "report.txt")


async def test_who_may_only_see_has_no_part_and_is_told_so(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    simulator.agent_say("hello")
    async with relayed(redis_server, simulator, rights=Rights("see")) as (client,):
        await client.until(lambda: client.texts == ["hello"])
        assert not client.can_send
        assert client.capabilities.isdisjoint({"send", "send_typing", "send_read"})
        client.mark_read()
        with pytest.raises(DeliveryFailed, match="'send'"):
            await asyncio.wait_for(client.send("no"), 10)
        assert sent_texts(simulator) == [] and received(simulator, "read") == []


async def test_who_may_not_even_see_is_refused_with_a_clear_error(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with service(redis_server, simulator, rights=Rights()), viewer(redis_server, simulator) as client:
        await client.until_status("failed")
        with pytest.raises(PermissionDenied, match="does not let 'default' see this conversation"):
            await client.next_message(timeout=1)


async def test_a_token_that_is_refused_is_a_clear_error(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with (
        service(redis_server, simulator, rights=Rights("see")),
        viewer(redis_server, simulator, token="old") as client,
    ):
        await client.until_status("failed")
        with pytest.raises(AuthenticationError, match="has expired"):
            await client.next_message(timeout=1)


async def test_without_a_relay_a_viewer_says_so_and_goes_on_trying(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    simulator.agent_say("hello")
    async with viewer(redis_server, simulator) as client:
        await client.until(lambda: any("No relay leads" in str(e) for e in client.told))
        async with service(redis_server, simulator):
            await client.until(lambda: client.texts == ["hello"])


async def test_what_a_viewer_writes_while_the_relay_is_away_is_sent_when_it_is_back(
    simulator: Simulator, redis_server: RedisServer
) -> None:
    async with relayed(redis_server, simulator) as (client,):
        pass
    async with viewer(redis_server, simulator) as client:
        delivery = client.send("hello")
        async with service(redis_server, simulator):
            await asyncio.wait_for(delivery, 20)
            assert sent_texts(simulator) == ["hello"]


async def test_what_was_said_before_a_question_is_no_answer_to_it_though_it_is_read_later(
    simulator: Simulator, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    events, read, ask = Keys(simulator.conversation_id).events, Redis.read, Asking.ask
    may_read, is_answered = asyncio.Event(), asyncio.Event()

    async def held(self: Redis, *arguments: Any) -> dict[str, list[Entry]]:
        found = await read(self, *arguments)
        if events in found:
            await may_read.wait()
        return found

    async def asked(self: Asking, *arguments: Any) -> Answer:
        answer = await ask(self, *arguments)
        is_answered.set()
        return answer

    async with relayed(redis_server, simulator) as (client,):
        monkeypatch.setattr(following, "ENTRIES_S", 60.0)
        monkeypatch.setattr(Redis, "read", held)
        monkeypatch.setattr(Asking, "ask", asked)
        simulator.agent_say("One moment.")  # The last read that is not held.
        await shows(client, "One moment.")
        with redis_server.client() as redis:
            before = redis.xlen(events)
            simulator.agent_say("Hello!")
            await eventually(lambda: redis.xlen(events) > before)
        question = client.send("Where is it?")
        waiting = asyncio.ensure_future(client.next_message(20, after=question))
        await asyncio.wait_for(is_answered.wait(), 20)
        may_read.set()
        await asyncio.wait_for(question, 20)
        await client.until(lambda: "Hello!" in client.received)
        assert not waiting.done()
        simulator.agent_say("Here.")
        assert (await waiting).text == "Here."
