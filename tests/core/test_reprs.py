"""What carries text on its way through the core does not show it."""

from __future__ import annotations

import pytest

from ipygenesys._core.inputs import Send
from ipygenesys._core.operations import PostMessage
from ipygenesys._core.platform_events import Answered
from tests import examples as eg

CANARY = "secret words"


@pytest.mark.parametrize(
    "value",
    [
        Send("d1", CANARY),
        PostMessage("d1", CANARY),
        eg.arrived(1, text=CANARY),
        eg.history(eg.arrived(1, text=CANARY)),
        Answered(tracing_id="t", body=CANARY.encode()),
        eg.message(1, text=CANARY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_neither_text_nor_frames_show_in_a_repr(value: object) -> None:
    assert CANARY not in repr(value)
    assert CANARY not in f"{value}"
