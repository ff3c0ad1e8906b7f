"""What redis-py may raise, in the words of a failure."""

from __future__ import annotations

import asyncio
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
    if isinstance(
        error, exceptions.ConnectionError | exceptions.TimeoutError | OSError | asyncio.TimeoutError
    ):
        return Failure(kind="unreachable", message=f"Redis cannot be reached ({name}).")
    return Failure(kind="unavailable", message=f"Redis cannot do that now ({name}).", status=503)
