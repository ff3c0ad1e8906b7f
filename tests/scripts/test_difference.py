"""How two texts differ."""

from __future__ import annotations

from ipygenesys._scripts.report.difference import difference


def test_what_both_have_is_told_from_what_one_has() -> None:
    assert list(difference("Hello, this is Ann.", "Hello, this is Ben.")) == [
        ("both", "Hello, this is "),
        ("expected", "Ann"),
        ("came", "Ben"),
        ("both", "."),
    ]


def test_white_space_alone_is_no_likeness() -> None:
    assert list(difference("one two three", "four five six")) == [
        ("expected", "one two three"),
        ("came", "four five six"),
    ]
