"""Keeps OAuth clients, their tokens and the rate limits; pure, ``now`` is an argument."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from ipygenesys.simulator.state.pkce import matches

CODE_LIFETIME_S = 300.0
"""Chosen: as OAuth servers usually have it."""


@dataclass(frozen=True)
class OAuthClient:
    """A client as an administrator of the organisation would have registered it."""

    client_id: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...]


@dataclass
class Token:
    """An access token; ``expires_at`` is epoch seconds."""

    value: str = field(repr=False)
    client_id: str
    scopes: frozenset[str]
    expires_at: float
    user_id: str | None = None
    """None: client credentials, a token without a user."""

    @property
    def limit_key(self) -> str:
        """Whose calls are counted together: a user's with one app, else the token's own.

        Source: org.app.user.rate.per.minute and client.credentials.token.rate.per.minute.
        """
        return self.value if self.user_id is None else f"{self.client_id}/{self.user_id}"


@dataclass(frozen=True)
class LoginCode:
    """An authorization code that has not been exchanged yet."""

    client_id: str
    redirect_uri: str
    challenge: str | None
    expires_at: float


@dataclass(frozen=True)
class Quota:
    """Where a token stands in its current window."""

    count: int
    allowed: int
    reset_s: int
    """Whole seconds until the window starts again, at least 1."""
    exceeded: bool = False


class Accounts:
    """Issues and checks tokens."""

    def __init__(self, client: OAuthClient, *, lifetime_s: float, new_token: Callable[[], str]) -> None:
        self.client = client
        self.lifetime_s = lifetime_s
        self._new_token = new_token
        self._tokens: dict[str, Token] = {}
        self._codes: dict[str, LoginCode] = {}
        self._refresh: set[str] = set()

    def issue(
        self, client_id: str, secret: str, requested: frozenset[str] | None, now: float
    ) -> Token | None:
        """A token with the requested scopes that the client really has; None for wrong credentials."""
        if not self.is_secret(client_id, secret):
            return None
        held = frozenset(self.client.scopes)
        return self._keep(held if requested is None else held & requested, None, now)

    def _keep(self, scopes: frozenset[str], user_id: str | None, now: float) -> Token:
        self._tokens = {value: token for value, token in self._tokens.items() if token.expires_at > now}
        token = Token(self._new_token(), self.client.client_id, scopes, now + self.lifetime_s, user_id)
        self._tokens[token.value] = token
        return token

    # --- users

    def issue_user(self, user_id: str, scopes: frozenset[str], now: float) -> tuple[Token, str]:
        """A token of a user who has logged in, and a refresh token."""
        refresh = self._new_token()
        self._refresh.add(refresh)
        return self._keep(scopes, user_id, now), refresh

    def authorize(self, redirect_uri: str, challenge: str | None, now: float) -> str:
        """The code for a user who has just logged in; good once."""
        code = self._new_token()
        self._codes[code] = LoginCode(self.client.client_id, redirect_uri, challenge, now + CODE_LIFETIME_S)
        return code

    def exchange(self, code: str, redirect_uri: str, verifier: str | None, now: float) -> bool:
        """Whether the code is good; it is used up either way."""
        found = self._codes.pop(code, None)
        if found is None or now >= found.expires_at or found.redirect_uri != redirect_uri:
            return False
        return found.challenge is None or matches(found.challenge, verifier)

    def use_refresh(self, refresh: str) -> bool:
        """Whether the refresh token is good; it is replaced by a new one."""
        is_good = refresh in self._refresh
        self._refresh.discard(refresh)
        return is_good

    def is_secret(self, client_id: str, secret: str) -> bool:
        """Whether these are the client's credentials."""
        return (client_id, secret) == (self.client.client_id, self.client.secret)

    def revoke(self, token: Token) -> None:
        """Ends one token."""
        self._tokens.pop(token.value, None)

    # --- any token

    def check(self, value: str, now: float) -> Token | None:
        """The token, if it is known and alive."""
        token = self._tokens.get(value)
        return token if token and now < token.expires_at else None

    def expire_all(self) -> None:
        """Makes every access token invalid at once; refresh tokens stay good."""
        self._tokens.clear()


@dataclass
class RateLimiter:
    """Counts calls per key in fixed windows, as Genesys does per token.

    Source: 300 requests a minute per token, developer-center-blog 2021-02-03-Caching-in-flows.
    """

    allowed: int
    window_s: float = 60.0
    _windows: dict[str, tuple[float, int]] = field(default_factory=dict, repr=False)

    def hit(self, key: str, now: float) -> Quota:
        """Counts one call; a call over the limit is refused and not counted."""
        self._windows = {k: w for k, w in self._windows.items() if w[0] > now}
        ends_at, count = self._windows.get(key, (now + self.window_s, 0))
        exceeded = count >= self.allowed
        self._windows[key] = (ends_at, count if exceeded else count + 1)
        return Quota(self._windows[key][1], self.allowed, max(1, math.ceil(ends_at - now)), exceeded)

    def untouched(self) -> Quota:
        """What an answer to a call without a valid token says."""
        return Quota(0, self.allowed, math.ceil(self.window_s))


@dataclass
class MinimumInterval:
    """Refuses calls that follow the last accepted one too closely; an interval of 0 refuses nothing."""

    interval_s: float
    _last: dict[str, float] = field(default_factory=dict, repr=False)

    def wait_s(self, key: str, now: float) -> float:
        """Seconds still to wait, 0 when the call is accepted (and then counted)."""
        wait = self._last.get(key, -math.inf) + self.interval_s - now
        if wait > 0:
            return wait
        self._last[key] = now
        return 0.0
