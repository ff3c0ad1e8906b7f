"""What redis-py may raise, in the words of a failure."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable
from typing import TypeVar

from redis import exceptions

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.relay.redis.cancelling import heeding

T = TypeVar("T")


class RedisError(Exception):
    """Something could not be had of Redis.

    Args:
        failure: why, in words.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


async def guarded(command: Awaitable[T]) -> T:
    """Its result.

    Raises:
        RedisError: in place of whatever redis-py raises.
    """
    try:
        return await heeding(command)
    except (TimeoutError, exceptions.RedisError, OSError) as error:
        raise RedisError(failure_of(error)) from None


def failure_of(error: BaseException) -> Failure:
    """In words; never with what was said, nor with the address, which may hold a password."""
    name = type(error).__name__
    if isinstance(error, exceptions.NoPermissionError):
        words = "Redis does not let this user do that: its ACL lacks a right. Ask whoever runs the relay."
        return Failure(kind="permission", message=words, code="relay.acl")
    if isinstance(error, exceptions.AuthenticationError):
        words = "Redis refused the user name or the password in the relay's URL."
        return Failure(kind="credentials", message=words)
    because = error.__cause__ or error.__context__
    if isinstance(because, ssl.SSLError) and (of_tls := _of_tls(because)):
        return Failure(kind="protocol", message=of_tls, code="relay.tls")
    if isinstance(error, exceptions.ConnectionError | exceptions.TimeoutError | OSError):
        why = because.strerror if isinstance(because, OSError) and because.strerror else name
        return Failure(kind="unreachable", message=f"Redis cannot be reached ({why}).")
    return Failure(kind="unavailable", message=f"Redis cannot do that now ({name}).", status=503)


def _of_tls(error: ssl.SSLError) -> str | None:
    """Why it will not do, however often it is tried; None: it may have been the line."""
    if isinstance(error, ssl.SSLCertVerificationError):
        cure = "if it is one of your own, name its CA in the URL (?ssl_ca_certs=FILE)"
        return f"The certificate of Redis was not accepted ({error.verify_message.rstrip('.')}): {cure}."
    match error.reason:
        case str(reason) if "CERTIFICATE_REQUIRED" in reason:
            return "Redis wants a certificate from us: name it and its key in the URL (?ssl_certfile=FILE&ssl_keyfile=FILE)."
        case str(reason) if "ALERT" in reason and ("UNKNOWN_CA" in reason or "CERTIFICATE" in reason):
            return f"Redis did not accept our certificate ({reason}): it is of another CA than it knows, or out of date."
        case "KEY_VALUES_MISMATCH":
            return "The certificate and the key that the URL names (ssl_certfile, ssl_keyfile) do not belong together."
        case _:
            return None
