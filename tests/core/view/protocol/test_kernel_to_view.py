"""What the kernel sends to the views: plain JSON, and nothing of it is lost on the way."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from ipygenesys._core.view import protocol
from ipygenesys._core.view.encoding import view_message
from ipygenesys._core.view.protocol.kernel_to_view import encode_to_view
from tests import examples as eg
from tests.wire import named

SHOWN = view_message(eg.message(1))
STATUS = protocol.StatusDelta(status="connected")
ERROR = protocol.ErrorDelta(code="permission", message="words", cause="permission")

TO_VIEW: list[protocol.KernelToView] = [
    protocol.Snapshot(
        to="c",
        epoch="e",
        revision=4,
        total=1,
        first_index=0,
        messages=(SHOWN,),
        has_older=True,
        status=STATUS,
        typing=("Ann",),
        unread_count=1,
        capabilities=("history",),
        error=ERROR,
    ),
    protocol.Deltas(
        epoch="e",
        revision=5,
        deltas=(
            protocol.MessagePlacedDelta(message=SHOWN, index=0),
            protocol.MessageRemovedDelta(id="d", index=0),
            protocol.MessageStatusDelta(id="m1", index=0, status="read"),
            protocol.MessagesSkippedDelta(index=1, count=9, others=9, first_other_id="m2"),
            protocol.HistoryPrependedDelta(count=1, has_older=False),
            protocol.TypingDelta(names=()),
            protocol.UnreadDelta(count=0),
            STATUS,
            protocol.CapabilitiesDelta(capabilities=()),
            protocol.TitleDelta(title="Crystal"),
            protocol.HintDelta(hint="Hello"),
            protocol.ErrorDelta(code="c", message="m"),
        ),
    ),
    protocol.Page(
        to="c", request_id="r", epoch="e", revision=5, first_index=0, messages=(SHOWN,), has_older=False
    ),
    protocol.SearchFound(
        to="c", search_id="s", count=1, searched=2, is_complete=True, has_older=False, error=ERROR
    ),
    protocol.ExportPart(to="c", request_id="r", number=1, count=1, data="MQ=="),
    protocol.FullText(to="c", id="m1", text="all of it"),
    protocol.KernelHeartbeat(epoch="e", revision=5),
    protocol.FileWanted(to="c", draft_id="d", offset=3),
    protocol.FileRefused(to="c", draft_id="d", error=ERROR),
    protocol.UploadProgress(draft_id="d", sent_bytes=1, total_bytes=3),
]


def kind(message: object) -> str:
    return type(message).__name__


def test_every_message_and_delta_is_tried_here() -> None:
    assert {type(message) for message in TO_VIEW} == set(get_args(protocol.KernelToView))
    (deltas,) = (message for message in TO_VIEW if isinstance(message, protocol.Deltas))
    assert {type(delta) for delta in deltas.deltas} == set(get_args(protocol.Delta))


@pytest.mark.parametrize("message", TO_VIEW, ids=kind)
def test_what_goes_to_the_view_is_plain_json_and_round_trips(message: protocol.KernelToView) -> None:
    content = named(msgspec.json.decode(msgspec.json.encode(encode_to_view(message))))
    assert content == msgspec.json.decode(msgspec.json.encode(message))
    assert msgspec.convert(content, protocol.KernelToView) == message
