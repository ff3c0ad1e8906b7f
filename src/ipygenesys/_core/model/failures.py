"""What can go wrong, as values: the core never raises, the public API turns these into errors."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

FailureKind = Literal[
    "authentication",
    "credentials",
    "permission",
    "not_found",
    "unsupported",
    "rate_limited",
    "rejected",
    "unavailable",
    "unreachable",
    "lost",
    "protocol",
    "cancelled",
]

Cause = (
    FailureKind
    | Literal[
        "ended",
        "expired",
        "expiring",
        "cleared",
        "elsewhere",
        "inactive",
        "too_long",
        "bad_file",
        "too_many_files",
        "not_kept",
        "too_large",
        "internal",
        "handler",
    ]
)
"""What the view has words for in every language: a kind of failure, or what a user should know more exactly."""

HELD_BACK_CODE = "held_back"
"""Of the failure that is ours, see ``rest_budget.py``."""

_CAUSE_OF_CODE: dict[str | None, Cause] = {
    "read.only": "ended",
    "4006": "expired",
    "cleared.elsewhere": "cleared",
    "signed.in.elsewhere": "elsewhere",
    "connection.closed": "elsewhere",
    "deployment.inactive": "inactive",
    "4017": "authentication",
    "text.too.long": "too_long",
    "4011": "too_long",
    "4001": "bad_file",
    "4002": "bad_file",
    "4003": "bad_file",
    "4004": "bad_file",
    "4005": "bad_file",
    "4102": "bad_file",
    "file.empty": "bad_file",
    "media.invalid": "bad_file",
}


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call or a stream did not work, without any content or secret."""

    kind: FailureKind
    message: str
    """What happened and the cure, in words."""
    status: int | None = None
    """The HTTP status."""
    code: str | None = None
    """The server's own code, such as ``too.many.requests.retry.after``."""
    correlation_id: str | None = None
    retry_after_s: float | None = None

    @property
    def cause(self) -> Cause:
        """In one word, what happened."""
        return _CAUSE_OF_CODE.get(self.code, self.kind)

    @property
    def is_transient(self) -> bool:
        """Trying again later may help."""
        return self.kind in ("rate_limited", "unavailable", "unreachable", "lost")

    @property
    def was_held_back(self) -> bool:
        """Our own budget of calls did it: nothing was sent, so that asking again repeats nothing."""
        return self.code == HELD_BACK_CODE and self.status is None

    @property
    def may_have_been_carried_out(self) -> bool:
        """Nobody knows what became of the call: its answer was lost, or the server broke over it."""
        is_server_error = self.kind == "unavailable" and self.status not in (None, 408, 503)
        return self.kind == "lost" or is_server_error


class ErrorDetails(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of an error answer that are safe to keep: the server's words may quote content, so they are not."""

    code: str | None = None
    correlation_id: str | None = None
    permissions: tuple[str, ...] = ()
    """Scopes and permissions that the answer names."""


_PERMISSION = re.compile(r"\b[a-z][\w-]*(?::[\w*-]+){1,2}\b", re.ASCII | re.IGNORECASE)
_ANY_PERMISSION = "missing.any.permissions"
"""One of those that the answer names is enough. Source: protocols/genesys.md 4."""
_KIND: dict[int, FailureKind] = {
    401: "authentication",
    403: "permission",
    404: "not_found",
    405: "unsupported",
    408: "unavailable",
    429: "rate_limited",
    502: "lost",
    503: "unavailable",
    504: "lost",
}


def permissions_in(words: str) -> tuple[str, ...]:
    """Names that look like ``messaging:write`` or ``conversation:message:create``, in order, once each."""
    return tuple(dict.fromkeys(_PERMISSION.findall(words[:4096])))


def failure_of_status(
    status: int, *, what: str, details: ErrorDetails, needs: tuple[str, ...], retry_after_s: float | None
) -> Failure:
    """Name the failure behind an HTTP status.

    502 and 504 come from something in front of the server: whether the call was carried out is not known.

    Args:
        status: not a 2xx.
        what: the call in words, such as "marking a message read".
        details: what the answer says.
        needs: the scopes that the call needs, for when the answer names none.
        retry_after_s: from the answer's headers, clamped.
    """
    kind = _KIND.get(status) or (
        "unavailable" if status >= 500 else "protocol" if status < 400 else "rejected"
    )
    separator = " or " if details.code == _ANY_PERMISSION else ", "
    named = separator.join(details.permissions or needs) or "unknown"
    words = {
        "credentials": f"{what}: the credentials were refused ({status}).",
        "authentication": f"{what}: the token was refused (401). Connect again with valid credentials.",
        "permission": f"{what}: not allowed (403). Missing scope or permission: {named}. Add it to the OAuth client.",
        "not_found": f"{what}: not found (404). Check the conversation id and the region.",
        "unsupported": f"{what}: this server does not offer it (405).",
        "rate_limited": f"{what}: too many requests (429).",
        "unavailable": f"{what}: the server is not available ({status}).",
        "lost": f"{what}: no answer from the server ({status}).",
        "rejected": f"{what}: refused by the server ({status}{f', {details.code}' if details.code else ''}).",
        "protocol": f"{what}: the server redirects elsewhere ({status}), which is refused. Check the base URL.",
    }
    return Failure(
        kind=kind,
        message=words[kind],
        status=status,
        code=details.code,
        correlation_id=details.correlation_id,
        retry_after_s=retry_after_s,
    )
