"""What an HTTP header says about the time."""

from __future__ import annotations

import datetime as dt
import email.utils

MAX_AGE_S = 1e9


def parse_http_date(value: str | None) -> float | None:
    """Seconds since the epoch; None if it is no date. Source: RFC 9110, 5.6.7."""
    try:
        moment = email.utils.parsedate_to_datetime(value or "")
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.timestamp()


def server_time(date: str | None, age: str | None) -> float | None:
    """The server's clock when it answered, in seconds since the epoch, as of the beginning of the second.

    Args:
        date: the header ``Date``: when the answer was made.
        age: the header ``Age``: how many seconds a cache has kept it since. Source: RFC 9111, 5.1.
    """
    made_at = parse_http_date(date)
    if made_at is None or age is None:
        return made_at
    try:
        age_s = int(age)
    except ValueError:
        return None  # It comes from a cache, and nobody knows when.
    return made_at + age_s if 0 <= age_s <= MAX_AGE_S else None
