"""The ACL of Redis that holds people to their rights: a user for each team, and one for the relay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from ipygenesys._core.relay.keys import DEFAULT_USER, PREFIX, Keys
from ipygenesys._relay.address import Address, SettingsError, variable
from ipygenesys._relay.reading import covering
from ipygenesys._relay.settings import Settings, TeamSettings

ON_CONNECTING = ("ping", "hello", "auth", "select", "quit", "reset", "client|setname", "client|id")
"""Not ``client|setinfo``, which clients send and do without: Redis 7.0 knows none, and does not start on such a file."""
VIEWERS = (
    "xread", "xrevrange", "mget", "hmget", "hgetall", "zscore", "zrangebyscore", "zrevrangebyscore", "subscribe", "unsubscribe",
)  # fmt: skip
IN_A_CLUSTER = (
    "cluster|slots",
    "cluster|shards",
    "cluster|nodes",
    "cluster|myid",
    "command",
    "readonly",
    "asking",
)
RELAY = ("+@all", "-@admin", "-@dangerous", "+info", "+client|list")


def acl_of(settings: Settings, address: Address, environment: Mapping[str, str]) -> list[str]:
    """The lines of an ACL file (``aclfile`` of Redis 7 or Valkey); passwords as SHA-256, as Redis keeps them.

    Raises:
        SettingsError: the relay has no user of its own, or a password is not there.
    """
    relay = address.user or DEFAULT_USER
    if relay == DEFAULT_USER or not address.password:
        raise SettingsError(
            "redis: where teams are users of Redis, the relay is one too: name it in url (redis://relay@host), and its "
            "password by password_env."
        )
    always = [f"+{command}" for command in (*ON_CONNECTING, *(IN_A_CLUSTER if address.is_cluster else ()))]
    lines = [
        f"user {DEFAULT_USER} reset off",
        _line(relay, address.password, [f"~{PREFIX}:*", f"&{PREFIX}:*", *RELAY, *always]),
    ]
    for number, team in enumerate(settings.teams):
        if team.name in (relay, DEFAULT_USER):
            raise SettingsError(
                f"teams[{number}].name: {team.name!r} is a user of Redis already; name it otherwise."
            )
        if team.password_env:
            password = variable(f"teams[{number}].password_env", team.password_env, environment)
            lines.append(_line(team.name, password, [*_allowed(team, settings), *always]))
    return lines


def _allowed(team: TeamSettings, settings: Settings) -> Iterator[str]:
    covers = covering(settings.upstreams)
    names = dict.fromkeys(name for where in team.see for name in covers(where))
    for keys in map(Keys, names):
        read = (keys.events, keys.state, keys.messages, keys.order, keys.rows, keys.lease, keys.run)
        yield from (f"%R~{key}" for key in read)
        # A greeting and a question for older messages are commands too: who sees may ask, and the relay decides.
        yield f"%W~{keys.commands(team.name)}"
        yield f"&{keys.typing}"
        yield f"&{keys.answers(team.name, '*')}"
    if names:
        yield from (f"+{command}" for command in (*VIEWERS, "xadd"))


def _line(user: str, password: str, rules: list[str]) -> str:
    return " ".join(
        ["user", user, "reset", "on", f"#{hashlib.sha256(password.encode()).hexdigest()}", *rules]
    )
