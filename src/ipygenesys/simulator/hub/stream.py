"""Sends to one WebSocket in order, and lets faults do to it what networks do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from aiohttp import WSMsgType, web

from ipygenesys._wire.messaging_events import CLOSE_SESSION_EXPIRED
from ipygenesys.simulator.faults.kinds import Clear, Drop, Fault, HalfOpen

if TYPE_CHECKING:
    from ipygenesys.simulator.faults.active import Faults
    from ipygenesys.simulator.state.clock import Clock
    from ipygenesys.simulator.state.conversation import Event, Side

YIELD_EVERY = 50
"""Frames; a long queue that never has to wait would keep everybody else from their turn."""

Frame = tuple[str, bytes]
"""The event type (message, typing, …; the same words on all wires) and the JSON text of a frame."""

_Item = tuple[float, WSMsgType, bytes]


class Stream:
    """One client's socket after its handshake; all methods return at once, a task does the sending."""

    def __init__(
        self,
        number: int,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        *,
        protocol: str,
        clock: Clock,
        faults: Callable[[], Faults],
        encode: Callable[[Event], Sequence[Frame]],
        side: Side = "customer",
    ) -> None:
        self.number = number
        self.protocol = protocol
        self.side = side
        """Who the client is in the conversation."""
        self.conversation_id: str | None = None
        """The only one that it hears of; None: it hears of all."""
        self.closed_by: str | None = None
        """What ended the stream, if it was this side."""
        self.close_code: int | None = None
        self._socket = socket
        self._transport = transport
        self._clock = clock
        self._faults = faults
        self._encode = encode
        self._queue: asyncio.Queue[_Item] = asyncio.Queue()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._held: bytes | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}

    # --- what is sent

    def send_event(self, event: Event) -> None:
        """Sends the frames that this wire has for an event."""
        for event_type, content in self._encode(event):
            self.send_frame(event_type, content)

    def send_frame(self, event_type: str, content: bytes) -> None:
        """Sends an event's frame through the faults that are on."""
        reorder = self._faults().reorder
        if reorder is None or reorder.event_type not in (None, event_type):
            if reorder is None:
                self._release()
            self._send_frame(content)
        elif self._held is None:
            self._held = content
            self._later("held", reorder.hold_s, self._release)
        else:
            self._send_frame(content)
            self._release()

    def send_raw(self, content: str | bytes) -> None:
        """Sends text or a binary frame as it is."""
        if isinstance(content, str):
            self._put(WSMsgType.TEXT, content.encode())
        else:
            self._put(WSMsgType.BINARY, content)

    def pong(self, payload: bytes) -> None:
        """Answers a ping."""
        self._put(WSMsgType.PONG, payload)

    def _send_frame(self, content: bytes) -> None:
        for _ in range(2 if self._faults().duplicate else 1):
            self._put(WSMsgType.TEXT, content)

    def _release(self) -> None:
        self._cancel("held")
        held, self._held = self._held, None
        if held is not None:
            self._send_frame(held)

    def _put(self, kind: WSMsgType, content: bytes) -> None:
        self._queue.put_nowait((self._clock.now() + self._faults().delay_s, kind, content))

    # --- how it ends

    def close(self, code: int, reason: str) -> None:
        """Closes after what is queued; a half-open stream can only be cut."""
        self.closed_by, self.close_code = self.closed_by or "server", self.close_code or code
        if not self._flowing.is_set():
            self.abort()
            return
        self._put(WSMsgType.CLOSE, code.to_bytes(2, "big") + reason.encode())

    def abort(self) -> None:
        """Cuts the connection: the client sees no close frame."""
        self.closed_by = self.closed_by or "server"
        if self._transport is not None:
            self._transport.abort()

    def expire_session(self) -> None:
        """Ends as this wire does when the token's life is over; here as the tutorial says."""
        self.close(CLOSE_SESSION_EXPIRED, "session expired")

    def is_for(self, owner: object) -> bool:
        """Whether the client is there for this guest's session or this channel."""
        return False

    def lapse(self) -> None:
        """The time of what the client is there for is over."""

    def expire_at(self, epoch_s: float) -> None:
        """Sets when the session expires."""
        self._later("session", max(0.0, epoch_s - self._clock.now()), self.expire_session)

    # --- what goes wrong

    def strike(self, fault: Fault) -> None:
        """Does what a fault asks for at once; a wire adds what only its protocol knows."""
        match fault:
            case Drop(code=None):
                self.abort()
            case Drop(code=int(code), reason=reason):
                self.close(code, reason)
            case HalfOpen(seconds=seconds):
                self.freeze(seconds)
            case Clear():
                self.thaw()
            case _:
                pass

    def freeze(self, seconds: float | None) -> None:
        """Sends nothing until thawed: what is queued waits, as behind a network that has gone silent."""
        self._flowing.clear()
        if seconds is not None:
            self._later("freeze", seconds, self.thaw)

    def thaw(self) -> None:
        """Sends again, beginning with what has waited."""
        self._cancel("freeze")
        self._flowing.set()

    @property
    def is_frozen(self) -> bool:
        """Whether nothing is sent now."""
        return not self._flowing.is_set()

    @property
    def is_connected(self) -> bool:
        """Whether the connection is still there, as far as this side knows."""
        return self._transport is not None and not self._transport.is_closing()

    # --- the task

    async def write(self) -> None:
        """Sends what is queued until the stream is closed or the task cancelled."""
        sent = 0
        try:
            while True:
                due, kind, content = await self._queue.get()
                if (wait_s := due - self._clock.now()) > 0:
                    await asyncio.sleep(wait_s)
                await self._flowing.wait()
                if kind is WSMsgType.CLOSE:
                    await self._socket.close(code=int.from_bytes(content[:2], "big"), message=content[2:])
                    return
                await self._socket.send_frame(content, kind)
                sent += 1
                if sent % YIELD_EVERY == 0:
                    await asyncio.sleep(0)
        except ConnectionError:
            self.abort()
        finally:
            for timer in self._timers.values():
                timer.cancel()

    def _later(self, name: str, seconds: float, do: Callable[[], None]) -> None:
        self._cancel(name)
        self._timers[name] = asyncio.get_running_loop().call_later(seconds, do)

    def _cancel(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()
