"""Who leads, as Redis has it: taken, renewed and given back, each at one moment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ipygenesys._core.relay.keys import Keys
from ipygenesys._core.relay.lease import TTL_S
from ipygenesys._io.relay.redis import scripts

AGE_S = 7 * 86_400
"""Chosen: what nobody leads any more is forgotten after this."""


class Empty(Exception):
    """Redis holds nothing of a conversation, or may have lost some of it."""


class Taken(NamedTuple):
    """A lease that is ours now."""

    epoch: int
    former: int
    """The epoch before it; 0: none was known."""
    run: str
    """Names what Redis holds."""


class Leases(ABC):
    """Of all that is relayed by one Redis."""

    async def take_lease(
        self,
        keys: Keys,
        relay: str,
        above: int,
        run: str,
        max_age_s: int = AGE_S,
        *,
        begins: bool = True,
        has_deferred: bool = True,
    ) -> Taken | None:
        """Lead, if nobody does.

        Args:
            keys: of what.
            relay: who.
            above: the new epoch is higher than this.
            run: names what Redis holds, if it holds nothing so far.
            max_age_s: of what is kept, once nobody leads any more.
            begins: also where it holds nothing.
            has_deferred: also where it may have lost what was held under a higher epoch than ours.

        Raises:
            Empty: it is so, and others go first.
        """
        names = (keys.lease, *keys.lasting)
        told = [relay, str(int(TTL_S * 1000)), str(above), run, str(int(begins)), str(int(has_deferred))]
        told.append(str(max_age_s))
        taken = await self._run(scripts.TAKE, names, told)
        if taken == 0:
            raise Empty
        return None if taken is None else Taken(int(taken[0]), int(taken[1]), taken[2].decode())

    async def renew_lease(
        self,
        keys: Keys,
        relay: str,
        epoch: int,
        max_age_s: int = AGE_S,
        *,
        users: Iterable[str] = (),
        sign: bytes = b"[]",
    ) -> bool:
        """Go on leading; also a sign of life for viewers. False: we do not lead any more.

        Args:
            keys: of what.
            relay: who.
            epoch: that we lead by.
            max_age_s: of what is kept, once nobody leads any more.
            users: whose commands are kept no longer either.
            sign: of life, in passing.
        """
        names = (keys.lease, *keys.lasting, *map(keys.commands, users))
        arguments = (relay, str(epoch), str(int(TTL_S * 1000)), str(max_age_s), keys.typing, sign)
        return bool(await self._run(scripts.RENEW, names, arguments))

    async def give_lease_back(self, keys: Keys, relay: str) -> None:
        """Let another one lead at once."""
        await self._run(scripts.GIVE_BACK, (keys.lease,), [relay])

    @abstractmethod
    async def _run(self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes]) -> Any:
        """Have Redis carry out a script."""
