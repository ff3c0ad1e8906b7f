"""What the browser sends is checked: it round-trips, or is refused without a word of its content."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from ipygenesys._core.view import protocol
from ipygenesys._core.view.protocol.view_to_kernel import decode_from_view

FROM_VIEW: list[protocol.ViewToKernel] = [
    protocol.Hello(client="c", seq=1, protocol_version=1, languages=("de-CH", "x" * 35) * 5),
    protocol.ViewHeartbeat(client="c", seq=2),
    protocol.Goodbye(client="c", seq=3),
    protocol.KeystrokeNoted(client="c", seq=4),
    protocol.ComposingStopped(client="c", seq=5, reason="blurred"),
    protocol.SendRequested(client="c", seq=6, draft_id="d", text="hello"),
    protocol.AnswerRequested(
        client="c", seq=13, draft_id="d", message_id="m1", part=0, picks=(0, 2), text="Yes"
    ),
    protocol.AnswerRequested(
        client="c",
        seq=16,
        draft_id="d",
        message_id="m1",
        part=0,
        picks=(),
        text="Name: Ann",
        filled=(protocol.FieldValue(field="n", values=("Ann",)),),
    ),
    protocol.FileOffered(
        client="c", seq=14, draft_id="d", name="a.png", media_type="image/png", size_bytes=3, text=""
    ),
    protocol.FileChunk(client="c", seq=15, draft_id="d", offset=0, data=b"abc"),
    protocol.LinksRequested(client="c", seq=16, message_id="m1"),
    protocol.RetryRequested(client="c", seq=7, draft_id="d"),
    protocol.DiscardRequested(client="c", seq=8, draft_id="d"),
    protocol.MessagesSeen(client="c", seq=9, ids=("m1",)),
    protocol.PageRequested(client="c", seq=10, request_id="r", where="before", id="m1"),
    protocol.SearchRequested(client="c", seq=13, search_id="s", query="parcel"),
    protocol.ExportRequested(client="c", seq=14, request_id="r", format="csv"),
    protocol.TextRequested(client="c", seq=11, id="m1"),
    protocol.ReconnectRequested(client="c", seq=12),
    protocol.NewConversationRequested(client="c", seq=15),
]


def kind(message: object) -> str:
    return type(message).__name__


def test_every_message_is_tried_here() -> None:
    assert {type(message) for message in FROM_VIEW} == set(get_args(protocol.ViewToKernel))


@pytest.mark.parametrize("message", FROM_VIEW, ids=kind)
def test_what_comes_from_the_view_round_trips(message: protocol.ViewToKernel) -> None:
    assert decode_from_view(msgspec.to_builtins(message)) == message


@pytest.mark.parametrize("message", FROM_VIEW, ids=kind)
def test_an_unknown_field_from_the_browser_is_refused(message: protocol.ViewToKernel) -> None:
    content = {**msgspec.to_builtins(message), "canary": "secret words"}
    with pytest.raises(msgspec.ValidationError, match="canary") as caught:
        decode_from_view(content)
    assert "secret words" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"text": 5}, "$.text"),
        ({"text": ["secret words"]}, "$.text"),
        ({"draftId": None}, "$.draftId"),
        ({"seq": "secret words"}, "$.seq"),
        ({"seq": 1.5}, "$.seq"),
        ({"client": 7}, "$.client"),
    ],
)
def test_a_wrong_type_is_named_with_its_path_and_without_its_content(
    changes: dict[str, Any], path: str
) -> None:
    content = {
        "kind": "send-requested",
        "client": "c",
        "seq": 1,
        "draftId": "d",
        "text": "secret words",
        **changes,
    }
    with pytest.raises(msgspec.ValidationError) as caught:
        decode_from_view(content)
    assert path in str(caught.value)
    assert "secret words" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [None, 5, "hello", [], {}, {"kind": "nonsense", "client": "c", "seq": 1}, {"kind": "snapshot"}]
)
def test_what_is_no_message_of_the_protocol_is_refused(content: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_from_view(content)


@pytest.mark.parametrize(
    "changes",
    [{"client": "\ud83d"}, {"draftId": "\ud83d"}, {"seq": "\ud83d"}, {"\ud83d": 1}, {"kind": "\ud83d"}],
)
def test_half_an_emoji_names_nothing(changes: dict[str, Any]) -> None:
    content = {"kind": "send-requested", "client": "c", "seq": 1, "draftId": "d", "text": "secret words"}
    with pytest.raises(msgspec.ValidationError):
        decode_from_view({**content, **changes})


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "send-requested", "draftId": "d"},
        {"kind": "answer-requested", "draftId": "d", "messageId": "m", "part": 0, "picks": [0]},
        {"kind": "file-offered", "draftId": "d", "name": "\ud83d.png", "mediaType": "", "sizeBytes": 1},
    ],
)
def test_half_an_emoji_in_a_text_becomes_a_question_mark(content: dict[str, Any]) -> None:
    message: Any = decode_from_view({**content, "client": "c", "seq": 1, "text": "half \ud83d, whole 😀"})
    assert message.text == "half ?, whole 😀"
    assert getattr(message, "name", "?.png") == "?.png"


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "hello", "client": "c" * 129, "protocolVersion": 1},
        {"kind": "send-requested", "client": "c", "draftId": "d" * 129, "text": ""},
        {"kind": "export-requested", "client": "c", "requestId": "r" * 129, "format": "csv"},
        {"kind": "search-requested", "client": "c", "searchId": "s" * 129, "query": ""},
    ],
    ids=lambda content: str(content["kind"]),
)
def test_what_pages_name_has_short_names(content: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError, match="length <= 128"):
        decode_from_view({**content, "seq": 1})


def test_a_missing_field_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="text"):
        decode_from_view({"kind": "send-requested", "client": "c", "seq": 1, "draftId": "d"})
