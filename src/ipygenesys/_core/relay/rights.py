"""What somebody may do by a relay, and who says so."""

from __future__ import annotations

from typing import Literal, Protocol

from ipygenesys._core.relay.keys import DEFAULT_USER

Right = Literal["see", "type", "send", "read"]
"""``read``: mark as read."""
ALL_RIGHTS: frozenset[Right] = frozenset({"see", "type", "send", "read"})


class Refused(Exception):
    """Who asks cannot be told, such as by a token that has expired.

    Args:
        words: why, for whoever asks.
        is_for_now: nobody could be asked; later they may be known.
    """

    def __init__(self, words: str, *, is_for_now: bool = False) -> None:
        super().__init__(words)
        self.words, self.is_for_now = words, is_for_now


class Rights(Protocol):
    """Knows who may do what."""

    def users(self) -> tuple[str, ...]:
        """The users of Redis whose commands are taken."""

    async def of(self, user: str, token: str | None, name: str) -> frozenset[Right]:
        """What somebody may do in a conversation or an inbox.

        Args:
            user: as whom Redis knows them.
            token: what else tells who they are.
            name: see ``Keys``.

        Raises:
            Refused: nobody knows who they are.
        """


class Everybody:
    """Whoever can write to Redis may do everything.

    Args:
        user: as whom the relay is there, and perhaps its viewers; None: as nobody in particular.
    """

    def __init__(self, user: str | None = None) -> None:
        self._users = tuple(dict.fromkeys((DEFAULT_USER, user or DEFAULT_USER)))

    def users(self) -> tuple[str, ...]:
        """Redis' own name for who gives none, and the relay's."""
        return self._users

    async def of(self, user: str, token: str | None, name: str) -> frozenset[Right]:
        """All there is."""
        return ALL_RIGHTS
