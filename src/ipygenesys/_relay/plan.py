"""What a relay would do by its settings, in words: what ``--dry-run`` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ipygenesys._core.relay.keys import inbox_name
from ipygenesys._relay.address import Address
from ipygenesys._relay.reading import RIGHTS, names_of
from ipygenesys._relay.settings import Settings, TeamSettings

IN_WORDS = {"see": "see", "type": "be seen typing in", "send": "send in", "read": "mark as read in"}


def lines_of(settings: Settings, address: Address, protocols: Mapping[str, Any]) -> Iterator[str]:
    """One fact a line. No secret is in them."""
    streams, identities = settings.streams, settings.identities
    yield f"Redis     {address.shown}"
    for upstream in settings.upstreams:
        for name in names_of(upstream):
            if name == inbox_name(upstream.name):
                yield f'upstream  {upstream.name}: {protocols[name]!r}; viewers: ig.Inbox(ig.Relay(…, inbox="{upstream.name}"))'
            else:
                yield f'upstream  {upstream.name}: {protocols[name]!r}; viewers: ig.Relay(…, conversation_id="{name}")'
    yield f"keeps     {streams.max_entries:,} events of each, for {streams.max_age_s / 3600:g} h"
    for team in settings.teams:
        yield f"team      {team.name} ({', '.join(_who(team))}) may {'; '.join(_may(team)) or 'nothing'}"
    if identities.signed:
        yield f"tokens    signed with {identities.signed.secret_env}, for {identities.signed.audience!r}"
    if identities.jupyterhub:
        yield f"tokens    JupyterHub's, checked at {identities.jupyterhub.api_url or 'JUPYTERHUB_API_URL'}"
    listen = settings.metrics.listen
    yield f"watched   {f'http://{listen}/metrics and /health' if listen else 'nowhere'}"


def warnings_of(settings: Settings) -> Iterator[str]:
    """What is right, and not what most people want."""
    if not settings.teams:
        yield "There are no teams: whoever reaches this Redis may see and do everything."
    elif not any(team.password_env for team in settings.teams):
        yield (
            "No team is a user of Redis (password_env): whoever reaches this Redis can read everything in it, the tokens of "
            "others too, and do with them what those may."
        )


def _who(team: TeamSettings) -> Iterator[str]:
    if team.password_env:
        yield f"Redis user {team.name!r}"
    yield from team.users
    yield from (f"group {name}" for name in team.groups)


def _may(team: TeamSettings) -> Iterator[str]:
    for right in RIGHTS:
        if places := team.places(right):
            yield f"{IN_WORDS[right]} {', '.join('everything' if each == '*' else each for each in places)}"
