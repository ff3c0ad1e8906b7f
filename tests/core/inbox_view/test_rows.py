"""A row as a page holds it."""

from __future__ import annotations

import msgspec

from ipygenesys._core.inbox.figures import DEFINITIONS, Kpi, Kpis
from ipygenesys._core.inbox.rows import LastMessage, Row
from ipygenesys._core.inbox_view.rows import MAX_TEXT, problems, shown, tiles
from ipygenesys._core.inbox_view.wire import MAX_PROBLEMS, InboxProblem, InboxRow, Tile
from ipygenesys._core.model.failures import Failure
from tests.core.inbox_view.rows import START_MS


def test_of_a_conversation_of_which_nothing_is_known_a_row_says_so() -> None:
    assert shown(Row(conversation_id="c")) == InboxRow(id="c", name="", state="open")


def test_a_row_holds_the_beginning_of_what_was_said() -> None:
    row = Row(
        conversation_id="c",
        customer="Cleo",
        queue="Sales",
        agent="Ann",
        state="agent",
        since_ms=START_MS,
        last=LastMessage(
            id="m",
            time_ms=START_MS + 5,
            role="customer",
            sender="Cleo",
            kind="text",
            text="x" * 999,
            text_state="here",
        ),
        unanswered_since_ms=START_MS + 5,
        unread=1,
        typing=("Ann",),
        undelivered=2,
        undelivered_why="Blocked",
        sla_due_ms=START_MS + 9,
        is_own=True,
        is_complete=False,
    )
    assert shown(row) == InboxRow(
        id="c",
        name="Cleo",
        queue="Sales",
        agent="Ann",
        state="agent",
        since_ms=START_MS,
        last_role="customer",
        last_sender="Cleo",
        last_kind="text",
        last_ms=START_MS + 5,
        last_text="x" * MAX_TEXT,
        text_state="here",
        unanswered_since_ms=START_MS + 5,
        unread=1,
        typing=("Ann",),
        undelivered=2,
        undelivered_why="Blocked",
        due_ms=START_MS + 9,
        is_own=True,
        is_complete=False,
    )
    awaited = LastMessage(id="m", time_ms=1, role="customer")
    assert shown(Row(conversation_id="c", last=awaited)).last_text is None


def test_every_figure_is_a_tile() -> None:
    figures = {
        name: Kpi(
            name=name,
            definition=words,
            unit="seconds",
            value=2.0,
            n=3,
            median=2.0,
            p90=4.0,
            max=5.0,
            since_ms=7,
        )
        for name, words in DEFINITIONS.items()
    }
    kpis = msgspec.convert({"time_ms": START_MS, **msgspec.to_builtins(figures)}, Kpis)
    assert [tile.name for tile in tiles(kpis)] == list(DEFINITIONS)
    assert tiles(kpis)[0] == Tile("live", "seconds", 2.0, 3, 2.0, 4.0, 5.0, 7)


def test_a_problem_is_about_what_its_name_begins_with() -> None:
    failure = Failure(kind="permission", message="Missing permission: a:b:c.")
    found = {"queue q-1": failure, "topics": failure, "weather in Bonn": failure}
    assert problems(found) == (
        InboxProblem("queue", failure.message),
        InboxProblem("topics", failure.message),
        InboxProblem("other", failure.message),
    )
    assert len(problems({f"queue {number}": failure for number in range(999)})) == MAX_PROBLEMS
