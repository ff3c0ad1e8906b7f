"""What a picture is made from: who answered whom, and who waits."""

from __future__ import annotations

import pytest

from ipygenesys._pictures import talks
from tests.pictures.talking import LOST_PARCEL, START_MS, message, said, talk


def test_a_burst_waits_from_its_first_message_and_bots_do_not_end_that() -> None:
    waits = [
        (span.who, span.begin_ms - START_MS, span.end_ms and span.end_ms - START_MS)
        for span in talks.waits(LOST_PARCEL)
    ]

    assert waits == [("Cleo", 0, 40_000), ("Cleo", 60_000, None)]


def test_answers_are_those_of_bots_and_agents() -> None:
    answers = [(answer.sender, answer.response_time_s) for answer in talks.answers(LOST_PARCEL)]

    assert answers == [("Robo", 2.0), ("Ann", 40.0)]


@pytest.mark.parametrize(
    ("status", "known", "told"),
    [
        ("sent", (None, None), (None, None)),
        ("delivered", (None, None), (7, None)),
        ("delivered", (5, None), (5, None)),
        ("read", (5, None), (5, 7)),
        ("read", (5, 6), (5, 6)),
    ],
)
def test_receipts_are_taken_from_what_was_heard_and_from_the_message(
    status: str, known: tuple[int | None, int | None], told: tuple[int | None, int | None]
) -> None:
    made = talks.said(message(1, "Ann", status=status, status_time_ms=7), *known)

    assert (made.delivered_ms, made.read_ms) == told


def test_a_talk_begins_with_whatever_is_first() -> None:
    typed = talks.Span("typing", "Cleo", START_MS - 500, START_MS)

    assert talk(said(1, "Cleo"), spans=(typed,)).begin_ms == START_MS - 500
    assert talk().begin_ms is None
