"""Signed tokens: a JWT that says who somebody is until when, for relays that know its secret (HS256)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import jwt

from ipygenesys._core.relay.rights import Refused
from ipygenesys._relay.address import SettingsError
from ipygenesys._relay.rights import Person
from ipygenesys._relay.settings import SignedSettings

ALGORITHM = "HS256"
MIN_SECRET_BYTES = 32
"""As long as what HS256 makes of it. Source: RFC 7518, 3.2."""
_ISSUER = "ipygenesys"


class SignedTokens:
    """Makes and checks them. Any JWT library can make them too: ``sub``, ``aud``, ``exp``, and ``groups`` if need be."""

    def __init__(
        self, secret: str, *, audience: str, leeway_s: float = 30.0, now: Callable[[], float] = time.time
    ) -> None:
        """Take the secret.

        Raises:
            SettingsError: it is too short to be one.
        """
        if len(secret.encode()) < MIN_SECRET_BYTES:
            raise SettingsError(
                f"identities.signed.secret_env: the secret must have {MIN_SECRET_BYTES} bytes at least; "
                "`openssl rand -base64 48` makes one."
            )
        self._secret = secret
        self._audience = audience
        self._leeway_s = leeway_s
        self._now = now

    @classmethod
    def of(cls, settings: SignedSettings, secret: str) -> SignedTokens:
        """As a relay.toml wants them."""
        return cls(secret, audience=settings.audience, leeway_s=settings.leeway_s)

    def made(self, name: str, *, seconds: float, groups: Sequence[str] = ()) -> str:
        """A token for somebody, good for so long from now."""
        now = self._now()
        claims = {
            "iss": _ISSUER,
            "sub": name,
            "aud": self._audience,
            "iat": int(now),
            "exp": int(now + seconds),
        }
        return jwt.encode({**claims, **({"groups": list(groups)} if groups else {})}, self._secret, ALGORITHM)

    async def person(self, token: str) -> Person:
        """Who it is.

        Raises:
            Refused: it is none of these, is for others, or has expired.
        """
        try:
            # Times are checked here, by the clock that was given.
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                audience=self._audience,
                options={
                    "require": ["sub", "aud", "exp"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            expires, begins = float(claims["exp"]), float(claims.get("nbf", 0))
        except jwt.InvalidAudienceError:
            raise Refused("The token is for another relay: its audience is not this one's.") from None
        except (jwt.InvalidTokenError, TypeError, ValueError):
            raise Refused("The token was not signed for this relay, or is damaged.") from None
        if expires + self._leeway_s < self._now():
            raise Refused("The token has expired: get a new one.")
        if begins - self._leeway_s > self._now():
            raise Refused("The token is not good yet: check the clock of whoever made it.")
        groups = claims.get("groups", ())
        return Person(
            claims["sub"],
            frozenset(each for each in groups if isinstance(each, str))
            if isinstance(groups, list)
            else frozenset(),
        )
