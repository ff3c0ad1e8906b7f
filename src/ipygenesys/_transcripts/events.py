"""The table of events: what came, when, of whom, in how many bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ipygenesys._core.measures.event_log import LoggedEvent
from ipygenesys._transcripts.frame import SECONDS, TIME, WORDS, moment, typed_frame

if TYPE_CHECKING:
    import pandas as pd

DTYPES = {
    "time": TIME,
    "elapsed_s": SECONDS,
    "event": WORDS,
    "detail": WORDS,
    "message_id": WORDS,
    "participant_id": WORDS,
    "server_time": TIME,
    "frame": "int64",
    "raw_bytes": "Int64",
}
MEANINGS = {
    "time": "When it was heard, by this machine's clock.",
    "elapsed_s": "Seconds since the first event of the table, by a clock that is never set.",
    "event": "Its kind in neutral words, such as MessageArrived, TypingNoticed, ReceiptArrived, FrameIgnored.",
    "detail": "In a word: of a receipt its status, of typing on or off, of what was ignored why.",
    "message_id": "The message that it is about.",
    "participant_id": "Who did it, where the platform says so.",
    "server_time": "When it happened, where the platform has told.",
    "frame": "A running number: the events of one frame, or of one answer, share it.",
    "raw_bytes": "Of the frame that it came in, as it was read; missing for answers of calls, such as history.",
}


def events_frame(events: Iterable[LoggedEvent]) -> pd.DataFrame:
    """One row an event, oldest first; the types are the same for none.

    Raises:
        ImportError: pandas is not installed.
    """
    listed = list(events)
    records = [
        {
            **event._asdict(),
            "time": moment(event.time_ms),
            "server_time": moment(event.server_ms),
            "elapsed_s": event.monotonic_s - listed[0].monotonic_s,
        }
        for event in listed
    ]
    return typed_frame(records, DTYPES, "events_frame")
