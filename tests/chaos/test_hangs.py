"""A server that hangs: whatever the step, a call ends by its deadline, and at once when it is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ipygenesys._core.model.failures import ErrorDetails
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.rest import client as rest
from ipygenesys._io.rest.client import RestClient
from ipygenesys._io.stream import websocket as stream
from ipygenesys._io.stream.websocket import Stream, StreamError
from ipygenesys._protocols.flow import CallError, Request
from tests.io.servers import Serve, raw_server, read_head, shake_hands

DEADLINE_S = 0.3
"""In place of 30 s."""
CANCEL_S = 0.1
BACKLOG = 4
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n"


@pytest.fixture(autouse=True)
def handshakes_that_httpcore_leaves_to_the_collector(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """It closes the connection of a failed TLS handshake, but not of one that is cancelled from outside."""
    yield
    if "tls" in request.node.name:
        monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
        gc.collect()


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Nothing is ever said."""
    await reader.read(1)
    await asyncio.sleep(3600)


async def headers_never_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_head(reader)
    writer.write(HEAD)
    await asyncio.sleep(3600)


async def body_never_ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_head(reader)
    writer.write(HEAD + b"\r\n{")
    await asyncio.sleep(3600)


async def body_drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Each byte in time for every timeout between two bytes; only a total deadline ends this."""
    await read_head(reader)
    writer.write(HEAD + b"\r\n")
    while True:
        writer.write(b" ")
        await asyncio.sleep(0.01)


async def headers_drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_head(reader)
    for byte in HEAD * 1000:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.01)


HANGS: dict[str, Serve] = {
    "before the headers": silence,
    "in the headers": headers_never_end,
    "in the body": body_never_ends,
    "dripping headers": headers_drip,
    "dripping body": body_drips,
}
PLACES = ["connect", "tls", *HANGS]


@contextlib.contextmanager
def full_backlog() -> Iterator[str]:
    """A port that answers no more SYN: its queue of connections is full, and nobody accepts."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(BACKLOG):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@contextlib.asynccontextmanager
async def hanging(place: str) -> AsyncIterator[str]:
    """The base URL of a server that hangs there."""
    if place == "connect":
        with full_backlog() as address:
            yield f"http://{address}"
    elif place == "tls":
        async with raw_server(silence) as port:
            yield f"https://127.0.0.1:{port}"
    else:
        async with raw_server(HANGS[place]) as port:
            yield f"http://127.0.0.1:{port}"


@contextlib.asynccontextmanager
async def client_of(base_url: str) -> AsyncIterator[RestClient]:
    client = RestClient(base_url, clock=SystemClock(), decode_error=lambda _: ErrorDetails())
    try:
        yield client
    finally:
        await client.aclose()


async def cancelled_in_time(task: asyncio.Task[object]) -> bool:
    task.cancel()
    # Far from any deadline; how soon it is, a slow machine does not say: that is in `poe deadlines`.
    done, _ = await asyncio.wait({task}, timeout=20 * CANCEL_S)
    return task in done


@pytest.mark.parametrize("place", PLACES)
async def test_a_call_ends_by_its_deadline_whatever_hangs(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "TOTAL_S", DEADLINE_S)
    async with hanging(place) as base_url, client_of(base_url) as client:
        call = client.call(Request(method="GET", path="/", what="Hanging"), None)
        with pytest.raises(CallError) as caught:
            await asyncio.wait_for(call, 10 * DEADLINE_S)
    assert caught.value.failure.kind in ("lost", "unreachable")
    assert caught.value.failure.is_transient


@pytest.mark.parametrize("place", PLACES)
async def test_a_call_that_is_cancelled_ends_at_once_whatever_hangs(place: str) -> None:
    async with hanging(place) as base_url, client_of(base_url) as client:
        call = client.call(Request(method="POST", path="/", what="Hanging"), None)
        task: asyncio.Task[object] = asyncio.ensure_future(call)
        await asyncio.sleep(0.03)
        assert await cancelled_in_time(task)


async def test_an_upload_that_nobody_reads_ends_by_its_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "UPLOAD_S", DEADLINE_S)
    path = tmp_path / "big"
    path.write_bytes(bytes(20 << 20))
    file = OutgoingFile(path=str(path), name="big", media_type="image/png", size_bytes=20 << 20)

    async def unread(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(3600)

    async with raw_server(unread) as port, client_of(f"http://127.0.0.1:{port}") as client:
        put = client.put_file(f"http://127.0.0.1:{port}/", file, headers={}, on_progress=lambda _: None)
        with pytest.raises(CallError):
            await asyncio.wait_for(put, 10 * DEADLINE_S)


def opening(url: str) -> asyncio.Task[object]:
    frames = ('{"authenticate": 1}',)
    return asyncio.ensure_future(Stream.open(url, headers={}, first_frames=frames, now_epoch=0.0))


async def greets_and_hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A handshake, and never an answer to our first ping."""
    await shake_hands(reader, writer)
    await asyncio.sleep(3600)


@pytest.mark.parametrize("place", [*PLACES, "after the handshake"])
async def test_a_stream_that_does_not_open_is_given_up_and_can_be_cancelled(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "OPEN_S", DEADLINE_S)
    monkeypatch.setitem(HANGS, "after the handshake", greets_and_hangs)
    async with hanging(place) as base_url:
        url = base_url.replace("http", "ws", 1)
        with pytest.raises((StreamError, ssl.SSLError)):
            await asyncio.wait_for(opening(url), 10 * DEADLINE_S)
        task = opening(url)
        await asyncio.sleep(0.03)
        assert await cancelled_in_time(task)
