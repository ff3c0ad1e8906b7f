"""A scenario as its page shows it: in a line, and with all its steps. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ipygenesys._runs.wire import Instead, OpenedScenario, Piece, PlayedStep, RunRow
from ipygenesys._scripts.model.results import Turn
from ipygenesys._scripts.play.seat import Seat
from ipygenesys._scripts.report.difference import difference, expected_text
from ipygenesys._scripts.report.words import MOST_INSTEAD, of_message, of_step

MOST_WORDS = 300
"""Chosen: characters of why something failed that a line of the table has."""


def row_of(seat: Seat) -> RunRow:
    """In a line."""
    result = seat.result
    if result is None:
        began_ms = None if seat.began_s is None else seat.began_s * 1000
        return RunRow(seat.number, seat.scenario.name, seat.state, began_ms=began_ms)
    return RunRow(
        seat.number,
        result.name,
        result.outcome,
        words=result.words[:MOST_WORDS],
        seconds=None if result.outcome == "skipped" else round(result.seconds, 3),
        said=result.said,
        slowest_s=max(result.response_times_s, default=None),
        tries=result.tries,
    )


def opened(seat: Seat, chat: str) -> OpenedScenario:
    """With all its steps, and what came instead of what was expected."""
    result, turns = seat.result, seat.turns
    steps = [_step_of(turn) for turn in turns]
    for at, step in enumerate(seat.scenario.steps[len(turns) :]):
        is_next = at == 0 and seat.state == "playing"
        steps.append(
            PlayedStep(of_step(step), "playing" if is_next else "not played", place=_place(step.place))
        )
    failed = next((step for step in steps if step.state == "failed"), None)
    return OpenedScenario(
        seat.number,
        steps,
        # A step that failed says it in its own place.
        words=result.words if result is not None and failed is None else "",
        chat=chat,
        has_chat=seat.conversation is not None,
        message_id=_failed_at(steps),
        conversation_id=None if result is None else result.conversation_id,
    )


def _step_of(turn: Turn) -> PlayedStep:
    expected = expected_text(turn)
    instead = [
        Instead(
            message.id,
            of_message(message),
            list(comparison.problems),
            []
            if expected is None
            else [Piece(side, text) for side, text in difference(expected, message.text or "")],
        )
        for message, comparison in turn.instead[:MOST_INSTEAD]
    ]
    return PlayedStep(
        of_step(turn.step),
        turn.outcome,
        waited_s=round(turn.waited_s, 3),
        place=_place(turn.step.place),
        words=turn.words,
        message_id=None if turn.message is None else turn.message.id,
        instead=instead,
        more=max(len(turn.instead) - MOST_INSTEAD, 0),
    )


def _place(place: object) -> str:
    words = str(place)
    return "" if words == "script" else words


def _failed_at(steps: Sequence[PlayedStep]) -> str | None:
    """The message to look at: what came in place of what was expected, else the last one before."""
    last = None
    for step in steps:
        if step.state == "failed":
            return step.instead[0].message_id if step.instead else last
        last = step.message_id or last
    return None
