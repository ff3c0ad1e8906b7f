"""How durations and times are written in a picture that is made without a page; pure."""

from __future__ import annotations

import datetime as dt
import math

_STEPS_MS = (
    *(1, 2, 5, 10, 20, 50, 100, 200, 500),
    *(1_000, 2_000, 5_000, 10_000, 15_000, 30_000),
    *(60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000),
    *(3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000),
    *(86_400_000, 172_800_000, 604_800_000, 1_209_600_000, 2_592_000_000, 7_776_000_000, 31_536_000_000),
)


def duration(seconds: float) -> str:
    """In the unit that people would say it in, with two digits that count: ``0.4 s``, ``12 s``, ``1.5 min``, ``3 h``."""
    for unit, size in (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if seconds >= size * 0.9995:
            return f"{_digits(seconds / size)} {unit}"
    return f"{_digits(seconds)} s"


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}".removesuffix(".0")


def time_step(span_ms: float, most: int) -> int:
    """Milliseconds from one tick to the next, so that there are at most so many."""
    wanted = span_ms / max(most, 1)
    return next(
        (step for step in _STEPS_MS if step >= wanted), math.ceil(wanted / _STEPS_MS[-1]) * _STEPS_MS[-1]
    )


def clock(time_ms: float, step_ms: int, *, is_relative: bool) -> str:
    """A tick of the time axis: of the day in UTC, or since the start."""
    if is_relative:
        seconds = time_ms / 1000
        hours, minutes = int(seconds // 3600), int(seconds // 60 % 60)
        rest = (
            f"{minutes:02}:{seconds % 60:02.0f}" if step_ms >= 1000 else f"{minutes:02}:{seconds % 60:06.3f}"
        )
        return f"{hours}:{rest}"
    at = dt.datetime.fromtimestamp(time_ms / 1000, tz=dt.UTC)
    if step_ms >= 86_400_000:
        return f"{at:%Y-%m-%d}"
    if step_ms >= 60_000:
        return f"{at:%H:%M}"
    return f"{at:%H:%M:%S}" if step_ms >= 1000 else f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"
