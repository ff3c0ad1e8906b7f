"""What was packed comes out as it was."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines.conversation.packing import Held, Key, Snapshot, packed, unpacked
from ipygenesys._core.model import content as c
from ipygenesys._core.model.messages import Attachment
from tests import examples as eg
from tests.benchmarks.explore.held import held


def key(number: int) -> Key:
    return (0, number, 0, 0, f"m{number}")


def test_a_message_is_the_same_once_it_was_packed() -> None:
    reply = c.QuickReply(text="Yes", payload="y")
    field = c.FormField(id="f", type="choice", title="Which?", choices=(reply,))
    content: tuple[c.Content, ...] = (
        c.QuickReplies(replies=(reply,), title="Well?", picked=(0,)),
        c.Carousel(cards=(c.Card(title="A", buttons=(c.Button(text="Go", url="https://a.example"),)),)),
        c.DatePicker(slots=(c.Slot(payload="t", time_ms=1, duration_s=60),)),
        c.ListPicker(sections=(c.ListSection(items=(c.ListItem(title="one", payload="1"),)),)),
        c.Form(pages=(c.FormPage(fields=(field,)),), picked=()),
        c.Location(name="Here", latitude=1, longitude=-2.5),
        c.Answer(text="Yes", type="form", entries=(c.FormEntry(field="f", text="Yes", payload="y"),)),
        c.Unsupported(type="Reactions"),
    )
    whole = eg.own_message(
        1,
        content=content,
        attachments=(
            Attachment(name="a.png", media_type="image/png", size_bytes=3, url="https://a.example", id="a"),
        ),
        status="failed",
        status_time_ms=5,
        draft_id="d1",
        error="not delivered",
        cause="too_long",
        is_withdrawn=True,
        is_unavailable=True,
        is_seen_inferred=True,
        text=None,
    )
    small = packed(Held([key(1)], [whole]))
    assert small is not None
    assert unpacked(small) == ([key(1)], [whole])


def test_half_of_a_surrogate_pair_cannot_be_packed() -> None:
    assert packed(Held([key(1)], [eg.message(1, text="\ud800")])) is None


def test_a_snapshot_reads_what_is_packed_once_for_neighbours() -> None:
    held = Held([key(1), key(2)], [eg.message(1), eg.message(2)])
    small = packed(held)
    assert small is not None
    snapshot = Snapshot([(small, 2), (held, 2)])
    assert list(snapshot) == [eg.message(1), eg.message(2)] * 2
    assert snapshot[0] is snapshot[0]
    assert snapshot[2] is held.messages[0]


@pytest.mark.no_cover  # It is counted, not covered: three times slower.
def test_a_message_of_a_long_conversation_takes_little_memory() -> None:
    """Of the whole session, and with what is noted of it; where none is packed, it is 800 bytes."""
    assert held(5_000)["bytes_of_one_more"] < 560
