"""Who may do what: the teams of ``relay.toml``, and whom their members are by a token or by Redis itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

import msgspec

from ipygenesys._core.relay.keys import DEFAULT_USER
from ipygenesys._core.relay.rights import Refused, Right
from ipygenesys._relay.reading import RIGHTS, covering
from ipygenesys._relay.settings import Settings, TeamSettings


class Person(msgspec.Struct, frozen=True):
    """Who somebody is, proved by a token."""

    name: str
    groups: frozenset[str] = frozenset()


class Identities(Protocol):
    """Tells who a token belongs to."""

    async def person(self, token: str) -> Person:
        """Who it is.

        Raises:
            Refused: the token is no good.
        """


class Rights:
    """Of all viewers of a relay."""

    def __init__(
        self, settings: Settings, identities: Sequence[Identities] = (), user: str | None = None
    ) -> None:
        self._teams = settings.teams
        self._own_user = user or DEFAULT_USER
        self._covers = covering(settings.upstreams)
        self._identities = identities

    def users(self) -> tuple[str, ...]:
        """The users of Redis that may write to a stream of their own."""
        teams = (team.name for team in self._teams if team.password_env)
        return tuple(dict.fromkeys((DEFAULT_USER, self._own_user, *teams)))

    async def of(self, user: str, token: str | None, name: str) -> frozenset[Right]:
        """What somebody may do in a conversation or an inbox.

        Args:
            user: whom Redis has let in.
            token: what proves who it is besides; None: nothing.
            name: as it stands in the keys.

        Raises:
            Refused: the token is no good.
        """
        teams = [team for team in self._teams if team.password_env and team.name == user]
        if token is not None:
            person = await self._person(token)
            teams += [team for team in self._teams if _has(team, person)]
        return frozenset(
            right for right in RIGHTS if any(self._is_in(name, team.places(right)) for team in teams)
        )

    async def _person(self, token: str) -> Person:
        if not self._identities:
            raise Refused("This relay takes no tokens: connect as a user of Redis.")
        reasons = []
        for each in self._identities:
            try:
                return await each.person(token)
            except Refused as reason:
                reasons.append(str(reason))
        raise Refused(" ".join(reasons))

    def _is_in(self, name: str, places: Iterable[str]) -> bool:
        patterns = (pattern for where in places for pattern in self._covers(where))
        return any(fnmatchcase(name, pattern) for pattern in patterns)


def _has(team: TeamSettings, person: Person) -> bool:
    return person.name in team.users or bool(person.groups.intersection(team.groups))
