"""The ordered messages: any order of arrival gives the same list, and every index is exact."""

from __future__ import annotations

import itertools
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ipygenesys._core.machines.conversation.placement import Placement
from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.model.failures import Cause
from ipygenesys._core.model.messages import Attachment, Message, MessageStatus
from tests import examples as eg


def ids_of(timeline: Timeline) -> list[str]:
    return [message.id for message in timeline.copy()]


def filled(*messages: Message) -> Timeline:
    timeline = Timeline()
    for message in messages:
        timeline.place(message)
    return timeline


def placed(placement: Placement | None) -> Placement:
    assert placement is not None
    return placement


@pytest.mark.parametrize("order", list(itertools.permutations([1, 2, 3])))
def test_three_messages_stand_in_server_order_however_they_arrive(order: tuple[int, ...]) -> None:
    timeline = filled(*(eg.message(number) for number in order))
    assert ids_of(timeline) == ["m1", "m2", "m3"]
    assert [timeline[index].id for index in range(len(timeline))] == ["m1", "m2", "m3"]


def at_once(id_: str, **fields: Any) -> Message:
    return eg.message(1, id=id_, time_ms=eg.START_MS, **fields)


def test_messages_of_the_same_millisecond_stand_by_sequence() -> None:
    timeline = filled(at_once("b", sequence=2), at_once("c", sequence=1))
    assert ids_of(timeline) == ["c", "b"]


def test_messages_of_the_same_second_stand_as_they_arrived_whatever_their_ids() -> None:
    timeline = filled(*map(at_once, ["f", "a", "c"]))
    assert ids_of(timeline) == ["f", "a", "c"]
    assert [timeline.index_of(id_) for id_ in "fac"] == [0, 1, 2]


def test_what_the_platform_lists_between_two_that_are_here_is_put_between_them() -> None:
    timeline = filled(*map(at_once, ["f", "c"]))
    timeline.place(at_once("a"), follows="f")
    timeline.place(at_once("b"), follows="a")
    timeline.place(at_once("z"), follows="f")
    timeline.place(at_once("d"))
    assert ids_of(timeline) == ["f", "z", "a", "b", "c", "d"]


def test_the_platforms_list_counts_more_than_the_order_of_arrival() -> None:
    timeline = filled(*map(at_once, ["c", "a", "f"]))
    placement = placed(timeline.place(at_once("c"), follows="f"))
    assert (placement.former_index, placement.index) == (0, 2)
    assert timeline.place(at_once("c"), follows="a") is None
    assert ids_of(timeline) == ["a", "f", "c"]


def take_along(timeline: Timeline, id_: str) -> list[tuple[str, int | None, int]]:
    return [(each.message.id, each.former_index, each.index) for each in timeline.taken_along(id_)]


def test_what_is_listed_after_a_message_goes_with_it() -> None:
    timeline = filled(*map(at_once, "bcx"))
    timeline.place(at_once("c"), follows="b")
    timeline.place(at_once("d"), follows="c")
    timeline.place(at_once("a"))
    timeline.place(at_once("b"), follows="a")
    assert ids_of(timeline) == ["c", "d", "x", "a", "b"]
    assert take_along(timeline, "b") == [("c", 0, 4), ("d", 0, 4)]
    assert ids_of(timeline) == ["x", "a", "b", "c", "d"]
    assert take_along(timeline, "b") == []


def test_two_lists_that_contradict_each_other_move_a_message_once() -> None:
    timeline = filled(*map(at_once, "ab"))
    timeline.place(at_once("b"), follows="a")
    timeline.place(at_once("a"), follows="b")
    assert take_along(timeline, "a") == [("b", 0, 1)]
    assert ids_of(timeline) == ["a", "b"]


def test_what_is_listed_after_a_message_stays_where_its_time_says_otherwise() -> None:
    timeline = filled(eg.message(1), eg.message(2))
    timeline.place(eg.message(1), follows="m2")
    assert take_along(timeline, "m2") == []


def test_nothing_follows_a_message_that_was_taken_out() -> None:
    timeline = filled(at_once("b"))
    timeline.place(at_once("a"))
    timeline.place(at_once("b"), follows="a")
    timeline.remove("a")
    timeline.place(at_once("a"))
    assert take_along(timeline, "a") == []


@given(st.permutations(range(8)), st.permutations(range(8)))
def test_a_list_that_is_told_in_pieces_is_in_order_once_all_of_it_was_told(
    first: list[int], then: list[int]
) -> None:
    timeline, listed = Timeline(), "abcdefgh"
    for number in first:
        timeline.place(at_once(listed[number]))
    for number in then:
        timeline.place(at_once(listed[number]), follows=listed[number - 1] if number else None)
        list(timeline.taken_along(listed[number]))
    assert ids_of(timeline) == list(listed)


def test_a_list_moves_nothing_whose_time_says_otherwise() -> None:
    timeline = filled(eg.message(1), eg.message(2))
    assert timeline.place(eg.message(1), follows="m2") is None
    assert timeline.place(eg.message(2), follows="unknown") is None
    assert ids_of(timeline) == ["m1", "m2"]


def test_of_equal_times_a_page_of_old_messages_stands_before_all_that_was_there() -> None:
    timeline = filled(at_once("c"))
    for page, newer in ((["b1", "b2"], "c"), (["a1", "a2"], "b1")):
        with timeline.before(newer, len(page)):
            timeline.place(at_once(page[0]))
            timeline.place(at_once(page[1]), follows=page[0])
    timeline.place(at_once("d"))
    assert ids_of(timeline) == ["a1", "a2", "b1", "b2", "c", "d"]


def test_a_message_that_had_to_wait_stands_where_it_arrived() -> None:
    timeline = filled(at_once("f"))
    timeline.key_for(at_once("c"))
    timeline.key_for(at_once("f"))
    timeline.key_for(eg.arrived(1, id="d", time_ms=None))
    timeline.place(at_once("a"))
    timeline.place(at_once("d"))
    timeline.place(at_once("c"))
    assert ids_of(timeline) == ["f", "c", "d", "a"]


def test_what_is_listed_after_a_message_that_has_to_wait_stands_after_it() -> None:
    timeline = filled(at_once("f"))
    timeline.key_for(at_once("c"))
    timeline.place(at_once("f"), follows="c")
    timeline.place(at_once("c"))
    assert ids_of(timeline) == ["c", "f"]


def test_a_page_of_old_messages_stands_before_a_message_that_has_to_wait() -> None:
    timeline = filled(at_once("c"))
    with timeline.before("c", 1):
        timeline.key_for(at_once("a"))
    with timeline.before("a", 1):
        timeline.place(at_once("f"))
    timeline.place(at_once("a"))
    assert ids_of(timeline) == ["f", "a", "c"]


@given(
    st.permutations(list("abcdefgh")),
    st.permutations(list("abcdefgh")),
    st.integers(0, 8),
    st.sets(st.sampled_from("abcdefgh")),
)
def test_however_some_of_them_arrive_a_list_puts_them_in_its_order(
    arrived: list[str], listed: list[str], number: int, waiting: set[str]
) -> None:
    timeline = filled(*map(at_once, arrived[:number]))
    held = waiting - set(arrived[:number])
    for before, id_ in zip([None, *listed], listed, strict=False):
        put = timeline.key_for if id_ in held else timeline.place
        put(at_once(id_), follows=before)
    for id_ in sorted(held):
        timeline.place(at_once(id_))
    assert ids_of(timeline) == listed
    assert [timeline.index_of(id_) for id_ in listed] == list(range(8))


@given(st.permutations(list("abcdefgh")), st.integers(0, 8), st.integers(1, 4))
def test_however_some_of_them_arrive_pages_read_backwards_put_them_in_their_order(
    arrived: list[str], number: int, size: int
) -> None:
    listed, newer = list("abcdefgh"), "nobody"
    timeline = filled(eg.message(0), *map(at_once, arrived[:number]))
    for end in range(len(listed), 0, -size):
        page = listed[max(end - size, 0) : end]
        with timeline.before(newer, len(page)) if end < len(listed) else nullcontext():
            for before, id_ in zip([None, *page], page, strict=False):
                timeline.place(at_once(id_), follows=before)
        newer = page[0]
    assert ids_of(timeline) == ["m0", *listed]


def test_of_the_same_millisecond_a_message_without_a_number_stands_before_those_that_are_counted() -> None:
    same = {"time_ms": eg.START_MS}
    timeline = filled(eg.message(1, id="a", sequence=1, **same), eg.message(2, id="b", sequence=None, **same))
    assert ids_of(timeline) == ["b", "a"]


def test_a_duplicate_changes_nothing() -> None:
    timeline = filled(eg.message(1))
    assert timeline.place(eg.message(1)) is None
    assert len(timeline) == 1


def test_a_placement_tells_where_the_message_stands() -> None:
    timeline = filled(eg.message(1), eg.message(3))
    placement = placed(timeline.place(eg.message(2)))
    assert (placement.index, placement.former, placement.former_index) == (1, None, None)


def test_drafts_stand_last_in_the_order_in_which_they_were_made() -> None:
    timeline = filled(eg.draft_message(2), eg.draft_message(1), eg.message(9))
    assert ids_of(timeline) == ["m9", "d2", "d1"]


def test_an_accepted_draft_becomes_the_servers_message_at_the_servers_place() -> None:
    timeline = filled(eg.draft_message(1), eg.draft_message(2))
    placement = placed(timeline.place(eg.own_message(5, draft_id="d1")))
    assert (placement.index, placement.former_index) == (0, 0)
    assert placement.former == eg.draft_message(1)
    assert ids_of(timeline) == ["m5", "d2"]
    assert timeline.get("d1") == timeline.get("m5")
    assert timeline.index_of("d1") == 0


def test_a_draft_that_changes_keeps_its_place() -> None:
    timeline = filled(eg.draft_message(1), eg.draft_message(2))
    placement = placed(timeline.place(eg.draft_message(1, status="failed", error="no")))
    assert (placement.index, placement.former_index, placement.message.status) == (0, 0, "failed")
    placement = placed(timeline.place(eg.draft_message(1, status="sending")))
    assert placement.message.status == "sending"


def test_a_late_word_of_the_draft_does_not_undo_its_acceptance() -> None:
    timeline = filled(eg.draft_message(1), eg.own_message(5, draft_id="d1"))
    assert timeline.place(eg.draft_message(1, status="failed")) is None
    assert ids_of(timeline) == ["m5"]


def test_content_fills_a_bare_message_and_a_later_bare_frame_takes_nothing_away() -> None:
    timeline = filled(eg.message(1, text=None))
    assert placed(timeline.place(eg.message(1))).message.text == "text 1"
    assert timeline.place(eg.message(1, text=None)) is None


def test_statuses_only_advance_when_messages_are_merged() -> None:
    timeline = filled(eg.own_message(1, status="delivered"))
    assert timeline.place(eg.own_message(1, status="sent")) is None
    assert placed(timeline.place(eg.own_message(1, status="read"))).message.status == "read"


def test_a_message_that_turns_out_to_be_ours_is_no_longer_unread() -> None:
    timeline = filled(eg.message(1))
    assert timeline.unread_count == 1
    message = placed(timeline.place(eg.own_message(1, text=None))).message
    assert message.is_own
    assert message.status == "sent"
    assert timeline.unread_count == 0


def test_what_is_counted_from_goes_with_its_message() -> None:
    timeline = filled(eg.message(3))
    timeline.count_from_here()
    timeline.place(eg.message(3, time_ms=eg.START_MS + 1000, sequence=1))  # Its time was not known before.
    timeline.place(eg.message(0))
    timeline.place(eg.message(2))
    assert (ids_of(timeline), timeline.unread_count) == (["m0", "m3", "m2"], 2)


def test_replacing_changes_a_message_in_place_and_its_status_only_forwards() -> None:
    timeline = filled(eg.message(1), eg.message(2))
    replaced = timeline.replace("m1", status="read")
    assert replaced is not None
    assert replaced.status == "read"
    assert timeline.unread_ids() == ("m2",)
    assert timeline.replace("m1", status="unread") is None
    assert timeline.replace("nobody", status="read") is None


def test_removing_a_message_tells_where_it_stood() -> None:
    timeline = filled(eg.message(1), eg.draft_message(1))
    assert timeline.remove("d1") == 1
    assert timeline.remove("d1") is None
    assert ids_of(timeline) == ["m1"]


def test_a_slice_holds_what_there_is() -> None:
    timeline = filled(eg.message(1), eg.message(2))
    assert timeline.slice(-5, 1) == (eg.message(1),)
    assert timeline.slice(1, 100) == (eg.message(2),)
    assert timeline.slice(0, -1) == ()


def test_unread_messages_are_known_in_order_and_up_to_any_message() -> None:
    timeline = filled(
        eg.message(1), eg.own_message(2), eg.message(3), eg.message(4, status="read"), eg.message(5)
    )
    assert timeline.unread_ids() == ("m1", "m3", "m5")
    assert timeline.unread_ids("m4") == ("m1", "m3")
    assert timeline.unread_ids("m3") == ("m1", "m3")
    assert timeline.unread_ids("nobody") == ()
    assert timeline.first_unread_index == 0
    assert timeline.are_first_unread(("m1", "m3"))
    assert not timeline.are_first_unread(("m3",))
    assert not timeline.are_first_unread(("m3", "m1"))


def test_where_all_is_read_there_is_no_first_unread_message() -> None:
    assert filled(eg.own_message(1)).first_unread_index is None


arrivals = st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=60)


@given(arrivals, st.randoms(use_true_random=False))
def test_any_permutation_with_duplicates_and_bare_frames_gives_the_same_list(
    seen: list[tuple[int, bool]], shuffle: object
) -> None:
    numbers = sorted({number for number, _ in seen})
    full = [eg.message(number) for number in numbers]
    parts = full + [eg.message(n, text=None if is_bare else f"text {n}") for n, is_bare in seen]
    shuffle.shuffle(parts)  # type: ignore[attr-defined]
    timeline = filled(*parts)
    assert list(timeline.copy()) == full
    assert timeline.unread_count == len(full)


class TimelineMachine(RuleBasedStateMachine):
    """Every placement, replacement and removal, replayed on a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.timeline = Timeline()
        self.naive: list[Message] = []
        self.drafts = 0

    def apply(self, placement: Placement | None) -> None:
        if placement is None:
            return
        if placement.former is not None:
            assert placement.former_index is not None
            assert self.naive.pop(placement.former_index) == placement.former
        self.naive.insert(placement.index, placement.message)

    @rule(number=st.integers(1, 15), is_bare=st.booleans(), status=st.sampled_from(["unread", "read"]))
    def other(self, number: int, is_bare: bool, status: MessageStatus) -> None:
        text = None if is_bare else f"text {number}"
        self.apply(self.timeline.place(eg.message(number, text=text, status=status)))

    @rule()
    def draft(self) -> None:
        self.drafts += 1
        self.apply(self.timeline.place(eg.draft_message(self.drafts)))

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), number=st.integers(16, 30), status=st.sampled_from(["sent", "delivered", "read"]))
    def accept(self, data: st.DataObject, number: int, status: MessageStatus) -> None:
        draft = f"d{data.draw(st.integers(1, self.drafts))}"
        known = self.timeline.get(draft)
        if (
            known is not None
            and (known.is_draft or known.id == f"m{number}")
            and not self.timeline.get(f"m{number}")
        ):
            self.apply(self.timeline.place(eg.own_message(number, draft_id=draft, status=status)))

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), status=st.sampled_from(["failed", "unknown", "sending"]))
    def draft_state(self, data: st.DataObject, status: MessageStatus) -> None:
        number = data.draw(st.integers(1, self.drafts))
        if self.timeline.get(f"d{number}"):
            self.apply(self.timeline.place(eg.draft_message(number, status=status)))

    @precondition(lambda self: self.naive)
    @rule(data=st.data(), status=st.sampled_from(["delivered", "read"]))
    def receipt(self, data: st.DataObject, status: MessageStatus) -> None:
        message = data.draw(st.sampled_from(self.naive))
        if (replaced := self.timeline.replace(message.id, status=status)) is not None:
            self.naive[self.naive.index(message)] = replaced

    @precondition(lambda self: any(message.is_draft for message in self.naive))
    @rule(data=st.data())
    def discard(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from([message for message in self.naive if message.is_draft]))
        index = self.timeline.remove(message.id)
        assert index is not None
        assert self.naive.pop(index) == message

    @invariant()
    def the_list_and_its_indexes_are_exact(self) -> None:
        assert list(self.timeline.copy()) == self.naive
        assert len(self.timeline) == len(self.naive)
        for index, message in enumerate(self.naive):
            assert self.timeline.index_of(message.id) == index
            assert self.timeline.get(message.draft_id or message.id) == message

    @invariant()
    def it_is_in_order_with_drafts_last(self) -> None:
        settled = [message for message in self.naive if not message.is_draft]
        assert self.naive[: len(settled)] == settled
        assert settled == sorted(settled, key=lambda m: (m.time_ms, m.sequence or 0, m.id))
        assert len({message.id for message in self.naive}) == len(self.naive)

    @invariant()
    def unread_is_a_recount(self) -> None:
        unread = tuple(message.id for message in self.naive if message.status == "unread")
        assert self.timeline.unread_ids() == unread
        assert self.timeline.unread_count == len(unread)
        first = next((i for i, message in enumerate(self.naive) if message.status == "unread"), None)
        assert self.timeline.first_unread_index == first


TestTimeline = TimelineMachine.TestCase


def test_an_error_of_a_message_is_kept_until_another_one_is_told() -> None:
    timeline = filled(eg.own_message(1, status="failed", error="not delivered"))
    placed(timeline.place(eg.own_message(1, status="failed", sender="Bob")))
    assert timeline[0].error == "not delivered"
    placed(timeline.place(eg.own_message(1, status="failed", error="blocked")))
    assert timeline[0].error == "blocked"


@pytest.mark.parametrize(("told", "kept"), [(None, "too_long"), ("unreachable", "unreachable")])
def test_so_is_what_kind_of_error_it_was(told: Cause | None, kept: Cause) -> None:
    timeline = filled(eg.own_message(1, status="failed", cause="too_long"))
    placed(timeline.place(eg.own_message(1, status="failed", cause=told, sender="Bob")))
    assert timeline[0].cause == kept


def test_what_was_inferred_stays_inferred_whoever_tells_it() -> None:
    for first, second in ((True, False), (False, True)):
        timeline = filled(eg.own_message(1, is_seen_inferred=first))
        timeline.place(eg.own_message(1, is_seen_inferred=second, sender="Bob"))
        assert timeline[0].is_seen_inferred


def test_files_are_kept_by_whoever_knows_of_them() -> None:
    files = (Attachment(name="f", media_type="text/plain"),)
    for first, second in ((files, ()), ((), files)):
        timeline = filled(eg.message(1, attachments=first))
        timeline.place(eg.message(1, attachments=second, sender="Bob"))
        assert timeline[0].attachments == files
        timeline = filled(eg.draft_message(1, attachments=first))
        timeline.place(eg.own_message(1, draft_id="d1", attachments=second))
        assert timeline[0].attachments == files


def test_a_draft_that_was_taken_out_is_forgotten_under_its_id() -> None:
    timeline = filled(eg.draft_message(1))
    assert timeline.remove("d1") == 0
    assert timeline.get("d1") is None
    timeline.place(eg.draft_message(1))
    assert ids_of(timeline) == ["d1"]


def test_the_position_of_a_moment_is_that_of_its_first_message() -> None:
    timeline = filled(eg.message(1), eg.message(2, sequence=None), eg.message(3))
    assert timeline.index_at(eg.message(2).time_ms) == 1
    assert timeline.index_at(eg.message(2).time_ms + 1) == 2


def test_a_known_message_that_turns_out_to_be_a_draft_is_still_one_message() -> None:
    timeline = filled(eg.own_message(1))
    timeline.place(eg.own_message(1, draft_id="d1"))
    assert ids_of(timeline) == ["m1"]
    assert timeline.index_of("d1") == 0


def test_nothing_is_left_of_a_message_that_was_taken_out() -> None:
    timeline = filled(eg.draft_message(1))
    timeline.place(eg.own_message(1, draft_id="d1"))
    assert timeline.remove("m1") == 0
    empty = Timeline()
    counters = {"_drafts_made", "_next_rank", "_placed"}
    assert {name: kept for name, kept in vars(timeline).items() if name not in counters} == {
        name: kept for name, kept in vars(empty).items() if name not in counters
    }
    assert (timeline._placed._layout, timeline._placed._where, timeline._placed._at_hand) == (
        ([], [], []),
        {},
        {},
    )


def test_of_equal_times_what_is_read_is_not_taken_for_all_of_that_second() -> None:
    timeline = filled(eg.message(1, status="read"), at_once("a", status="read"), at_once("b"))
    assert timeline.read_up_to_ms == eg.START_MS - 1
