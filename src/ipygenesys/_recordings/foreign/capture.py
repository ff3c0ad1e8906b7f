"""What a tool has captured of a browser: its sockets with their messages, its calls with their answers.

Messages stay in the file's own bytes until somebody wants them: a file of a gigabyte is mapped, not read.
"""

from __future__ import annotations

import datetime as dt
import math
import mmap
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import msgspec

from ipygenesys._protocols.tolerant import LATEST_TIME_MS, time_ms_of
from ipygenesys._recordings.coding import NoRecording

Data = bytes | mmap.mmap
"""All of a file."""
UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)


class Payload(NamedTuple):
    """What a message says."""

    data: str
    is_base64: bool


class Captured(Protocol):
    """How a tool writes a message."""

    @property
    def payload(self) -> Payload:
        """What it says."""


class Frame(NamedTuple):
    """One message of a socket, in the order of the file."""

    at_s: float | None
    """Seconds since the epoch; None: the tool does not say."""
    is_ours: bool
    """From the browser to the server."""
    raw: msgspec.Raw
    kind: type[Captured]

    @property
    def payload(self) -> Payload:
        """What it says, read now; nothing where that cannot be read."""
        try:
            return msgspec.json.decode(self.raw, type=self.kind).payload
        except UNREADABLE:
            return Payload("", is_base64=False)


class Socket(msgspec.Struct, kw_only=True):
    """A WebSocket, from its handshake on."""

    url: str
    started_s: float | None = None
    ended_s: float | None = None
    frames: list[Frame] = []
    code: int | None = None
    reason: str = ""
    is_ours: bool = False
    """The browser has closed it."""
    error: str | None = None
    """It could not be opened."""

    @property
    def begin_s(self) -> float:
        """When it was opened, or said its first words, as far as the tool tells."""
        said_s = next((frame.at_s for frame in self.frames if frame.at_s is not None), None)
        return self.started_s or said_s or 0.0

    @property
    def end_s(self) -> float:
        """When it ended, or said its last words, likewise."""
        return max(self.ended_s or 0.0, *(frame.at_s or 0.0 for frame in self.frames[-1:]), self.begin_s)


class Call(msgspec.Struct, kw_only=True):
    """An HTTP call with its answer."""

    at_s: float | None
    took_s: float = 0.0
    method: str
    url: str
    status: int | None
    read: Callable[[], str | None] = lambda: None
    """The body of its answer, as far as the tool has kept it."""


class Capture(msgspec.Struct, kw_only=True):
    """One file."""

    tool: str
    """Who made it, for people."""
    sockets: list[Socket]
    calls: list[Call] = []


_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))


def epoch_s(value: object) -> float | None:
    """Seconds since the epoch, of a number whose size tells its unit.

    Above 1e17 it is nanoseconds, above 1e14 microseconds, above 1e11 milliseconds, above 1e8 seconds. What is smaller is no
    moment: a monotonic clock, -1 for none, a date of 1970.
    """
    if isinstance(value, str):
        time_ms = time_ms_of(value)
        value = None if time_ms is None else time_ms / 1000
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    seconds = value / next((unit for least, unit in _UNITS if value > least), 1)
    return seconds if 1e8 < seconds <= LATEST_TIME_MS / 1000 else None


def written(at_s: float) -> str:
    """Seconds since the epoch as browsers write them: ISO 8601 in UTC, to the millisecond."""
    at = dt.datetime.fromtimestamp(round(at_s, 3), tz=dt.UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_of(milliseconds: object) -> float:
    """A duration that a tool gives in milliseconds; 0 where it gives none."""
    is_number = isinstance(milliseconds, int | float) and math.isfinite(milliseconds)
    return max(float(milliseconds), 0.0) / 1000 if is_number else 0.0  # type: ignore[arg-type]


def plain(data: Data) -> memoryview:
    """A text that may be mapped, without the mark that Windows' editors put first, and without copying it."""
    return memoryview(data)[3 if data[:3] == b"\xef\xbb\xbf" else 0 :]


def lines_of(data: Data) -> Iterator[memoryview]:
    """The lines of a text that may be mapped, without their ends and without copying them."""
    view, start = memoryview(data), len(data) - len(plain(data))
    while start < len(view):
        stop = data.find(b"\n", start)
        stop = len(view) if stop < 0 else stop
        if stop > start:
            yield view[start:stop]
        start = stop + 1


def unreadable(name: str, what: str) -> NoRecording:
    """The error of a file that is not what it looked like."""
    return NoRecording(f"{name} is damaged: {what}.")
