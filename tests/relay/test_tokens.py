"""Signed tokens: good for whom they name until they expire, and for one relay."""

from __future__ import annotations

import base64
import json

import jwt
import pytest

from ipygenesys._core.relay.rights import Refused
from ipygenesys._relay.address import SettingsError
from ipygenesys._relay.rights import Person
from ipygenesys._relay.settings import SignedSettings
from ipygenesys._relay.tokens import SignedTokens

SECRET = "a secret that is long enough for HMAC"
NOW = 1_800_000_000.0


def tokens(secret: str = SECRET, audience: str = "relay", now: float = NOW) -> SignedTokens:
    return SignedTokens(secret, audience=audience, leeway_s=30, now=lambda: now)


async def test_a_token_says_who_somebody_is() -> None:
    assert await tokens().person(tokens().made("ann", seconds=60)) == Person("ann")
    token = tokens().made("ann", seconds=60, groups=["leads"])
    assert await tokens().person(token) == Person("ann", frozenset({"leads"}))


@pytest.mark.parametrize(("later_s", "is_good"), [(0, True), (89, True), (91, False)])
async def test_it_is_good_until_it_expires_as_clocks_differ(later_s: float, is_good: bool) -> None:
    token = tokens().made("ann", seconds=60)
    if is_good:
        assert (await tokens(now=NOW + later_s).person(token)).name == "ann"
    else:
        with pytest.raises(Refused, match="has expired"):
            await tokens(now=NOW + later_s).person(token)


def foreign(claims: dict[str, object], secret: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode({"sub": "ann", "aud": "relay", "exp": NOW + 60, **claims}, secret, algorithm)


def forged(token: str) -> str:
    """The same signature under another name."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(f"{body}=="))
    changed = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "root"}).encode()).decode().rstrip("=")
    return ".".join((head, changed, signature))


UNSIGNED = jwt.encode({"sub": "ann", "aud": "relay", "exp": NOW + 60}, None, "none")


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (foreign({}, secret="another secret of a good length....."), "was not signed for this relay"),
        (foreign({}, secret=SECRET * 2, algorithm="HS512"), "was not signed for this relay"),
        (foreign({}, algorithm="HS384", secret=SECRET * 2), "was not signed for this relay"),
        (UNSIGNED, "was not signed for this relay"),
        (forged(foreign({})), "was not signed for this relay"),
        (foreign({"aud": "others"}), "is for another relay"),
        (foreign({"sub": 3}), "was not signed for this relay"),
        (foreign({"exp": "soon"}), "was not signed for this relay"),
        (foreign({"nbf": NOW + 120}), "is not good yet"),
        ("nonsense", "was not signed for this relay"),
        ("", "was not signed for this relay"),
    ],
)
async def test_any_other_is_refused_with_the_reason_and_without_the_token(token: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as caught:
        await tokens().person(token)
    assert not token or token not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("claim", ["sub", "aud", "exp"])
async def test_one_that_leaves_something_open_is_refused(claim: str) -> None:
    claims = {"sub": "ann", "aud": "relay", "exp": NOW + 60}
    del claims[claim]
    with pytest.raises(Refused):
        await tokens().person(jwt.encode(claims, SECRET, "HS256"))


async def test_groups_of_another_shape_are_none() -> None:
    assert (await tokens().person(foreign({"groups": "leads"}))).groups == frozenset()
    assert (await tokens().person(foreign({"groups": ["leads", 3]}))).groups == {"leads"}


def test_a_short_secret_is_none() -> None:
    with pytest.raises(SettingsError, match="32 bytes") as caught:
        SignedTokens.of(SignedSettings(secret_env="SECRET"), "too short")
    assert "too short" not in str(caught.value)
