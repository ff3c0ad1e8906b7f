"""The event stream: handshake, authenticate frame, frames, expiry, several at once."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import pytest
import websockets

from tests.simulator.clients.contract import ContractClient, running
from tests.simulator.clients.sockets import PATIENCE_S


async def test_a_stream_needs_no_header_but_the_authenticate_frame(client: ContractClient) -> None:
    stream = await client.connect(header=False)
    assert [f["event_type"] for f in stream.frames] == ["presence", "presence", "conversation"]
    assert [e["kind"] for e in client.sim.log()["connections"]] == ["opened", "authenticated"]


async def test_presence_names_the_participants(client: ContractClient) -> None:
    stream = await client.connect()
    payloads = [f["payload"] for f in stream.of("presence")]
    assert payloads == [
        {"state": "joined", "name": "Ann", "role": "agent"},
        {"state": "joined", "name": "Customer", "role": "customer"},
    ]
    assert stream.of("conversation")[0]["payload"] == {"state": "connected"}


async def test_a_bad_bearer_on_the_handshake_is_http_401(client: ContractClient) -> None:
    client.token = "wrong"
    with pytest.raises(websockets.InvalidStatus) as caught:
        await client.connect()
    assert caught.value.response.status_code == 401
    assert client.sim.log()["connections"][0]["status"] == 401


async def test_a_bearer_without_the_scope_is_http_403() -> None:
    async with running(scopes=("conversations:read",)) as client:
        with pytest.raises(websockets.InvalidStatus) as caught:
            await client.connect()
        assert caught.value.response.status_code == 403


async def test_a_plain_get_on_the_streams_path_is_400(client: ContractClient) -> None:
    answer = await client.http.get(client.sim.stream_url.replace("ws://", "http://"))
    assert answer.status_code == 400


async def test_a_missing_authenticate_frame_closes_with_4401() -> None:
    async with running(auth_timeout_s=0.05) as client:
        stream = await client.connect(authenticate=False)
        assert await stream.closed() == 4401
        assert stream.raw == []


@pytest.mark.parametrize(
    "frame",
    ['{"type":"authenticate","token":"wrong"}', '{"type":"hello"}', "nonsense", "[" * 60_000, b"\x00", "{}"],
)
async def test_a_bad_first_frame_closes_with_4401(client: ContractClient, frame: str | bytes) -> None:
    stream = await client.connect(authenticate=False)
    await stream.socket.send(frame)
    assert await stream.closed() == 4401
    [closed] = await client.logged("connections", "closed")
    assert (closed["code"], closed["by"]) == (4401, "server")


async def test_a_frame_that_is_too_big_ends_the_stream(client: ContractClient) -> None:
    stream = await client.connect(authenticate=False)
    await stream.socket.send("x" * 100_000)
    assert await stream.closed() in (1006, 1009)


async def test_the_session_expires_with_its_token_by_4001() -> None:
    async with running(token_lifetime_s=0.3) as client:
        stream = await client.connect()
        assert await stream.closed() == 4001


async def test_further_frames_of_the_client_do_no_harm(client: ContractClient) -> None:
    stream = await client.connect()
    await stream.socket.send("what?")
    await stream.socket.send(b"\x01")
    await (await stream.socket.ping())
    client.sim.agent_say("still here")
    assert await stream.texts(1) == ["still here"]


async def test_a_message_frame_has_the_contracts_shape(client: ContractClient) -> None:
    stream = await client.connect()
    [message_id] = client.sim.agent_say("hello", attachments=[{"id": "a1", "name": "map.png", "size": 7}])
    [frame] = await stream.wait_for("message")
    assert set(frame) == {"event_type", "conversation_id", "message_id", "participant_id", "payload"}
    assert (frame["conversation_id"], frame["message_id"]) == (client.sim.conversation_id, message_id)
    payload = frame["payload"]
    assert payload["sender"] == {"name": "Ann", "role": "agent"}
    assert (payload["text"], payload["direction"], payload["sequence"]) == ("hello", "outbound", 1)
    assert payload["attachments"][0]["name"] == "map.png"
    assert datetime.fromisoformat(payload["timestamp"]).tzinfo is not None


async def test_a_typing_frame_has_no_message_id(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.agent_typing(True)
    [frame] = await stream.wait_for("typing")
    assert set(frame) == {"event_type", "conversation_id", "participant_id", "payload"}
    assert frame["payload"] == {"typing": True}


async def test_own_messages_are_echoed_to_all_streams_with_their_client_id(client: ContractClient) -> None:
    streams = [await client.connect(), await client.connect()]
    sent = (await client.send("mine")).json()
    for stream in streams:
        [frame] = await stream.wait_for("message")
        assert frame["message_id"] == sent["id"]
        assert frame["payload"]["client_message_id"] == sent["client_message_id"]
        assert frame["payload"]["direction"] == "inbound"
    [entry] = await client.logged("sent", "echo")
    assert entry["streams"] == 2


async def test_receipts_for_own_messages_are_delivered_then_read(client: ContractClient) -> None:
    stream = await client.connect()
    sent = (await client.send("mine")).json()
    assert client.sim.agent_read() == [sent["id"]]
    receipts = await stream.wait_for("receipt", 2)
    assert [r["payload"]["status"] for r in receipts] == ["delivered", "read"]
    assert {r["message_id"] for r in receipts} == {sent["id"]}
    assert client.sim.agent_read() == []


async def test_a_client_that_leaves_is_logged_with_its_code(client: ContractClient) -> None:
    stream = await client.connect()
    await stream.socket.close(1000)
    [closed] = await client.logged("connections", "closed")
    assert (closed["code"], closed["by"]) == (1000, "client")


async def test_a_client_that_vanishes_is_logged_too(client: ContractClient) -> None:
    stream = await client.connect()
    stream.socket.transport.abort()
    [closed] = await client.logged("connections", "closed")
    assert (closed["code"], closed["by"]) == (1006, "client")


async def test_an_old_and_a_new_stream_overlap_at_token_renewal(client: ContractClient) -> None:
    old = await client.connect()
    await client.log_in()
    new = await client.connect()
    client.sim.agent_say("both")
    assert await old.texts(1) == await new.texts(1) == ["both"]
    await old.close()
    await client.logged("connections", "closed")
    client.sim.agent_say("one")
    assert await new.texts(2) == ["both", "one"]


async def test_a_burst_of_thousands_arrives_whole_and_in_order(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.agent_say("m", count=3000)
    frames = await asyncio.wait_for(stream.wait_for("message", 3000), PATIENCE_S)
    assert [f["payload"]["sequence"] for f in frames] == list(range(1, 3001))
    assert json.loads(stream.raw[-1])["payload"]["text"] == "m 3000"
