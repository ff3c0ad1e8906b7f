"""How a stream ended, what that means for the next try, and how it is put in words.

The table of close codes is reference/realtime.md 4.3.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._wire.messaging_events import CLOSE_SESSION_EXPIRED, CLOSE_UNAUTHENTICATED


class StreamLoss(msgspec.Struct, frozen=True, kw_only=True):
    """How a stream ended, or why it could not be opened."""

    close_code: int | None = None
    """The WebSocket close code; 1006 when there was none."""
    failure: Failure | None = None
    """Why it could not be opened: a refused handshake, an unreachable host, a token that could not be had."""
    is_tls: bool = False
    """The server's certificate was not accepted."""


LossClass = Literal["transient", "expired", "reauthenticate", "fatal", "suspect", "poison"]

_FATAL_CODES = frozenset({1002, 1003, 1007, 1010})
_TRANSIENT_CODES = frozenset({1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014})
_TOO_LARGE_CODE = 1009


def classify(loss: StreamLoss) -> LossClass:
    """What to do about a loss."""
    if loss.is_tls:
        return "fatal"
    if loss.failure is not None:
        if loss.failure.kind == "authentication":
            return "reauthenticate"
        return "transient" if loss.failure.is_transient else "fatal"
    code = loss.close_code
    if code is None or code in _TRANSIENT_CODES:
        return "transient"
    if code in _FATAL_CODES:
        return "fatal"
    if code == _TOO_LARGE_CODE:
        return "poison"
    if code == CLOSE_SESSION_EXPIRED:
        return "expired"
    if code == CLOSE_UNAUTHENTICATED:
        return "reauthenticate"
    return "suspect"


def failure_of(loss: StreamLoss) -> Failure:
    """Why the stream has ended, in words."""
    if loss.failure is not None:
        return loss.failure
    code = loss.close_code
    if loss.is_tls:
        words = "The server's TLS certificate was not accepted."
    elif code == CLOSE_UNAUTHENTICATED:
        words = "The event stream refused the token. Check the OAuth client and its scopes."
    elif code == CLOSE_SESSION_EXPIRED:
        words = "The session has expired."
    elif code == _TOO_LARGE_CODE:
        words = "The event stream was closed over a message that is too large (1009)."
    else:
        words = f"The event stream was closed ({code})."
    return Failure(
        kind="authentication" if code == CLOSE_UNAUTHENTICATED else "unreachable",
        message=words,
        code=None if code is None else str(code),
    )
