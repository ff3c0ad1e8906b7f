from __future__ import annotations

import gc
import tracemalloc

import pytest

from ipygenesys._core.inbox import desk as module
from ipygenesys._core.inbox import told as said_of
from ipygenesys._core.inbox.desk import KEEP_ENDED_S, TYPING_S, Desk
from ipygenesys._core.inbox.talks import REST_S
from ipygenesys._core.inbox.told import ConversationListed, ListEnded, QueueTold, TextsTold, TypingTold
from tests.core.inbox.examples import agent, calls_made, customer, queue, told


def desk_of(*events: said_of.RowEvent, queue_ids: tuple[str, ...] = ()) -> Desk:
    desk = Desk(queue_ids)
    for event in events:
        desk.take(event, 0.0)
    desk.take_changed()
    return desk


def test_a_queue_without_a_name_or_a_target_changes_nothing() -> None:
    desk = desk_of(listed("1"))
    desk.take(QueueTold(queue_id="sales"), 0.0)

    assert (desk.rows["1"].queue, desk.rows["1"].sla_due_ms) == ("", None)


def listed(id: str, **more: object) -> ConversationListed:
    return ConversationListed(conversation_id=id, state="waiting", queue_id="sales", **more)  # type: ignore[arg-type]


def test_each_conversation_has_a_row_and_changes_are_told_once() -> None:
    desk = Desk()
    desk.take(told(customer(1)), 0.0)
    desk.take(told(customer(1)), 0.0)
    desk.take(told(customer(2), id="2"), 0.0)

    assert desk.take_changed() == ("1", "2")
    assert desk.take_changed() == ()
    desk.take(told(customer(1)), 0.0)
    assert desk.take_changed() == ()


def test_figures_follow_the_rows() -> None:
    desk = desk_of(told(customer(1), queue(2)), told(customer(1), agent(2, 3, 5), id="2"))

    kpis = desk.pools.kpis(10_000)
    assert (kpis.live.value, kpis.waiting.value, kpis.unanswered.value, kpis.unread.value) == (2, 1, 1, 1)
    assert kpis.wait_s.max == 8.0
    assert kpis.first_response_s.median == 4.0
    desk.take(told(customer(1, ended_ms=9000), queue(2, 9)), 0.0)
    kpis = desk.pools.kpis(10_000)
    assert (kpis.live.value, kpis.waiting.value, kpis.unanswered.value, kpis.unread.value) == (1, 0, 0, 0)


def test_who_waits_counts_though_nobody_tells_since_when() -> None:
    desk = desk_of(ConversationListed(conversation_id="1", state="waiting", queue_id="sales"))
    kpis = desk.pools.kpis(10_000)

    assert (kpis.waiting.n, kpis.wait_s.n, kpis.wait_s.max) == (1, 0, None)


def test_values_of_queues_that_nobody_watches_do_not_count() -> None:
    both = told(customer(1), agent(2, 3, 5), agent(6, 7, 8, id="a2", queue_id="tech"))

    assert desk_of(both).pools.kpis(0).time_to_engage_s.n == 2
    assert desk_of(both, queue_ids=("sales",)).pools.kpis(0).time_to_engage_s.n == 1


def test_a_queue_gives_its_rows_a_name_and_a_target() -> None:
    desk = desk_of(told(customer(1), queue(2)), told(customer(1), queue(2, queue_id="tech"), id="2"))
    desk.take(QueueTold(queue_id="sales", name="Sales", target_ms=30_000), 0.0)

    assert desk.take_changed() == ("1",)
    assert (desk.rows["1"].queue, desk.rows["1"].sla_due_ms) == ("Sales", 32_000)
    desk.take(QueueTold(queue_id="sales"), 0.0)
    assert desk.rows["1"].queue == "Sales"


def test_who_is_selected_is_looked_at() -> None:
    desk = desk_of(told(customer(1)), told(customer(1), id="2"))
    desk.select("1", 0.0)
    assert (desk.rows["1"].unread, desk.rows["1"].is_selected, desk.rows["2"].unread) == (0, True, 1)

    desk.take(told(customer(1, 2)), 0.0)
    assert desk.rows["1"].unread == 0
    desk.select(None, 0.0)
    desk.take(told(customer(1, 2, 3)), 0.0)
    assert (desk.rows["1"].unread, desk.rows["1"].is_selected) == (1, False)
    desk.select("unknown", 0.0)


def types(desk: Desk) -> tuple[str, ...]:
    return desk.rows["1"].typing


# --- typing -------------------------------------------------------------------------------------------------


def test_typing_is_shown_until_it_ends_or_something_is_said() -> None:
    desk = desk_of(told(customer(1)))
    desk.take(TypingTold(conversation_id="1"), 10.0)
    assert types(desk) == ("Ada",)
    assert desk.next_deadline() == 10 + TYPING_S

    desk.take_changed()
    desk.tick(10 + TYPING_S)
    assert (types(desk), desk.take_changed()) == ((), ("1",))

    desk.take(TypingTold(conversation_id="1", duration_s=60.0), 20.0)
    desk.take(told(customer(1, 2)), 21.0)
    assert types(desk) == ()
    desk.take(TypingTold(conversation_id="1", name="Lee"), 22.0)
    desk.take(TypingTold(conversation_id="1", name="Lee", is_typing=False), 22.0)
    assert types(desk) == ()
    desk.take(TypingTold(conversation_id="nobody"), 22.0)


def test_whose_typing_can_be_seen_is_said() -> None:
    desk = desk_of(told(customer(1), agent(0, 0)), told(customer(1), agent(0, 0, id="b"), id="2"))
    desk.take(said_of.TypingKnown(frozenset({"user-a"})), 0.0)
    desk.take(said_of.OwnUserLearned("user-b"), 0.0)

    assert [row.knows_typing for row in desk.rows.values()] == [True, False]
    assert [row.is_own for row in desk.rows.values()] == [False, True]


# --- lists and losses ---------------------------------------------------------------------------------------


def test_what_is_listed_has_a_row_that_is_not_complete() -> None:
    desk = desk_of(listed("1", customer="Ada", since_ms=5000), ListEnded())

    assert (desk.rows["1"].customer, desk.rows["1"].is_complete) == ("Ada", False)
    assert desk.pools.kpis(10_000).incomplete == 1
    assert not desk.truncated


def test_what_is_not_listed_any_more_has_ended_unless_more_is_known_of_it() -> None:
    desk = desk_of(listed("1"), listed("2"), told(customer(1), id="3"), ListEnded())
    desk.take(listed("2"), 1.0)
    desk.take(ListEnded(), 1.0)

    assert [desk.rows[id].state for id in "123"] == ["ended", "waiting", "open"]


def test_a_list_that_is_cut_off_ends_nothing_and_says_so() -> None:
    desk = desk_of(listed("1"), ListEnded())
    desk.take(ListEnded(truncated=True), 1.0)

    assert desk.rows["1"].state == "waiting"
    assert desk.truncated


def test_after_a_loss_no_row_is_sure_to_be_complete_until_its_next_event() -> None:
    desk = desk_of(told(customer(1)), TypingTold(conversation_id="1"))
    desk.doubt(1.0)

    assert (desk.rows["1"].is_complete, types(desk)) == (False, ())
    desk.take(told(customer(1)), 2.0)
    assert desk.rows["1"].is_complete


def test_what_the_platform_does_not_know_any_more_has_ended() -> None:
    desk = desk_of(listed("1"))
    desk.gone("1", 1.0)
    desk.gone("2", 1.0)

    assert (desk.rows["1"].state, desk.rows["1"].is_complete) == ("ended", True)


def test_texts_are_those_of_the_newest_message_alone() -> None:
    desk = desk_of(told(customer(1)))
    desk.take(TextsTold("1", {"c1": "Hello"}), 0.0)
    last = desk.rows["1"].last
    assert last is not None and last.text == "Hello"

    desk.take(TextsTold("1", {"c0": "Older"}), 0.0)
    desk.take(TextsTold("9", {"c0": "Of nobody"}), 0.0)
    last = desk.rows["1"].last
    assert last is not None and last.text == "Hello"


def test_one_that_a_list_missed_goes_on_when_it_is_told_or_listed_again() -> None:
    desk = desk_of(listed("1"), listed("2"), ListEnded(), ListEnded())
    assert [desk.rows[id].state for id in "12"] == ["ended", "ended"]

    desk.take(told(customer(1), queue(2)), 1.0)
    desk.take(listed("2"), 1.0)

    assert [desk.rows[id].state for id in "12"] == ["waiting", "waiting"]
    assert [desk.rows[id].is_complete for id in "12"] == [True, False]
    assert [talk.known for talk in desk.talks.awake] == ["wholly", "partly"]


def test_one_that_had_ended_and_is_listed_again_is_not_known_wholly() -> None:
    desk = desk_of(told(customer(1, ended_ms=9000)))
    desk.take(listed("1"), 1.0)

    assert not desk.rows["1"].is_complete


def test_a_loss_leaves_no_doubt_of_what_had_ended_but_for_work_that_went_on_after_it() -> None:
    over = told(customer(1, ended_ms=9000), agent(2, 3, 5, ended_ms=9000))
    working = told(customer(1, ended_ms=9000), agent(2, 3, 5, ended_ms=9000, acw_began_ms=9000), id="2")
    done = agent(2, 3, 5, ended_ms=9000, acw_began_ms=9000, acw_ended_ms=9500)
    desk = desk_of(over, working, told(customer(1, ended_ms=9000), done, id="3"))
    desk.doubt(1.0)

    assert [desk.rows[id].is_complete for id in "123"] == [True, False, True]


# --- what is let go -----------------------------------------------------------------------------------------


def test_conversations_that_ended_long_ago_are_let_go_with_their_values() -> None:
    over = told(customer(1, ended_ms=9000), agent(2, 3, 5, ended_ms=9000))
    desk = desk_of(over)
    assert desk.pools.kpis(0).first_response_s.n == 1
    desk.tick(REST_S)
    assert desk.next_deadline() == KEEP_ENDED_S

    desk.tick(KEEP_ENDED_S - 1)
    assert "1" in desk.rows
    desk.take(TypingTold(conversation_id="1", duration_s=2 * KEEP_ENDED_S), 0.0)
    desk.take_changed()
    desk.tick(KEEP_ENDED_S)

    assert (desk.rows, len(desk.talks), desk.take_changed()) == ({}, 0, ("1",))
    assert desk.pools.kpis(0).first_response_s.n == 0
    assert desk.next_deadline() == 2 * KEEP_ENDED_S
    desk.tick(2 * KEEP_ENDED_S)
    assert desk.next_deadline() is None


def test_one_that_is_looked_at_is_kept() -> None:
    desk = desk_of(told(customer(1, ended_ms=9000)))
    desk.select("1", 0.0)
    desk.tick(KEEP_ENDED_S)

    assert "1" in desk.rows
    assert desk.next_deadline() == 2 * KEEP_ENDED_S


def test_one_that_changes_queue_while_it_is_looked_at_goes_on_under_the_other_one() -> None:
    desk = Desk(("sales", "tech"))
    desk.take(QueueTold(queue_id="tech", name="Tech", target_ms=30_000), 0.0)
    desk.select("1", 0.0)
    desk.take(told(customer(1), queue(2)), 1.0)
    desk.take(told(customer(1), queue(2, 5), queue(6, id="q2", queue_id="tech")), 2.0)

    row = desk.rows["1"]
    assert (row.state, row.queue, row.sla_due_ms, row.is_selected) == ("waiting", "Tech", 36_000, True)
    waiting = [desk.pools.kpis(7000, ("queue", each)).waiting.n for each in ("sales", "tech")]
    assert waiting == [0, 1]


def test_one_that_leaves_the_watched_queues_while_it_is_looked_at_stays_until_nobody_looks() -> None:
    desk = Desk(("sales",))
    desk.select("1", 0.0)
    desk.take(told(customer(1), queue(2)), 1.0)
    desk.take(told(customer(1), queue(2, 5), queue(6, id="q2", queue_id="tech")), 2.0)
    desk.tick(2.0 + KEEP_ENDED_S)
    assert (desk.rows["1"].state, desk.rows["1"].queue_id, desk.rows["1"].is_selected) == (
        "ended",
        "tech",
        True,
    )
    assert desk.pools.kpis(7000).waiting.n == 0

    again = (customer(1), queue(2, 5), queue(6, 9, id="q2", queue_id="tech"), queue(10, id="q3"))
    desk.take(told(*again), 3.0 + KEEP_ENDED_S)

    assert (desk.rows["1"].state, desk.rows["1"].queue_id) == ("waiting", "sales")
    assert desk.pools.kpis(12_000).waiting.n == 1


def rests(desk: Desk, id: str = "1") -> bool:
    return id in desk.talks and id not in {talk.id for talk in desk.talks.awake}


OVER = told(customer(1, ended_ms=9000), agent(2, 3, 5, ended_ms=9000))


def test_one_that_has_ended_rests_and_shows_and_counts_as_before() -> None:
    desk, awake = desk_of(OVER), desk_of(OVER)
    assert desk.next_deadline() == REST_S
    desk.tick(REST_S - 1)
    assert not rests(desk)
    desk.tick(REST_S)

    assert rests(desk) and not rests(awake)
    assert (desk.rows, desk.take_changed()) == (awake.rows, ())
    assert desk.pools.kpis(10_000) == awake.pools.kpis(10_000)
    assert desk.values_of("1") == awake.values_of("1") != ()
    assert rests(desk), "it was only looked at"


def test_what_is_told_late_of_one_that_rests_is_what_it_would_have_been_before() -> None:
    late = told(
        customer(1, 1.5, ended_ms=9000),
        agent(2, 3, 4, 5, ended_ms=9000, acw_began_ms=9000, acw_ended_ms=9500),
    )
    desk, awake = desk_of(OVER), desk_of(OVER)
    desk.tick(REST_S)
    for each in (desk, awake):
        each.take(late, REST_S + 1)

    assert (desk.rows, desk.take_changed()) == (awake.rows, awake.take_changed())
    assert desk.pools.kpis(10_000) == awake.pools.kpis(10_000)
    assert desk.values_of("1") == awake.values_of("1") != desk_of(OVER).values_of("1")
    assert not rests(desk)
    desk.tick(REST_S + 1 + REST_S)
    assert rests(desk)


def test_one_that_rests_is_awake_again_while_somebody_looks_at_it_or_it_goes_on() -> None:
    desk = desk_of(OVER, listed("2"), ListEnded(), ListEnded())
    desk.tick(REST_S)
    assert (rests(desk, "1"), rests(desk, "2")) == (True, True)
    desk.select("1", REST_S)
    desk.take(listed("2"), REST_S)
    desk.tick(10 * REST_S)
    assert (rests(desk, "1"), rests(desk, "2")) == (False, False)
    assert (desk.rows["1"].is_selected, desk.rows["2"].state) == (True, "waiting")

    desk.select(None, 10 * REST_S)
    desk.tick(11 * REST_S)
    assert rests(desk, "1")
    desk.take(TextsTold("1", {"a5": "Bye"}), 12 * REST_S)
    last = desk.rows["1"].last
    assert last is not None and last.text == "Bye"


def test_one_whose_agent_still_works_after_it_does_not_rest() -> None:
    desk = desk_of(told(customer(1, ended_ms=9000), agent(2, 3, 5, ended_ms=9000, acw_began_ms=9000)))
    desk.tick(10 * REST_S)
    assert not rests(desk)


def test_those_that_rest_are_in_their_queue_by_its_new_name_too() -> None:
    desk = desk_of(OVER)
    desk.tick(REST_S)
    desk.take(QueueTold(queue_id="sales", name="Sales"), REST_S)

    assert (desk.rows["1"].queue, desk.take_changed(), rests(desk)) == ("Sales", ("1",), True)


def test_what_rests_is_let_go_with_its_values() -> None:
    desk = desk_of(OVER)
    desk.tick(REST_S)
    desk.tick(KEEP_ENDED_S)

    assert (len(desk.talks), desk.rows, desk.pools.kpis(0).first_response_s.n) == (0, {}, 0)


def bytes_of_ended(count: int) -> int:
    """What so many conversations take that have ended, as long as any: twenty messages, a transfer, work after it."""
    desk = Desk()
    tracemalloc.start()
    try:
        for number in range(count):
            id_ = f"conversation-{number:032x}"
            after = agent(
                40,
                42,
                *range(43, 90, 5),
                id=f"b{number % 30}",
                ended_ms=99_000,
                acw_began_ms=99_000,
                acw_ended_ms=99_900,
            )
            parts = (
                customer(*range(1, 80, 8), name=f"Customer {number}", ended_ms=98_000),
                queue(2, 9),
                agent(6, 9, 12, 20, 28, id=f"a{number % 30}", ended_ms=35_000),
                queue(35, 42, id="q2"),
                after,
            )
            desk.take(told(*parts, id=id_), float(number) / 100)
            desk.take_changed()
        gc.collect()
        desk.tick(count / 100 + REST_S)
        gc.collect()
        assert len(desk.talks.awake) == 0
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_one_that_has_ended_takes_a_few_kilobytes() -> None:
    assert bytes_of_ended(500) <= 500 * 4500


def test_of_many_that_have_ended_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    monkeypatch.setattr(module, "MAX_ENDED", 2)
    for number in range(4):
        desk.take(told(customer(1, ended_ms=9000), id=str(number)), float(number))
    desk.tick(4.0)

    assert list(desk.rows) == ["2", "3"]


def test_one_that_goes_on_after_all_is_not_let_go() -> None:
    desk = desk_of(told(customer(1, ended_ms=9000)), told(customer(1), agent(2, 3, id="again")))
    desk.tick(KEEP_ENDED_S)

    assert desk.rows["1"].is_live


# --- cost ---------------------------------------------------------------------------------------------------


def calls_of_an_event(conversations: int) -> int:
    desk = Desk()
    for number in range(conversations):
        parts = customer(1, 3, name=f"Customer {number}"), queue(1, 2), agent(1, 2, 2.5, id=f"a{number % 20}")
        desk.take(told(*parts, id=str(number)), 0.0)
    some = str(conversations // 2)

    def work() -> None:
        for second in range(4, 24):
            event = told(customer(second), agent(1, 2, second + 0.25, id=f"a{int(some) % 20}"), id=some)
            desk.take(event, float(second))
            desk.tick(float(second))
            desk.pools.kpis(second * 1000)
            desk.take_changed()

    return calls_made(work)


def test_an_event_costs_with_a_thousand_conversations_what_it_costs_with_ten() -> None:
    assert calls_of_an_event(1000) <= 1.3 * calls_of_an_event(10)


def test_who_is_not_known_any_more_is_in_no_doubt() -> None:
    desk = desk_of(told(customer(1)))
    desk.doubt_of("2", 0.0)
    assert list(desk.rows) == ["1"] and desk.pools.incomplete == 0
