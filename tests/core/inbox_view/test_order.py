"""Which rows a query wants, and what comes first."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.inbox_view.order import group_key, group_of, is_wanted, key_of, tabs_of
from ipygenesys._core.inbox_view.wire import InboxQuery, InboxRow
from ipygenesys._core.machines.conversation.search import folded
from tests.core.inbox_view.rows import START_MS, row

ROWS = [
    row("waits", "waiting", 10, unanswered_since_ms=START_MS + 10_000, due_ms=START_MS + 70_000, unread=1),
    row("waits-longer", "waiting", 5, unanswered_since_ms=START_MS + 5_000, due_ms=START_MS + 65_000),
    row("asked", "agent", 0, last_ms=START_MS + 90_000, unanswered_since_ms=START_MS + 8_000, unread=5),
    row("answered", "agent", 0, last_ms=START_MS + 95_000),
    row("silent", "bot", 1, last_ms=None, due_ms=START_MS + 60_000),
]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("unanswered", ["waits-longer", "asked", "waits", "answered", "silent"]),
        ("latest", ["answered", "asked", "waits", "waits-longer", "silent"]),
        ("sla", ["silent", "waits-longer", "waits", "asked", "answered"]),
        ("wait", ["waits-longer", "waits", "asked", "answered", "silent"]),
        ("unread", ["asked", "waits", "answered", "waits-longer", "silent"]),
    ],
)
def test_what_comes_first(sort: Any, expected: list[str]) -> None:
    assert [
        each.id for each in sorted(ROWS, key=lambda each: key_of(each, InboxQuery(sort=sort)))
    ] == expected


def test_a_row_is_in_every_tab_that_its_state_says() -> None:
    assert {each.id: tabs_of(each) for each in ROWS} == {
        "waits": ("all", "waiting", "unanswered"),
        "waits-longer": ("all", "waiting", "unanswered"),
        "asked": ("all", "unanswered"),
        "answered": ("all",),
        "silent": ("all",),
    }
    assert tabs_of(row("over", "ended", unanswered_since_ms=START_MS)) == ("ended",)


def wants(query: InboxQuery, each: InboxRow) -> bool:
    return is_wanted(each, query, folded(query.words))


@pytest.mark.parametrize(
    ("query", "is_so"),
    [
        (InboxQuery(), True),
        (InboxQuery(state="agent"), True),
        (InboxQuery(state="bot"), False),
        (InboxQuery(queue="Sales"), True),
        (InboxQuery(queue="Sale"), False),
        (InboxQuery(agent="Ann"), True),
        (InboxQuery(agent="Ben"), False),
        (InboxQuery(words="ZOE"), True),
        (InboxQuery(words="parcel"), True),
        (InboxQuery(words="sales"), True),
        (InboxQuery(words="c-17"), True),
        (InboxQuery(words="refund"), False),
    ],
)
def test_filters_are_met_all_and_words_without_case_and_accents(query: InboxQuery, is_so: bool) -> None:
    each = row("C-17", name="Zoé", queue="Sales", agent="Ann", last_text="Where is my parcel?")

    assert wants(query, each) is is_so


def test_groups_stand_as_a_conversation_comes_to_them_or_by_their_letters() -> None:
    each = row("c", "waiting", queue="Sales", agent="")
    assert [group_of(each, InboxQuery(group=group)) for group in ("", "state", "queue", "agent")] == [
        *("", "waiting", "Sales", "")
    ]
    by_state, by_queue = InboxQuery(group="state"), InboxQuery(group="queue")
    states = sorted(["ended", "bot", "waiting"], key=lambda group: group_key(group, by_state))
    assert states == ["waiting", "bot", "ended"]
    assert sorted(["", "b", "Ä", "C"], key=lambda group: group_key(group, by_queue)) == ["Ä", "b", "C", ""]
