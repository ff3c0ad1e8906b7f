"""What only events tell: typing, lost connections, receipts."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ipygenesys._core.model.events import (
    Event,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
)
from ipygenesys._pictures import happenings
from ipygenesys._pictures.happenings import Happenings
from ipygenesys._pictures.talks import Span


def heard(events: Iterable[Event]) -> Happenings:
    made = Happenings()
    for at, event in enumerate(events):
        made.hear(event, at * 100)
    return made


def test_typing_is_a_span_for_each_who_types() -> None:
    made = heard(
        [TypingChanged(("Ann",)), TypingChanged(("Ann", "Ben")), TypingChanged(("Ben",)), UnreadChanged(3)]
    )

    assert made.spans() == (Span("typing", "Ann", 0, 200), Span("typing", "Ben", 100, None))


@pytest.mark.parametrize(
    ("statuses", "spans"),
    [
        (["connecting", "connected"], []),
        (["connected", "reconnecting", "reconnecting", "connected"], [(100, 300)]),
        (["connected", "reconnecting", "failed"], [(100, None)]),
        (["reconnecting", "read_only", "closed"], [(0, 100)]),
        (["reconnecting", "closed"], [(0, 100)]),
    ],
)
def test_a_connection_is_away_from_its_loss_to_its_return(
    statuses: list[str], spans: list[tuple[int, int | None]]
) -> None:
    made = heard(StatusChanged(status=status) for status in statuses)  # type: ignore[arg-type]

    assert [(span.begin_ms, span.end_ms) for span in made.spans()] == spans


def test_what_is_kept_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(happenings, "MAX_SPANS", 3)
    typed = heard(TypingChanged(("Ann",) if at % 2 else ()) for at in range(12))
    assert [span.begin_ms for span in typed.spans()] == [500, 700, 900, 1_100]
