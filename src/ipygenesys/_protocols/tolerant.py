"""Reads what any server says: JSON with half an emoji, ids, names, times; all bounded."""

from __future__ import annotations

import datetime as dt
import re
from typing import TypeVar

import msgspec

from ipygenesys._core.model.failures import ErrorDetails, permissions_in
from ipygenesys._wire.messaging_events import ErrorBody

T = TypeVar("T")

MAX_FRAME_BYTES = 1 << 20
"""A larger frame is not read; history has what it said. Source: reference/realtime.md 4.4."""
MAX_ID_CHARACTERS = 128
MAX_NAME_CHARACTERS = 256
"""Chosen: longer names of people and files are cut."""
LATEST_TIME_MS = 253_402_300_799_999
"""The end of the year 9999: what a calendar can show."""
UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
"""What ``decode`` raises for what is not of the type that was asked for."""

_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair
    rb"|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"  # half a pair
    rb"|\\."  # any other escape, a backslash included
)


def decode(data: str | bytes | msgspec.Raw, type_: type[T]) -> T:
    """Decode JSON; half a surrogate pair, which JavaScript writes for half an emoji, becomes U+FFFD."""
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        whole = _LONE_SURROGATE.sub(
            lambda match: b"\\ufffd" if match[1] else match[0],
            data.encode() if isinstance(data, str) else bytes(data),
        )
        return msgspec.json.decode(whole, type=type_)


def is_id(id_: str | None) -> bool:
    """Whether this can name something, in a frame and in a path."""
    return id_ is not None and 0 < len(id_) <= MAX_ID_CHARACTERS and id_ not in (".", "..")


def name_of(name: str | None) -> str | None:
    """A name of bearable length."""
    return name[:MAX_NAME_CHARACTERS] if name else None


def time_ms_of(timestamp: str | None) -> int | None:
    """Milliseconds since the epoch; None for what is no time."""
    if timestamp is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(timestamp)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        time_ms = round(aware.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
    return time_ms if 0 <= time_ms <= LATEST_TIME_MS else None


def error_details(body: bytes) -> ErrorDetails:
    """What an error answer of the Platform API says; nothing for what is none."""
    try:
        error = decode(body[:65536], ErrorBody)
    except UNREADABLE:
        return ErrorDetails()
    named = permissions_in(" ".join([error.message, *(str(detail) for detail in error.errors[:20])]))
    return ErrorDetails(
        code=error.code[:128] or None, correlation_id=error.context_id[:128] or None, permissions=named
    )
