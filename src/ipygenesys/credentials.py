"""Secrets, and the ways to get a token with them. They live in the kernel only and show themselves nowhere."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from ipygenesys._wire.identifiers import checked_id

if TYPE_CHECKING:
    from ipygenesys.user_login import UserLogin


class Secret:
    """A string that does not show itself: not in a repr, a format, a traceback, a pickle or ``vars()``."""

    __slots__ = ("__reveal",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):
            raise TypeError(f"A secret must be a str, not {type(value).__name__}.")
        if not value.strip():
            raise ValueError("A secret must not be empty.")
        self.__reveal: Callable[[], str] = lambda: value

    def reveal(self) -> str:
        """The string itself, for the one place that puts it on the wire."""
        return self.__reveal()

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled or copied.")


class ClientCredentials:
    """An OAuth client of grant type *client credentials*: an app, not a person."""

    __slots__ = ("client_id", "client_secret", "scopes")

    def __init__(
        self, client_id: str, client_secret: str | Secret, *, scopes: tuple[str, ...] | None = None
    ) -> None:
        """Name the client.

        Args:
            client_id: the OAuth client's id.
            client_secret: its secret.
            scopes: what to ask for; None asks for what the protocol needs.
        """
        self.client_id = checked_id("client_id", client_id)
        self.client_secret = client_secret if isinstance(client_secret, Secret) else Secret(client_secret)
        self.scopes = scopes

    @classmethod
    def from_env(cls, prefix: str = "GENESYS_") -> ClientCredentials:
        """Read ``{prefix}CLIENT_ID`` and ``{prefix}CLIENT_SECRET`` from the environment.

        Raises:
            ValueError: one of them is not set.
        """
        return cls(*_from_env(f"{prefix}CLIENT_ID", f"{prefix}CLIENT_SECRET"))

    def __repr__(self) -> str:
        return f"ClientCredentials(client_id={self.client_id!r}, client_secret=***)"


class AccessToken:
    """A token that somebody else has got; it is used as it is and cannot be refreshed."""

    __slots__ = ("token",)

    def __init__(self, token: str | Secret) -> None:
        """Take the token.

        Raises:
            ValueError: it cannot stand in a header: it is empty, or holds spaces, line ends or other than ASCII.
        """
        self.token = token if isinstance(token, Secret) else Secret(token)
        if not re.fullmatch(r"[!-~]+", self.token.reveal()):
            raise ValueError("An access token must be printable ASCII without spaces or line ends.")

    @classmethod
    def from_env(cls, name: str = "GENESYS_ACCESS_TOKEN") -> AccessToken:
        """Read the token from the environment.

        Raises:
            ValueError: it is not set, or cannot stand in a header.
        """
        return cls(*_from_env(name))

    def __repr__(self) -> str:
        return "AccessToken(***)"


Credentials: TypeAlias = "ClientCredentials | AccessToken | UserLogin"


def secrets_of(holder: object) -> list[str]:
    """What an object's attributes hold that must never show."""
    names = (*getattr(type(holder), "__slots__", ()), *getattr(holder, "__dict__", ()))
    return [each.reveal() for name in names if isinstance(each := getattr(holder, name, None), Secret)]


def app_of(credentials: Credentials) -> Hashable:
    """Who the platform takes them for: an app, whoever has logged in with it; of a token it is not known."""
    who = credentials.token if isinstance(credentials, AccessToken) else credentials.client_id
    return type(credentials), who


def _from_env(*names: str) -> list[str]:
    """Their values, without the spaces and line ends that files and shells leave around them."""
    values = [os.environ.get(name, "").strip() for name in names]
    if missing := [name for name, value in zip(names, values, strict=True) if not value]:
        plural = "s" if len(missing) > 1 else ""
        verb = "are" if plural else "is"
        raise ValueError(
            f"The environment variable{plural} {' and '.join(missing)} {verb} not set where Python was started."
        )
    return values
