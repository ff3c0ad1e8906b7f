"""Tokens and rate limits, on a made-up clock."""

from __future__ import annotations

import itertools

from ipygenesys.simulator.state.accounts import (
    Accounts,
    MinimumInterval,
    OAuthClient,
    Quota,
    RateLimiter,
    Token,
)
from ipygenesys.simulator.state.pkce import challenge_of


def accounts() -> Accounts:
    numbers = itertools.count(1)
    client = OAuthClient("id", "hush", ("read", "write"))
    return Accounts(client, lifetime_s=60, new_token=lambda: f"t{next(numbers)}")


def test_a_token_lives_for_its_lifetime() -> None:
    a = accounts()
    token = a.issue("id", "hush", None, now=0)
    assert token is not None
    assert a.check(token.value, 59.9) is token
    assert a.check(token.value, 60) is None
    assert a.check("other", 0) is None


def test_scopes_are_those_asked_for_that_the_client_holds() -> None:
    a = accounts()
    everything, some = a.issue("id", "hush", None, 0), a.issue("id", "hush", frozenset({"read", "fly"}), 0)
    assert everything is not None
    assert some is not None
    assert everything.scopes == {"read", "write"}
    assert some.scopes == {"read"}


def test_wrong_credentials_give_no_token() -> None:
    assert accounts().issue("id", "wrong", None, 0) is None
    assert accounts().issue("other", "hush", None, 0) is None


def test_all_tokens_can_be_expired_at_once() -> None:
    a = accounts()
    token = a.issue("id", "hush", None, now=0)
    assert token is not None
    a.expire_all()
    assert a.check(token.value, 1) is None


def test_no_repr_shows_a_secret_or_token() -> None:
    a = accounts()
    token = a.issue("id", "hush", None, now=0)
    assert "hush" not in repr(a.client)
    assert "t1" not in repr(token)


def test_a_window_counts_refuses_and_starts_again() -> None:
    limiter = RateLimiter(2)
    assert [limiter.hit("t", now) for now in (0, 10, 59.5, 60)] == [
        Quota(1, 2, 60),
        Quota(2, 2, 50),
        Quota(2, 2, 1, exceeded=True),
        Quota(1, 2, 60),
    ]
    assert limiter.hit("other", 59) == Quota(1, 2, 60)


def test_a_minimum_interval_counts_only_accepted_calls() -> None:
    interval = MinimumInterval(2)
    assert [interval.wait_s("k", now) for now in (0, 1, 1.5, 2)] == [0, 1, 0.5, 0]
    assert MinimumInterval(0).wait_s("k", 0) == 0


# --- logins


def test_a_login_code_is_good_once_for_its_redirect_and_its_verifier() -> None:
    a = accounts()
    code = a.authorize("u", challenge_of("v"), 0)
    assert [a.exchange(code, "u", "v", 1) for _ in range(2)] == [True, False]
    for redirect, verifier, now in (("w", "v", 1), ("u", "w", 1), ("u", None, 1), ("u", "v", 301)):
        assert not a.exchange(a.authorize("u", challenge_of("v"), 0), redirect, verifier, now)
    assert a.exchange(a.authorize("u", None, 0), "u", None, 1)


def test_a_refresh_token_is_good_once_and_outlives_the_access_token() -> None:
    a = accounts()
    access, refresh = a.issue_user("U", frozenset(), 0)
    a.expire_all()
    assert a.check(access.value, 1) is None
    assert [a.use_refresh(refresh) for _ in range(2)] == [True, False]


def test_calls_of_a_user_count_together_and_those_of_client_credentials_by_token() -> None:
    def limit_key(user: str | None, value: str) -> str:
        return Token(value, "client", frozenset(), 1e9, user).limit_key

    assert limit_key("U", "a") == limit_key("U", "b")
    assert limit_key(None, "a") != limit_key(None, "b")
