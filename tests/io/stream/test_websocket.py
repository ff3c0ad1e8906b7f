"""The event stream, on real sockets: handshake, refusals, closes, silence, and what never leaves it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection as SyncConnection
from websockets.sync.server import serve as serve_in_thread

from ipygenesys._core.machines.silence import LOOK_AGAIN_S
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._io.stream import websocket as module
from ipygenesys._io.stream.websocket import Stream, StreamError
from tests.io.servers import (
    answer,
    answering,
    frame,
    raw_server,
    read_frame,
    read_head,
    self_signed,
    shake_hands,
)
from tests.io.watch import eventually

TOKEN = "CANARY-TOKEN"
NOW = 1_800_000_000.0
TEXT, PING, PONG = 0x1, 0x9, 0xA

Handler = Callable[[ServerConnection], Awaitable[None]]
Head = Callable[[ServerConnection, Request], Response | None]


@contextlib.asynccontextmanager
async def server(handler: Handler, head: Head | None = None, **options: Any) -> AsyncIterator[str]:
    """A WebSocket server; yields its address."""
    async with serve(handler, "127.0.0.1", 0, process_request=head, **options) as running:
        yield f"ws://127.0.0.1:{next(iter(running.sockets)).getsockname()[1]}/events"


@contextlib.contextmanager
def in_thread(handler: Callable[[SyncConnection], None]) -> Iterator[str]:
    """A WebSocket server that goes on while our loop stands still; yields its address."""
    with serve_in_thread(handler, "127.0.0.1", 0) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{running.socket.getsockname()[1]}/events"
        running.shutdown()
    thread.join()


async def open_stream(url: str, **options: Any) -> Stream:
    return await Stream.open(
        url,
        headers={"Authorization": f"Bearer {TOKEN}"},
        first_frames=(json.dumps({"type": "authenticate", "token": TOKEN}),),
        now_epoch=NOW,
        **options,
    )


async def refused(url: str, **options: Any) -> StreamLoss:
    with pytest.raises(StreamError) as caught:
        await open_stream(url, **options)
    assert TOKEN not in repr(caught.value)
    return caught.value.loss


async def lost(stream: Stream) -> tuple[list[bytes], StreamLoss]:
    """Everything that the stream says, and how it ends."""
    frames: list[bytes] = []
    try:
        async for data in stream.frames():
            frames.append(data)
    except StreamError as error:
        return frames, error.loss
    raise AssertionError("a stream ends with a StreamError")


async def stay(connection: ServerConnection) -> None:
    """Read until the client goes."""
    async for _ in connection:
        pass


# --- opening ----------------------------------------------------------------------------------------------


async def test_the_token_is_in_the_handshake_and_in_the_first_frame() -> None:
    heads: list[Request] = []
    frames: asyncio.Queue[Any] = asyncio.Queue()

    def head(_connection: ServerConnection, request: Request) -> None:
        heads.append(request)

    async def handler(connection: ServerConnection) -> None:
        async for data in connection:
            frames.put_nowait(json.loads(data))

    async with server(handler, head) as url:
        stream = await open_stream(url)
        assert await frames.get() == {"type": "authenticate", "token": TOKEN}
        await stream.close()

    assert heads[0].path == "/events"
    assert heads[0].headers.get_all("Authorization") == [f"Bearer {TOKEN}"]


async def test_it_is_open_once_the_server_has_read_the_first_frame() -> None:
    has_read: list[str | bytes] = []

    async def handler(connection: ServerConnection) -> None:
        has_read.append(await connection.recv())
        await stay(connection)

    async with server(handler) as url:
        stream = await open_stream(url)
        assert len(has_read) == 1
        await stream.close()


@pytest.mark.parametrize("code", [4401, 4001, 1008, 1011, 3000])
async def test_a_server_that_closes_after_the_first_frame_has_not_let_us_in(code: int) -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.close(code, TOKEN)

    async with server(handler) as url:
        try:
            stream = await open_stream(url)
        except StreamError as error:
            loss = error.loss
        else:  # A server may answer pings before it has looked at the frame: then it is lost at once instead.
            _, loss = await lost(stream)

    assert loss == StreamLoss(close_code=code)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, None),
        (400, "rejected"),
        (401, "authentication"),
        (403, "permission"),
        (404, "not_found"),
        (429, "rate_limited"),
        (500, "unavailable"),
        (503, "unavailable"),
    ],
)
async def test_a_refused_handshake_is_classified_by_its_status(status: int, kind: str | None) -> None:
    async with raw_server(answering(answer(status))) as port:
        loss = await refused(f"ws://127.0.0.1:{port}/")

    assert loss.failure is not None
    assert loss.close_code is None
    assert not loss.is_tls
    if kind is not None:
        assert (loss.failure.kind, loss.failure.status) == (kind, status)
        assert loss.failure.message.startswith("Opening the event stream: ")


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "7", 7.0),
        (429, "Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        (429, "junk", 2.0),
        (429, None, 2.0),
        (503, "9", 9.0),
        (503, None, None),
    ],
)
async def test_a_refused_handshake_may_say_how_long_to_wait(
    status: int, header: str | None, seconds: float | None
) -> None:
    refusal = answer(status) if header is None else answer(status, Retry_After=header)
    async with raw_server(answering(refusal)) as port:
        loss = await refused(f"ws://127.0.0.1:{port}/")

    assert loss.failure is not None
    assert loss.failure.retry_after_s == seconds


async def test_a_403_names_the_scope_that_the_server_names_or_else_the_one_that_is_needed() -> None:
    body = json.dumps(
        {"message": "The OAuth client must have the following scope: conversations:messaging"}
    ).encode()
    async with raw_server(answering(answer(403, body), answer(403))) as port:
        by_server = await refused(f"ws://127.0.0.1:{port}/", needs=("a:b",))
        by_us = await refused(f"ws://127.0.0.1:{port}/", needs=("a:b",))

    assert by_server.failure is not None
    assert "conversations:messaging" in by_server.failure.message
    assert by_us.failure is not None
    assert "a:b" in by_us.failure.message


async def test_the_correlation_id_of_a_refusal_is_kept() -> None:
    async with raw_server(answering(answer(500, ININ_Correlation_Id="c-1"))) as port:
        loss = await refused(f"ws://127.0.0.1:{port}/")

    assert loss.failure is not None
    assert loss.failure.correlation_id == "c-1"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_refused_and_the_token_never_follows_it(status: int) -> None:
    elsewhere: list[bytes] = []
    async with raw_server(answering(answer(200), seen=elsewhere)) as other:
        redirect = answer(status, Location=f"ws://127.0.0.1:{other}/events")
        async with raw_server(answering(redirect)) as port:
            loss = await refused(f"ws://127.0.0.1:{port}/")

    assert loss.failure is not None
    assert loss.failure.kind == "protocol"
    assert "redirects elsewhere" in loss.failure.message
    assert elsewhere == []


async def test_a_certificate_that_nobody_vouches_for_is_a_tls_loss(tmp_path: Path) -> None:
    seen: list[bytes] = []
    async with raw_server(answering(answer(200), seen=seen), tls=self_signed(tmp_path)) as port:
        loss = await refused(f"wss://127.0.0.1:{port}/")

    assert loss.is_tls
    assert loss.failure is not None
    assert "certificate" in loss.failure.message
    assert seen == []


async def test_a_tls_handshake_that_breaks_off_is_an_ordinary_loss() -> None:
    async def no_tls(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(400))
        await writer.drain()

    async with raw_server(no_tls) as port:
        loss = await refused(f"wss://127.0.0.1:{port}/")

    assert not loss.is_tls
    assert loss.failure is not None
    assert loss.failure.is_transient


@pytest.mark.parametrize("wire", [b"", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"])
async def test_a_server_that_speaks_something_else_is_an_ordinary_loss(wire: bytes) -> None:
    async with raw_server(answering(wire)) as port:
        loss = await refused(f"ws://127.0.0.1:{port}/")

    assert loss.failure is not None
    assert loss.failure.is_transient


async def test_an_unreachable_server_is_said_to_be_one() -> None:
    async with raw_server(answering(b"")) as port:
        pass

    loss = await refused(f"ws://127.0.0.1:{port}/")

    assert loss.failure is not None
    assert loss.failure.kind == "unreachable"


async def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OPEN_S", 0.1)

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with raw_server(silent) as port:
        loss = await refused(f"ws://127.0.0.1:{port}/")

    assert loss.failure is not None
    assert loss.failure.kind == "unreachable"


async def test_a_server_that_never_reads_the_first_frame_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OPEN_S", 0.2)
    gone = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await gone.wait()

    async with server(handler, close_timeout=0.1) as url:
        loss = await refused(url)
        gone.set()

    assert loss.failure is not None


async def test_a_cancelled_opening_leaves_no_connection() -> None:
    accepted: asyncio.Queue[asyncio.StreamReader] = asyncio.Queue()

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        accepted.put_nowait(reader)
        await asyncio.Event().wait()

    async with raw_server(silent) as port:
        opening = asyncio.create_task(open_stream(f"ws://127.0.0.1:{port}/"))
        reader = await accepted.get()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert await reader.read(-1) == b""


async def test_a_server_that_greets_with_many_frames_does_not_hide_its_answer_to_our_ping() -> None:
    count = 500

    async def one_queue_for_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer)
        await read_frame(reader)
        _, ping = await read_frame(reader)
        for number in range(count):
            writer.write(frame(TEXT, str(number).encode()))
            if number % 20 == 0:
                await asyncio.sleep(0.001)  # so that they come in many pieces
        writer.write(frame(PONG, ping))
        await reader.read(-1)

    async with raw_server(one_queue_for_all) as port:
        stream = await asyncio.wait_for(open_stream(f"ws://127.0.0.1:{port}/"), 30)
        frames = []
        async for data in stream.frames():
            frames.append(data)
            if len(frames) == count:
                break
        stream.abort()

    assert frames == [str(number).encode() for number in range(count)]


@pytest.mark.parametrize(("bound", "most"), [("MAX_EARLY_FRAMES", 3), ("MAX_EARLY_BYTES", 250_000)])
async def test_what_is_said_before_the_answer_to_our_ping_is_bounded(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(module, bound, most)
    monkeypatch.setattr(module, "OPEN_S", 0.5)

    async def talkative(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer)
        await read_frame(reader)
        _, ping = await read_frame(reader)
        writer.write(frame(TEXT, b"x" * 100_000) * 20 + frame(PONG, ping))
        await reader.read(-1)

    async with raw_server(talkative) as port:
        loss = await refused(f"ws://127.0.0.1:{port}/")

    assert loss.failure is not None
    assert loss.failure.kind == "unreachable"


async def test_no_frame_is_packed_so_that_a_few_kilobytes_stay_a_few_kilobytes() -> None:
    pack = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = (pack.compress(bytes(1 << 20)) + pack.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\0\0\xff\xff")
    rsv1, few = 0x40, b"x" * len(packed)

    async def unkind(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        takes_packed = await shake_hands(reader, writer)
        await read_frame(reader)
        _, ping = await read_frame(reader)
        writer.write(
            (frame(TEXT | rsv1, packed) if takes_packed else frame(TEXT, few)) * 30 + frame(PONG, ping)
        )
        await writer.drain()

    tracemalloc.start()
    try:
        async with raw_server(unkind) as port:
            frames, _ = await lost(await open_stream(f"ws://127.0.0.1:{port}/"))
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert len(frames) == 30


# --- frames and ends --------------------------------------------------------------------------------------


async def test_text_and_binary_arrive_undecoded_and_in_order() -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send("text ☺")
        await connection.send(b"\xff\x00")
        await connection.send("")

    async with server(handler) as url:
        frames, loss = await lost(await open_stream(url))

    assert frames == ["text ☺".encode(), b"\xff\x00", b""]
    assert loss.close_code == 1000


async def test_text_that_is_not_utf_8_does_not_end_the_stream() -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(b"\xff{", text=True)
        await connection.send("after")

    async with server(handler) as url:
        frames, loss = await lost(await open_stream(url))

    assert frames == [b"\xff{", b"after"]
    assert loss.close_code == 1000


async def test_a_frame_of_10_mb_does_not_end_the_stream() -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send("x" * 10_000_000)
        await connection.send("after")

    async with server(handler) as url:
        frames, loss = await lost(await open_stream(url))

    assert [len(frame) for frame in frames] == [10_000_000, 5]
    assert loss.close_code == 1000


async def test_a_frame_in_very_many_pieces_is_put_together() -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send(["x"] * 5000)
        await connection.send("after")

    async with server(handler) as url:
        frames, loss = await lost(await open_stream(url))

    assert [len(frame) for frame in frames] == [5000, 5]
    assert loss.close_code == 1000


async def test_whether_all_that_has_come_was_read_is_known() -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send("one")
        await connection.send(["in ", "pieces"])
        await stay(connection)

    async with server(handler) as url:
        stream = await open_stream(url)
        await eventually(lambda: stream._socket.come == 2, 5.0)
        frames, drained = stream.frames(), []
        for _ in range(2):
            await anext(frames)
            drained.append(stream.is_drained)
        stream.abort()
    assert drained == [False, True]


async def test_a_server_whose_frames_nobody_reads_is_slowed_down_after_two_of_them() -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        for _ in range(6):
            await connection.send("x" * 1_000_000)
        await stay(connection)

    async with server(handler) as url:
        stream = await open_stream(url)
        await eventually(lambda: not stream._socket.transport.is_reading(), 5.0)
        taken = stream._socket.recv_messages.frames
        assert len(taken) <= module.MAX_UNREAD_FRAMES + 1
        stream.abort()


async def test_a_compressed_frame_ends_it_with_1002() -> None:
    async def packed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer)
        await read_frame(reader)
        _, ping = await read_frame(reader)
        rsv1 = 0x40
        writer.write(frame(PONG, ping) + frame(TEXT | rsv1, b"\x03\x00"))
        await read_frame(reader)

    async with raw_server(packed) as port:
        frames, loss = await lost(await open_stream(f"ws://127.0.0.1:{port}/"))

    assert frames == []
    assert loss.close_code == 1002


async def test_a_server_that_pings_and_takes_no_pong_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_UNSENT_BYTES", 10_000)

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await shake_hands(reader, writer)
        await read_frame(reader)
        _, ping = await read_frame(reader)
        writer.write(frame(PONG, ping))
        while True:
            writer.write(frame(PING, b"x" * 125) * 100)
            await writer.drain()

    async with raw_server(deaf) as port:
        _, loss = await lost(await open_stream(f"ws://127.0.0.1:{port}/"))

    assert loss.close_code == 1006


async def test_a_frame_beyond_all_bounds_ends_it_with_1009() -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        with contextlib.suppress(Exception):
            await connection.send(["x" * (1 << 20)] * 17)
            await stay(connection)

    async with server(handler) as url:
        _, loss = await lost(await open_stream(url))

    assert loss.close_code == 1009


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 1012, 1013, 4001, 4401, 4999])
async def test_flaw_15_the_close_code_is_told(code: int) -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send("hello")
        await connection.close(code)

    async with server(handler) as url:
        frames, loss = await lost(await open_stream(url))

    assert frames == [b"hello"]
    assert loss == StreamLoss(close_code=code)


async def test_a_cut_connection_is_1006() -> None:
    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        connection.transport.abort()

    async with server(handler) as url:
        try:
            _, loss = await lost(await open_stream(url))
        except StreamError as error:
            loss = error.loss

    assert loss == StreamLoss(close_code=1006)


async def test_flaw_19_silence_is_noticed_by_unanswered_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PING_INTERVAL_S", 0.1)
    monkeypatch.setattr(module, "PING_TIMEOUT_S", 0.1)
    monkeypatch.setattr(module, "LOOK_AGAIN_S", 0.1)
    gone = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await asyncio.sleep(0.02)
        connection.transport.pause_reading()
        await gone.wait()

    async with server(handler, close_timeout=0.1, ping_interval=None) as url:
        stream = await open_stream(url)
        keepalive = asyncio.create_task(stream.keep_alive())
        _, loss = await lost(stream)
        gone.set()
        await keepalive

    assert loss.close_code == 1006


async def test_a_loop_that_stood_still_for_longer_than_a_pong_may_take_does_not_cost_the_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PING_INTERVAL_S", 0.01)
    monkeypatch.setattr(module, "PING_TIMEOUT_S", 0.05)
    pings = 0

    def handler(connection: SyncConnection) -> None:
        connection.recv()
        connection.recv()

    with in_thread(handler) as url:
        stream = await open_stream(url)
        ping = stream._socket.ping

        async def counted() -> Awaitable[float]:
            nonlocal pings
            pings += 1
            pong = await ping()
            time.sleep(0.1)  # noqa: ASYNC251 - it stands still while the pong is on its way
            return pong

        monkeypatch.setattr(stream._socket, "ping", counted)
        keepalive = asyncio.create_task(stream.keep_alive())
        while pings < 5:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
        assert not keepalive.done()
        keepalive.cancel()
        await stream.send("that is all")
        _, loss = await lost(stream)

    assert loss.close_code == 1000


async def test_who_is_heard_without_a_pong_is_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PING_INTERVAL_S", 0.01)
    monkeypatch.setattr(module, "PING_TIMEOUT_S", 0.1)

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await asyncio.sleep(0.02)
        connection.transport.pause_reading()
        for number in range(10):
            await connection.send(str(number))
            await asyncio.sleep(0.05)
        connection.transport.abort()

    async with server(handler, ping_interval=None) as url:
        stream = await open_stream(url)
        keepalive = asyncio.create_task(stream.keep_alive())
        frames, _ = await lost(stream)
        keepalive.cancel()

    assert len(frames) == 10


def test_the_real_bounds_notice_silence_within_25_s() -> None:
    assert module.PING_INTERVAL_S + module.PING_TIMEOUT_S + LOOK_AGAIN_S <= 25


async def test_the_servers_pings_are_answered_whoever_is_busy() -> None:
    answered = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await (await connection.ping())
        answered.set()

    async with server(handler) as url:
        stream = await open_stream(url)
        await asyncio.wait_for(answered.wait(), 30)  # Nobody reads its frames.
        await stream.close()


async def test_closing_says_goodbye_with_a_code() -> None:
    goodbye: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def handler(connection: ServerConnection) -> None:
        await stay(connection)
        goodbye.set_result(connection.close_code)

    async with server(handler) as url:
        await (await open_stream(url)).close()
        assert await asyncio.wait_for(goodbye, 30) == 1000


async def test_a_server_that_does_not_answer_a_goodbye_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSE_S", 0.1)
    gone = asyncio.Event()

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await asyncio.sleep(0.02)
        connection.transport.pause_reading()
        await gone.wait()

    async with server(handler, close_timeout=0.1) as url:
        stream = await open_stream(url)
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await stream.close()
        assert time.monotonic() - began < 10.0, "it never does"
        gone.set()


async def test_a_flood_does_not_starve_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 5_000

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        for _ in range(count):
            await connection.send("x" * 100)

    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with server(handler) as url:
        stream = await open_stream(url)
        neighbour = asyncio.create_task(other())
        frames, _ = await lost(stream)
        neighbour.cancel()

    assert len(frames) == count
    assert turns >= count // module._YIELD_EVERY - 1


# --- what stays inside ------------------------------------------------------------------------------------


async def test_no_log_of_ours_or_of_the_library_shows_token_or_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("websockets", "websockets.client", "websockets.protocol", "httpx", "httpcore", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)

    async def handler(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send("CANARY-TEXT")
        await connection.close(4001, "CANARY-REASON")

    async with server(handler, logger=logging.Logger("quiet", logging.CRITICAL)) as url:
        frames, _ = await lost(await open_stream(url))
        await refused("ws://127.0.0.1:1/")

    assert frames == [b"CANARY-TEXT"]
    assert not [
        record
        for record in caplog.records
        if "CANARY" in f"{record.getMessage()} {record.args!r} {record.exc_text}"
    ]


async def test_loopback_is_reached_past_any_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy", "socks_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async with server(stay) as url:
        await (await open_stream(url)).close()


async def test_no_socket_is_left_open_by_a_refusal() -> None:
    gone: asyncio.Queue[bool] = asyncio.Queue()

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(answer(403).replace(b"Connection: close\r\n", b""))
        await writer.drain()
        gone.put_nowait(await reader.read(-1) == b"")

    async with raw_server(serve_one) as port:
        await refused(f"ws://127.0.0.1:{port}/")
        assert await asyncio.wait_for(gone.get(), 30)
