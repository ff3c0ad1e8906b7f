"""Searching: what counts as the same, the order of the hits, and what comes or changes while it goes on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.machines.conversation.search import Search, folded
from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.model.messages import Attachment
from tests import examples as eg


def filled(*texts: str | None) -> Timeline:
    timeline = Timeline()
    for number, text in enumerate(texts, 1):
        timeline.place(eg.message(number, text=text))
    return timeline


def hits(timeline: Timeline, query: str, step: int = 3) -> list[str | None]:
    search = Search(timeline, query)
    for _ in range(len(timeline) + 1):
        search.step(step)
    assert search.is_complete and search.searched == len(timeline)
    return [search.hit(ordinal) for ordinal in range(1, search.count + 1)]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("The Parcel", "pARCEL"),
        ("Crème brûlée", "creme BRULEE"),
        ("Straße", "STRASSE"),
        ("ΑΣ ας", "ΑΣ ΑΣ"),
        ("ﬁnally", "fin"),
        ("１２３", "123"),
        ("שָׁלוֹם", "שלום"),
        ("e\u0301clair", "éclair"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_case_accents_and_forms_make_no_difference(text: str, query: str) -> None:
    assert hits(filled(text), query) == ["m1"]


def test_vowel_signs_that_make_another_word_do_make_a_difference() -> None:
    assert folded("की") != folded("क")


def test_hits_are_counted_from_the_newest() -> None:
    timeline = filled("a parcel", "nothing", "parcel", None, "Parcels")
    assert hits(timeline, " parcel ") == ["m5", "m3", "m1"]
    search = Search(timeline, "parcel")
    search.step(99)
    assert (search.hit(0), search.hit(4), search.hit(-1)) == (None, None, None)


def test_names_of_files_are_searched_too() -> None:
    timeline = Timeline()
    timeline.place(eg.message(1, text="", attachments=(Attachment(name="Rechnung.pdf"),)))
    assert hits(timeline, "rechnung") == ["m1"]


def test_an_empty_query_finds_nothing() -> None:
    assert hits(filled("a", "b"), "  ") == []


def test_an_empty_conversation_is_searched_at_once() -> None:
    search = Search(Timeline(), "a")
    search.step(5)
    assert (search.is_complete, search.count, search.searched) == (True, 0, 0)


def test_what_comes_and_changes_later_is_looked_at_then() -> None:
    timeline = filled("parcel", "other", "parcel")
    search = Search(timeline, "parcel")
    search.placed(eg.message(3, text="parcel"), None)
    assert search.count == 0, "the first step will find it"
    search.step(1)
    assert (search.count, search.searched) == (1, 1)
    timeline.place(eg.message(9, text="another parcel"))
    search.placed(eg.message(9, text="another parcel"), None)
    assert search.hit(1) == "m9"
    search.placed(eg.message(1, text="parcel"), "m1")
    assert search.count == 2, "it is not its turn yet"
    search.step(10)
    assert [search.hit(n) for n in (1, 2, 3)] == ["m9", "m3", "m1"]
    search.placed(eg.message(3, text="changed"), "m3")
    search.placed(eg.message(77, text="parcel"), None)
    search.removed("m9")
    search.removed("nobody")
    assert (search.count, search.hit(1)) == (1, "m1")


def test_older_messages_that_are_fetched_later_are_searched_when_they_come() -> None:
    timeline = Timeline()
    timeline.place(eg.message(50, text="parcel"))
    search = Search(timeline, "parcel")
    search.step(10)
    completes = [search.is_complete]
    for number in range(1, 10):
        timeline.place(eg.message(number, text="parcel"))
    assert [*completes, search.is_complete] == [True, False]
    search.step(10)
    assert search.count == 10


@given(st.lists(st.sampled_from(["parcel", "PARCEL 2", "no", None]), max_size=40), st.integers(1, 9))
def test_steps_of_any_size_find_the_same(texts: list[str | None], step: int) -> None:
    expected = [f"m{n}" for n, text in enumerate(texts, 1) if text and "parcel" in text.lower()]
    assert hits(filled(*texts), "parcel", step) == expected[::-1]
