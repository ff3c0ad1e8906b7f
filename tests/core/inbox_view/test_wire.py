"""What a page may say, and what becomes of too much of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ipygenesys._core.inbox_view.wire import (
    MAX_IN_SIGHT,
    MAX_LANGUAGES,
    MAX_WORDS,
    InboxQuery,
    LookAtInbox,
    PageGone,
    SelectRow,
    decode,
    encode,
)


def said(**fields: Any) -> dict[str, Any]:
    return {"kind": "look", "page": "p", "revision": 0, "query": {}, "first": 0, "count": 20, **fields}


def test_a_page_that_says_nothing_else_wants_all_that_is_open_longest_unanswered_first() -> None:
    message = decode(said())

    assert message == LookAtInbox(page="p", revision=0, query=InboxQuery(), first=0, count=20)
    assert (message.query.tab, message.query.sort) == ("all", "unanswered")


def test_too_much_is_cut_to_what_there_can_be() -> None:
    message = decode(
        said(first=-4, count=100_000, query={"words": f"  {'x' * 300} "}, languages=["x" * 100] * 40)
    )
    assert isinstance(message, LookAtInbox)
    assert (message.first, message.count) == (0, MAX_IN_SIGHT)
    assert message.query.words == "x" * MAX_WORDS
    assert message.languages == ["x" * 64] * MAX_LANGUAGES
    negative = decode(said(count=-1))
    assert isinstance(negative, LookAtInbox) and negative.count == 0


def test_a_page_selects_and_goes() -> None:
    assert decode({"kind": "select", "page": "p", "id": "c1"}) == SelectRow(page="p", id="c1")
    assert decode({"kind": "gone", "page": "p"}) == PageGone(page="p")


@pytest.mark.parametrize(
    "content",
    [
        None,
        {"kind": "look"},
        said(query={"tab": "mine"}),
        said(more=1),
        said(query={"more": 1}),
        said(page="x" * 1000),
        {"kind": "select", "page": "p", "id": "x" * 1000},
    ],
    ids=["nothing", "half", "another tab", "more", "more of a query", "a long page", "a long id"],
)
def test_anything_else_is_refused(content: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(content)


def test_what_goes_to_the_comm_is_plain() -> None:
    from tests.core.inbox_view.rows import row

    assert encode(row("c1"))["sinceMs"]  # type: ignore[arg-type] # any struct
