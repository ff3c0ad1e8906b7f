"""Defines Genesys' REST errors: status, code, words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ipygenesys.simulator.faults.kinds import Error, RateLimit, retry_after_header

NO_USER = (
    "This request requires a user context. "
    "Client credentials cannot be used for requests that require a user context."
)
MALFORMED = "The request could not be understood by the server due to malformed syntax."
"""Source: the 400 of all operations in Genesys' API definition, as its command line quotes it."""
TOO_MANY = "too.many.requests.retry.after"
"""Source: Genesys' own error code, transport-mobile-sdk ErrorCode."""


class ApiError(Exception):
    """An answer in Genesys' error shape."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: list[Any] | None = None,
        retry_after: str | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message
        self.details = details or []
        self.headers = {} if retry_after is None else {"Retry-After": retry_after}


def malformed(field: str = "") -> ApiError:
    """The error of a body that is missing, is no JSON, or has something else in a field than it should."""
    details = [{"errorCode": "invalid.value", "fieldName": field}] if field else []
    return ApiError(400, "bad.request", MALFORMED, details=details)


def missing_permissions(permissions: Iterable[str], *, details: list[Any] | None = None) -> ApiError:
    """The error that names the permissions of which one is needed. Source: S18."""
    message = (
        "Unable to perform the requested action. "
        f"You must have at least one of the following permissions assigned: {', '.join(permissions)}"
    )
    return ApiError(403, "missing.any.permissions", message, details=details)


def too_many(seconds: float) -> ApiError:
    """The error of a real rate limit."""
    wait = max(1, math.ceil(seconds))
    message = f"Rate limit exceeded the maximum. Retry the request in [{wait}] seconds"
    return ApiError(429, TOO_MANY, message, retry_after=str(wait))


def fault_error(fault: RateLimit | Error, now: float) -> ApiError:
    """The error that a fault asks for."""
    if isinstance(fault, RateLimit):
        value = retry_after_header(fault, now)
        message = f"Rate limit exceeded the maximum. Retry the request in [{value}] seconds"
        return ApiError(429, TOO_MANY, message, retry_after=value)
    code = fault.code or {401: "bad.credentials", 403: "missing.any.permissions", 404: "not.found"}.get(
        fault.status, "internal.server.error" if fault.status >= 500 else "bad.request"
    )
    return ApiError(fault.status, code, fault.message or "The simulator was told to answer like this.")
