"""Guests' sessions, limits and tokens, on a made-up clock."""

from __future__ import annotations

import itertools

import pytest

from ipygenesys.simulator.state.conversation import ConversationChanged
from ipygenesys.simulator.state.guest_accounts import GuestAccounts
from ipygenesys.simulator.state.guest_errors import GuestError, TooFast
from ipygenesys.simulator.state.guests import Bucket, Guests
from ipygenesys.simulator.state.organisation import Deployment, GuestLimits
from ipygenesys.simulator.state.pkce import challenge_of


def guests(**limits: float) -> Guests:
    numbers = itertools.count(1)
    return Guests(
        GuestLimits(**limits),  # type: ignore[arg-type]
        new_id=lambda: f"{next(numbers):032x}",
        new_secret=lambda: f"secret{next(numbers)}",
    )


def test_a_token_that_nobody_has_used_begins_a_session_and_the_same_one_finds_it() -> None:
    g = guests()
    first = g.configure("t", 0, start_new=False, conversation_id="c", position=3)
    again = g.configure("t", 1, start_new=False, conversation_id="c", position=9)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.session is first.session
    assert again.session.starts_after == 3


def test_starting_new_clears_a_live_session_but_not_one_that_has_ended() -> None:
    g = guests()
    old = g.configure("t", 0, start_new=False, conversation_id="c", position=0).session
    assert g.configure("t", 1, start_new=True, conversation_id="c", position=2).cleared is old
    g.note(ConversationChanged("c", "disconnected"), Deployment(), 2)
    assert g.session("t", 2).is_read_only
    assert g.configure("t", 3, start_new=True, conversation_id="c", position=2).cleared is None


def test_a_session_expires_and_activity_extends_it() -> None:
    g = guests(session_duration_s=10)
    session = g.configure("t", 0, start_new=False, conversation_id="c", position=0).session
    g.touch(session, 5)
    assert g.next_deadline() == 15
    assert g.session("t", 14.9) is session
    with pytest.raises(GuestError) as caught:
        g.session("t", 15)
    assert caught.value.code == 4006
    assert (g.expire(15), g.expire(16)) == ([session], [])
    with pytest.raises(GuestError) as caught:
        g.configure("t", 16, start_new=False, conversation_id="c", position=0)
    assert caught.value.code == 4006
    assert g.configure("t", 17, start_new=True, conversation_id="c", position=0).is_new


def test_a_closed_or_unknown_session_is_not_found_and_its_token_is_free_again() -> None:
    g = guests()
    g.end(g.configure("t", 0, start_new=False, conversation_id="c", position=0).session)
    for token in ("t", "nobody"):
        with pytest.raises(GuestError) as caught:
            g.session(token, 1)
        assert caught.value.code == 4007
    assert g.configure("t", 1, start_new=False, conversation_id="c", position=0).is_new


def test_sixty_configures_a_minute_and_session() -> None:
    g = guests()
    for _ in range(60):
        g.configure("t", 0, start_new=False, conversation_id="c", position=0)
    with pytest.raises(TooFast, match="ConfigureSession rate too high") as caught:
        g.configure("t", 20, start_new=False, conversation_id="c", position=0)
    assert caught.value.retry_after == 40
    g.configure("other", 20, start_new=False, conversation_id="c", position=0)
    g.configure("t", 60, start_new=False, conversation_id="c", position=0)


def test_five_messages_a_second_and_session() -> None:
    g = guests()
    session = g.configure("t", 0, start_new=False, conversation_id="c", position=0).session
    for _ in range(5):
        g.admit_message(session, 0)
    with pytest.raises(TooFast):
        g.admit_message(session, 0.1)
    g.admit_message(session, 0.2)


def test_two_messages_a_second_and_session_where_that_is_the_limit() -> None:
    g = guests(messages_per_s=2)
    one, other = (
        g.configure(t, 0, start_new=False, conversation_id="c", position=0).session for t in ("t", "u")
    )
    g.admit_message(one, 0)
    g.admit_message(one, 0)
    with pytest.raises(TooFast, match="Message rate too high") as caught:
        g.admit_message(one, 0.1)
    assert caught.value.retry_after == 1
    g.admit_message(other, 0.1)
    g.admit_message(one, 0.5)
    with pytest.raises(TooFast):
        g.admit_message(one, 0.9)


def test_what_a_refusal_says_can_be_set() -> None:
    g = guests(retry_after_s=3, messages_per_s=1)
    session = g.configure("t", 0, start_new=False, conversation_id="c", position=0).session
    g.admit_message(session, 0)
    with pytest.raises(TooFast) as caught:
        g.admit_message(session, 0)
    assert caught.value.retry_after == 3


def test_a_client_at_the_exact_rate_is_never_refused() -> None:
    bucket = Bucket(2.0)
    assert {bucket.wait_s("k", n * 0.5) for n in range(100)} == {0.0}


def test_a_signed_in_session_cannot_become_an_anonymous_one() -> None:
    g = guests()
    g.configure("t", 0, start_new=False, conversation_id="c", position=0, user="bo")
    with pytest.raises(GuestError) as caught:
        g.configure("t", 1, start_new=False, conversation_id="c", position=0)
    assert caught.value.code == 4017


@pytest.mark.parametrize(("kind", "is_read_only"), [("ReadOnly", True), ("Send", False), (None, False)])
def test_the_end_of_the_conversation_is_as_the_deployment_says(kind: str | None, is_read_only: bool) -> None:
    g = guests()
    session = g.configure("t", 0, start_new=False, conversation_id="c", position=0).session
    deployment = Deployment(conversation_disconnect=kind)  # type: ignore[arg-type]
    g.note(ConversationChanged("c", "disconnected"), deployment, 1)
    assert session.is_read_only is is_read_only
    assert [p.type for p in session.presences] == ([] if kind is None else ["Disconnect"])


def test_a_history_token_lives_for_its_time() -> None:
    g = guests(history_jwt_lifetime_s=10)
    session = g.configure("t", 0, start_new=False, conversation_id="c", position=0).session
    jwt, exp = g.issue_jwt(session, 0)
    assert exp == 10
    assert (g.session_of(jwt, 9.9), g.session_of(jwt, 10), g.session_of("no", 0)) == (session, None, None)
    jwt, _ = g.issue_jwt(session, 20)
    g.expire_jwts()
    assert g.session_of(jwt, 21) is None


def test_no_repr_shows_a_session_token() -> None:
    session = guests().configure("hush-hush", 0, start_new=False, conversation_id="c", position=0).session
    assert "hush-hush" not in repr(session)


# --- signed-in guests


def accounts() -> GuestAccounts:
    numbers = itertools.count(1)
    return GuestAccounts(lambda: f"secret{next(numbers)}")


def test_a_code_is_good_once_for_its_redirect_and_its_verifier() -> None:
    a = accounts()
    code = a.authorize("bo", "http://127.0.0.1/x", challenge_of("v"), 0)
    assert a.exchange(code, "http://127.0.0.1/x", "v", 1) == "bo"
    assert a.exchange(code, "http://127.0.0.1/x", "v", 1) is None
    for redirect, verifier, now in (
        ("http://127.0.0.1/y", "v", 1),
        ("u", "w", 1),
        ("u", None, 1),
        ("u", "v", 301),
    ):
        code = a.authorize("bo", "u", challenge_of("v"), 0)
        assert a.exchange(code, redirect, verifier, now) is None


def test_tokens_of_a_guest_end_by_time_or_all_at_once() -> None:
    a = accounts()
    jwt, refresh = a.issue_jwt("bo", 0, 10), a.issue_refresh("bo", 0, 20)
    assert (a.user_of_jwt(jwt, 9), a.user_of_jwt(jwt, 10)) == ("bo", None)
    assert (a.user_of_refresh(refresh, 19), a.user_of_refresh(refresh, 20)) == ("bo", None)
    a.expire_all()
    assert (a.user_of_jwt(jwt, 9), a.user_of_refresh(refresh, 19)) == (None, "bo")
    a.revoke("bo")
    assert a.user_of_refresh(refresh, 19) is None
