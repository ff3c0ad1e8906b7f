"""Where Redis is: the address of ``relay.toml``, with the password that the environment holds."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from msgspec import Struct

from ipygenesys._io.relay.relay import NOT_ENCODED, is_torn
from ipygenesys._relay.settings import RedisSettings

HERE = "redis://127.0.0.1:6379/0"
SCHEMES = (
    "redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster",
)  # fmt: skip


class SettingsError(ValueError):
    """What is wrong in the file or around it, in one sentence with the place; never a value that may be a secret."""


class Address(Struct, frozen=True, kw_only=True):
    """Of a Redis. It holds a password, and does not show it."""

    url: str
    user: str | None
    password: str | None

    def __repr__(self) -> str:
        return f"Address({self.shown!r})"

    @property
    def shown(self) -> str:
        """The address without the password."""
        parts = urlsplit(self.url)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{f'{self.user}@' if self.user else ''}{host}{parts.path}"

    @property
    def is_cluster(self) -> bool:
        """Whether it names a Redis Cluster."""
        return urlsplit(self.url).scheme.endswith("+cluster")


def address_of(settings: RedisSettings, environment: Mapping[str, str]) -> Address:
    """What to connect to.

    Raises:
        SettingsError: a variable is not set, or holds what is no address.
    """
    url = settings.url or HERE
    if settings.url_env is not None:
        url = variable("redis.url_env", settings.url_env, environment)
        if problem := problem_of(url):
            raise SettingsError(f"redis.url_env: {settings.url_env}: {problem}")
    parts = urlsplit(url)
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    if settings.password_env is not None:
        password = variable("redis.password_env", settings.password_env, environment)
        who = f"{quote(user or '', safe='')}:{quote(password, safe='')}"
        url = urlunsplit(parts._replace(netloc=f"{who}@{parts.netloc.rpartition('@')[2]}"))
    return Address(url=url, user=user, password=password)


def problem_of(url: str) -> str | None:
    """Why this is no address of a Redis; None: it may be one. What is said never shows it."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return "it is no URL."
    if scheme not in SCHEMES:
        close = difflib.get_close_matches(scheme, SCHEMES, n=1) if scheme else []
        meant = f" Did you mean {close[0]}://?" if close else ""
        return f"it must begin with {'://, '.join(SCHEMES)}://.{meant}"
    return f"it {NOT_ENCODED}" if is_torn(url) else None


def variable(place: str, name: str, environment: Mapping[str, str]) -> str:
    """What an environment variable holds.

    Raises:
        SettingsError: nothing.
    """
    value = environment.get(name, "").strip()
    if not value:
        raise SettingsError(f"{place}: the environment variable {name} is not set.")
    return value
