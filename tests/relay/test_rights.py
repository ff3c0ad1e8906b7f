"""Who may do what: by the user that Redis has let in, and by a token."""

from __future__ import annotations

import pytest

from ipygenesys._core.relay.rights import Refused
from ipygenesys._relay.reading import settings_of
from ipygenesys._relay.rights import Identities, Person, Rights
from tests.relay.examples import RELAY_TOML


class Known:
    """Knows some tokens."""

    def __init__(self, **people: Person) -> None:
        self._people = people

    async def person(self, token: str) -> Person:
        if token not in self._people:
            raise Refused("Not one of mine.")
        return self._people[token]


def rights(*identities: Identities) -> Rights:
    return Rights(settings_of(RELAY_TOML), identities)


@pytest.mark.parametrize(
    ("user", "token", "name", "expected"),
    [
        ("supervisors", None, "inbox:support", {"see"}),
        ("supervisors", None, "c-1", {"see", "send"}),
        ("coaches", None, "support/c-1", {"see"}),
        ("coaches", None, "support/c-9", {"see", "type"}),
        ("coaches", None, "c-1", set()),
        ("default", None, "c-1", set()),
        ("readers", None, "c-1", set()),  # a team without a password is no user of Redis
        ("default", "ann", "c-1", {"see", "send"}),
        ("default", "ben", "c-1", {"see", "read"}),
        ("default", "ben", "inbox:support", set()),
        ("default", "eve", "c-1", {"see", "send"}),  # by her group
        ("default", "stranger", "c-1", set()),
        ("coaches", "ben", "c-1", {"see", "read"}),
        ("coaches", "ann", "support/c-9", {"see", "type"}),
    ],
)
async def test_rights_are_those_of_all_teams_that_somebody_is_in(
    user: str, token: str | None, name: str, expected: set[str]
) -> None:
    known = Known(
        ann=Person("ann"),
        ben=Person("ben"),
        eve=Person("eve", frozenset({"leads", "others"})),
        stranger=Person("stranger"),
    )
    assert await rights(Known(), known).of(user, token, name) == expected


async def test_a_token_that_nobody_knows_is_refused_with_the_reasons() -> None:
    with pytest.raises(Refused, match=r"Not one of mine\. Not one of mine\."):
        await rights(Known(), Known()).of("supervisors", "x", "c-1")
    with pytest.raises(Refused, match="takes no tokens"):
        await rights().of("supervisors", "x", "c-1")


def test_who_has_a_stream_of_commands() -> None:
    assert rights().users() == ("default", "supervisors", "coaches")


def test_whoever_shares_the_relays_own_user_is_heard() -> None:
    """A managed Redis has one name for all; who they are a token tells."""
    assert "app" in Rights(settings_of(RELAY_TOML), (), "app").users()
