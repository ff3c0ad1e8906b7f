"""A draft, and which message of ours it may be where the server returns no draft ids."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.model.content import Answer
from ipygenesys._core.model.draft import CLOCKS_DIFFER_MS, SERVERS_DIFFER_MS, Draft, may_be, words_of
from ipygenesys._core.model.messages import Attachment, OutgoingFile
from ipygenesys._core.model.platform_events import MessageArrived
from tests import examples as eg

AT_MS = 1_000_000_000
FILE = OutgoingFile(path="/tmp/a.png", name="a.png", media_type="image/png", size_bytes=1)


def lost(**changes: Any) -> Draft:
    fields: dict[str, Any] = {
        "text": "yes",
        "state": "checking",
        "may_be_at_server": True,
        "created_ms": AT_MS,
    }
    return Draft(draft_id="d1", since=100.0, **{**fields, **changes})


def ours(**changes: Any) -> MessageArrived:
    return eg.own_arrived(1, **{"text": "yes", "time_ms": AT_MS, **changes})


def test_a_draft_shows_its_state_and_not_its_text() -> None:
    draft = Draft(draft_id="a", text="secret words", since=100.0, created_ms=0)
    assert repr(draft) == "<Draft queued>"


def test_a_draft_whose_answer_was_lost_is_known_by_its_words() -> None:
    assert may_be(lost(), ours())
    assert may_be(lost(text=" so  be\nit"), ours(text="so be it "))
    assert not may_be(lost(), ours(text="no"))
    assert not may_be(lost(), ours(text=None))
    assert may_be(lost(text=""), ours(text=None))
    assert words_of("  a\t b ") == "a b"


@pytest.mark.parametrize("changes", [{"may_be_at_server": False}, {"state": "in_flight"}])
def test_only_a_draft_that_may_be_there_and_is_not_under_way_is_looked_for(changes: dict[str, Any]) -> None:
    assert not may_be(lost(**changes), ours())


def test_a_draft_without_a_place_is_not_older_than_clocks_differ() -> None:
    assert may_be(lost(), ours(time_ms=AT_MS - CLOCKS_DIFFER_MS))
    assert not may_be(lost(), ours(time_ms=AT_MS - CLOCKS_DIFFER_MS - 1))
    assert may_be(lost(), ours(time_ms=None))


def test_a_draft_with_a_place_comes_after_what_was_known() -> None:
    draft = lost(after=(AT_MS, "m0"))
    assert may_be(draft, ours(time_ms=AT_MS - SERVERS_DIFFER_MS))
    assert not may_be(draft, ours(time_ms=AT_MS - SERVERS_DIFFER_MS - 1))
    assert not may_be(draft, ours(id="m0"))
    left_behind = lost(after=(AT_MS, "m0"), is_left_behind=True)
    assert may_be(left_behind, ours())
    assert not may_be(left_behind, ours(time_ms=AT_MS - 1))


def test_a_draft_whose_place_is_a_moment_only_leaves_room_for_the_servers_clocks_to_differ() -> None:
    for is_left_behind in (False, True):
        draft = lost(after=(AT_MS, ""), is_left_behind=is_left_behind)
        assert may_be(draft, ours(time_ms=AT_MS - SERVERS_DIFFER_MS))
        assert not may_be(draft, ours(time_ms=AT_MS - SERVERS_DIFFER_MS - 1))


def test_the_servers_clock_tells_when_a_draft_was_first_handed_over() -> None:
    draft = Draft(draft_id="d1", text="yes", since=100.0, created_ms=0)
    assert not draft.learn_time(101.0, AT_MS)
    draft.hand_over(102.0, None)
    draft.hand_over(103.0, None)
    assert (draft.state, draft.attempts) == ("in_flight", 2)
    assert draft.learn_time(104.5, AT_MS)
    assert draft.after == (AT_MS - 2_500, "")
    assert not draft.learn_time(105.0, AT_MS)


def test_what_was_known_tells_the_place_of_a_draft_and_a_later_call_does_not_move_it() -> None:
    draft = Draft(draft_id="d1", text="yes", since=100.0, created_ms=0)
    draft.hand_over(102.0, (7, "m0"))
    draft.hand_over(103.0, (8, "m1"))
    assert not draft.learn_time(104.5, AT_MS)
    assert draft.after == (7, "m0")


def test_what_an_earlier_run_has_handed_over_is_as_old_as_our_clock_says_and_a_little_older() -> None:
    handed_over = lost(created_ms=AT_MS, handed_over=7.0)
    handed_over.leave_behind(100.0, AT_MS + 30_000)
    assert handed_over.is_left_behind
    assert handed_over.learn_time(100.0, AT_MS + 3_600_000)
    assert handed_over.after == (AT_MS + 3_600_000 - 30_000 - CLOCKS_DIFFER_MS, "")
    set_back = lost(created_ms=AT_MS, handed_over=7.0)
    set_back.leave_behind(100.0, AT_MS - 30_000)
    assert set_back.handed_over == 100.0 - CLOCKS_DIFFER_MS / 1000
    queued = lost(created_ms=AT_MS)
    queued.leave_behind(100.0, AT_MS + 30_000)
    assert queued.handed_over is None


def test_a_file_is_not_a_text() -> None:
    picture = (Attachment(name="a.png", media_type="image/png", size_bytes=1),)
    assert may_be(lost(file=FILE), ours(attachments=picture))
    assert not may_be(lost(file=FILE), ours())
    assert not may_be(lost(), ours(attachments=picture))


@pytest.mark.parametrize(
    ("payloads", "type_", "is_it"),
    [(("1", "2"), "list", True), (("1",), "list", False), (("1", "2"), "form", False)],
)
def test_an_answer_whose_answer_was_lost_is_known_by_what_was_picked(
    payloads: Any, type_: Any, is_it: bool
) -> None:
    draft = lost(text="A, B", answer=Answer(text="A, B", payloads=("1", "2"), type="list"))
    picked = Answer(text="A, B", payloads=payloads, type=type_)
    assert may_be(draft, ours(text="My choice:\nA, B", content=(picked,))) is is_it


def test_an_answer_that_comes_back_without_what_was_picked_is_known_by_its_words() -> None:
    draft = lost(text="A, B", answer=Answer(text="A, B", payloads=("1", "2"), type="list"))
    assert may_be(draft, ours(text="A, B"))
    assert not may_be(draft, ours(text="A"))
