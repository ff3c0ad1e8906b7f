"""Catching up from history: after every connect, at every gap, and never in a loop."""

from __future__ import annotations

import msgspec
import pytest

from ipygenesys._core.machines.catch_up import GAP_PATIENCE_S, PAGE_SIZE, RECONCILE_S, CatchUp
from ipygenesys._core.machines.rest_budget import HELD_BACK
from ipygenesys._core.model.failures import FailureKind
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import History, MessageArrived
from tests import examples as eg


def first_page() -> FetchHistory:
    return FetchHistory(limit=PAGE_SIZE)


def after(message_id: str) -> FetchHistory:
    return FetchHistory(after=message_id, limit=PAGE_SIZE)


def caught_up(*numbers: int, has_more: bool = False) -> CatchUp:
    """Connected at 100 s, with a first page that holds these messages."""
    catch_up = CatchUp(is_enabled=True)
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    catch_up.succeeded(call, eg.history(*(eg.arrived(n) for n in numbers), has_more=has_more), 100.0)
    return catch_up


def test_the_newest_page_is_read_when_the_stream_opens() -> None:
    catch_up = CatchUp(is_enabled=True)
    assert catch_up.next_deadline() is None
    catch_up.stream_opened(100.0)
    assert catch_up.next_deadline() == 100.0
    assert catch_up.pump(100.0) == [first_page()]
    assert catch_up.is_running
    assert catch_up.pump(100.0) == []
    assert catch_up.next_deadline() is None


def test_the_first_page_completes_the_catch_up_and_tells_whether_there_is_more() -> None:
    catch_up = CatchUp(is_enabled=True)
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    assert catch_up.succeeded(call, eg.history(eg.arrived(1), has_more=True), 100.0)
    assert catch_up.has_older
    assert catch_up.has_completed
    assert catch_up.watermark == "m1"
    assert not catch_up.is_running


def test_an_empty_conversation_is_caught_up_with_at_once() -> None:
    catch_up = caught_up()
    assert catch_up.has_completed
    assert catch_up.watermark is None


def test_after_a_reconnect_it_reads_on_from_the_watermark_page_by_page() -> None:
    catch_up = caught_up(1, 2)
    catch_up.stream_lost()
    catch_up.stream_opened(200.0)
    assert catch_up.pump(200.0) == [after("m2")]
    assert not catch_up.succeeded(after("m2"), eg.history(eg.arrived(3), has_more=True), 200.0)
    assert catch_up.pump(200.0) == [after("m3")]
    assert catch_up.succeeded(after("m3"), eg.history(eg.arrived(4)), 200.0)
    assert not catch_up.has_older


def test_history_is_read_again_now_and_then_while_the_stream_is_open() -> None:
    catch_up = caught_up(1)
    assert catch_up.next_deadline() == 100.0 + RECONCILE_S
    assert catch_up.pump(100.0 + RECONCILE_S) == [after("m1")]


def test_a_live_message_that_follows_moves_the_watermark() -> None:
    catch_up = caught_up(1)
    catch_up.message_arrived(eg.arrived(2), 110.0)
    assert catch_up.watermark == "m2"
    assert catch_up.next_deadline() == 100.0 + RECONCILE_S


@pytest.mark.parametrize("first", [0, 1])
def test_the_first_message_of_an_empty_conversation_is_a_watermark(first: int) -> None:
    catch_up = caught_up()
    catch_up.message_arrived(eg.arrived(1, sequence=first), 1.0)
    assert catch_up.watermark == "m1"


def test_a_later_message_in_an_empty_conversation_is_none() -> None:
    catch_up = caught_up()
    catch_up.message_arrived(eg.arrived(1, sequence=2), 1.0)
    assert catch_up.watermark is None


def test_a_gap_in_the_numbers_is_looked_after_in_a_second() -> None:
    catch_up = caught_up(1)
    catch_up.message_arrived(eg.arrived(3), 110.0)
    assert catch_up.watermark == "m1"
    assert catch_up.next_deadline() == 110.0 + GAP_PATIENCE_S
    assert catch_up.pump(111.0) == [after("m1")]


@pytest.mark.parametrize("arrived", [eg.arrived(1), eg.arrived(3, sequence=None)])
def test_a_known_or_unnumbered_live_message_shows_no_gap(arrived: MessageArrived) -> None:
    catch_up = caught_up(1)
    catch_up.message_arrived(arrived, 110.0)
    assert catch_up.watermark == "m1"
    assert catch_up.next_deadline() == 100.0 + RECONCILE_S


def test_numbers_that_come_before_history_show_no_gap() -> None:
    catch_up = CatchUp(is_enabled=True)
    catch_up.message_arrived(eg.arrived(7), 100.0)
    assert catch_up.next_deadline() is None


def test_an_earlier_request_is_not_put_off_by_a_later_one() -> None:
    catch_up = caught_up(1)
    catch_up.request(100.0, patience_s=5.0)
    catch_up.request(101.0, patience_s=60.0)
    assert catch_up.next_deadline() == 105.0


def test_a_page_that_fails_is_asked_for_again_with_backoff() -> None:
    catch_up = CatchUp(is_enabled=True)
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    catch_up.failed(call, eg.failure("unavailable"), 100.0, 0.5)
    assert catch_up.next_deadline() == 101.5
    (call,) = catch_up.pump(101.5)
    catch_up.failed(call, eg.failure("rate_limited", retry_after_s=40.0), 101.5, 0.0)
    assert catch_up.next_deadline() == 141.5


@pytest.mark.parametrize("kind", ["not_found", "unsupported"])
def test_a_server_without_history_is_never_asked_again(kind: FailureKind) -> None:
    catch_up = CatchUp(is_enabled=True)
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    catch_up.failed(call, eg.failure(kind), 100.0, 0.5)
    assert not catch_up.is_enabled
    catch_up.stream_opened(200.0)
    assert catch_up.pump(200.0) == []
    assert catch_up.next_deadline() is None


@pytest.mark.parametrize("kind", ["not_found", "rejected"])
def test_a_watermark_that_the_server_no_longer_knows_is_dropped(kind: FailureKind) -> None:
    catch_up = caught_up(1)
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    catch_up.failed(call, eg.failure(kind), 230.0, 0.5)
    assert catch_up.is_enabled
    assert catch_up.pump(230.0) == [first_page()]
    catch_up.failed(first_page(), eg.failure(kind), 230.0, 0.5)
    assert catch_up.pump(230.0) == []


def test_older_pages_are_read_on_demand_one_at_a_time() -> None:
    catch_up = caught_up(8, 9, has_more=True)
    (call,) = catch_up.load_older("m8", 1000, 0.0)
    assert call == FetchHistory(before="m8", limit=PAGE_SIZE)
    assert catch_up.load_older("m8", 50, 0.0) == []
    assert not catch_up.succeeded(call, eg.history(eg.arrived(7), has_more=True), 110.0)
    assert catch_up.load_older("m7", 0, 0.0) == [FetchHistory(before="m7", limit=1)]
    catch_up.succeeded(FetchHistory(before="m7", limit=1), eg.history(eg.arrived(6)), 110.0)
    assert not catch_up.has_older
    assert catch_up.load_older("m6", 50, 0.0) == []
    assert catch_up.watermark == "m9"


def test_a_failed_older_page_can_be_asked_for_again_and_does_not_touch_the_catch_up() -> None:
    catch_up = caught_up(8, has_more=True)
    (call,) = catch_up.load_older("m8", 50, 0.0)
    catch_up.failed(call, eg.failure("unavailable"), 110.0, 0.5)
    assert catch_up.next_deadline() == 100.0 + RECONCILE_S
    assert catch_up.load_older("m8", 50, 0.0) == [call]


def test_an_older_page_waits_for_as_long_as_the_server_has_asked() -> None:
    catch_up = caught_up(8, has_more=True)
    (call,) = catch_up.load_older("m8", 50, 100.0)
    assert catch_up.older_refusal(100.0) is None

    catch_up.failed(call, eg.failure("rate_limited", retry_after_s=30.0), 110.0, 0.5)

    assert catch_up.load_older("m8", 50, 120.0) == []
    refusal = catch_up.older_refusal(120.0)
    assert refusal is not None and (refusal.kind, refusal.retry_after_s) == ("rate_limited", 20.0)
    assert catch_up.older_refusal(140.0) is None
    assert catch_up.load_older("m8", 50, 140.0) == [call]


def test_nothing_older_is_read_without_a_message_to_read_from() -> None:
    assert caught_up(8, has_more=True).load_older(None, 50, 0.0) == []


def test_a_stream_that_is_lost_puts_an_end_to_waiting() -> None:
    catch_up = caught_up(1)
    catch_up.stream_lost()
    assert catch_up.next_deadline() is None
    assert catch_up.pump(1000.0) == []


def test_an_answer_that_comes_after_the_stream_was_lost_starts_no_timer() -> None:
    catch_up = CatchUp(is_enabled=True)
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    catch_up.stream_lost()
    catch_up.succeeded(call, eg.history(eg.arrived(1)), 101.0)
    assert catch_up.next_deadline() is None


def test_a_failure_that_comes_after_the_stream_was_lost_starts_no_timer() -> None:
    catch_up = CatchUp(is_enabled=True)
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    catch_up.stream_lost()
    catch_up.failed(call, eg.failure("unreachable"), 101.0, 0.5)
    assert catch_up.next_deadline() is None


def test_a_stream_that_comes_back_while_a_page_is_under_way_reads_once_more() -> None:
    catch_up = CatchUp(is_enabled=True)
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    catch_up.stream_lost()
    catch_up.stream_opened(102.0)
    assert catch_up.pump(102.0) == []
    catch_up.succeeded(call, eg.history(eg.arrived(1)), 103.0)
    assert catch_up.pump(103.0) == [after("m1")]


def test_a_page_that_gets_no_further_ends_the_catch_up() -> None:
    catch_up = caught_up(1)
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    assert catch_up.succeeded(call, eg.history(eg.arrived(1), has_more=True), 220.0)
    assert catch_up.next_deadline() == 220.0 + RECONCILE_S


def test_an_empty_page_has_nothing_older_whatever_it_says() -> None:
    catch_up = CatchUp(is_enabled=True)
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    catch_up.succeeded(call, eg.history(has_more=True), 100.0)
    assert not catch_up.has_older
    catch_up = caught_up(8, has_more=True)
    (call,) = catch_up.load_older("m8", 50, 0.0)
    catch_up.succeeded(call, eg.history(has_more=True), 100.0)
    assert not catch_up.has_older


@pytest.mark.parametrize("kind", ["permission", "authentication", "rejected", "protocol"])
def test_a_refused_page_is_asked_for_again_with_the_next_look_or_the_next_stream(kind: FailureKind) -> None:
    catch_up = CatchUp(is_enabled=True)
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    catch_up.failed(call, eg.failure(kind), 100.0, 0.5)
    refusals = [catch_up.is_refused]
    assert catch_up.next_deadline() == 100.0 + RECONCILE_S
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    assert call == first_page()
    catch_up.succeeded(call, eg.history(eg.arrived(1)), 230.0)
    refusals.append(catch_up.is_refused)
    catch_up.failed(after("m1"), eg.failure("permission"), 240.0, 0.5)
    catch_up.stream_opened(250.0)
    assert [*refusals, catch_up.is_refused] == [True, False, False]
    assert catch_up.pump(250.0) == [after("m1")]


def test_a_gap_that_shows_while_a_page_is_under_way_is_looked_after_in_a_second() -> None:
    catch_up = caught_up(1)
    catch_up.stream_opened(200.0)
    (call,) = catch_up.pump(200.0)
    catch_up.message_arrived(eg.arrived(4), 200.1)
    assert catch_up.succeeded(call, eg.history(eg.arrived(2)), 200.2)
    assert catch_up.pump(201.2) == [after("m2")]
    assert catch_up.succeeded(after("m2"), eg.history(eg.arrived(3), eg.arrived(4)), 201.3)
    assert catch_up.next_deadline() == 201.3 + RECONCILE_S


def test_a_number_that_history_never_confirms_does_not_keep_it_busy() -> None:
    catch_up = caught_up(1)
    catch_up.stream_opened(200.0)
    (call,) = catch_up.pump(200.0)
    catch_up.message_arrived(eg.arrived(900), 200.1)
    catch_up.succeeded(call, eg.history(), 200.2)
    (call,) = catch_up.pump(201.2)
    catch_up.succeeded(call, eg.history(), 201.2)
    assert catch_up.next_deadline() == 201.2 + RECONCILE_S


def test_a_page_that_was_under_way_when_history_was_asked_for_completes_nothing() -> None:
    catch_up = caught_up(1)
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    catch_up.request(220.5)
    assert not catch_up.succeeded(call, eg.history(), 221.0)
    assert catch_up.pump(221.0) == [after("m1")]
    assert catch_up.succeeded(after("m1"), eg.history(), 222.0)


def test_what_is_complete_ends_before_the_first_message_that_may_be_missing() -> None:
    assert CatchUp(is_enabled=True).complete_up_to_ms == 0
    catch_up = caught_up(1)
    assert catch_up.complete_up_to_ms == eg.START_MS + 1000
    catch_up.message_arrived(eg.arrived(2), 110.0)
    assert catch_up.complete_up_to_ms == eg.START_MS + 2000
    catch_up.message_arrived(eg.arrived(4), 110.0)
    assert catch_up.complete_up_to_ms == eg.START_MS + 2000
    (call,) = catch_up.pump(111.0)
    catch_up.succeeded(call, eg.history(eg.arrived(3), eg.arrived(4)), 111.0)
    assert catch_up.complete_up_to_ms == eg.START_MS + 4000


def test_a_first_number_that_is_not_the_first_shows_a_gap_in_a_conversation_that_was_empty() -> None:
    catch_up = caught_up()
    catch_up.message_arrived(eg.arrived(3), 110.0)
    assert catch_up.pump(110.0 + GAP_PATIENCE_S) == [first_page()]
    catch_up.message_arrived(eg.arrived(4), 111.5)
    catch_up.succeeded(first_page(), eg.history(*(eg.arrived(n) for n in (1, 2, 3))), 111.6)
    assert catch_up.complete_up_to_ms == eg.START_MS + 3000


def test_an_older_page_from_before_a_new_start_does_not_close_the_hole_over() -> None:
    catch_up = caught_up(4, has_more=True)
    (older,) = catch_up.load_older("m4", 50, 0.0)
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    catch_up.failed(call, eg.failure("not_found"), 230.0, 0.5)
    catch_up.succeeded(first_page(), eg.history(eg.arrived(8), has_more=True), 230.0)
    assert not catch_up.succeeded(older, eg.history(eg.arrived(3)), 230.0)
    assert catch_up.oldest == "m8"
    assert catch_up.has_older
    assert catch_up.load_older("m8", 50, 0.0) == [FetchHistory(before="m8", limit=50)]


def test_a_hole_is_filled_back_to_what_was_read_before_not_to_what_the_stream_alone_has_brought() -> None:
    catch_up = caught_up(1)
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    catch_up.failed(call, eg.failure("not_found"), 230.0, 0.5)
    assert catch_up.pump(230.0) == [first_page()]
    catch_up.succeeded(first_page(), eg.history(eg.arrived(8), has_more=True), 230.0)
    assert catch_up.complete_up_to_ms == 0
    for number in (7, 6, 5):  # Whether some of these are held already does not matter.
        (older,) = catch_up.pump(230.0)
        assert older == FetchHistory(before=f"m{number + 1}", limit=PAGE_SIZE)
        catch_up.succeeded(older, eg.history(eg.arrived(number), has_more=True), 230.0)
    (older,) = catch_up.pump(230.0)
    catch_up.succeeded(older, eg.history(eg.arrived(1), eg.arrived(4), has_more=True), 230.0)
    assert catch_up.pump(230.0) == []
    assert catch_up.has_older
    assert catch_up.complete_up_to_ms == eg.START_MS + 8000


def test_a_hole_that_is_open_yet_when_another_one_shows_is_filled_with_it() -> None:
    catch_up = caught_up(1)
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    catch_up.failed(call, eg.failure("not_found"), 230.0, 0.5)
    catch_up.pump(230.0)
    catch_up.succeeded(first_page(), eg.history(eg.arrived(4), has_more=True), 230.0)
    (older,) = catch_up.pump(230.0)
    catch_up.failed(older, eg.failure("lost"), 230.0, 0.5)
    catch_up.stream_opened(230.0)
    (call,) = catch_up.pump(230.0)
    catch_up.failed(call, eg.failure("not_found"), 230.0, 0.5)
    assert first_page() in catch_up.pump(231.0)
    catch_up.succeeded(first_page(), eg.history(eg.arrived(8), has_more=True), 231.0)

    (older,) = catch_up.pump(300.0)
    catch_up.succeeded(older, eg.history(eg.arrived(4), has_more=True), 300.0)
    assert catch_up.fills_back, "2 and 3 are missing yet"
    (older,) = catch_up.pump(300.0)
    catch_up.succeeded(older, eg.history(*(eg.arrived(n) for n in (1, 2, 3)), has_more=True), 300.0)
    assert not catch_up.fills_back


def test_a_newest_page_that_reaches_what_was_read_before_leaves_no_hole() -> None:
    catch_up = caught_up(1, 2)
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    catch_up.failed(call, eg.failure("not_found"), 230.0, 0.5)
    assert catch_up.pump(230.0) == [first_page()]
    catch_up.succeeded(first_page(), eg.history(eg.arrived(2), eg.arrived(3), has_more=True), 230.0)
    assert not catch_up.fills_back


def test_the_newest_page_does_not_wait_for_a_hole_to_be_filled() -> None:
    """Or else its deadline, which has passed, would keep the shell busy until the older page is there."""
    catch_up = caught_up(1)
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    catch_up.failed(call, eg.failure("not_found"), 230.0, 0.5)
    assert catch_up.pump(230.0) == [first_page()]
    catch_up.succeeded(first_page(), eg.history(eg.arrived(8), has_more=True), 230.0)
    catch_up.stream_opened(231.0)
    assert catch_up.pump(231.0) == [FetchHistory(before="m8", limit=PAGE_SIZE), after("m8")]
    assert catch_up.next_deadline() is None


@pytest.mark.parametrize("number", [8, 9])
def test_an_older_page_that_reaches_no_further_back_is_the_last(number: int) -> None:
    """From a server that does not understand what is asked of it, it would be asked for for ever."""
    catch_up = caught_up(8, has_more=True)
    (older,) = catch_up.load_older("m8", 50, 0.0)
    catch_up.succeeded(older, eg.history(eg.arrived(number), has_more=True), 101.0)
    assert not catch_up.has_older


def test_older_messages_without_a_time_are_followed_by_their_ids() -> None:
    catch_up = caught_up(8, has_more=True)
    (older,) = catch_up.load_older("m8", 50, 0.0)
    catch_up.succeeded(older, eg.history(eg.bare(7), has_more=True), 101.0)
    assert catch_up.has_older


# --- what each thing that is remembered is for ------------------------------------------------------------


def test_a_page_that_our_own_budget_held_back_was_never_asked_for() -> None:
    """Else many conversations that share the budget of repeats would starve one of them for good (schedule 76590)."""
    catch_up = CatchUp()
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    assert not catch_up.is_again(call)
    catch_up.failed(call, HELD_BACK, 100.0, 0.5)
    assert (catch_up.next_deadline() or 0.0) < 103.0, "the wait does not grow either"
    (call,) = catch_up.pump(200.0)
    assert not catch_up.is_again(call)
    catch_up.failed(call, eg.failure("unavailable"), 200.0, 0.5)
    (call,) = catch_up.pump(300.0)
    assert catch_up.is_again(call)


def test_what_was_made_and_failed_stays_a_repeat_though_our_own_budget_has_held_it_back_since() -> None:
    catch_up = CatchUp()
    catch_up.stream_opened(100.0)
    for now, failure in ((100.0, eg.failure("unavailable")), (200.0, HELD_BACK)):
        (call,) = catch_up.pump(now)
        catch_up.failed(call, failure, now, 0.5)
    (call,) = catch_up.pump(300.0)
    assert catch_up.is_again(call)
    catch_up.succeeded(call, eg.history(), 300.0)
    assert not catch_up.is_again(call)


def test_pages_that_fill_a_hole_have_repeats_of_their_own() -> None:
    catch_up = caught_up(1)
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    catch_up.failed(call, eg.failure("not_found"), 230.0, 0.5)
    assert catch_up.pump(230.0) == [first_page()]
    catch_up.succeeded(first_page(), eg.history(eg.arrived(8), has_more=True), 230.0)
    for now, failure, is_again in (
        (231.0, HELD_BACK, False),
        (241.0, eg.failure("unavailable"), False),
        (251.0, HELD_BACK, True),
    ):
        (page,) = catch_up.pump(now)
        assert (page.before, catch_up.is_again(page)) == ("m8", is_again)
        catch_up.failed(page, failure, now, 0.0)
    assert not catch_up.is_again(first_page())
    (page,) = catch_up.pump(261.0)
    catch_up.succeeded(page, eg.history(eg.arrived(7), has_more=True), 261.0)
    (page,) = catch_up.pump(261.0)
    assert (page.before, catch_up.is_again(page)) == ("m7", False)


def has_older(catch_up: CatchUp) -> bool:
    return catch_up.has_older


def test_before_anything_was_read_nothing_is_up_to_date() -> None:
    catch_up = CatchUp(is_enabled=True)
    assert not catch_up.has_completed
    assert not catch_up.is_again(FetchHistory())
    assert not has_older(catch_up)


def test_the_wait_grows_from_one_failure_to_the_next_and_a_page_or_a_stream_forgets_it() -> None:
    catch_up, now, waits = CatchUp(is_enabled=True), 100.0, list[float]()
    catch_up.stream_opened(now)
    for _ in range(5):
        (call,) = catch_up.pump(now)
        catch_up.failed(call, eg.failure("unavailable"), now, 1.0)
        waits.append((catch_up.next_deadline() or 0.0) - now)
        now += waits[-1]
    assert waits == [3.0, 3.0, 3.0, 4.0, 8.0]
    (call,) = catch_up.pump(now)
    catch_up.succeeded(call, eg.history(eg.arrived(1)), now)
    assert not catch_up.is_again(call)
    catch_up.request(now)
    (call,) = catch_up.pump(now)
    catch_up.failed(call, eg.failure("unavailable"), now, 1.0)
    catch_up.stream_opened(now)
    (call,) = catch_up.pump(now)
    assert not catch_up.is_again(call)


def test_of_two_reasons_to_read_the_sooner_one_counts() -> None:
    catch_up = caught_up(1)
    catch_up.request(110.0, patience_s=1.0)
    (call,) = catch_up.pump(111.0)
    catch_up.request(111.5, patience_s=0.5)
    catch_up.failed(call, eg.failure("rate_limited", retry_after_s=30.0), 111.5, 0.0)
    assert catch_up.next_deadline() == 112.0


def test_another_conversation_has_nothing_older_until_history_says_so() -> None:
    catch_up = caught_up(5, has_more=True)
    assert has_older(catch_up)
    catch_up.forget(200.0)
    assert not has_older(catch_up)
    assert not catch_up.fills_back


@pytest.mark.parametrize("first", [0, 1])
def test_numbers_of_the_conversation_before_leave_no_gap_in_another_one(first: int) -> None:
    catch_up = caught_up(1)
    catch_up.message_arrived(eg.arrived(9), 100.0)
    catch_up.forget(200.0)
    (call,) = catch_up.pump(200.0)
    assert catch_up.succeeded(call, eg.history(eg.arrived(first)), 200.0)
    assert catch_up.next_deadline() == 200.0 + RECONCILE_S


@pytest.mark.parametrize("newest", [0, 2])
def test_where_nothing_is_missing_history_is_read_now_and_then_only(newest: int) -> None:
    catch_up = caught_up(max(newest - 1, 0))
    catch_up.message_arrived(eg.arrived(newest), 100.0)
    for now in (300.0, 600.0):
        (call,) = catch_up.pump(now)
        assert catch_up.succeeded(call, eg.history(), now)
        assert catch_up.next_deadline() == now + RECONCILE_S


def test_a_call_is_void_once() -> None:
    catch_up = caught_up(1)
    (call,) = catch_up.pump(100.0 + RECONCILE_S)
    catch_up.distrust(230.0)
    assert catch_up.is_void(call)
    assert not catch_up.is_void(call)


def test_an_older_page_that_begins_in_the_same_millisecond_goes_further_back() -> None:
    catch_up = caught_up(5, has_more=True)
    (older,) = catch_up.load_older("m5", 50, 0.0)
    page = eg.history(eg.arrived(4, time_ms=eg.arrived(5).time_ms), has_more=True)
    catch_up.succeeded(older, page, 100.0)
    assert catch_up.has_older


def test_a_page_that_reaches_back_to_the_same_second_only_may_miss_something() -> None:
    catch_up = CatchUp()
    catch_up.stream_opened(0.0)
    (first,) = catch_up.pump(0.0)
    catch_up.succeeded(first, eg.history(eg.arrived(1)), 0.0)
    catch_up.failed(FetchHistory(after="m1"), eg.failure("not_found"), 1.0, 0.5)
    (again,) = catch_up.pump(1.0)
    catch_up.succeeded(again, eg.history(eg.arrived(3, time_ms=eg.arrived(1).time_ms), has_more=True), 1.0)
    assert catch_up.fills_back
    (older,) = catch_up.pump(1.0)
    catch_up.succeeded(older, eg.history(eg.arrived(1), eg.arrived(2), has_more=True), 1.0)
    assert not catch_up.fills_back


def test_the_first_page_is_known_once_it_is_there_or_cannot_be_had() -> None:
    catch_up, known = CatchUp(), []
    catch_up.stream_opened(0.0)
    (call,) = catch_up.pump(0.0)
    known.append(catch_up.knows_the_first_page)
    catch_up.failed(call, eg.failure("unavailable"), 0.0, 0.5)
    known.append(catch_up.knows_the_first_page)
    assert known == [False, True]
    assert caught_up(0).knows_the_first_page
    assert CatchUp(is_enabled=False).knows_the_first_page


def test_reading_goes_on_from_where_nothing_is_missing_yet() -> None:
    def page(*numbers: int, unsettled_after: str, has_more: bool = False) -> History:
        found = eg.history(*map(eg.arrived, numbers), has_more=has_more)
        return msgspec.structs.replace(found, unsettled_after=unsettled_after)

    catch_up = CatchUp(is_enabled=True)
    for found, watermark in (
        (page(1, 2, unsettled_after=""), None),
        (page(1, 2, 4, unsettled_after="m2"), "m2"),
        (page(4, 5, unsettled_after="m2"), "m2"),
        (page(3, 4, 5, unsettled_after="m4"), "m4"),
    ):
        catch_up.stream_opened(100.0)
        (call,) = catch_up.pump(100.0)
        assert catch_up.succeeded(call, found, 100.0)
        assert catch_up.watermark == watermark

    catch_up = CatchUp(is_enabled=True)
    catch_up.stream_opened(100.0)
    (call,) = catch_up.pump(100.0)
    assert catch_up.succeeded(call, page(7, 8, unsettled_after="m2", has_more=True), 100.0)
    assert catch_up.watermark == "m7", (
        "more than a page may be missing: who would read on from the beginning?"
    )
