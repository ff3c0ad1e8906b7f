"""Rows as a table: the columns, their types, and a pandas frame that has them whatever pandas prefers."""

from __future__ import annotations

import datetime as dt
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ipygenesys._core.measures.response_times import DEFINITIONS
from ipygenesys._transcripts.rows import Row

if TYPE_CHECKING:
    import pandas as pd

TIME, WORDS, SECONDS = "datetime64[us, UTC]", "string[python]", "float64"

DTYPES = {
    "time": TIME,
    "sender": WORDS,
    "text": WORDS,
    "status": WORDS,
    "is_own": "bool",
    "role": WORDS,
    "attachments": "object",
    "content": "object",
    "seen_inferred": "bool",
    "withdrawn": "bool",
    "error": WORDS,
    "id": WORDS,
    "sent_at": TIME,
    "delivered_at": TIME,
    "read_at": TIME,
    "typing_before_s": SECONDS,
    "response_time_s": SECONDS,
    "handover_response_time_s": SECONDS,
    "kind": WORDS,
    "ends_at": TIME,
    "participant_id": WORDS,
    "conversation_id": WORDS,
}
"""What a reader looks for comes first. The types are those that pandas 2.2 and 3 both have: ``object`` holds lists of str."""
COLUMNS = tuple(DTYPES)

MEANINGS = {
    "time": "When the server took the message; of a segment, when it began.",
    "sender": "The display name.",
    "text": "What was said; missing where it could not be had.",
    "status": "sending, sent, delivered, read, failed, unknown, or unread for messages of others.",
    "is_own": "It is from our side; always False where nobody of a transcript is us.",
    "role": "agent, customer, bot or system.",
    "attachments": "The names of its files, a list.",
    "content": "What it holds besides, such as quick replies, in words, a list.",
    "seen_inferred": "Somebody answered after it; no receipt says that it was read.",
    "withdrawn": "Its author has taken it back.",
    "error": "Why it failed, in words.",
    "id": "The server's id, or the draft's.",
    "sent_at": "When the server took it; missing for what it has not taken.",
    "delivered_at": "When the first receipt said that it had arrived.",
    "read_at": "When the first receipt said that it was read.",
    "kind": "message; draft for one of ours that the server has not taken; of analytics details, which hold none, the type of a segment, such as interact, alert or parked.",
    "ends_at": "Of a segment, its end.",
    "participant_id": "The platform's id of who says it.",
    "conversation_id": "Which conversation it is of.",
    **{name: words for name, words in DEFINITIONS.items() if name in DTYPES},
}
"""Each column in words, for ``help``."""

F = TypeVar("F", bound=Callable[..., Any])

TIME_FIELDS = {
    "time": "time_ms",
    "sent_at": "sent_ms",
    "delivered_at": "delivered_ms",
    "read_at": "read_ms",
    "ends_at": "ends_ms",
}


def explains(dtypes: Mapping[str, str], meanings: Mapping[str, str]) -> Callable[[F], F]:
    """Put a table's columns, with their types and meanings, below a function's docstring: there is one place for them."""

    def explained(function: F) -> F:
        columns = (
            textwrap.fill(
                f"{name} ({dtype}): {meanings[name]}", 110, initial_indent="    ", subsequent_indent=" " * 8
            )
            for name, dtype in dtypes.items()
        )
        said = inspect.cleandoc(function.__doc__ or "")
        function.__doc__ = "\n".join([said, "", "Columns:", *columns])
        return function

    return explained


def cells(row: Row) -> dict[str, Any]:
    """A row's values by column; times are datetimes in UTC."""
    return {
        name: moment(getattr(row, TIME_FIELDS[name])) if name in TIME_FIELDS else getattr(row, name)
        for name in COLUMNS
    }


def moment(time_ms: int | None) -> dt.datetime | None:
    """Milliseconds since the epoch as a datetime in UTC."""
    return None if time_ms is None else dt.datetime.fromtimestamp(time_ms / 1000, tz=dt.UTC)


def written(at: dt.datetime) -> str:
    """A moment as ISO 8601, always with milliseconds: pandas takes the form of a column's first time for all of them."""
    return at.isoformat(timespec="milliseconds")


def frame_of(rows: Iterable[Row], wanted_by: str) -> pd.DataFrame:
    """One row each, with the columns and types of ``DTYPES``; the same for none.

    Args:
        rows: stay in their order.
        wanted_by: who asks, for the error.

    Raises:
        ImportError: pandas is not installed.
    """
    return typed_frame([cells(row) for row in rows], DTYPES, wanted_by)


def typed_frame(records: list[dict[str, Any]], dtypes: dict[str, str], wanted_by: str) -> pd.DataFrame:
    """A frame of exactly these columns and types.

    Raises:
        ImportError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise ImportError(f'{wanted_by}() needs pandas: pip install "ipygenesys[pandas]"') from None
    return pd.DataFrame(records, columns=list(dtypes), dtype=object).astype(dtypes)
