"""The table of events: narrow, bounded, without anybody's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ipygenesys._core.measures import event_log
from ipygenesys._core.measures.event_log import EventLog, LoggedEvent
from ipygenesys._core.model.platform_events import (
    ConversationChanged,
    FrameIgnored,
    MessageArrived,
    MoveRequested,
    PresenceChanged,
    ReceiptArrived,
    TypingNoticed,
)


def test_a_row_says_what_came_when_of_whom_and_in_how_many_bytes() -> None:
    log = EventLog()
    log.note(
        (
            MessageArrived(id="m1", text="secret words", participant_id="ann", time_ms=900),
            ReceiptArrived(message_id="m1", participant_id="bea", status="read"),
        ),
        321,
        1_000,
        5.0,
    )
    log.note((TypingNoticed(participant_id=None, is_typing=True),), None, 2_000, 6.0)

    assert list(log) == [
        LoggedEvent(1_000, 5.0, 1, 321, 900, "MessageArrived", "m1", "ann", None),
        LoggedEvent(1_000, 5.0, 1, 321, None, "ReceiptArrived", "m1", "bea", "read"),
        LoggedEvent(2_000, 6.0, 2, None, None, "TypingNoticed", None, None, "on"),
    ]
    assert "secret" not in repr(list(log))


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        (TypingNoticed(participant_id="a", is_typing=False), "off"),
        (PresenceChanged(participant_id="a", has_joined=True), "joined"),
        (PresenceChanged(participant_id="a", has_joined=False), "left"),
        (ConversationChanged(is_open=True), "open"),
        (ConversationChanged(is_open=False), "over"),
        (FrameIgnored("malformed"), "malformed"),
        (MessageArrived(id="m", status="delivered"), "delivered"),
        (MoveRequested(), None),
    ],
)
def test_its_detail_is_one_word(event: Any, detail: str | None) -> None:
    log = EventLog()
    log.note((event,), 1, 0, 0.0)

    assert [row.detail for row in log] == [detail]


def typing_of(log: EventLog, first: int, last: int) -> None:
    for number in range(first, last + 1):
        log.note((MessageArrived(id=f"m{number}"), FrameIgnored("malformed")), number, number, float(number))


def test_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MAX_EVENTS", 4)
    log = EventLog()
    typing_of(log, 1, 5)

    assert log.count == 10
    assert [row.raw_bytes for row in log] == [4, 4, 5, 5]
    assert [row.message_id for row in log] == ["m4", None, "m5", None]


def test_the_same_words_are_kept_once_but_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MAX_EVENTS", 4)
    log = EventLog()
    for number in range(20):
        log.note((TypingNoticed(participant_id=f"p{number}", is_typing=True),), 1, 0, 0.0)

    assert [row.participant_id for row in log] == ["p16", "p17", "p18", "p19"]
    assert len(log._shared) == 5


class Interrupted(list[Any]):
    """A column that more is written to as soon as it was copied."""

    def __init__(self, log: EventLog, column: list[Any]) -> None:
        super().__init__(column)
        self._log = log

    def __getitem__(self, item: Any) -> Any:
        copied = super().__getitem__(item)
        if isinstance(item, slice):
            typing_of(self._log, 90, 90)
        return copied

    def __iter__(self) -> Iterator[Any]:
        return super().__iter__()


def test_what_is_overwritten_while_it_is_read_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MAX_EVENTS", 4)
    log = EventLog()
    typing_of(log, 1, 2)
    log._words = Interrupted(log, log._words)

    assert [(row.message_id, row.raw_bytes) for row in log] == [("m2", 2), (None, 2)]


def test_an_empty_one_has_no_rows() -> None:
    assert list(EventLog()) == []
