"""The errors that users see, one tree.

    GenesysError
    ├── AuthenticationError   401: the credentials or the token were refused
    ├── PermissionDenied      403: names the missing scope or permission
    ├── RateLimited           429: ``retry_after`` seconds
    ├── NotFound              404
    ├── ProtocolError         the server answered something that this protocol does not know
    ├── ConnectionFailed      the server cannot be reached, or stays silent
    ├── DeliveryFailed        a message was refused or given up; it was not sent
    └── DeliveryUnknown       a message's answer was lost, and history does not show it (yet)

None of them holds a secret, a token or message text.
"""

from __future__ import annotations

from ipygenesys._core.model.failures import Failure, FailureKind


class GenesysError(Exception):
    """Something went wrong between us and Genesys Cloud."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        correlation_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(
            message if correlation_id is None else f"{message} (correlation id {correlation_id})"
        )
        self.status = status
        """The HTTP status, if there was one."""
        self.code = code
        """The server's own code, such as ``too.many.requests.retry.after``."""
        self.correlation_id = correlation_id
        """Genesys' support asks for it."""
        self.retry_after = retry_after
        """Seconds until trying again makes sense, if the server said so."""


class AuthenticationError(GenesysError):
    """The credentials or the token were refused (401)."""


class PermissionDenied(GenesysError):
    """A scope or a permission is missing (403); the message names it."""


class RateLimited(GenesysError):
    """Too many requests (429); see ``retry_after``."""


class NotFound(GenesysError):
    """No such conversation, message or path (404)."""


class ProtocolError(GenesysError):
    """The server answered something that this protocol does not know."""


class ConnectionFailed(GenesysError):
    """The server cannot be reached, or stays silent."""


class DeliveryFailed(GenesysError):
    """A message was refused or given up; it was not sent. ``chat.retry(delivery)`` sends it again."""


class DeliveryUnknown(GenesysError):
    """A message's answer was lost, and history does not show it: nobody knows yet whether it was sent."""


_CLASSES: dict[FailureKind, type[GenesysError]] = {
    "authentication": AuthenticationError,
    "credentials": AuthenticationError,
    "permission": PermissionDenied,
    "not_found": NotFound,
    "unsupported": ProtocolError,
    "rate_limited": RateLimited,
    "rejected": ProtocolError,
    "unavailable": ConnectionFailed,
    "unreachable": ConnectionFailed,
    "lost": ConnectionFailed,
    "protocol": ProtocolError,
    "cancelled": GenesysError,
}


def error_from(failure: Failure, as_class: type[GenesysError] | None = None) -> GenesysError:
    """The error that a failure is to the user."""
    return (as_class or _CLASSES[failure.kind])(
        failure.message,
        status=failure.status,
        code=failure.code,
        correlation_id=failure.correlation_id,
        retry_after=failure.retry_after_s,
    )
