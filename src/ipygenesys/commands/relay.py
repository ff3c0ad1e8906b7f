"""The command `ipygenesys relay`: runs a relay, says beforehand what it would do, makes tokens for its viewers."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipygenesys.commands.numbers import seconds

if TYPE_CHECKING:
    from ipygenesys._relay.settings import Settings

DONE, WRONG = 0, 2


def add_to(commands: Any) -> None:
    """The command's options."""
    relay = commands.add_parser(
        "relay",
        help="share conversations with any number of viewers over Redis or Valkey",
        description="Owns the connections to Genesys Cloud that a file names, and passes on to viewers what happens there.",
        epilog="Exit code 0: it was ended; 1: it could not run; 2: the file is wrong. Secrets come from the environment only.",
    )
    relay.add_argument("--config", type=Path, required=True, metavar="FILE", help="relay.toml")
    what = relay.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--dry-run",
        action="store_true",
        help="say what it would do and write the ACL file for Redis, without connecting to anything",
    )
    relay.add_argument(
        "--acl",
        type=Path,
        metavar="OUT",
        help="where --dry-run writes it (default: beside FILE, as NAME.acl)",
    )
    what.add_argument("--token", metavar="NAME", help="print a signed token for this person, and exit")
    relay.add_argument(
        "--hours", type=seconds, default=12.0, metavar="N", help="how long the token is good (default: 12)"
    )
    relay.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asks."""
    from ipygenesys._relay.address import SettingsError
    from ipygenesys._relay.reading import read

    try:
        settings = read(options.config)
        if options.token:
            return print_token(settings, os.environ, options.token, options.hours)
        return dry_run(settings, os.environ, options.acl or options.config.with_suffix(".acl"))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return WRONG


def dry_run(settings: Settings, environment: Mapping[str, str], acl: Path) -> int:
    """Says what the relay would do, and writes the ACL file if teams are users of Redis.

    Raises:
        SettingsError: it could not even begin.
    """
    from ipygenesys._relay.acl import acl_of
    from ipygenesys._relay.address import address_of
    from ipygenesys._relay.plan import lines_of, warnings_of
    from ipygenesys._relay.upstreams import protocols_of

    address = address_of(settings.redis, environment)
    protocols = protocols_of(settings.upstreams, environment)
    users = (
        acl_of(settings, address, environment) if any(team.password_env for team in settings.teams) else []
    )
    print("\n".join(lines_of(settings, address, protocols)))
    for warning in warnings_of(settings):
        print(f"warning   {warning}")
    if users:
        write_private(acl, "".join(f"{line}\n" for line in users))
        print(f"written   {acl}: {len(users)} users. For Redis: aclfile {acl.resolve()}")
    return DONE


def print_token(settings: Settings, environment: Mapping[str, str], name: str, hours: float) -> int:
    """A token for one person, alone on stdout.

    Raises:
        SettingsError: this relay takes no signed tokens, or nobody has this name.
    """
    from ipygenesys._relay.address import SettingsError, variable
    from ipygenesys._relay.tokens import SignedTokens

    signed = settings.identities.signed
    if signed is None:
        raise SettingsError("identities.signed: it is not there, so that no token can be signed.")
    known = [user for team in settings.teams for user in team.users]
    if name not in known:
        raise SettingsError(f"teams: {name!r} is in none of them. Known: {', '.join(dict.fromkeys(known))}.")
    secret = variable("identities.signed.secret_env", signed.secret_env, environment)
    print(SignedTokens.of(signed, secret).made(name, seconds=hours * 3600))
    return DONE


def write_private(path: Path, text: str) -> None:
    """A file that only its owner reads: what is in it helps whoever guesses passwords."""
    new = path.with_name(f"{path.name}.new")
    with suppress(FileNotFoundError):
        new.unlink()
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
