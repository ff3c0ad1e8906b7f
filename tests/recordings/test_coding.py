"""Entries become lines and come back; what is torn, foreign or newer is told apart."""

from __future__ import annotations

import json

import msgspec
import pytest

from ipygenesys._core.model import operations
from ipygenesys._core.model.content import Card, QuickReplies, QuickReply
from ipygenesys._core.model.inputs import (
    CallFailed,
    CallSucceeded,
    Connect,
    FrameReceived,
    Input,
    Now,
    Send,
    StreamLost,
    StreamOpened,
    Tick,
)
from ipygenesys._core.model.messages import Attachment
from ipygenesys._core.model.platform_events import (
    Answered,
    CapabilitiesLearned,
    FrameIgnored,
    History,
    MessageArrived,
    TypingNoticed,
)
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._recordings.coding import (
    NoRecording,
    UnknownKind,
    entry_of,
    header_of,
    line_of,
)
from ipygenesys._recordings.entries import (
    VERSION,
    AnyEntry,
    CallEnded,
    CallMade,
    Ended,
    FrameIn,
    FrameOut,
    Header,
    InputTaken,
    Marked,
    Pinged,
    StateChecked,
    StreamBegan,
    StreamEnded,
)
from ipygenesys._recordings.masking import MASK, Masks
from tests import examples as eg

AT_S = 1_796_054_400.123456
NOW = Now(12.345678901234567, 1_796_054_400_123, 0.12345678901234567, 1_796_054_400_100)
MESSAGE = MessageArrived(
    id="m1",
    text="Hello\n✓",
    role="agent",
    attachments=(Attachment(name="a.png"),),
    content=(QuickReplies(replies=(QuickReply(text="Yes", payload="y"),)), Card(title="One")),
)
HEADER = Header(at_s=AT_S, protocol="WebMessaging", profile=eg.profile())
ENTRIES: list[AnyEntry] = [
    HEADER,
    FrameIn(at_s=AT_S, stream=1, data='{"a": "b"}'),
    FrameIn(at_s=AT_S, stream=1, data="AAE=", is_base64=True),
    FrameOut(at_s=AT_S, stream=1, data="{}"),
    CallMade(at_s=AT_S, call=1, what="Sending", method="POST", url="https://x.example/a?b=1", body="{}"),
    CallEnded(at_s=AT_S, call=1, status=200, headers={"date": "now"}, body="[]"),
    CallEnded(at_s=AT_S, call=2, error="ConnectTimeout"),
    StreamBegan(at_s=AT_S, stream=1, url="wss://x.example"),
    StreamEnded(at_s=AT_S, stream=1, code=1001, reason="going away"),
    Pinged(at_s=AT_S, stream=1, latency_s=0.02),
    StateChecked(at_s=AT_S, inputs=3, digest="abc"),
    Marked(at_s=AT_S, text="here"),
    Ended(at_s=AT_S),
]
INPUTS: list[Input] = [
    Connect(by_call=False, asked=NOW),
    Send("d1", "text"),
    Tick(),
    StreamOpened(1),
    FrameReceived(
        1, (MESSAGE, TypingNoticed(participant_id=None, is_typing=True), FrameIgnored("malformed"))
    ),
    FrameReceived(1, (CapabilitiesLearned(frozenset({"send_read"})),)),
    StreamLost(1, StreamLoss(close_code=1006, failure=eg.failure("lost"))),
    CallSucceeded(operations.FetchHistory(after="m1"), History((MESSAGE,), has_more=True)),
    CallSucceeded(operations.PostMessage("d1", "text"), MESSAGE),
    CallFailed(operations.MarkRead("m1"), eg.failure("rejected")),
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry).__name__)
def test_an_entry_comes_back_as_it_was(entry: AnyEntry) -> None:
    line = line_of(entry, Masks())
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert entry_of(line) == entry


@pytest.mark.parametrize("input_", INPUTS, ids=lambda input_: type(input_).__name__)
def test_an_input_comes_back_to_the_last_digit_of_its_times(input_: Input) -> None:
    entry = InputTaken(at_s=AT_S, now=NOW, input=input_)
    assert entry_of(line_of(entry, Masks())) == entry


def test_the_header_says_what_it_is_of() -> None:
    line = json.loads(line_of(HEADER, Masks()))
    assert (line["format"], line["version"], line["redaction"]) == (
        "ipygenesys-recording",
        VERSION,
        "secrets",
    )
    assert header_of(line_of(HEADER, Masks())) == HEADER


def test_secrets_are_in_no_line_and_answers_lose_their_bodies() -> None:
    said = json.dumps({"jwt": "a-jwt-of-a-guest"})
    entries: list[AnyEntry] = [
        FrameIn(at_s=AT_S, stream=1, data=said),
        FrameOut(at_s=AT_S, stream=1, data="a-jwt-of-a-guest"),
        InputTaken(
            at_s=AT_S,
            now=NOW,
            input=FrameReceived(1, (Answered(tracing_id="t", body=said.encode()), MESSAGE)),
        ),
    ]
    masks = Masks()
    frame, out, taken = [entry_of(line_of(entry, masks)) for entry in entries]
    assert isinstance(frame, FrameIn) and json.loads(frame.data) == {"jwt": MASK}
    assert isinstance(out, FrameOut) and out.data == MASK
    assert isinstance(taken, InputTaken) and taken.input == FrameReceived(1, (MESSAGE,))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"kind":"frame-in"}',
        b'{"kind":"mark","at_s":"now"}',
        b"[" * 9999,
    ],
)
def test_a_line_that_is_torn_or_foreign_is_told(line: bytes) -> None:
    with pytest.raises(ValueError, match="Error") as raised:
        entry_of(line)
    assert not isinstance(raised.value, UnknownKind)


def test_a_kind_that_a_newer_version_writes_is_told_apart() -> None:
    with pytest.raises(UnknownKind):
        entry_of(b'{"kind":"weather","at_s":1.0}')


def test_fields_that_a_newer_version_writes_are_ignored() -> None:
    assert entry_of(b'{"kind":"mark","at_s":1.0,"text":"a","colour":"red"}') == Marked(at_s=1.0, text="a")


@pytest.mark.parametrize(
    "line", [b"", b"{}", b'{"log":{}}', b"\x1f\x8b", b'{"kind":"mark","at_s":1.0,"text":"a"}']
)
def test_a_file_that_is_no_recording_is_told(line: bytes) -> None:
    with pytest.raises(NoRecording, match="no recording"):
        header_of(line)


def test_a_newer_version_is_told_with_its_cure() -> None:
    line = msgspec.json.encode(
        {"kind": "header", "format": "ipygenesys-recording", "version": VERSION + 1, "by": "ipygenesys 9"}
    )
    with pytest.raises(NoRecording, match=r"version 2 .*ipygenesys 9.*upgrade"):
        header_of(line)


def test_a_damaged_header_is_told() -> None:
    with pytest.raises(NoRecording, match="damaged"):
        header_of(b'{"kind":"header","format":"ipygenesys-recording","version":1}')
