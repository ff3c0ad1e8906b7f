"""Keeps OAuth clients, their tokens and the rate limits; pure, ``now`` is an argument."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field


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

    def issue(
        self, client_id: str, secret: str, requested: frozenset[str] | None, now: float
    ) -> Token | None:
        """A token with the requested scopes that the client really has; None for wrong credentials."""
        if (client_id, secret) != (self.client.client_id, self.client.secret):
            return None
        held = frozenset(self.client.scopes)
        scopes = held if requested is None else held & requested
        self._tokens = {value: token for value, token in self._tokens.items() if token.expires_at > now}
        token = Token(self._new_token(), client_id, scopes, now + self.lifetime_s)
        self._tokens[token.value] = token
        return token

    def check(self, value: str, now: float) -> Token | None:
        """The token, if it is known and alive."""
        token = self._tokens.get(value)
        return token if token and now < token.expires_at else None

    def expire_all(self) -> None:
        """Makes every token invalid at once."""
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
