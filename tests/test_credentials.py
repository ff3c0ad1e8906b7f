"""Secrets show themselves nowhere, and credentials say at once what is wrong with them."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import traceback
from collections.abc import Callable

import pytest

from ipygenesys import AccessToken, ClientCredentials, Secret

CANARY = "CANARY-secret"


def holders() -> list[object]:
    return [Secret(CANARY), ClientCredentials("id", CANARY), AccessToken(CANARY)]


@pytest.mark.parametrize("holder", holders(), ids=lambda holder: type(holder).__name__)
@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        "{}".format,
        "{0!r:>10}".format,
        lambda holder: f"{[holder]} {(holder,)} { {'key': holder} }",
        lambda holder: "%s %r" % (holder, holder),  # noqa: UP031
        lambda holder: repr(inspect.getmembers(holder)),
        lambda holder: json.dumps(holder, default=repr),
        lambda holder: repr(holder.__getstate__()),
    ],
)
def test_it_is_shown_nowhere(holder: object, show: Callable[[object], str]) -> None:
    assert CANARY not in show(holder)


@pytest.mark.parametrize("holder", holders(), ids=lambda holder: type(holder).__name__)
def test_it_has_no_dict_to_look_into(holder: object) -> None:
    with pytest.raises(TypeError):
        vars(holder)


@pytest.mark.parametrize("holder", holders(), ids=lambda holder: type(holder).__name__)
@pytest.mark.parametrize("take", [pickle.dumps, copy.deepcopy])
def test_it_cannot_be_pickled_or_copied(holder: object, take: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="cannot be pickled or copied") as caught:
        take(holder)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_traceback_with_locals_shows_stars() -> None:
    def use(credentials: ClientCredentials, token: AccessToken, secret: Secret) -> None:
        raise RuntimeError("somewhere else")

    try:
        use(ClientCredentials("id", Secret("CAN" + "ARY")), AccessToken("CAN" + "ARY"), Secret("CAN" + "ARY"))
    except RuntimeError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())

    assert "***" in shown
    assert "CANARY" not in shown


def test_reveal_is_the_one_way_to_it() -> None:
    assert Secret(CANARY).reveal() == CANARY
    assert ClientCredentials("id", CANARY).client_secret.reveal() == CANARY
    assert AccessToken(Secret(CANARY)).token.reveal() == CANARY


def test_secrets_compare_by_what_they_hold() -> None:
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Secret(""), ValueError),
        (lambda: Secret("  "), ValueError),
        (lambda: Secret(5), TypeError),  # type: ignore[arg-type]
        (lambda: ClientCredentials("", CANARY), ValueError),
        (lambda: ClientCredentials("id", ""), ValueError),
        (lambda: ClientCredentials("id", None), TypeError),  # type: ignore[arg-type]
        (lambda: AccessToken(""), ValueError),
        (lambda: AccessToken("two words"), ValueError),
        (lambda: AccessToken(f"{CANARY}\n"), ValueError),
        (lambda: AccessToken(f"{CANARY}\r\nX-Evil: 1"), ValueError),
        (lambda: AccessToken(f"{CANARY}é"), ValueError),
    ],
)
def test_what_cannot_work_is_refused_at_once_and_not_quoted(
    make: Callable[[], object], error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        make()
    assert CANARY not in str(caught.value)


def test_they_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYS_CLIENT_ID", "id")
    monkeypatch.setenv("GENESYS_CLIENT_SECRET", CANARY)
    monkeypatch.setenv("OTHER_CLIENT_ID", "other")
    monkeypatch.setenv("OTHER_CLIENT_SECRET", CANARY)
    monkeypatch.setenv("GENESYS_ACCESS_TOKEN", CANARY)
    monkeypatch.setenv("MY_TOKEN", "mine")

    assert ClientCredentials.from_env().client_id == "id"
    assert ClientCredentials.from_env("OTHER_").client_id == "other"
    assert AccessToken.from_env().token == Secret(CANARY)
    assert AccessToken.from_env("MY_TOKEN").token == Secret("mine")


@pytest.mark.parametrize("missing", ["GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET"])
@pytest.mark.parametrize("is_empty", [True, False])
def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch, missing: str, is_empty: bool) -> None:
    monkeypatch.setenv("GENESYS_CLIENT_ID", "id")
    monkeypatch.setenv("GENESYS_CLIENT_SECRET", CANARY)
    if is_empty:
        monkeypatch.setenv(missing, "")
    else:
        monkeypatch.delenv(missing)

    with pytest.raises(ValueError, match=missing) as caught:
        ClientCredentials.from_env()
    assert CANARY not in str(caught.value)


def test_all_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENESYS_CLIENT_ID", raising=False)
    monkeypatch.delenv("GENESYS_CLIENT_SECRET", raising=False)

    with pytest.raises(
        ValueError, match="GENESYS_CLIENT_ID and GENESYS_CLIENT_SECRET are not set where Python"
    ):
        ClientCredentials.from_env()


def test_line_ends_around_a_variable_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYS_CLIENT_ID", "id\n")
    monkeypatch.setenv("GENESYS_CLIENT_SECRET", f" {CANARY}\r\n")
    monkeypatch.setenv("GENESYS_ACCESS_TOKEN", f"{CANARY}\n")

    credentials = ClientCredentials.from_env()
    assert (credentials.client_id, credentials.client_secret) == ("id", Secret(CANARY))
    assert AccessToken.from_env().token == Secret(CANARY)


def test_scopes_are_the_protocols_unless_said_otherwise() -> None:
    assert ClientCredentials("id", CANARY).scopes is None
    assert ClientCredentials("id", CANARY, scopes=("a:b",)).scopes == ("a:b",)
