"""What a step wants, beside what came."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.content import (
    Button,
    Card,
    Carousel,
    ListItem,
    ListPicker,
    ListSection,
    QuickReplies,
    QuickReply,
)
from ipygenesys._core.model.messages import Attachment
from ipygenesys._scripts.model.matching import (
    MISSING,
    at_path,
    compare,
    options_meant,
    similarity,
    with_variables,
)
from ipygenesys._scripts.model.patterns import Pattern
from ipygenesys._scripts.model.place import Place, ScriptError
from ipygenesys._scripts.model.steps import Wanted
from tests.scripts.heard import said

OFFER = said(
    "Which one?",
    content=(
        QuickReplies(
            replies=(QuickReply(text="Yes", payload="y"), QuickReply(text="No, thanks", payload="n"))
        ),
        Carousel(
            cards=(
                Card(title="Red", buttons=(Button(text="Take it", payload="red"),)),
                Card(
                    title="Blue",
                    url="https://example.com/blue",
                    buttons=(Button(text="See it", url="https://example.com/b"),),
                ),
            )
        ),
        ListPicker(
            sections=(
                ListSection(
                    items=(ListItem(title="Small", payload="s"), ListItem(title="Large", payload="l"))
                ),
            )
        ),
    ),
    attachments=(Attachment(name="bill-7.pdf"),),
)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(equals=" Which one? "), True),
        (Wanted(equals="which one?"), False),
        (Wanted(contains=("WHICH", "one")), True),
        (Wanted(contains=("WHICH",), exact=True), False),
        (Wanted(contains=("which", "two")), False),
        (Wanted(one_of=("What?", "Which one?")), True),
        (Wanted(one_of=("What?",)), False),
        (Wanted(similar="Which  ones?"), True),
        (Wanted(similar="Goodbye"), False),
        (Wanted(matches=Pattern("^which")), True),
        (Wanted(matches=Pattern("^one")), False),
        (Wanted(quick_replies=("no, thanks", "Yes")), True),
        (Wanted(quick_replies=("Maybe",)), False),
        (Wanted(quick_replies=()), False),
        (Wanted(buttons=("Take it", "See it")), True),
        (Wanted(cards=("blue", "red")), True),
        (Wanted(items=("Medium",)), False),
        (Wanted(links=("https://example.com/b*",)), True),
        (Wanted(files=("*.pdf",)), True),
        (Wanted(files=("*.png",)), False),
        (Wanted(json={"$.content[1].cards[-1].title": "Blue"}), True),
        (Wanted(json={"role": "agent"}), False),
        (Wanted(json={"no.such": "thing"}), False),
        (Wanted(check=lambda message: message.role == "bot"), True),
        (Wanted(check=lambda message: False), False),
        (Wanted(), True),
    ],
)
def test_a_message_fits_or_says_what_is_wrong(wanted: Wanted, fits: bool) -> None:
    compared = compare(wanted, OFFER)
    assert compared.fits is fits
    assert bool(compared.problems) is not fits


def test_quick_replies_that_should_not_be_there_are_named() -> None:
    assert compare(Wanted(quick_replies=()), OFFER).problems == ("it has quick replies: 'Yes', 'No, thanks'",)
    assert compare(Wanted(quick_replies=()), said("plain")).fits


def test_named_groups_come_back() -> None:
    assert compare(
        Wanted(matches=Pattern(r"order (?P<order>\d+)")), said("Order 12 is on its way")
    ).found == {"order": "12"}


def test_likeness_is_the_share_of_letters_in_common() -> None:
    assert similarity("Hello  World", "hello world") == 1.0
    assert similarity("abcd", "bcde") == pytest.approx(0.75)
    assert similarity("", "") == 1.0


def test_what_is_picked_is_found_by_words_or_payload() -> None:
    assert [one.payload for one in options_meant(("yes",), OFFER)] == ["y"]
    assert [one.payload for one in options_meant(("red",), OFFER)] == ["red"]
    assert [one.payload for one in options_meant(("small", "l"), OFFER)] == ["s", "l"]
    assert options_meant(("yes", "what"), OFFER) == []
    assert options_meant(("See it",), OFFER) == []  # it opens a page


def test_variables_go_into_every_text() -> None:
    wanted = Wanted(
        equals="Hi {name}",
        contains=("{name}",),
        one_of=("{name}",),
        json={"sender": "{name}"},
        files=("{name}.pdf",),
    )
    filled = with_variables(wanted, {"name": "Ann"}, Place())
    assert (filled.equals, filled.contains, filled.one_of, filled.files) == (
        "Hi Ann",
        ("Ann",),
        ("Ann",),
        ("Ann.pdf",),
    )
    assert filled.json == {"sender": "Ann"}


def test_a_variable_that_is_not_known_is_an_error_with_the_nearest() -> None:
    with pytest.raises(ScriptError, match=r"^a\.yml:2: no variable 'nmae'\. Did you mean 'name'\?$"):
        with_variables(Wanted(equals="{nmae}"), {"name": "Ann"}, Place("a.yml", 2))


def test_paths() -> None:
    value = {"a": [{"b": 1}, {"b": 2}]}
    assert at_path(value, "$.a[1].b") == 2
    assert at_path(value, "a[-1].b") == 2
    assert at_path(value, "$") == value
    assert at_path(value, "a[2].b") is MISSING
    assert at_path(value, "a.b") is MISSING
    with pytest.raises(ScriptError, match="is no path"):
        at_path(value, "a[x]")


def test_what_is_wrong_with_a_path_is_said() -> None:
    assert compare(Wanted(json={"$.nope": "x"}), said("hi")).problems == ("$.nope is not there, not 'x'",)
    assert compare(Wanted(json={"$.text": "x"}), said("hi")).problems == ("$.text is 'hi', not 'x'",)
    assert at_path([1, 2], "$[-2]") == 1
    assert at_path([1, 2], "$[-3]") is MISSING


def test_how_near_it_comes_is_of_the_nearest_text_that_was_expected() -> None:
    near = said("abcdx")
    assert compare(Wanted(equals="abcde"), near).likeness == pytest.approx(0.8)
    assert compare(Wanted(one_of=("uvw", "abcde")), near).likeness == pytest.approx(0.8)
    assert compare(Wanted(similar="abcde", at_least=0.9), near).likeness == pytest.approx(0.8)
    assert compare(Wanted(quick_replies=("No",)), near).likeness == 0.0


def test_a_text_that_is_just_similar_enough_is() -> None:
    assert compare(Wanted(similar="abcde", at_least=0.8), said("abcdx")).fits
    assert similarity("ab" * 150, "ab" * 150 + "c") > 0.99


def test_a_card_alone_and_links_in_a_text_are_found() -> None:
    alone = said("Here:", content=(Card(title="Red", url="https://example.com/red"),))
    assert compare(Wanted(cards=("Red",), links=("https://example.com/red",)), alone).fits
    text = said("See (https://example.com/a).")
    assert compare(Wanted(links=("https://example.com/a",)), text).fits
    assert not compare(Wanted(links=()), text).fits
    assert compare(Wanted(links=()), said("No link in here.")).fits


def test_double_braces_are_braces() -> None:
    assert with_variables(Wanted(equals="{{a}} {b}"), {"b": "c"}, Place()).equals == "{a} c"


def test_letters_that_are_frequent_in_a_long_text_count_too() -> None:
    """Not so by difflib's own choice, which leaves out what makes up more than a hundredth of 200 letters."""
    assert similarity("x" + "abcd" * 60, "abcd" * 60 + "x") > 0.99
