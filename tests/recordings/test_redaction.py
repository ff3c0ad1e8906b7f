"""Names and texts go, their lengths and scripts stay, and what was equal stays equal."""

from __future__ import annotations

import json
import unicodedata

import pytest

from ipygenesys._core.model.inputs import FrameReceived, Now, Send
from ipygenesys._core.model.platform_events import MessageArrived, PresenceChanged
from ipygenesys._recordings.entries import CallEnded, FrameIn, Header, InputTaken, Marked, Redaction
from ipygenesys._recordings.redaction import Redactor
from tests import examples as eg

TEXTS = [
    "Hello, my name is Ann!",
    "Grüße an ÄÖÜ 42",
    "Привет, мир",
    "שלום עולם",
    "你好，世界",
    "こんにちは カタカナ",
    "สวัสดี",
    "안녕하세요",
    "a\n b",
]
SALT = b"salt"


def words(redaction: Redaction, said: object) -> object:
    frame = FrameIn(at_s=1.0, stream=1, data=json.dumps(said))
    entry = Redactor(redaction, SALT).entry(frame)
    assert isinstance(entry, FrameIn)
    return json.loads(entry.data)


def script(letter: str) -> str:
    return (
        unicodedata.name(letter, "?").split()[0]
        if letter.isalpha()
        else letter
        if not letter.isdigit()
        else "0"
    )


@pytest.mark.parametrize("text", TEXTS)
def test_letters_become_others_of_their_script(text: str) -> None:
    other = Redactor("texts", SALT).text(text)
    assert other != text
    assert [script(letter) for letter in other] == [script(letter) for letter in text]
    assert [letter.isupper() for letter in other] == [letter.isupper() for letter in text]


def test_the_same_word_stays_the_same_and_another_recording_has_others() -> None:
    redactor = Redactor("texts", SALT)
    assert (
        redactor.text(" so  it is") == f" {redactor.text('so')}  {redactor.text('it')} {redactor.text('is')}"
    )
    assert redactor.text("something") != Redactor("texts", b"another").text("something")


FRAME = {
    "class": "StructuredMessage",
    "body": {
        "text": "Hello Ann",
        "id": "m1",
        "channel": {"from": {"nickname": "Ann", "firstName": "Ann"}, "type": "Private"},
    },
    "code": 200,
    "note": "free words",
    "url": "https://files.example/path/of/ann.png",
}


def test_texts_go_with_names() -> None:
    said = words("texts", FRAME)
    text = json.dumps(said)
    assert not any(word in text for word in ("Hello", "Ann", "free", "path", "png"))
    assert isinstance(said, dict)
    assert said["class"] == "StructuredMessage" and said["body"]["id"] == "m1" and said["code"] == 200
    assert said["body"]["channel"]["type"] == "Private" and said["url"].startswith("https://files.example/")


def test_names_go_and_texts_stay() -> None:
    said = words("names", FRAME)
    assert isinstance(said, dict)
    assert said["body"]["text"] == "Hello Ann" and said["note"] == "free words"
    assert "Ann" not in said["body"]["channel"]["from"].values()


def test_without_redaction_nothing_changes() -> None:
    assert words("secrets", FRAME) == FRAME


def test_inputs_keep_their_shape_and_a_frame_says_the_same_as_its_input() -> None:
    redactor = Redactor("texts", SALT)
    arrived = MessageArrived(id="m1", text="Hello Ann", sender="Ann", role="agent", time_ms=1)
    entry = InputTaken(
        at_s=1.0,
        now=Now(1.0, 1, 0.5),
        input=FrameReceived(1, (arrived, PresenceChanged(participant_id="p", has_joined=True, name="Ann"))),
    )
    other = redactor.entry(entry)
    assert isinstance(other, InputTaken) and isinstance(other.input, FrameReceived)
    message, presence = other.input.events
    assert isinstance(message, MessageArrived) and isinstance(presence, PresenceChanged)
    assert (message.id, message.role, message.time_ms) == ("m1", "agent", 1)
    assert message.sender == presence.name == redactor.text("Ann")
    assert message.text == redactor.text("Hello Ann")
    sent = redactor.entry(InputTaken(at_s=1.0, now=Now(1.0, 1, 0.5), input=Send("d1", "Hello Ann")))
    assert isinstance(sent, InputTaken) and sent.input == Send("d1", redactor.text("Hello Ann"))


def test_what_is_no_json_is_words() -> None:
    entry = Redactor("texts", SALT).entry(CallEnded(at_s=1.0, call=1, body="<p>Hello Ann</p>"))
    assert isinstance(entry, CallEnded) and entry.body is not None
    assert "Hello" not in entry.body and len(entry.body) == len("<p>Hello Ann</p>")


def test_a_title_goes_and_a_marker_stays() -> None:
    redactor = Redactor("names", SALT)
    header = redactor.entry(Header(at_s=1.0, title="With Ann", profile=eg.profile()))
    assert isinstance(header, Header) and header.title == ""
    assert redactor.entry(Marked(at_s=1.0, text="look")) == Marked(at_s=1.0, text="look")
