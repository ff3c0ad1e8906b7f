"""A connection that listens to channels."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.relay.redis.failures import RedisError, failure_of, guarded

BLOCK_S = 2.0
"""How long it waits for something to be said before it looks whether the connection is there."""


class Said(NamedTuple):
    """On a channel."""

    channel: str
    data: bytes

    def __repr__(self) -> str:
        return f"<Said on {self.channel}, {len(self.data)} bytes>"


class Heard(NamedTuple):
    """From now on this channel is heard; or it never is, for a reason."""

    channel: str
    failure: Failure | None = None


class Channels:
    """One connection. What is asked for is answered by what is said.

    Args:
        client: of redis-py.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._pubsub = client.pubsub(push_handler_func=_as_it_is)
        # It is read while it is written to: where both found it lost, both would make it anew, and read each other's answers.
        self._pubsub._reconnect = _lost
        self._unanswered: deque[str] = deque()
        self._turn = asyncio.Lock()

    async def subscribe(self, *names: str) -> None:
        """Hear these, too.

        Raises:
            RedisError: the connection is lost.
        """
        await guarded(self._client.initialize())  # A Cluster's client does not do so by itself here.
        async with self._turn:
            for name in names:  # One by one: of several Redis refuses all for one that its ACL forbids.
                self._check()
                self._unanswered.append(name)
                await guarded(self._pubsub.subscribe(name))

    async def unsubscribe(self, *names: str) -> None:
        """Hear these no more.

        Raises:
            RedisError: the connection is lost.
        """
        self._check()
        await guarded(self._pubsub.unsubscribe(*names))

    async def said(self) -> AsyncIterator[Said | Heard]:
        """What is said. Ends with a ``RedisError``."""
        while True:
            self._check()
            try:
                message = await guarded(self._pubsub.get_message(timeout=BLOCK_S))
            except RedisError as error:
                if error.failure.code != "relay.acl" or not self._unanswered:
                    raise
                yield self._forbidden()
                continue
            if message is None:
                continue
            channel = message["channel"].decode()
            if message["type"] == "message":
                yield Said(channel, message["data"])
            elif message["type"] == "subscribe":
                while (
                    channel in self._unanswered
                ):  # What was asked before it and is not answered was not sent.
                    _ = self._unanswered.popleft()
                yield Heard(channel)

    async def aclose(self) -> None:
        """Leave no connection."""
        await self._pubsub.aclose()

    def _check(self) -> None:
        """redis-py makes a connection anew, too, for who uses it after it was lost."""
        connection = self._pubsub.connection
        if connection is not None and not connection.is_connected:
            raise RedisError(failure_of(ConnectionError()))

    def _forbidden(self) -> Heard:
        channel = self._unanswered.popleft()  # Redis answers in the order in which it is asked.
        self._pubsub.channels.pop(channel.encode(), None)
        words = f"Redis does not let this user hear the channel {channel}: its ACL lacks it. Ask whoever runs the relay."
        return Heard(channel, Failure(kind="permission", message=words, code="relay.acl"))


async def _as_it_is(response: Any) -> Any:
    """In place of redis-py's own, which writes all that is said into a log of DEBUG (8.1.0)."""
    return response


async def _lost(_: Any, error: BaseException, *more: object) -> None:
    raise error
