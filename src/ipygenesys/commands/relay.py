"""The command `ipygenesys relay`: runs a relay, says beforehand what it would do, makes tokens for its viewers."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipygenesys.commands.numbers import seconds

if TYPE_CHECKING:
    from ipygenesys._relay.settings import Settings

DONE, FAILED, WRONG = 0, 1, 2


def add_to(commands: Any) -> None:
    """The command's options."""
    relay = commands.add_parser(
        "relay",
        help="share conversations with any number of viewers over Redis or Valkey",
        description="Owns the connections to Genesys Cloud that a file names, and passes on to viewers what happens there.",
        epilog="Exit code 0: it was ended; 1: it could not run; 2: the file is wrong. Secrets come from the environment only.",
    )
    relay.add_argument("--config", type=Path, required=True, metavar="FILE", help="relay.toml")
    what = relay.add_mutually_exclusive_group()
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
        if options.dry_run:
            return dry_run(settings, os.environ, options.acl or options.config.with_suffix(".acl"))
        return serve(settings, os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return WRONG
    except ImportError as error:
        print(f"{error}. pip install 'ipygenesys[relay]'", file=sys.stderr)
        return FAILED


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
    noting = _Noting(environment)
    protocols = protocols_of(settings.upstreams, noting)
    users = (
        acl_of(settings, address, environment) if any(team.password_env for team in settings.teams) else []
    )
    print("\n".join(lines_of(settings, address, protocols)))
    for warning in warnings_of(settings):
        print(f"warning   {warning}")
    for name in noting.missing:
        print(f"warning   {name} is not set here; the relay needs it.")
    if users:
        write_private(acl, "".join(f"{line}\n" for line in users))
        print(f"written   {acl}: {len(users)} users. For Redis: aclfile {acl.resolve()}")
    return DONE


class _Noting(dict[str, str]):
    """An environment in which all is set; it notes what is not. Who writes the ACL need not have Genesys' secrets."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(environment)
        self.missing: dict[str, None] = {}

    def get(self, name: str, default: Any = None) -> Any:
        value = super().get(name, "").strip()
        if not value:
            self.missing[name] = None
        return value or "not-set"


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


def serve(settings: Settings, environment: Mapping[str, str]) -> int:
    """Runs the relay; what it has to say of itself goes to stderr.

    Raises:
        SettingsError: it cannot begin.
    """
    from ipygenesys._relay import running

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("ipygenesys").setLevel(logging.INFO)
    try:
        asyncio.run(running.serve(settings, environment))
    except OSError as error:
        print(f"metrics.listen: {error.strerror or error}.", file=sys.stderr)
        return FAILED
    return DONE


def write_private(path: Path, text: str) -> None:
    """A file that only its owner reads: what is in it helps whoever guesses passwords."""
    new = path.with_name(f"{path.name}.new")
    with suppress(FileNotFoundError):
        new.unlink()
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
