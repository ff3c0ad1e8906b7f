"""Keeps signed-in guests: codes of their identity provider, JWTs and refresh tokens; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ipygenesys.simulator.state.accounts import CODE_LIFETIME_S
from ipygenesys.simulator.state.pkce import matches


@dataclass(frozen=True)
class GuestCode:
    """A code of the identity provider that has not been exchanged yet."""

    user: str
    redirect_uri: str
    challenge: str | None
    expires_at: float


@dataclass
class GuestAccounts:
    """Signs guests in."""

    new_secret: Callable[[], str] = field(repr=False)
    _codes: dict[str, GuestCode] = field(default_factory=dict, repr=False)
    _id_tokens: dict[str, tuple[str, str | None]] = field(default_factory=dict, repr=False)
    _jwts: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)
    _refresh: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)

    def authorize(self, user: str, redirect_uri: str, challenge: str | None, now: float) -> str:
        """A code, good once."""
        code = self.new_secret()
        self._codes[code] = GuestCode(user, redirect_uri, challenge, now + CODE_LIFETIME_S)
        return code

    def exchange(self, code: str, redirect_uri: str, verifier: str | None, now: float) -> str | None:
        """The user of a code; None when it is unknown, used, late, or somebody else's."""
        found = self._codes.pop(code, None)
        if found is None or now >= found.expires_at or found.redirect_uri != redirect_uri:
            return None
        if found.challenge is not None and not matches(found.challenge, verifier):
            return None
        return found.user

    def authorize_directly(self, user: str, nonce: str | None) -> str:
        """An ID token, good once, as the implicit flow gives it."""
        token = self.new_secret()
        self._id_tokens[token] = (user, nonce)
        return token

    def exchange_id_token(self, token: str, nonce: str | None) -> str | None:
        """The user of an ID token; None when it is unknown, used, or was asked for with another nonce."""
        user, wanted = self._id_tokens.pop(token, (None, None))
        return user if nonce == wanted else None

    def issue_jwt(self, user: str, now: float, lifetime_s: float) -> str:
        """What configureAuthenticatedSession wants."""
        jwt = self.new_secret()
        self._jwts[jwt] = (user, now + lifetime_s)
        return jwt

    def issue_refresh(self, user: str, now: float, lifetime_s: float) -> str:
        """What gets a new JWT."""
        token = self.new_secret()
        self._refresh[token] = (user, now + lifetime_s)
        return token

    def user_of_jwt(self, jwt: str, now: float) -> str | None:
        """Who a live JWT stands for."""
        user, ends_at = self._jwts.get(jwt, (None, 0.0))
        return user if now < ends_at else None

    def user_of_refresh(self, token: str, now: float) -> str | None:
        """Who a live refresh token stands for."""
        user, ends_at = self._refresh.get(token, (None, 0.0))
        return user if now < ends_at else None

    def revoke(self, user: str) -> None:
        """Ends all JWTs and refresh tokens of a user."""
        self._jwts = {k: v for k, v in self._jwts.items() if v[0] != user}
        self._refresh = {k: v for k, v in self._refresh.items() if v[0] != user}

    def expire_all(self) -> None:
        """Makes every JWT invalid at once; refresh tokens stay good."""
        self._jwts.clear()
