"""How long to wait: Retry-After in both its forms, and full-jitter backoff."""

from __future__ import annotations

from ipygenesys._core.machines.http_date import parse_http_date

RETRY_AFTER_DEFAULT_S = 2.0
"""Source: the tutorial's own default."""
RETRY_AFTER_MIN_S = 0.5
RETRY_AFTER_MAX_S = 120.0

BASE_S = 0.5
CAP_S = 30.0
FIRST_SPREAD_S = 3.0
"""The first retries spread over this, so that a thousand clients do not come back in the same second.
Source: reference/realtime.md 4.2, the herd model."""


def parse_retry_after(value: str | None, *, now_epoch: float) -> float:
    """Seconds to wait by a Retry-After header, whatever it holds.

    Integers, decimals and HTTP-dates are read; anything else is the default. The result lies between
    RETRY_AFTER_MIN_S and RETRY_AFTER_MAX_S. Source: RFC 9110, 10.2.3.
    """
    return min(max(_seconds(value, now_epoch), RETRY_AFTER_MIN_S), RETRY_AFTER_MAX_S)


def _seconds(value: str | None, now_epoch: float) -> float:
    if value is None:
        return RETRY_AFTER_DEFAULT_S
    # Two headers of one name are joined with a comma, which an HTTP-date holds as well: the longer wait counts.
    if numbers := [number for part in value.split(",") if (number := _number(part)) is not None]:
        return max(numbers)
    moment = parse_http_date(value)
    return RETRY_AFTER_DEFAULT_S if moment is None else moment - now_epoch


def _number(words: str) -> float | None:
    try:
        number = float(words)
    except ValueError:
        return None
    return None if number != number else number


def backoff_bound_s(attempt: int) -> float:
    """The longest wait before retry number ``attempt`` (0, 1, 2, …): 3, 3, 3, 4, 8, 16, 30, 30 … seconds."""
    return min(CAP_S, max(FIRST_SPREAD_S, BASE_S * 2.0 ** min(attempt, 10)))


def backoff_s(attempt: int, *, jitter: float, floor_s: float = 0.0) -> float:
    """Full jitter: evenly between 0 and the bound, and never less than the server asked for.

    Args:
        attempt: 0 for the first retry.
        jitter: drawn evenly from [0, 1) by the shell.
        floor_s: a Retry-After; the jitter comes on top, at most a quarter of it, so that waiters do not return
            together, and not beyond ``RETRY_AFTER_MAX_S``. It replaces the spread of the first retries, not the doubling of the later ones.
    """
    if floor_s > 0:
        doubling = min(CAP_S, BASE_S * 2.0 ** min(attempt, 10))
        spread = min(floor_s * (1.0 + 0.25 * jitter), max(floor_s, RETRY_AFTER_MAX_S))
        return max(spread, jitter * doubling)
    return jitter * backoff_bound_s(attempt)


def soonest(*moments: float | None) -> float | None:
    """The first of them; None is never. Asked for after each step: a loop costs a third of what ``min`` of a generator does."""
    first = None
    for each in moments:
        if each is not None and (first is None or each < first):
            first = each
    return first
