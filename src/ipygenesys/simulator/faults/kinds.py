"""Defines the kinds of faults, as the control plane names them."""

from __future__ import annotations

import math
from email.utils import formatdate
from typing import Annotated, Any, get_args

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


class _Fault(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Base of all kinds; a misspelt option is an error, not a test that passes by accident."""


class Drop(_Fault, frozen=True, kw_only=True, tag="drop"):
    """Cuts every open stream; with ``code`` by a close frame instead of an abort."""

    code: Annotated[int, msgspec.Meta(ge=1000, le=4999)] | None = None
    reason: str = ""


class HalfOpen(_Fault, frozen=True, kw_only=True, tag="half_open"):
    """The open streams stay but nothing is sent on them, pongs included; after ``seconds`` all of it arrives."""

    seconds: Seconds | None = None


class Refuse(_Fault, frozen=True, kw_only=True, tag="refuse"):
    """New streams are refused by ``status`` (0: the connection is cut), for a time, a count, or until cleared."""

    seconds: Seconds | None = None
    count: Count | None = None
    status: int = 503


class ExpireToken(_Fault, frozen=True, kw_only=True, tag="expire_token"):
    """Every token becomes invalid; the tutorial's streams are closed with 4001, notification sockets are told."""


class RateLimit(_Fault, frozen=True, kw_only=True, tag="rate_limit"):
    """The next ``count`` calls get 429. A string ``retry_after`` is passed on as it is, null leaves the header out."""

    path: str | None = None
    method: str | None = None
    count: Count = 1
    retry_after: float | str | None = 1
    retry_after_date: float | None = None
    """Seconds from now, written as an HTTP-date; wins over ``retry_after``."""


class Error(_Fault, frozen=True, kw_only=True, tag="error"):
    """The next ``count`` calls get ``status`` and are not executed."""

    status: Annotated[int, msgspec.Meta(ge=400, le=599)]
    path: str | None = None
    method: str | None = None
    count: Count = 1
    code: str | None = None
    message: str | None = None


class LoseAnswer(_Fault, frozen=True, kw_only=True, tag="lose_answer"):
    """The next ``count`` calls are executed, and the connection is cut instead of answered."""

    path: str | None = None
    method: str | None = None
    count: Count = 1


class Duplicate(_Fault, frozen=True, kw_only=True, tag="duplicate"):
    """While on, each frame is sent twice."""

    on: bool = True


class Reorder(_Fault, frozen=True, kw_only=True, tag="reorder"):
    """While on, adjacent frames change places; a frame that nothing follows is held for ``hold_s`` only."""

    on: bool = True
    event_type: str | None = None
    """Only frames of this type change places."""
    hold_s: Seconds = 0.25


class Garbage(_Fault, frozen=True, kw_only=True, tag="garbage"):
    """Sends frames that no client should choke on; ``only`` picks some by name, ``bytes`` adds a big one."""

    only: list[str] | None = None
    bytes: Annotated[int, msgspec.Meta(ge=1, le=64 * 1024 * 1024)] | None = None


class Delay(_Fault, frozen=True, kw_only=True, tag="delay"):
    """Adds ``ms`` to every frame and every answer, order kept."""

    ms: Annotated[float, msgspec.Meta(ge=0, le=600_000)]


class Clear(_Fault, frozen=True, kw_only=True, tag="clear"):
    """Everything works again, half-open streams included."""


class SocketClosing(_Fault, frozen=True, kw_only=True, tag="socket_closing"):
    """Notification sockets are told that they close in ``seconds``, and then they do; the channels live on."""

    seconds: Seconds | None = None
    """None: a minute."""


class NoLongerSubscribed(_Fault, frozen=True, kw_only=True, tag="no_longer_subscribed"):
    """Notification channels lose their topics and are told so."""


class TokenRevoked(_Fault, frozen=True, kw_only=True, tag="token_revoked"):
    """The tokens of all notification channels are revoked; their sockets are told so and end."""


class SessionExpired(_Fault, frozen=True, kw_only=True, tag="session_expired"):
    """The guests' sessions expire now."""


class SessionCleared(_Fault, frozen=True, kw_only=True, tag="session_cleared"):
    """The guests' sessions are cleared from elsewhere: SessionClearedEvent, ConnectionClosedEvent."""


class ConnectionClosed(_Fault, frozen=True, kw_only=True, tag="connection_closed"):
    """The guests' connections are closed for a reason: none (too many connections) or ``signedIn``."""

    reason: str | None = None


class Logout(_Fault, frozen=True, kw_only=True, tag="logout"):
    """The signed-in guests are logged out: LogoutEvent."""


Fault = (
    SocketClosing
    | NoLongerSubscribed
    | TokenRevoked
    | SessionExpired
    | SessionCleared
    | ConnectionClosed
    | Logout
    | Drop
    | HalfOpen
    | Refuse
    | ExpireToken
    | RateLimit
    | Error
    | LoseAnswer
    | Duplicate
    | Reorder
    | Garbage
    | Delay
    | Clear
)


def parse_fault(params: dict[str, Any]) -> Fault:
    """The fault that a control call describes.

    Raises:
        ValueError: naming what is wrong.
    """
    kinds = [kind.__struct_config__.tag for kind in get_args(Fault)]
    if (kind := params.get("kind")) not in kinds:
        raise ValueError(f"unknown kind {kind!r}; there is {', '.join(kinds)}")
    try:
        fault: Fault = msgspec.convert(params, Fault)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    return fault


def retry_after_header(fault: RateLimit, now: float) -> str | None:
    """The header's value in the form that the fault asks for."""
    if fault.retry_after_date is not None:
        return formatdate(now + fault.retry_after_date, usegmt=True)
    if fault.retry_after is None or isinstance(fault.retry_after, str):
        return fault.retry_after
    if math.isfinite(fault.retry_after) and fault.retry_after == int(fault.retry_after):
        return str(int(fault.retry_after))
    return str(fault.retry_after)
