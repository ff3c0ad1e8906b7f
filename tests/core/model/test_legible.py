"""Others' words as they may stand in a terminal, a drawing or a report."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from ipygenesys._core.model.legible import legible


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
