"""What carries text on its way through the core does not show it."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.content import Answer, QuickReply
from ipygenesys._core.model.inputs import Send
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._core.model.operations import PostMessage, WrapUp
from ipygenesys._core.model.platform_events import Answered
from ipygenesys._core.view.protocol import ExportPart, SearchRequested
from tests import examples as eg

CANARY = "secret words"


@pytest.mark.parametrize(
    "value",
    [
        Send("d1", CANARY),
        PostMessage("d1", CANARY),
        WrapUp("code", CANARY),
        eg.arrived(1, text=CANARY),
        eg.history(eg.arrived(1, text=CANARY)),
        Answered(tracing_id="t", body=CANARY.encode()),
        eg.message(1, text=CANARY),
        SearchRequested(client="c", seq=1, search_id="s", query=CANARY),
        ExportPart(to="c", request_id="r", number=1, count=1, data=CANARY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_neither_text_nor_frames_show_in_a_repr(value: object) -> None:
    assert CANARY not in repr(value)
    assert CANARY not in f"{value}"


def test_picked_answers_and_files_show_neither_words_nor_names_and_offered_ones_their_label_alone() -> None:
    assert repr(QuickReply(text="Yes", payload=CANARY)) == "<QuickReply 'Yes'>"
    file = OutgoingFile(path=CANARY, name=CANARY, media_type="image/png", size_bytes=5)
    assert repr(file) == "<OutgoingFile image/png 5 bytes>"
    assert repr(Answer(text=CANARY, payloads=(CANARY,), type="list")) == "<Answer>"
