"""What a relay has kept of a conversation's messages, as its viewers read it."""

from __future__ import annotations

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import History, MessageArrived
from ipygenesys._core.relay.entries import message_of, state_of
from ipygenesys._core.relay.keys import Keys
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys._io.relay.redis.failures import RedisError

SNAPSHOT = 200
"""Messages whose state is read anew where entries are missing."""
GONE = Failure(kind="not_found", message="The relay does not have this message.")


class Pages:
    """Of one conversation. What cannot be read raises a ``msgspec.DecodeError``.

    Args:
        redis: where they are.
        keys: of the conversation.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis, self._keys = redis, keys

    async def message(self, message_id: str) -> MessageArrived:
        """One of them, in full.

        Raises:
            RedisError: it is not there, or has no content.
        """
        found = await self._messages([message_id])
        if not found or not found[0].has_content:
            raise RedisError(GONE)
        return found[0]

    async def newest(self) -> list[MessageArrived]:
        """The newest, as they are now.

        Raises:
            RedisError: Redis cannot be asked.
        """
        return await self._messages(await self._redis.page(self._keys, limit=SNAPSHOT) or [])

    async def page(self, page: FetchHistory) -> History | None:
        """A page of what is kept; None: the message that it is to be next to is not there.

        Raises:
            RedisError: Redis cannot be asked.
        """
        ids = await self._redis.page(self._keys, before=page.before, after=page.after, limit=page.limit + 1)
        if ids is None:
            return None
        has_more = len(ids) > page.limit
        if page.after is not None:
            ids = ids[: page.limit]
        else:
            ids = ids[-page.limit :]
            has_more = has_more or await self.has_older()
        return History.listed(await self._messages(ids), has_more=has_more, after=page.after)

    async def has_older(self) -> bool:
        """The platform has messages older than those that are kept.

        Raises:
            RedisError: Redis cannot be asked.
        """
        (state,) = await self._redis.get(self._keys.state)
        return state is not None and state_of(state).has_older

    async def _messages(self, ids: list[str]) -> list[MessageArrived]:
        return [message_of(body) for body in await self._redis.messages(self._keys, ids)]
