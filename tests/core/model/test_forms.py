"""Filling in a form: what makes an answer, and why something makes none."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ipygenesys._core.model.content import Answer, Form, FormEntry, FormField, FormPage, QuickReply, words_of
from ipygenesys._core.model.forms import MAX_ENTRY, fields_of, filled

NAME = FormField(id="n", type="text", title="Name", is_required=True)
SIZES = FormField(
    id="s",
    type="choice",
    title="Sizes",
    is_multiple=True,
    choices=(QuickReply(text="Forty", payload="40"), QuickReply(text="Forty-one", payload="41")),
)
DAY = FormField(id="d", type="date", title="")
FORM = Form(
    pages=(FormPage(fields=(NAME, SIZES)), FormPage(title="When?", fields=(DAY,))),
    title="How was it?",
    subtitle="Three questions.",
    reply="That was it:",
    template_id="c1",
)


def test_a_form_says_what_it_begins_with() -> None:
    assert words_of((FORM,)) == "How was it?\nThree questions."
    assert fields_of(FORM) == (NAME, SIZES, DAY)


def test_what_is_filled_in_by_title_or_id_is_an_answer() -> None:
    answer = filled("m1", FORM, {"Name": ("Ann",), "s": ("40", "Forty-one"), "d": ("2026-12-01",)})
    assert answer == Answer(
        text="Name: Ann\nSizes: Forty, Forty-one\n2026-12-01",
        type="form",
        message_id="m1",
        entries=(
            FormEntry(field="n", text="Ann", payload="Ann"),
            FormEntry(field="s", text="Forty", payload="40"),
            FormEntry(field="s", text="Forty-one", payload="41"),
            FormEntry(field="d", text="2026-12-01", payload="2026-12-01"),
        ),
        reply="That was it:",
        template_id="c1",
    )


def test_fields_that_need_not_be_filled_in_may_stay_empty() -> None:
    answer = filled("m1", FORM, {"Name": ("Ann",), "Sizes": (), "d": (" ",)})
    assert isinstance(answer, Answer) and answer.text == "Name: Ann"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"Colour": ("red",)}, "no such field. It has: Name, Sizes, d"),
        ({"Sizes": ("40",)}, "needs Name"),
        ({"Name": ("",)}, "needs Name"),
        ({"Name": ("Ann", "Ben")}, "Name takes one value"),
        ({"Name": ("Ann",), "Sizes": ("39",)}, "Sizes does not offer that"),
        ({"Name": ("x" * (MAX_ENTRY + 1),)}, "longer than"),
    ],
)
def test_what_does_not_fit_is_no_answer_and_the_reason_has_no_value_in_it(values: Any, why: str) -> None:
    reason = filled("m1", FORM, values)
    assert isinstance(reason, str) and why in reason
    assert "red" not in reason and "Ben" not in reason


def test_a_form_that_nobody_has_written_in_is_no_answer() -> None:
    (page, *_) = FORM.pages
    optional = msgspec.structs.replace(page, fields=(msgspec.structs.replace(NAME, is_required=False),))
    assert filled("m1", msgspec.structs.replace(FORM, pages=(optional,)), {}) == "Nothing is filled in."
