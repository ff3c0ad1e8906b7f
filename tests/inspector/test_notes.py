"""What an inspector notes: bounds, pairs, secrets, and what frames became."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.model.effects import Emit
from ipygenesys._core.model.events import MessagePlaced
from ipygenesys._core.model.inputs import FrameReceived, Now
from ipygenesys._core.model.platform_events import FrameIgnored, MessageArrived, PlatformEvent, TypingNoticed
from ipygenesys._inspector import notes as noting
from ipygenesys._inspector.explain import in_words
from ipygenesys._inspector.languages import explanations
from ipygenesys._inspector.notes import Notes
from ipygenesys._inspector.wire import InspectorRow
from ipygenesys._recordings.entries import CallEnded, CallMade, FrameIn, FrameOut, InputTaken, StreamEnded
from tests.pictures.talking import message


def made(*, duplicates: Any = lambda: 0) -> Notes:
    return Notes(is_us=lambda who: who == "us", is_known=lambda id_: id_ == "known", duplicates=duplicates)


def taken(*events: PlatformEvent) -> InputTaken:
    return InputTaken(at_s=2.0, now=Now(0.0, 0, 0.5), input=FrameReceived(1, events))


def rows(notes: Notes, first: int, last: int) -> list[InspectorRow]:
    return [note.shown(explanations("en")) for note in notes.between(first, last)]


def frame(data: str, at_s: float = 1.0) -> FrameIn:
    return FrameIn(at_s=at_s, stream=1, data=data)


def test_an_answer_names_its_request_and_how_long_it_took() -> None:
    notes = made()
    notes.take(CallMade(at_s=1.0, call=7, what="Fetching history", method="GET", url="http://h/x?a=1"), ())
    notes.take(frame("{}"), ())
    headers = {"inin-ratelimit-count": "20", "inin-ratelimit-allowed": "300"}
    notes.take(CallEnded(at_s=1.25, call=7, status=429, headers=headers, body="{}"), ())
    [row] = rows(notes, 3, 3)

    assert (row.answers, row.latency_ms, row.status, row.is_error) == (1, 250.0, "429", True)
    assert row.words == "Answer to Fetching history"
    assert notes.gauges(1.5).requests_left == 280


def test_secrets_are_masked_before_anything_is_kept() -> None:
    notes = made()
    notes.take(FrameOut(at_s=1.0, stream=1, data='{"action":"x","token":"secret-of-somebody"}'), ())
    notes.take(frame('{"echo": "secret-of-somebody"}'), ())

    assert all("secret-of-somebody" not in f"{note.raw}{note.row}" for note in notes._notes)
    assert rows(notes, 1, 1)[0].words == "Frame: x"


@pytest.mark.parametrize(
    ("event", "duplicates", "why"),
    [
        (TypingNoticed(participant_id="us", is_typing=True), 0, "our own typing"),
        (TypingNoticed(participant_id="other", is_typing=True), 0, "known already"),
        (MessageArrived(id="known"), 0, "duplicate"),
        (MessageArrived(id="m1", participant_id="us"), 1, "echo of a message of ours"),
        (FrameIgnored("unknown_event"), 0, "a class that is not known"),
        (FrameIgnored("other_conversation"), 0, "another conversation"),
        (None, 0, "heartbeat"),
    ],
)
def test_why_a_frame_changed_nothing_is_said(event: PlatformEvent | None, duplicates: int, why: str) -> None:
    count = iter([0, duplicates])
    notes = made(duplicates=lambda: next(count))
    notes.take(frame("{}"), ())
    notes.take(taken(*([] if event is None else [event])), ())

    assert why in (rows(notes, 1, 1)[0].ignored or "")


def test_what_a_frame_became_and_changed_is_said() -> None:
    notes = made()
    notes.take(frame('{"id": "m1"}'), ())
    effect = Emit(MessagePlaced(message=message(1, "Ann"), index=3))
    notes.take(taken(MessageArrived(id="m1", text="secret words", role="agent")), [effect])
    note = notes.of(1)

    assert note is not None and note.ignored is None
    assert (note.row.words, note.row.message_id) == ("MessageArrived", "m1")
    became, changed = (
        [in_words(told, explanations("en")) for told in each] for each in (note.became, note.changed)
    )
    assert became == ["MessageArrived m1 (agent, 12 characters)"]
    assert changed == ["new message m1 at place 3 (sent)"]


def test_frames_that_were_taken_together_are_told_apart() -> None:
    notes = made()
    for id_ in ("m1", "m2", "m3"):
        notes.take(frame(f'{{"id": "{id_}"}}'), ())
    effects = [Emit(MessagePlaced(message=message(2, "Ann"), index=0))]
    notes.take(taken(*(MessageArrived(id=id_) for id_ in ("m1", "m2", "m3"))), effects)

    assert [row.message_id for row in rows(notes, 1, 3)] == ["m1", "m2", "m3"]
    assert [len(note.changed) for note in notes._notes] == [0, 1, 0]


def test_a_close_that_was_not_ours_is_an_error() -> None:
    notes = made()
    notes.take(StreamEnded(at_s=1.0, stream=1, code=1006), ())
    notes.take(StreamEnded(at_s=2.0, stream=2, code=1000, is_ours=True), ())

    assert [(row.status, row.is_error) for row in rows(notes, 1, 2)] == [("1006", True), ("1000", False)]


def test_what_is_held_has_bounds_in_number_and_in_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "MAX_ENTRIES", 5)
    notes = made()
    for at in range(12):
        notes.take(frame("x", at), ())
    assert (len(notes), notes.first, notes.total, notes.dropped) == (5, 8, 12, 7)
    assert notes.of(7) is None and [row.number for row in rows(notes, 1, 99)] == [8, 9, 10, 11, 12]

    monkeypatch.setattr(noting, "MAX_CHARACTERS", 100)
    notes.take(frame("y" * 60), ())
    notes.take(frame("y" * 60), ())
    assert len(notes) == 1


def test_events_a_second_are_counted_over_the_last_two() -> None:
    notes = made()
    for at in range(10):
        notes.take(frame("x", float(at)), ())

    assert notes.gauges(9.0).per_second == 1.5
    assert notes.gauges(60.0).per_second == 0.0
