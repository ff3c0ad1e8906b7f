"""Rows of an inbox as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ipygenesys._core.inbox.rows import Row

if TYPE_CHECKING:
    import pandas as pd

TIMES = ("since_ms", "began_ms", "last_ms", "unanswered_since_ms", "sla_due_ms", "closes_at_ms")
TEXTS = (
    *(
        "conversation_id",
        "customer",
        "queue_id",
        "queue",
        "agent_id",
        "agent",
        "state",
        "last_role",
        "last_sender",
    ),
    *("last_kind", "last_text", "undelivered_why"),
)
COUNTS = ("unread", "undelivered")


def frame_of(rows: Sequence[Row]) -> pd.DataFrame:
    """A row each. Times are timestamps in UTC and lose the ``_ms`` of their name; what is not known is missing.

    Raises:
        ImportError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError('A table needs pandas: pip install "ipygenesys[pandas]"') from error
    records = [_record(row) for row in rows]
    columns = {name: [record[name] for record in records] for name in (*TEXTS, *TIMES, *COUNTS)}
    return pd.DataFrame(
        {
            **{name: pd.Series(columns[name], dtype="string[python]") for name in TEXTS},
            **{
                # As numbers that may be missing: of pd.Int64, pandas 2 makes times in a way that NumPy 2.5 warns of.
                name.removesuffix("_ms"): pd.to_datetime(
                    pd.Series(columns[name], dtype="float64"), unit="ms", utc=True
                ).astype("datetime64[us, UTC]")
                for name in TIMES
            },
            **{name: pd.Series(columns[name], dtype="int64") for name in COUNTS},
        }
    )


def _record(row: Row) -> dict[str, object]:
    last = row.last
    known = {name: getattr(row, name) for name in (*TEXTS, *TIMES, *COUNTS) if hasattr(row, name)}
    return {
        **known,
        "last_ms": last and last.time_ms,
        "last_role": last and last.role,
        "last_sender": last and last.sender,
        "last_kind": last and last.kind,
        "last_text": last and last.text,
    }
