"""Failures named by their HTTP status, without content or secrets."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines.rest_budget import HELD_BACK
from ipygenesys._core.model.failures import (
    ErrorDetails,
    Failure,
    FailureKind,
    failure_of_status,
    permissions_in,
)
from tests import examples as eg


def failure(status: int, **details: object) -> Failure:
    return failure_of_status(
        status,
        what="Marking a message read",
        details=ErrorDetails(**details),  # type: ignore[arg-type]
        needs=("messaging:write",),
        retry_after_s=None,
    )


@pytest.mark.parametrize(
    ("status", "kind", "is_transient"),
    [
        (301, "protocol", False),
        (400, "rejected", False),
        (401, "authentication", False),
        (403, "permission", False),
        (404, "not_found", False),
        (405, "unsupported", False),
        (408, "unavailable", True),
        (409, "rejected", False),
        (413, "rejected", False),
        (418, "rejected", False),
        (422, "rejected", False),
        (429, "rate_limited", True),
        (500, "unavailable", True),
        (502, "lost", True),
        (503, "unavailable", True),
        (504, "lost", True),
        (599, "unavailable", True),
    ],
)
def test_every_status_has_a_kind_and_words(status: int, kind: FailureKind, is_transient: bool) -> None:
    named = failure(status)
    assert (named.kind, named.is_transient, named.status) == (kind, is_transient, status)
    assert named.message.startswith("Marking a message read: ")


def test_only_our_own_budget_holds_back_whatever_code_a_server_uses() -> None:
    assert HELD_BACK.was_held_back
    assert not failure(429, code="held_back").was_held_back
    assert not failure(429).was_held_back


def test_a_missing_permission_is_named_by_the_answer_or_else_by_the_call() -> None:
    assert "conversation:message:create" in failure(403, permissions=("conversation:message:create",)).message
    assert "messaging:write" in failure(403).message
    nothing = failure_of_status(403, what="x", details=ErrorDetails(), needs=(), retry_after_s=None)
    assert "unknown" in nothing.message


def test_the_servers_code_and_correlation_id_are_kept() -> None:
    named = failure(422, code="bad.thing", correlation_id="c-1")
    assert (named.code, named.correlation_id) == ("bad.thing", "c-1")
    assert "bad.thing" in named.message


@pytest.mark.parametrize(
    ("kind", "status", "may_have"),
    [
        ("lost", None, True),
        ("lost", 504, True),
        ("unavailable", 500, True),
        ("unavailable", 503, False),
        ("unavailable", 408, False),
        ("unavailable", None, False),
        ("rate_limited", 429, False),
        ("unreachable", None, False),
        ("rejected", 422, False),
    ],
)
def test_it_is_known_whether_a_call_may_have_been_carried_out(
    kind: FailureKind, status: int | None, may_have: bool
) -> None:
    assert eg.failure(kind, status=status).may_have_been_carried_out is may_have


@pytest.mark.parametrize(
    ("kind", "code", "cause"),
    [
        ("rejected", "read.only", "ended"),
        ("rejected", "4006", "expired"),
        ("rejected", "something.else", "rejected"),
        ("rate_limited", None, "rate_limited"),
    ],
)
def test_what_a_user_should_know_more_exactly_has_a_cause_of_its_own(
    kind: FailureKind, code: str | None, cause: str
) -> None:
    assert eg.failure(kind, code=code).cause == cause


def test_permissions_are_found_in_words_in_order_and_once_each() -> None:
    words = "Missing conversation:message:create or messaging:write (messaging:write)"
    assert permissions_in(words) == ("conversation:message:create", "messaging:write")
    assert permissions_in("no such thing: here, at 12:30") == ()


def test_a_huge_answer_is_searched_only_at_its_start() -> None:
    assert permissions_in("x" * 5000 + " messaging:write") == ()
