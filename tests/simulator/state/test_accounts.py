"""Tokens and rate limits, on a made-up clock."""

from __future__ import annotations

import itertools

from ipygenesys.simulator.state.accounts import Accounts, MinimumInterval, OAuthClient, Quota, RateLimiter


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
