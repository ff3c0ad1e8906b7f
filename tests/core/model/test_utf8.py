"""Text that can be written: as it is, but for half an emoji."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.model.utf8 import encodable


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert encodable("half \ud83d, whole 😀, ä") == "half ?, whole 😀, ä"


@given(st.text())
def test_what_can_be_written_stays_as_it_is(text: str) -> None:
    assert encodable(text) == text


@given(st.text(st.characters(codec=None, categories=None)))
def test_everything_can_be_written(text: str) -> None:
    encodable(text).encode()
