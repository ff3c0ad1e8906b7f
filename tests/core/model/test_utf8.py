"""Text that can be written: as it is, but for half an emoji."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from ipygenesys._core.model.utf8 import encodable, legible


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert encodable("half \ud83d, whole 😀, ä") == "half ?, whole 😀, ä"


@given(st.text())
def test_what_can_be_written_stays_as_it_is(text: str) -> None:
    assert encodable(text) == text


@given(st.text(st.characters(codec=None, categories=None)))
def test_everything_can_be_written(text: str) -> None:
    encodable(text).encode()


def test_what_acts_hides_or_turns_letters_round_is_replaced() -> None:
    assert legible("a\x1b[2Jb\x00\x7f\x9b\u202e\ud800\uffff") == "a\ufffd[2Jb" + "\ufffd" * 6


def test_lines_tabs_writing_from_right_to_left_and_emoji_stay() -> None:
    text = "one\ttwo\n\u05e9\u05dc\u05d5\u05dd \u200f!\u2067x\u2069 👩\u200d👧\ufe0f\n\ufffd"
    assert legible(text) == text
    assert legible("a\r\nb\rc") == "a\nb\nc"


def test_xml_can_hold_it_whatever_it_was() -> None:
    every = "".join(map(chr, range(0x11000)))
    element = ElementTree.Element("x")
    element.text = legible(every)
    assert ElementTree.fromstring(ElementTree.tostring(element)).text == legible(every)
