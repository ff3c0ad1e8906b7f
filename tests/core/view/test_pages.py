"""Parts of the conversation that views ask for: by message, by day, the first unread; held, or of the server."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.model.inputs import Command, LoadOlder
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import History
from ipygenesys._core.view.pages import MAX_LOADS_TO_A_TIME
from ipygenesys._core.view.protocol import Goodbye, Hello, KernelToView, Page, PageRequested, Snapshot
from tests import examples as eg
from tests.core.desk import Desk


def ask(desk: Desk, where: str, client: str = "c", **fields: Any) -> list[Command]:
    return desk.says(PageRequested, client, **{"request_id": "r", "where": where, "limit": 2, **fields})


def pages(messages: list[KernelToView]) -> list[Page]:
    return [message for message in messages if isinstance(message, Page)]


def ids_of(page: Page) -> list[str]:
    return [message.id for message in page.messages]


def page_of(desk: Desk, where: str, **fields: Any) -> Page:
    """The answer to a request that needs nothing from the server."""
    assert ask(desk, where, **fields) == []
    (page,) = pages(desk.flush())
    return page


@pytest.fixture
def long_desk(desk: Desk) -> Desk:
    desk.hears(*(eg.arrived(n) for n in range(1, 10)))
    desk.hello(page_size=1)
    return desk


@pytest.mark.parametrize(
    ("where", "fields", "ids", "target"),
    [
        ("before", {"id": "m9"}, ["m7", "m8"], None),
        ("before", {"id": "m2"}, ["m1"], None),
        ("before", {"id": "m1"}, [], None),
        ("before", {}, ["m8", "m9"], None),
        ("after", {"id": "m3"}, ["m4", "m5"], None),
        ("after", {"id": "m8"}, ["m9"], None),
        ("after", {"id": "m9"}, [], None),
        ("around", {"id": "m5", "limit": 3}, ["m4", "m5", "m6"], "m5"),
        ("around", {"id": "m1", "limit": 4}, ["m1", "m2", "m3", "m4"], "m1"),
        ("around", {"id": "m9", "limit": 4}, ["m6", "m7", "m8", "m9"], "m9"),
        ("around", {"id": "m5", "limit": 0}, ["m5"], "m5"),
        ("oldest", {}, ["m1", "m2"], "m1"),
        ("latest", {}, ["m8", "m9"], None),
        ("first-unread", {}, ["m1", "m2"], "m1"),
        ("time", {"time_ms": eg.arrived(4).time_ms}, ["m3", "m4"], "m4"),
        ("time", {"time_ms": 0}, ["m1", "m2"], "m1"),
        ("time", {}, ["m1", "m2"], "m1"),
        ("time", {"time_ms": 10**14}, ["m8", "m9"], "m9"),
    ],
)
def test_a_page_is_answered_from_what_is_held(
    long_desk: Desk, where: str, fields: dict[str, object], ids: list[str], target: str | None
) -> None:
    page = page_of(long_desk, where, **fields)
    assert (ids_of(page), page.target_id) == (ids, target)
    assert (page.to, page.request_id, page.is_found, page.error) == ("c", "r", True, None)
    assert not ids or page.first_index == int(ids[0][1:]) - 1


def test_without_unread_messages_the_first_unread_is_looked_for_at_the_end(desk: Desk) -> None:
    desk.hears(*(eg.own_arrived(n) for n in range(1, 4)))
    desk.hello()
    page = page_of(desk, "first-unread")
    assert (ids_of(page), page.target_id) == (["m2", "m3"], None)


def test_an_empty_conversation_has_empty_pages(desk: Desk) -> None:
    desk.hello()
    for where in ("before", "oldest", "latest", "first-unread", "time"):
        page = page_of(desk, where)
        assert (page.messages, page.target_id, page.is_found) == ((), None, True)


def test_a_page_by_a_message_that_is_not_there_says_so(long_desk: Desk) -> None:
    for where in ("before", "after", "around"):
        page = page_of(long_desk, where, id="nobody")
        assert (page.messages, page.is_found) == ((), False)


@pytest.mark.parametrize("limit", [-3, 0, 10**9])
def test_senseless_page_requests_are_bounded(long_desk: Desk, limit: int) -> None:
    assert 1 <= len(page_of(long_desk, "before", id="m9", limit=limit).messages) <= 1000


def test_a_hello_gets_the_page_that_its_user_is_looking_at(long_desk: Desk) -> None:
    def around(id_: str | None) -> list[str]:
        long_desk.says(Hello, protocol_version=1, page_size=3, around_id=id_)
        (snapshot,) = (message for message in long_desk.flush() if isinstance(message, Snapshot))
        assert snapshot.total == 9
        return [message.id for message in snapshot.messages]

    assert around("m4") == ["m3", "m4", "m5"]
    assert around("nobody") == around(None) == ["m7", "m8", "m9"]


def older_desk() -> Desk:
    desk = Desk()
    desk.connect(eg.arrived(8), eg.arrived(9), has_more=True)
    return desk


def older(*numbers: int, has_more: bool = False) -> History:
    return eg.history(*(eg.arrived(n) for n in numbers), has_more=has_more)


def test_beyond_the_oldest_message_the_server_is_asked() -> None:
    desk = older_desk()
    desk.hello()
    assert ask(desk, "before", id="m8") == [LoadOlder(2)]
    assert pages(desk.flush()) == []
    desk.succeed(FetchHistory, older(6, 7, has_more=True))
    (page,) = pages(desk.flush())
    assert (page.first_index, ids_of(page), page.has_older, page.error) == (0, ["m6", "m7"], True, None)


def test_a_page_that_brings_nothing_ends_the_asking() -> None:
    desk = older_desk()
    desk.hello()
    ask(desk, "before", id="m8")
    desk.succeed(FetchHistory, older(8, has_more=True))
    (page,) = pages(desk.flush())
    assert (page.messages, page.error, page.stopped_early) == ((), None, False)


def test_two_views_that_wait_for_the_same_older_page_both_get_it() -> None:
    desk = older_desk()
    for client in ("a", "b"):
        desk.hello(client)
        ask(desk, "before", client, id="m8")
    desk.succeed(FetchHistory, older(7))
    assert [page.to for page in pages(desk.flush())] == ["a", "b"]


def test_an_older_page_that_fails_is_answered_with_the_reason() -> None:
    desk = older_desk()
    desk.hello()
    ask(desk, "before", id="m8")
    desk.fail(FetchHistory, eg.failure("unavailable"))
    (page,) = pages(desk.flush())
    assert page.messages == () and page.error is not None
    assert (page.error.message, page.error.cause) == ("It failed: unavailable.", "unavailable")


def test_a_view_that_has_gone_is_not_answered_any_more() -> None:
    desk = older_desk()
    desk.hello("b")
    desk.hello("a")
    ask(desk, "before", "a", id="m8")
    desk.says(Goodbye, "a")
    desk.succeed(FetchHistory, older(7))
    assert pages(desk.flush()) == []


def test_a_page_counts_on_everything_that_came_before_it() -> None:
    desk = older_desk()
    desk.hello("a")
    desk.hello("b")
    ask(desk, "before", "b", id="m8")
    desk.succeed(FetchHistory, older(6, 7))
    desk.flush()
    ask(desk, "before", "a", id="m9")
    (page,) = pages(desk.flush())
    assert (page.first_index, ids_of(page), page.revision) == (1, ["m7", "m8"], desk.hub_revision)


# --- a day far back ---------------------------------------------------------------------------------------


def test_a_day_beyond_what_is_held_is_fetched_page_by_page() -> None:
    desk = older_desk()
    desk.hello()
    assert ask(desk, "time", time_ms=eg.arrived(3).time_ms) == [LoadOlder(1000)]
    desk.succeed(FetchHistory, older(6, 7, has_more=True))
    assert pages(desk.flush()) == []
    assert desk.rest(0.1) == [LoadOlder(1000)]
    desk.step(LoadOlder(1000))
    desk.succeed(FetchHistory, older(2, 3, 4, 5, has_more=True))
    (page,) = pages(desk.flush())
    assert (page.target_id, ids_of(page), page.stopped_early) == ("m3", ["m2", "m3"], False)


def test_a_day_too_far_back_is_given_up_after_a_bound_and_that_is_said() -> None:
    desk = Desk()
    desk.connect(eg.arrived(998), eg.arrived(999), has_more=True)
    desk.hello()
    ask(desk, "time", time_ms=0)
    for n in range(MAX_LOADS_TO_A_TIME):
        assert pages(desk.flush()) == []
        desk.succeed(FetchHistory, older(997 - n, has_more=True))
        desk.flush()
        for command in desk.rest(0.01):
            desk.step(command)
    (page,) = pages(desk.sent)
    assert (page.stopped_early, page.has_older, page.first_index) == (True, True, 0)
    assert page.target_id == ids_of(page)[0]


def test_a_day_before_the_beginning_is_the_first_one() -> None:
    desk = older_desk()
    desk.hello()
    ask(desk, "time", time_ms=0)
    desk.succeed(FetchHistory, older(7))
    (page,) = pages(desk.flush())
    assert (page.target_id, page.stopped_early, page.has_older) == ("m7", False, False)


def test_a_day_that_could_not_be_fetched_comes_with_the_reason_and_what_is_held() -> None:
    desk = older_desk()
    desk.hello()
    ask(desk, "time", time_ms=0)
    desk.fail(FetchHistory, eg.failure("unavailable"))
    (page,) = pages(desk.flush())
    assert (page.target_id, ids_of(page)) == ("m8", ["m8", "m9"])
    assert page.error is not None and page.error.cause == "unavailable"
