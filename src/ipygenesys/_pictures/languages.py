"""What pictures say in each language: one flat table each, in words/; and a picture in a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ipygenesys._pictures.durations import clock, duration
from ipygenesys._pictures.wire import Scene, TimelineScene
from ipygenesys._widget.languages import words_in

Words = Mapping[str, str]


def picture_words() -> dict[str, dict[str, str]]:
    """By language, English too."""
    return words_in(Path(__file__).parent / "words")


def summary_of(scene: Scene, words: Words) -> str:
    """The picture in a sentence or two."""
    if isinstance(scene, TimelineScene):
        step = 1000
        return _filled(
            words["timelineSummary"],
            talks=str(scene.talks),
            people=str(len(scene.senders)),
            messages=str(len(scene.messages.time_ms)),
            **{
                "from": clock(scene.begin_ms, step, is_relative=scene.is_relative),
                "to": clock(scene.end_ms, step, is_relative=scene.is_relative),
            },
        )
    if not scene.rows or scene.rows[0].label or scene.rows[0].role:
        return words["noAnswers"]
    row = scene.rows[0]
    facts = {"median": row.median_s, "p90": row.p90_s, "longest": row.max_s}
    return _filled(
        words["responseSummary"], n=str(row.n), **{name: duration(value) for name, value in facts.items()}
    )


def _filled(text: str, **values: str) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text
