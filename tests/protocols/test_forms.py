"""Forms as Genesys writes them, and what is written back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ipygenesys._core.model.content import (
    Answer,
    Form,
    FormEntry,
    FormField,
    FormPage,
    QuickReply,
    Unsupported,
)
from ipygenesys._protocols.content import parts_of
from ipygenesys._protocols.forms import form_content

INPUT = {
    "id": "n",
    "title": "Name",
    "placeholderText": "Ann Archer",
    "isRequired": True,
    "isMultipleLine": True,
}
LIST = {
    "id": "l",
    "receivedMessage": {"title": "Likes", "subtitle": "All of them"},
    "sections": [{"title": "Likes", "multipleSelection": True, "items": [{"id": "1", "title": "Boots"}]}],
}
WHEEL = {"id": "w", "items": [{"id": "x", "title": "Forty", "value": "40"}, {"id": "y", "value": "41"}, {}]}
TEN = "2026-11-26T10:00:00.000Z"


def read(form: dict[str, Any]) -> Any:
    (content,) = parts_of([{"contentType": "Form", "form": form}]).content
    return content


def fields(*components: dict[str, Any]) -> tuple[FormField, ...]:
    form = read({"receivedMessage": {"title": "T"}, "formPages": [{"pageComponents": list(components)}]})
    return form.pages[0].fields if form.pages else ()


def test_a_form_has_the_bots_own_words() -> None:
    form = {
        "introduction": {"title": "Welcome", "subtitle": "Intro", "imageUrl": "https://x.example/a.png"},
        "receivedMessage": {"title": "How was it?", "subtitle": "Three questions."},
        "replyMessage": {"subtitle": "That was it:"},
        "cannedResponseId": "c1",
        "formPages": [{"title": "One", "subtitle": "of one", "pageComponents": [{"input": INPUT}]}, {}],
    }
    name = FormField(
        id="n", type="text", title="Name", placeholder="Ann Archer", is_required=True, is_long=True
    )
    assert read(form) == Form(
        title="How was it?",
        subtitle="Three questions.",
        image_url="https://x.example/a.png",
        pages=(FormPage(title="One", subtitle="of one", fields=(name,)),),
        reply="That was it:",
        template_id="c1",
    )
    del form["receivedMessage"]
    assert (read(form).title, read(form).subtitle) == ("Welcome", "Intro")
    assert read({"formPages": []}) == Unsupported(type="Form")


def test_lists_and_wheels_are_choices() -> None:
    likes, size = fields({"listPicker": LIST}, {"wheelPicker": WHEEL})
    assert likes == FormField(
        id="l",
        type="choice",
        title="Likes",
        subtitle="All of them",
        is_multiple=True,
        choices=(QuickReply(text="Boots", payload="1"),),
    )
    assert size.choices == (QuickReply(text="Forty", payload="40"), QuickReply(text="41", payload="41"))


@pytest.mark.parametrize(
    ("times", "type_", "choices"),
    [
        ([], "date", ()),
        ([{"dateTime": "soon"}], "date", ()),
        ([{"dateTime": TEN}], "choice", (QuickReply(text="2026-11-26 10:00 UTC", payload=TEN),)),
    ],
)
def test_a_date_is_one_of_those_on_offer_or_any(times: Any, type_: Any, choices: Any) -> None:
    (when,) = fields({"datePicker": {"id": "d", "title": "When?", "availableTimes": times}})
    assert when == FormField(id="d", type=type_, title="When?", choices=choices)


def test_a_field_that_cannot_be_answered_is_none() -> None:
    assert fields({"input": {"title": "No id"}}, {"formComponentType": "Hologram"}) == ()


def test_what_is_written_in_a_form_is_read_as_it_was_sent() -> None:
    answer = Answer(
        text="Ann\nBoots",
        type="form",
        message_id="m1",
        entries=(
            FormEntry(field="n", text="Ann", payload="Ann"),
            FormEntry(field="l", text="Boots", payload="1"),
        ),
        template_id="c1",
    )
    body = msgspec.to_builtins(form_content(answer))
    assert body == {
        "originatingMessageId": "m1",
        "cannedResponseId": "c1",
        "response": [
            {
                "id": "n",
                "component": {
                    "contentType": "ButtonResponse",
                    "buttonResponse": {"type": "Form", "text": "Ann", "payload": "Ann"},
                },
            },
            {
                "id": "l",
                "component": {
                    "contentType": "ButtonResponse",
                    "buttonResponse": {"type": "Form", "text": "Boots", "payload": "1"},
                },
            },
        ],
    }
    assert read(body) == answer
    parts = parts_of([{"contentType": "Form", "form": body}])
    assert (parts.text, parts.text_with("That was it:")) == ("Ann\nBoots", "That was it:\nAnn\nBoots")
