"""Small servers that misbehave in ways in which the simulator does not."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def raw_server(serve: Serve, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A TCP server that does with each connection what it is told; yields its port."""
    writers: list[asyncio.StreamWriter] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


async def read_head(reader: asyncio.StreamReader) -> bytes:
    """A request up to its empty line."""
    return await reader.readuntil(b"\r\n\r\n")


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP answer, the last one of its connection."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(*answers: bytes, seen: list[bytes] | None = None) -> Serve:
    """One answer after the other, the last one again and again; keeps the heads of the requests."""
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await read_head(reader)
        if seen is not None:
            seen.append(head)
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()

    return serve


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that nobody has reason to trust."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-days", "2", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """A server's side of the WebSocket handshake, by hand; whether the client takes packed frames."""
    head = await read_head(reader)
    takes_packed = b"permessage-deflate" in head
    key = next(
        line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:")
    ).split()[1]
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
    if takes_packed:
        writer.write(b"Sec-WebSocket-Extensions: permessage-deflate\r\n")
    writer.write(b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
    return takes_packed


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """A client's short frame: opcode and content."""
    head, length = await reader.readexactly(2)
    length &= 0x7F
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2), "big")
    mask, content = await reader.readexactly(4), await reader.readexactly(length)
    return head & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(content))


def frame(opcode: int, content: bytes) -> bytes:
    """A server's frame."""
    length = len(content)
    head = bytes([length]) if length < 126 else bytes([127]) + length.to_bytes(8, "big")
    return bytes([0x80 | opcode]) + head + content
