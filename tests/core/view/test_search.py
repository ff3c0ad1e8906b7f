"""Searches of the views: told as they go on, bounded steps, older messages on request."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.model.inputs import Discard, LoadOlder, Send
from ipygenesys._core.model.operations import FetchHistory, PostMessage
from ipygenesys._core.view.protocol import Goodbye, Page, PageRequested, SearchFound, SearchRequested
from ipygenesys._core.view.search import MAX_LOADS, MAX_SEARCHES, STEP_MESSAGES
from tests import examples as eg
from tests.core.desk import Desk


def search(desk: Desk, query: str = "parcel", search_id: str = "s", **fields: Any) -> list[SearchFound]:
    """What is told of a search until it rests."""
    desk.says(SearchRequested, search_id=search_id, query=query, **fields)
    return told(desk)


def told(desk: Desk, search_id: str = "s") -> list[SearchFound]:
    before = len(desk.sent)
    for command in desk.rest(1.0):
        desk.step(command)
    desk.flush()
    found = [message for message in desk.sent[before:] if isinstance(message, SearchFound)]
    return [each for each in found if each.search_id == search_id]


def goes_to(desk: Desk, ordinal: int | None, search_id: str | None = "s") -> Page:
    desk.says(PageRequested, request_id="r", where="hit", search_id=search_id, ordinal=ordinal, limit=2)
    (page,) = (message for message in desk.flush() if isinstance(message, Page))
    return page


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.connect()
    desk.hears(*(eg.arrived(n, text="A parcel" if n % 10 == 0 else "Nothing") for n in range(1, 101)))
    desk.hello()
    return desk


def test_hits_are_counted_and_each_can_be_gone_to(desk: Desk) -> None:
    (found,) = search(desk)
    assert (found.count, found.searched, found.is_complete, found.to) == (10, 100, True, "c")
    page = goes_to(desk, 1)
    assert (page.target_id, page.is_found) == ("m100", True)
    assert goes_to(desk, 10).target_id == "m10"
    for ordinal, search_id in ((11, "s"), (None, "s"), (1, "another"), (1, None)):
        assert not goes_to(desk, ordinal, search_id).is_found


def test_a_long_conversation_is_searched_in_bounded_steps() -> None:
    desk = Desk()
    desk.connect()
    desk.hears(*(eg.arrived(n, text="A parcel") for n in range(1, 5 * STEP_MESSAGES + 2)))
    desk.hello()
    desk.says(SearchRequested, search_id="s", query="parcel")
    now = desk.clock.monotonic
    assert desk.hub.tick(now) == []
    (first,) = (message for message in desk.flush() if isinstance(message, SearchFound))
    assert (first.count, first.is_complete) == (STEP_MESSAGES, False)
    last = told(desk)[-1]
    assert (last.count, last.is_complete) == (5 * STEP_MESSAGES + 1, True)


def test_what_comes_later_is_counted_too(desk: Desk) -> None:
    search(desk)
    desk.hears(eg.arrived(101, text="Another parcel"))
    assert told(desk)[-1].count == 11
    assert goes_to(desk, 1).target_id == "m101"


def test_an_empty_query_ends_it_and_a_page_that_goes_too(desk: Desk) -> None:
    search(desk)
    assert search(desk, "  ") == []
    assert not goes_to(desk, 1).is_found
    search(desk)
    desk.hello("other")
    desk.says(Goodbye)
    assert not [m for m in desk.flush() if isinstance(m, SearchFound)]
    desk.hello()
    assert not goes_to(desk, 1).is_found


def test_of_too_many_searches_the_oldest_is_forgotten(desk: Desk) -> None:
    for number in range(MAX_SEARCHES + 1):
        search(desk, search_id=f"s{number}")
    assert not goes_to(desk, 1, "s0").is_found
    assert goes_to(desk, 1, "s1").is_found


def test_a_discarded_draft_is_no_hit_any_more(desk: Desk) -> None:
    search(desk)
    desk.step(Send("d1", "A parcel of ours"))
    assert told(desk)[-1].count == 11
    desk.fail(PostMessage, eg.failure("rejected"))
    desk.step(Discard("d1"))
    assert told(desk)[-1].count == 10


def older_desk() -> Desk:
    desk = Desk()
    desk.connect(eg.arrived(998, text="parcel"), eg.arrived(999, text="parcel"), has_more=True)
    desk.hello()
    return desk


def test_older_messages_of_the_server_are_searched_when_that_is_asked_for() -> None:
    desk = older_desk()
    assert search(desk)[-1].has_older
    going = search(desk, loads_older=True)[-1]
    assert (going.is_loading, going.count) == (True, 2)
    desk.succeed(FetchHistory, eg.history(eg.arrived(5, text="parcel"), has_more=True))
    told(desk)
    desk.succeed(FetchHistory, eg.history(eg.arrived(4, text="parcel")))
    last = told(desk)[-1]
    assert (last.count, last.is_loading, last.has_older, last.is_complete) == (4, False, False, True)


def test_fetching_ends_after_a_bound() -> None:
    desk = older_desk()
    search(desk)
    loads = 0
    desk.says(SearchRequested, search_id="s", query="parcel", loads_older=True)
    for n in range(MAX_LOADS + 5):
        commands = desk.rest(0.5)
        for command in commands:
            desk.step(command)
        loads += sum(isinstance(command, LoadOlder) for command in commands)
        if not any(isinstance(command, LoadOlder) for command in commands):
            break
        desk.succeed(FetchHistory, eg.history(eg.arrived(900 - n, text="parcel"), has_more=True))
    assert 1 < loads <= MAX_LOADS
    desk.flush()
    last = [message for message in desk.sent if isinstance(message, SearchFound)][-1]
    assert (last.has_older, last.is_loading) == (True, False)


def test_a_fetch_that_fails_says_why() -> None:
    desk = older_desk()
    search(desk)
    search(desk, loads_older=True)
    desk.fail(FetchHistory, eg.failure("unavailable"))
    last = told(desk)[-1]
    assert last.error is not None and not last.is_loading
    assert (last.error.message, last.error.cause) == ("It failed: unavailable.", "unavailable")


def test_a_fetch_that_fails_is_nothing_to_who_did_not_ask_for_it() -> None:
    desk = older_desk()
    search(desk)
    desk.step(LoadOlder(5))
    desk.fail(FetchHistory, eg.failure("unavailable"))
    assert told(desk) == []


def test_going_further_back_in_no_search_begins_one(desk: Desk) -> None:
    assert search(desk, loads_older=True)[-1].count == 10
