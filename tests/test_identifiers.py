"""Ids as people paste them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ipygenesys import (
    AccessToken,
    AgentMessaging,
    ClientCredentials,
    MessagingEvents,
    UserLogin,
    WebMessaging,
)

TAKERS: dict[str, Callable[[Any], Any]] = {
    "deployment_id": lambda given: WebMessaging(region="eu_west_1", deployment_id=given),
    "conversation_id": lambda given: AgentMessaging(
        region="eu_west_1", conversation_id=given, credentials=AccessToken("t")
    ),
    "conversation_id of the tutorial's": lambda given: MessagingEvents(
        environment="us-east-1", conversation_id=given, credentials=AccessToken("t")
    ),
    "client_id": lambda given: ClientCredentials(given, "s"),
    "client_id of a login": lambda given: UserLogin(given),
}

takers = pytest.mark.parametrize("name", TAKERS)


@takers
def test_spaces_around_it_are_dropped(name: str) -> None:
    taker = TAKERS[name](" 3f0c\n")

    assert getattr(taker, name.split()[0]) == "3f0c"


@takers
@pytest.mark.parametrize("given", [None, 42, b"3f0c"], ids=repr)
def test_another_type_is_refused_by_name(name: str, given: object) -> None:
    with pytest.raises(TypeError, match=f"{name.split()[0]} must be a str, not {type(given).__name__}"):
        TAKERS[name](given)


@takers
@pytest.mark.parametrize(
    ("given", "words"),
    [
        (" ", "must not be empty"),
        ("…", "is still the example's"),
        ("<...>", "is still the example's"),
        ("https://apps.mypurecloud.ie/directory/3f0c", "must be the id alone, not an address"),
    ],
)
def test_what_is_no_id_is_refused_by_name(name: str, given: str, words: str) -> None:
    with pytest.raises(ValueError, match=f"{name.split()[0]} {words}"):
        TAKERS[name](given)


@takers
@pytest.mark.parametrize(
    "given", ["{3F0C5A10-1111-4222-8333-ABCDEF012345}", "3F0C5A10-1111-4222-8333-ABCDEF012345 "]
)
def test_braces_and_capitals_of_a_uuid_are_dropped(name: str, given: str) -> None:
    assert getattr(TAKERS[name](given), name.split()[0]) == "3f0c5a10-1111-4222-8333-abcdef012345"
