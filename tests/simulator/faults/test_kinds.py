"""Every fault kind: which calls it hits, and what a client sees of it."""

from __future__ import annotations

import asyncio
import email.utils
import json
import time
import uuid

import httpx
import pytest
import websockets

from ipygenesys.simulator.faults.active import Faults
from ipygenesys.simulator.faults.kinds import (
    Error,
    LoseAnswer,
    RateLimit,
    parse_fault,
    retry_after_header,
)
from tests.simulator.clients.contract import BASE, ContractClient

TYPING = f"{BASE}/conversations/1/typing"


# --- pure


@pytest.mark.parametrize(
    "params",
    [{}, {"kind": "no"}, {"kind": "drop", "cod": 1}, {"kind": "error"}, {"kind": "error", "status": 200}],
)
def test_a_fault_that_does_not_exist_is_an_error_and_not_silence(params: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_fault(params)


def test_an_unknown_kind_is_told_which_there_are() -> None:
    with pytest.raises(ValueError, match=r"unknown kind 'dropp'; there is .*drop, half_open, .*clear"):
        parse_fault({"kind": "dropp"})


def test_a_fault_hits_as_many_calls_as_it_says_and_only_those_on_its_path() -> None:
    faults = Faults()
    faults.switch(Error(status=503, path="/typing", count=2), now=0)
    assert faults.before("GET", f"{BASE}/conversations") is None
    assert [faults.before("POST", TYPING) is not None for _ in range(3)] == [True, True, False]


def test_a_fault_without_a_path_leaves_tokens_and_handshakes_alone() -> None:
    faults = Faults()
    faults.switch(Error(status=503), now=0)
    assert faults.before("POST", "/oauth/token") is None
    assert faults.before("GET", f"{BASE}/events") is None
    assert faults.before("POST", TYPING) is not None


def test_a_fault_may_ask_for_a_method() -> None:
    faults = Faults()
    faults.switch(LoseAnswer(method="post"), now=0)
    assert not faults.loses_answer("PUT", TYPING)
    assert faults.loses_answer("POST", TYPING)


def test_a_refusal_ends_after_its_time() -> None:
    faults = Faults()
    faults.switch(parse_fault({"kind": "refuse", "seconds": 2}), now=10)
    assert [faults.refusal(11.9), faults.refusal(12.0)] == [503, None]


@pytest.mark.parametrize(
    ("fault", "header"),
    [
        (RateLimit(retry_after=7), "7"),
        (RateLimit(retry_after=1.5), "1.5"),
        (RateLimit(retry_after=-3), "-3"),
        (RateLimit(retry_after="soon"), "soon"),
        (RateLimit(retry_after="Wed, 21 Oct 2026 07:28:00 GMT"), "Wed, 21 Oct 2026 07:28:00 GMT"),
        (RateLimit(retry_after=None), None),
        (RateLimit(retry_after_date=60), "Thu, 01 Jan 1970 00:01:00 GMT"),
    ],
)
def test_retry_after_has_every_form(fault: RateLimit, header: str | None) -> None:
    assert retry_after_header(fault, now=0.0) == header


# --- over real sockets


async def test_drop_cuts_all_streams_without_a_close_frame(client: ContractClient) -> None:
    streams = [await client.connect(), await client.connect(authenticate=False)]
    client.sim.fault("drop")
    assert [await s.closed() for s in streams] == [1006, 1006]
    assert {e["by"] for e in await client.logged("connections", "closed", 2)} == {"server"}


@pytest.mark.parametrize("code", [1000, 1011, 4001, 4999])
async def test_drop_with_a_code_closes_with_it(client: ContractClient, code: int) -> None:
    stream = await client.connect()
    client.sim.fault("drop", code=code, reason="because")
    assert await stream.closed() == code
    assert stream.socket.close_reason == "because"
    [closed] = await client.logged("connections", "closed")
    assert (closed["code"], closed["by"]) == (code, "server")


async def test_messages_said_while_nobody_listens_are_in_the_history(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.fault("drop")
    await stream.closed()
    client.sim.agent_say("missed")
    assert (await client.history_texts())[0] == ["missed"]
    assert (await client.logged("sent", "message"))[0]["streams"] == 0


async def test_half_open_sends_nothing_not_even_pongs_while_new_streams_work(client: ContractClient) -> None:
    stuck = await client.connect()
    before = len(stuck.raw)
    client.sim.fault("half_open")
    pong = asyncio.ensure_future(await stuck.socket.ping())
    fresh = await client.connect()
    client.sim.agent_say("hello")
    assert await fresh.texts(1) == ["hello"]
    await (await fresh.socket.ping())
    assert (len(stuck.raw), pong.done()) == (before, False)
    client.sim.fault("clear")
    assert await stuck.texts(1) == ["hello"]
    await asyncio.wait_for(pong, 2)


async def test_half_open_for_a_time_delivers_late_and_in_order(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.fault("half_open", seconds=0.1)
    client.sim.agent_say("m", count=3)
    assert await stream.texts(3) == ["m 1", "m 2", "m 3"]


async def test_a_half_open_stream_does_not_answer_a_close(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.fault("half_open")
    closing = asyncio.create_task(stream.socket.close())
    await asyncio.sleep(0.2)
    assert not closing.done()
    client.sim.fault("clear")
    await asyncio.wait_for(closing, 20)


@pytest.mark.parametrize("status", [503, 429])
async def test_refuse_answers_the_handshake_with_a_status(client: ContractClient, status: int) -> None:
    client.sim.fault("refuse", count=1, status=status)
    with pytest.raises(websockets.InvalidStatus) as caught:
        await client.connect()
    assert caught.value.response.status_code == status
    await client.connect()
    assert [e["kind"] for e in client.sim.log()["connections"]] == ["refused", "opened", "authenticated"]


async def test_refuse_with_status_0_cuts_the_handshake(client: ContractClient) -> None:
    client.sim.fault("refuse", status=0)
    with pytest.raises((websockets.InvalidMessage, OSError)):
        await client.connect()
    client.sim.fault("clear")
    await client.connect()


async def test_expire_token_closes_streams_with_4001_and_refuses_the_token(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.fault("expire_token")
    assert await stream.closed() == 4001
    assert (await client.typing(True)).status_code == 401
    await client.log_in()
    assert (await client.typing(True)).status_code == 202
    await client.connect()


async def test_rate_limit_answers_429_in_genesys_shape_and_executes_nothing(client: ContractClient) -> None:
    client.sim.fault("rate_limit", path="/messages", count=1, retry_after=3)
    assert (await client.typing(True)).status_code == 202
    answer = await client.send("hello")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    assert answer.json()["code"] == "too.many.requests.retry.after"
    assert (await client.history_texts())[0] == []
    assert client.sim.log()["received"][1] | {"time": 0} == {
        "time": 0,
        "protocol": "messaging-events",
        "kind": "send",
        "text": "hello",
        "conversation_id": client.sim.conversation_id,
        "client_message_id": client.sim.log()["received"][1]["client_message_id"],
        "rejected": True,
        "status": 429,
    }


async def test_rate_limit_can_send_an_http_date(client: ContractClient) -> None:
    client.sim.fault("rate_limit", retry_after_date=30)
    header = (await client.typing(True)).headers["Retry-After"]
    assert 20 <= email.utils.parsedate_to_datetime(header).timestamp() - time.time() <= 31


async def test_error_answers_with_its_status_and_the_call_is_not_executed(client: ContractClient) -> None:
    client.sim.fault("error", status=503, path="/messages", count=2)
    assert [(await client.send("x")).status_code for _ in range(3)] == [503, 503, 201]
    client.sim.fault("error", status=403, path="/read", message="You lack messaging:write")
    body = (await client.read("any")).json()
    assert (body["code"], body["message"]) == ("missing.any.permissions", "You lack messaging:write")
    client.sim.fault("error", status=401, path="/oauth/token")
    assert (await client.ask_token()).status_code == 401


async def test_a_lost_answer_is_executed_exactly_once(client: ContractClient) -> None:
    client.sim.fault("lose_answer", path="/messages")
    client_id = str(uuid.uuid4())
    with pytest.raises(httpx.TransportError):
        await client.send("hello", client_id)
    assert (await client.send("hello", client_id)).status_code == 200
    assert (await client.history_texts())[0] == ["hello"]
    sends = client.sim.log()["received"]
    assert [(e["status"], e.get("lost"), e.get("repeated")) for e in sends] == [
        (201, True, None),
        (200, None, True),
    ]


async def test_duplicate_sends_each_frame_twice(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.fault("duplicate")
    client.sim.agent_say("a")
    client.sim.fault("duplicate", on=False)
    client.sim.agent_say("b")
    assert await stream.texts(3) == ["a", "a", "b"]
    assert [e["text"] for e in client.sim.log()["sent"]] == ["a", "b"]


async def test_reorder_swaps_neighbours_and_loses_none(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.fault("reorder", hold_s=0.05)
    client.sim.agent_say("m", count=5)
    assert await stream.texts(5) == ["m 2", "m 1", "m 4", "m 3", "m 5"]


async def test_reorder_can_leave_other_frames_in_place(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.fault("reorder", event_type="message", hold_s=5)
    client.sim.agent_say("a")
    client.sim.agent_typing(True)
    client.sim.agent_say("b")
    await stream.wait_for("message", 2)
    assert [f["payload"].get("text") for f in stream.frames[3:]] == [None, "b", "a"]


async def test_garbage_is_everything_but_a_good_frame(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.fault("garbage")
    client.sim.agent_say("good")
    await stream.until(
        lambda: any(b"good" in (f if isinstance(f, bytes) else f.encode()) for f in stream.raw)
    )
    garbage = stream.raw[3:-1]
    assert len(garbage) == 22
    assert any(isinstance(f, bytes) for f in garbage)
    assert any("NaN" in f for f in garbage if isinstance(f, str))
    with pytest.raises(json.JSONDecodeError):
        json.loads(garbage[0])
    assert max(map(len, garbage)) > 40_000


async def test_garbage_can_be_one_big_frame_or_chosen_ones(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.fault("garbage", bytes=10_000_000)
    client.sim.fault("garbage", only=["nan"])
    await stream.until(lambda: len(stream.raw) == 5)
    assert [len(f) for f in stream.raw[3:]] == [10_000_000, len(stream.raw[4])]
    with pytest.raises(ValueError, match="unknown garbage fluff"):
        client.sim.fault("garbage", only=["fluff"])


async def test_delay_holds_frames_and_answers_and_keeps_their_order(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.fault("delay", ms=100)
    began = time.monotonic()
    client.sim.agent_say("m", count=50)
    assert await stream.texts(50) == [f"m {number}" for number in range(1, 51)]
    assert 0.09 <= time.monotonic() - began < 4, "not one delay after the other"
    began = time.monotonic()
    await client.typing(True)
    assert time.monotonic() - began >= 0.09


async def test_clear_ends_all_faults(client: ContractClient) -> None:
    for params in ({"kind": "duplicate"}, {"kind": "delay", "ms": 5000}, {"kind": "error", "status": 500}):
        assert (await client.control("POST", "/faults", params)).status_code == 200
    client.sim.fault("refuse")
    client.sim.fault("clear")
    stream = await client.connect()
    client.sim.agent_say("a")
    client.sim.agent_say("b")
    assert await stream.texts(2) == ["a", "b"]
