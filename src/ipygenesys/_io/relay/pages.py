"""What a relay has kept of a conversation's messages, as its viewers read it."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import History, MessageArrived
from ipygenesys._core.relay.entries import RelayState, message_of, state_of
from ipygenesys._core.relay.keys import Keys
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys._io.relay.redis.failures import RedisError

SNAPSHOT = 200
"""Messages whose state is read anew where entries are missing."""
_TRIES = 3
"""Chosen: a page is read so often until nothing was said meanwhile."""
_NOT_YET = Failure(kind="unavailable", message="The relay has not read the conversation yet.")
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
            RedisError: Redis cannot be asked, or the relay does not know yet what there is.
        """
        found, state = await self._ids(page)
        if found is None:
            return None
        has_more = len(found) > page.limit
        if page.after is not None:
            ids, reaches_the_end = found[: page.limit], not has_more
        else:
            ids, reaches_the_end = found[-page.limit :], page.before is None
            has_more = has_more or state.has_older
        if has_more and not ids and page.before is None:
            raise RedisError(_NOT_YET)
        history = History.listed(await self._messages(ids), has_more=has_more, after=page.after)
        unsettled_after = state.unsettled_after if reaches_the_end else None
        # Whose a message is shows by who we are, which may have become known by these.
        return msgspec.structs.replace(history, learned=(state.own,), unsettled_after=unsettled_after)

    async def _ids(self, page: FetchHistory) -> tuple[list[str] | None, RelayState]:
        """Those of a page, and how things stand while it has these."""
        asked = {"before": page.before, "after": page.after}
        found = await self._redis.page(self._keys, **asked, limit=page.limit + 1)
        for _ in range(_TRIES):
            state = await self._state()
            former, found = found, await self._redis.page(self._keys, **asked, limit=page.limit + 1)
            if found == former or page.before is not None:
                return found, state
        return found, msgspec.structs.replace(state, unsettled_after="")

    async def has_older(self) -> bool:
        """The platform has messages older than those that are kept.

        Raises:
            RedisError: Redis cannot be asked, or holds nothing.
        """
        return (await self._state()).has_older

    async def _state(self) -> RelayState:
        (state,) = await self._redis.get(self._keys.state)
        if state is None:
            raise RedisError(_NOT_YET)
        return state_of(state)

    async def _messages(self, ids: list[str]) -> list[MessageArrived]:
        return [message_of(body) for body in await self._redis.messages(self._keys, ids)]
