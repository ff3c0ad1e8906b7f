"""Who may call when: lanes, borrowing, repeats, and what the server says is left."""

from __future__ import annotations

from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipygenesys._core.machines.rest_budget import (
    BURST,
    LOOK_EVERY_S,
    MIN_REPEATS,
    PATIENCE_S,
    RATE_PER_S,
    REPEATS_WINDOW_S,
    SHARES,
    Lane,
    RestBudget,
    Ticket,
    lane_of,
    parse_rate_limit,
)
from ipygenesys._core.model.operations import (
    CheckHealth,
    FetchHistory,
    FetchMessage,
    FetchMessages,
    MarkRead,
    MarkReadUpTo,
    Operation,
    PostMessage,
    RefreshAttachment,
    SetTyping,
)

NOW = 1000.0
LANES: tuple[Lane, ...] = tuple(SHARES)


def asked(budget: RestBudget, lane: Lane, count: int, now: float = NOW, *, is_again: bool = False) -> int:
    """How many of so many calls may go at once; the others wait."""
    tickets = [budget.ask(lane, now, is_again=is_again) for _ in range(count)]
    budget.pump(now)
    return sum(ticket.state == "granted" for ticket in tickets)


def emptied(now: float = NOW) -> RestBudget:
    """All that was saved up is spent, and nobody waits."""
    budget = RestBudget(now)
    for lane in LANES:
        tickets = [budget.ask(lane, now) for _ in range(100)]
        budget.pump(now)
        for ticket in tickets:
            budget.leave(ticket)
    return budget


@pytest.mark.parametrize(
    ("operation", "lane"),
    [
        (PostMessage("d", "t"), "messages"),
        (CheckHealth(), "messages"),
        (FetchHistory(), "backfill"),
        (FetchMessage("m"), "backfill"),
        (FetchMessages(("m",)), "backfill"),
        (RefreshAttachment("m", "a"), "backfill"),
        (MarkRead("m"), "receipts"),
        (MarkReadUpTo("m", ("m",)), "receipts"),
        (SetTyping(True), "typing"),
    ],
)
def test_every_operation_has_its_lane(operation: Operation, lane: Lane) -> None:
    assert lane_of(operation) == lane


def test_the_shares_are_a_whole_in_the_order_of_their_priority() -> None:
    assert sum(SHARES.values()) == pytest.approx(1.0)
    assert LANES == ("messages", "backfill", "receipts", "typing")
    assert BURST + 60 * RATE_PER_S == 240


# --- saved up ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lane", "count"),
    # Its own bucket, that of typing, and the upper two thirds of the others.
    [("messages", 36 + 3 + 4 + 10), ("backfill", 15 + 3 + 4 + 24), ("receipts", 6 + 3 + 10 + 24)],
)
def test_a_burst_takes_its_own_then_typings_then_what_others_can_spare(lane: Lane, count: int) -> None:
    assert asked(RestBudget(NOW), lane, 100) == count


def test_typing_has_its_own_and_what_others_can_spare() -> None:
    assert asked(RestBudget(NOW), "typing", 100) == 3 + 4 + 10 + 24


def test_whoever_comes_in_a_burst_leaves_a_third_to_the_others() -> None:
    budget = RestBudget(NOW)
    asked(budget, "receipts", 100)
    assert asked(budget, "messages", 12) == 12
    assert asked(budget, "backfill", 5) == 5
    assert asked(budget, "typing", 1) == 0


def test_twenty_conversations_that_are_opened_at_once_leave_enough_for_what_is_said_next() -> None:
    budget = RestBudget(NOW)
    assert asked(budget, "backfill", 40) == 40, "history and its content, each"
    for half_second in range(1, 120):
        assert asked(budget, "backfill", 1, NOW + half_second / 2) == 1, "what a message says"


def test_the_lowest_lends_first() -> None:
    budget = RestBudget(NOW)
    asked(budget, "messages", 36 + 3)
    assert asked(budget, "typing", 3) == 3, "it lives on what the others can spare"
    assert asked(budget, "receipts", 6) == 6


# --- as time passes ---------------------------------------------------------------------------------------


def steady(demand: dict[Lane, float], seconds: int = 120) -> dict[Lane, float]:
    """Calls a minute of each lane in the second half, when so many a second are wanted."""
    budget, granted = emptied(), dict.fromkeys(LANES, 0)
    owed = dict.fromkeys(LANES, 0.0)
    for tenth in range(10 * seconds):
        now = NOW + tenth / 10
        for lane, per_s in demand.items():
            owed[lane] += per_s / 10
            while owed[lane] >= 1.0:
                owed[lane] -= 1.0
                budget.ask(lane, now)
        for ticket in budget.pump(now):
            if ticket.state == "granted" and tenth >= 5 * seconds:
                granted[ticket.lane] += 1
    return {lane: count / (seconds / 2) * 60 for lane, count in granted.items()}


@pytest.mark.no_cover
def test_who_is_alone_gets_everything() -> None:
    for lane in LANES:
        assert steady({lane: 10.0})[lane] == pytest.approx(180, abs=4)


@pytest.mark.no_cover
def test_when_all_want_more_than_there_is_each_has_its_share_and_typing_starves() -> None:
    rates = steady(dict.fromkeys(LANES, 10.0))
    assert rates["typing"] == 0
    assert rates["messages"] == pytest.approx(180 * (0.60 + 0.05), abs=5)
    assert rates["backfill"] == pytest.approx(180 * 0.25, abs=5)
    assert rates["receipts"] == pytest.approx(180 * 0.10, abs=5)


@pytest.mark.no_cover
def test_what_a_lane_leaves_unused_goes_to_the_one_of_the_highest_priority_that_wants_it() -> None:
    rates = steady({"messages": 1.0, "backfill": 10.0, "receipts": 10.0})
    assert rates["messages"] == pytest.approx(60, abs=3)
    assert rates["receipts"] == pytest.approx(18, abs=4)
    assert rates["backfill"] == pytest.approx(180 - 60 - 18, abs=6)


def test_a_lone_typist_is_never_held_up() -> None:
    rates = steady({"typing": 0.25})
    assert rates["typing"] == pytest.approx(15, abs=1)


@settings(max_examples=60)
@given(
    steps=st.lists(
        st.tuples(st.floats(0.0, 20.0), st.sampled_from(LANES), st.integers(1, 120), st.booleans()),
        max_size=25,
    )
)
def test_no_minute_holds_more_than_240_calls_and_no_repeat_goes_beyond_what_ten_seconds_may_hold(
    steps: list[tuple[float, Lane, int, bool]],
) -> None:
    budget, now = RestBudget(NOW), NOW
    times: list[float] = []
    repeats: list[float] = []
    for wait, lane, count, is_again in steps:
        now += wait
        for _ in range(count):
            budget.ask(lane, now, is_again=is_again)
        granted = [ticket.is_again for ticket in budget.pump(now) if ticket.state == "granted"]
        times += [now] * len(granted)
        repeats += [now] * sum(granted)
        assert len(times) - bisect_right(times, now - 60.0) <= 240
        if any(granted):
            so_far = len(times) - bisect_right(times, now - REPEATS_WINDOW_S)
            repeated = len(repeats) - bisect_right(repeats, now - REPEATS_WINDOW_S)
            assert repeated <= MIN_REPEATS + 0.1 * so_far


# --- waiting ----------------------------------------------------------------------------------------------


def test_typing_never_waits_and_others_wait_in_order_and_not_for_ever() -> None:
    budget = emptied()
    typing = budget.ask("typing", NOW)
    receipts = [budget.ask("receipts", NOW) for _ in range(2)]
    message = budget.ask("messages", NOW)
    assert budget.pump(NOW) == [typing]
    assert typing.state == "refused"
    assert budget.pump(NOW + 0.3) == []
    assert budget.pump(NOW + 0.6) == [message]
    assert [ticket.state for ticket in (*receipts, message)] == ["waiting", "waiting", "granted"]
    assert budget.pump(NOW + 3.4) != []
    assert receipts[0].state == "granted"


def test_who_has_waited_in_vain_is_refused() -> None:
    budget = RestBudget(NOW)
    budget.learned(0, 60.0, NOW)
    ticket = budget.ask("messages", NOW)
    assert budget.pump(NOW + PATIENCE_S["messages"] - 0.1) == []
    assert budget.pump(NOW + PATIENCE_S["messages"]) == [ticket]
    assert ticket.state == "refused"
    assert budget.pump(NOW + 100.0) == []


def test_the_queue_is_looked_at_as_long_as_somebody_waits() -> None:
    budget = emptied()
    assert budget.next_deadline(NOW) is None
    ticket = budget.ask("messages", NOW)
    assert budget.next_deadline(NOW + 5.0) == NOW + 5.0 + LOOK_EVERY_S
    budget.leave(ticket)
    budget.leave(ticket)
    assert budget.next_deadline(NOW) is None


def test_who_leaves_uses_nothing_up() -> None:
    budget = emptied()
    first, second = (budget.ask("messages", NOW) for _ in range(2))
    budget.leave(first)
    assert budget.pump(NOW + 0.6) == [second]
    assert first.state == "waiting"


def test_tickets_are_themselves_and_nothing_else() -> None:
    assert Ticket("messages", False, NOW) != Ticket("messages", False, NOW)


# --- repeats ----------------------------------------------------------------------------------------------


def test_three_repeats_in_ten_seconds_are_always_allowed_and_first_calls_pass_them() -> None:
    budget = RestBudget(NOW)
    assert asked(budget, "messages", 5, is_again=True) == MIN_REPEATS
    assert asked(budget, "messages", 5) == 5
    assert budget.pump(NOW + REPEATS_WINDOW_S - 0.1) == []
    assert len(budget.pump(NOW + REPEATS_WINDOW_S)) == 2


def test_where_there_is_much_to_do_a_tenth_may_be_repeats() -> None:
    budget = RestBudget(NOW)
    assert asked(budget, "messages", 36) == 36
    assert asked(budget, "backfill", 9, is_again=True) == 4


def test_messages_are_repeated_first() -> None:
    budget = RestBudget(NOW)
    receipts = [budget.ask("receipts", NOW, is_again=True) for _ in range(MIN_REPEATS)]
    messages = [budget.ask("messages", NOW, is_again=True) for _ in range(MIN_REPEATS)]
    assert budget.pump(NOW) == messages
    assert {ticket.state for ticket in receipts} == {"waiting"}


# --- what the server says ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lane", "kept"), [("messages", 0), ("backfill", 5), ("receipts", 10), ("typing", 20)]
)
def test_what_the_server_says_is_left_is_for_messages_first(lane: Lane, kept: int) -> None:
    budget = RestBudget(NOW)
    budget.learned(kept + 2, 30.0, NOW)
    assert asked(budget, lane, 3) == 2


def test_when_the_server_counts_anew_its_word_is_void() -> None:
    budget = RestBudget(NOW)
    budget.learned(0, 5.0, NOW)
    assert asked(budget, "messages", 1, NOW + 4.9) == 0
    assert len(budget.pump(NOW + 5.0)) == 1


def test_more_left_than_we_allow_ourselves_changes_nothing() -> None:
    budget = emptied()
    budget.learned(1000, 60.0, NOW)
    assert asked(budget, "messages", 1) == 0


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (("10", "300", "40"), (290, 40.0)),
        (("300", "300", "0"), (0, 0.0)),
        (("301", "300", "7"), (0, 7.0)),
        (("0", "1", "60"), (1, 60.0)),
        (("1", "300", "100000"), (299, 60.0)),
        ((None, None, None), None),
        (("1", None, "5"), None),
        (("1", "300", None), None),
        (("x", "300", "5"), None),
        (("-1", "300", "5"), None),
        (("1", "0", "5"), None),
        (("1", "-5", "5"), None),
        (("1", "300", "-5"), None),
        (("1.5", "300", "5"), None),
    ],
)
def test_the_headers_are_read_where_they_make_sense(
    headers: tuple[str | None, str | None, str | None], said: tuple[int, float] | None
) -> None:
    assert parse_rate_limit(*headers) == said
