"""A session that can die: checked while all is quiet, its end announced once and in time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.machines.session_life import (
    CHECK_AFTER_END_S,
    CHECK_BEFORE_NOTICE_S,
    SAME_END_S,
    SessionLife,
)
from ipygenesys._core.model.operations import CheckHealth
from ipygenesys._core.model.profile import LifeRules

CHECK = [CheckHealth()]


def open_life(**rules: float) -> SessionLife:
    life = SessionLife(LifeRules(health_check_s=30.0, **rules))
    life.stream_opened(100.0)
    return life


def test_a_platform_without_health_checks_is_never_asked() -> None:
    life = SessionLife()
    life.stream_opened(100.0)
    assert life.next_deadline() is None
    assert life.pump(10_000.0) == []


def test_the_server_is_asked_when_it_has_been_quiet() -> None:
    life = open_life()
    assert life.next_deadline() == 130.0
    life.heard(120.0)
    assert life.pump(149.9) == []
    assert life.pump(150.0) == CHECK
    assert life.next_deadline() is None
    assert life.pump(200.0) == []
    life.answered()
    assert life.next_deadline() == 180.0


def test_without_a_stream_nobody_is_asked() -> None:
    life = open_life()
    life.stream_lost()
    assert life.next_deadline() is None
    assert life.pump(1000.0) == []


def test_the_end_is_announced_in_time_and_once() -> None:
    life = open_life(notice_s=300.0)
    life.learned(1000.0, 100.0)
    assert life.notice(799.9) is None
    assert life.notice(800.0) == 300.0
    assert life.notice(800.0) is None
    life.learned(299.0, 801.5)
    assert life.notice(801.5) is None


def test_an_end_that_has_moved_is_announced_again() -> None:
    life = open_life(notice_s=300.0)
    life.learned(200.0, 100.0)
    assert life.notice(100.0) == 200.0
    life.learned(200.0 + SAME_END_S, 100.0)
    assert life.notice(100.0) == 200.0 + SAME_END_S


def test_an_end_that_is_past_is_announced_as_now() -> None:
    life = open_life()
    life.learned(-50.0, 100.0)
    assert life.notice(110.0) == 0.0


def test_the_server_is_asked_before_the_notice_and_after_the_end() -> None:
    life = open_life(notice_s=300.0)
    life.learned(1000.0, 100.0)
    checks = list[float]()
    for now in range(100, 1200):
        life.heard(float(now))
        if life.pump(float(now)):
            checks.append(float(now))
            life.answered()
    assert checks == [800.0 - CHECK_BEFORE_NOTICE_S, 1100.0 + CHECK_AFTER_END_S]


def test_a_session_that_is_over_is_forgotten() -> None:
    life = open_life()
    life.learned(400.0, 100.0)
    life.forget()
    life.stream_lost()
    assert life.next_deadline() is None
    assert life.notice(10_000.0) is None


@given(
    st.lists(
        st.tuples(st.sampled_from(["heard", "learned", "lost", "opened", "tick"]), st.floats(0.1, 400)),
        max_size=40,
    )
)
def test_checks_keep_their_distance_and_no_deadline_stands_still(steps: list[tuple[str, float]]) -> None:
    life, now, checked_at = open_life(), 100.0, -1e9
    for what, amount in steps:
        if what == "tick":
            now += amount
        elif what == "heard":
            life.heard(now)
        elif what == "learned":
            life.learned(amount, now)
        elif what == "lost":
            life.stream_lost()
        else:
            life.stream_opened(now)
        if life.pump(now):
            assert now - checked_at >= 30.0 - 1e-9
            checked_at = now
            life.answered()
        life.notice(now)
        deadline = life.next_deadline()
        assert deadline is None or deadline > now, "a deadline that never passes"


def test_the_nearer_of_a_check_and_a_notice_is_due() -> None:
    life = open_life(notice_s=300.0)
    life.learned(1000.0, 100.0)
    assert life.next_deadline() == 130.0
    life.pump(130.0)
    assert life.next_deadline() == 800.0


def test_a_stream_that_was_lost_during_a_check_does_not_hold_up_the_next() -> None:
    life = open_life()
    assert life.pump(130.0) == CHECK
    life.stream_lost()
    life.stream_opened(200.0)
    assert life.pump(229.9) == []
    assert life.pump(230.0) == CHECK


def test_an_end_within_a_second_is_told_as_it_is() -> None:
    life = open_life(notice_s=300.0)
    life.learned(0.5, 100.0)
    assert life.notice(100.0) == 0.5


def test_a_server_that_has_just_told_the_end_is_not_asked_for_it() -> None:
    life = open_life()
    life.learned(300.0 + CHECK_BEFORE_NOTICE_S, 100.0)
    assert life.pump(100.0) == []
    assert life.next_deadline() == 100.0 + CHECK_BEFORE_NOTICE_S


def test_a_session_that_is_over_is_not_asked_when_it_would_have_ended() -> None:
    life = open_life()
    life.learned(325.0, 100.0)
    assert life.next_deadline() == 115.0
    life.forget()
    assert life.next_deadline() == 130.0


def test_an_answer_that_comes_after_the_stream_was_lost_asks_nobody() -> None:
    life = open_life()
    assert life.pump(130.0) == CHECK
    life.stream_lost()
    life.answered()
    assert life.next_deadline() is None
