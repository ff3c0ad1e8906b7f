"""A TCP proxy that misbehaves: between a client and the simulator, on real sockets.

Own code, because none is kept: PyPI's only one (toxiproxy-python) drives a separate program and is from 2019. The kinds
of trouble are Toxiproxy's. They apply to every connection, from the moment at which they are set.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

PIECE = 65536


@dataclass(frozen=True)
class Trouble:
    """What happens to the bytes of one direction."""

    latency_s: float = 0.0
    bytes_per_s: float = 0.0
    """0: as many as will go."""
    slice_bytes: int = 0
    """Pieces no longer than this, each sent on its own; 0: as they come."""
    slice_pause_s: float = 0.0
    is_blackhole: bool = False
    """Bytes are taken and never arrive; the connection stays: half open."""
    is_unread: bool = False
    """Bytes are not even taken: who sends them fills the buffers and waits."""
    reset_after: int | None = None
    """Bytes that still get through; then both ends are reset."""
    close_after_s: float = 0.0
    """An end of this direction is passed on that much later."""


CLEAR = Trouble()


@dataclass
class ChaosProxy:
    """Where to connect instead of the server, and what happens on the way."""

    host: str
    port: int
    up: Trouble = CLEAR
    """From the client to the server."""
    down: Trouble = CLEAR
    refuses: bool = False
    """New connections are reset."""
    accepted: int = 0
    carried: int = 0
    """Bytes that have arrived at the client."""
    own_port: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _streams: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.own_port}"

    def trouble(self, direction: str = "both", **what: object) -> None:
        """From now on; what was set before in that direction is over."""
        if direction in ("up", "both"):
            self.up = replace(CLEAR, **what)  # type: ignore[arg-type]
        if direction in ("down", "both"):
            self.down = replace(CLEAR, **what)  # type: ignore[arg-type]
        self._changed.set()
        self._changed = asyncio.Event()

    def clear(self) -> None:
        """Everything works again; bytes that were swallowed stay lost."""
        self.refuses = False
        self.trouble()

    def reset_all(self) -> None:
        """Cut every connection as a crashing host does: no goodbye, a RST."""
        for stream in list(self._streams):
            _reset(stream)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        if self.refuses:
            _reset(writer)
            return
        try:
            server_reader, server_writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            _reset(writer)
            return
        ends = {writer, server_writer}
        self._streams |= ends
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, server_writer, writer, "up"))
                group.create_task(self._carry(server_reader, writer, server_writer, "down"))
        except* (ConnectionError, OSError):
            for end in ends:
                _reset(end)
        finally:
            self._streams -= ends
            for end in ends:
                end.close()

    async def _carry(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        back: asyncio.StreamWriter,
        direction: str,
    ) -> None:
        """One direction of one connection, to its end."""
        while True:
            await self._until(direction, lambda trouble: not trouble.is_unread)
            if not (data := await source.read(PIECE)):
                break
            trouble = self._now(direction)
            if trouble.latency_s:
                await asyncio.sleep(trouble.latency_s)
            for piece in _sliced(data, trouble.slice_bytes):
                await self._pass_on(piece, target, back, direction)
        await asyncio.sleep(self._now(direction).close_after_s)
        await self._until(direction, lambda trouble: not trouble.is_blackhole)
        if target.can_write_eof() and not target.is_closing():
            target.write_eof()

    async def _pass_on(
        self, piece: bytes, target: asyncio.StreamWriter, back: asyncio.StreamWriter, direction: str
    ) -> None:
        trouble = self._now(direction)
        if trouble.is_blackhole:
            return
        if (left := trouble.reset_after) is not None:
            piece = piece[:left]
            setattr(self, direction, replace(trouble, reset_after=left - len(piece)))
        target.write(piece)
        await target.drain()
        if direction == "down":
            self.carried += len(piece)
        if left is not None and left <= len(piece):
            setattr(self, direction, CLEAR)  # Once.
            await asyncio.sleep(0.02)  # What was written goes out before the reset.
            _reset(target)
            _reset(back)
            raise ConnectionResetError
        pause = trouble.slice_pause_s + (len(piece) / trouble.bytes_per_s if trouble.bytes_per_s else 0.0)
        if pause:
            await asyncio.sleep(pause)

    def _now(self, direction: str) -> Trouble:
        trouble: Trouble = getattr(self, direction)
        return trouble

    async def _until(self, direction: str, is_over: object) -> None:
        while not is_over(self._now(direction)):  # type: ignore[operator]
            await self._changed.wait()


def _sliced(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)] if size else [data]


def _reset(end: asyncio.StreamWriter) -> None:
    """A RST instead of a FIN."""
    raw = end.get_extra_info("socket")
    if raw is not None and not end.is_closing():
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.transport.abort()


@contextlib.asynccontextmanager
async def chaos_proxy(server_url: str) -> AsyncIterator[ChaosProxy]:
    """A proxy in front of a server, with nothing wrong yet."""
    parts = urlsplit(server_url)
    proxy = ChaosProxy(parts.hostname or "", parts.port or 0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        proxy._tasks.add(task)
        try:
            await proxy._serve(reader, writer)
        except asyncio.CancelledError:
            pass  # At the end; asyncio's server would log it.
        finally:
            proxy._tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.own_port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        tasks = list(proxy._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
