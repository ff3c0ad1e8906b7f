"""Reads a transcript, whatever has written it: the shape of what is in the file tells, not its name."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipygenesys._io.recordings.foreign import START, is_capture, read_foreign
from ipygenesys._io.recordings.reading import is_ours, read_all
from ipygenesys._recordings.foreign.bot_framework import looks_like_activities
from ipygenesys._transcripts import convokit, exports, genesys
from ipygenesys._transcripts.frame import DTYPES, MEANINGS, explains, frame_of
from ipygenesys._transcripts.recordings import rows_of_recording
from ipygenesys._transcripts.rows import Connected, Row, Unread, loaded, measured

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 512 << 20
"""Chosen: a document is read whole; what is larger, unpacked, is refused. Recordings and corpora are read line by line."""

EXPECTED = (
    "our exports (.json, .csv, .md, .html) and recordings, HAR files with WebSocket messages, DevTools protocol events "
    "(.jsonl), Bot Framework .transcript, and of Genesys: recordings (messagingTranscript), speech-and-text-analytics "
    "transcripts (transcripts[].phrases), analytics conversation details (conversations[].participants[].sessions); "
    "a directory: a ConvoKit corpus (utterances.jsonl)"
)

_TORN = (EOFError, zlib.error, gzip.BadGzipFile)

Rows = tuple[Sequence[Row], list[Connected]]

_DOCUMENTS: tuple[tuple[Callable[[Any], bool], Callable[[Any], Rows]], ...] = (
    (exports.is_json_export, lambda document: (exports.rows_of_json(document), [])),
    (genesys.are_recordings, genesys.rows_of_recordings),
    (genesys.is_speech_transcript, genesys.rows_of_speech),
    (genesys.are_details, genesys.rows_of_details),
)
_TEXTS: tuple[tuple[Callable[[str], bool], Callable[[str], list[Row]]], ...] = (
    (exports.is_markdown_export, exports.rows_of_markdown),
    (exports.is_html_export, exports.rows_of_html),
    (exports.is_csv_export, exports.rows_of_csv),
)


def rows_in(path: str | os.PathLike[str]) -> Sequence[Row]:
    """What ``read_transcript`` reads, as rows.

    Raises:
        ValueError, OSError: as there.
    """
    path = Path(path).expanduser()
    if is_recording(path):
        recorded = read_all(path)
        ids = (each.conversation_id if len(recorded) > 1 else None for each in recorded)
        return [row for id_, each in zip(ids, recorded, strict=True) for row in rows_of_recording(each, id_)]
    rows, connected = _corpus(path) if path.is_dir() else _file(path)
    return measured(rows, connected)


def is_recording(path: str | os.PathLike[str]) -> bool:
    """Whether this is a recording, of ours or of another tool.

    Raises:
        OSError: it cannot be read.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        return _first(path, convokit.UTTERANCES, convokit.OLD_UTTERANCES) is None and any(path.glob("*.har"))
    return is_capture(path) or is_ours(str(path))


def _corpus(folder: Path) -> Rows:
    utterances = _first(folder, convokit.UTTERANCES, convokit.OLD_UTTERANCES)
    if utterances is None:
        raise Unread(
            f"{folder.name} is a directory, but no ConvoKit corpus: it has no {convokit.UTTERANCES}."
        )
    speakers = _first(folder, convokit.SPEAKERS, convokit.OLD_SPEAKERS)
    people = _document(_bounded(speakers)) if speakers is not None else None
    if utterances.suffix == ".json":
        return list(convokit.rows_of_utterances(_document(_bounded(utterances)) or [None], people)), []
    with utterances.open("rb") as lines:
        return list(convokit.rows_of_utterances(convokit.utterances_in(lines), people)), []


def _first(folder: Path, *names: str) -> Path | None:
    return next((path for name in names if (path := folder / name).is_file()), None)


def _file(path: Path) -> Rows:
    data = _bounded(path)
    if (document := _document(data)) is not None:
        for shape in (document, _renamed(document)):
            for is_it, rows_of in _DOCUMENTS:
                if is_it(shape):
                    return rows_of(shape)
        if looks_like_activities(data[:START]):
            return rows_of_recording(read_foreign(path)), []
        raise Unread(
            f"{path.name} is JSON, but no transcript that this can read{_hint(document)}. It reads {EXPECTED}."
        )
    text = data.decode("utf-8-sig", "replace")
    for is_text, rows_of_text in _TEXTS:
        if is_text(text):
            return rows_of_text(text), []
    raise Unread(f"{path.name} is no transcript that this can read. It reads {EXPECTED}.")


def _document(data: bytes) -> Any:
    """What the JSON says, of many lines of it what they say together; None for what is no JSON object or array."""
    plain = data.removeprefix(b"\xef\xbb\xbf")
    try:
        document = loaded(plain)
    except ValueError:
        if not (lines := plain.strip()).startswith(b"{"):
            return None
        document = _lines(lines)
    return document if isinstance(document, dict | list) else None


def _lines(data: bytes) -> list[Any] | None:
    """One conversation a line, as who asks for many of them one after the other writes them down."""
    try:
        return [loaded(line) for line in data.splitlines() if line.strip()]
    except ValueError:
        return None


def _renamed(document: Any) -> Any:
    """With the API's own names; None where it is nested too deep for that."""
    try:
        return genesys.as_the_api_names_it(document)
    except RecursionError:
        return None


def _hint(document: Any) -> str:
    """The names at its top, as far as they are bearable: they tell what it is, and are nobody's words."""
    first = document if isinstance(document, dict) else next(iter(document), None)
    names = sorted(str(name)[:40] for name in first)[:8] if isinstance(first, dict) else []
    what = "an object" if isinstance(document, dict) else "an array"
    return f" ({what} with {', '.join(names)})" if names else f" ({what}, empty or of something else)"


def _bounded(path: Path) -> bytes:
    """All of a file, unpacked if it is gzip.

    Raises:
        ValueError: it is too large, or torn.
    """
    with path.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if is_packed else path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except _TORN:
        raise Unread(f"{path.name} is damaged: its gzip data ends too early, or is none.") from None
    if len(data) > MAX_BYTES:
        raise Unread(
            f"{path.name} holds more than {MAX_BYTES >> 20} MB. Split it, or keep it as a recording (.jsonl)."
        )
    return data


@explains(DTYPES, MEANINGS)
def read_transcript(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a conversation that is over, whatever has written it, as the table that ``chat.to_pandas()`` gives.

    The shape of what is in the file tells what it is, not its name; ``.gz`` is unpacked.

    - Our exports: .json, .csv and ConvoKit corpora have all columns; .md and .html what people read of them, so ids are
      missing, and what a message holds besides its text stands in brackets in the text. .csv and .json also as pandas, polars
      or DuckDB have written such a table (pandas' and polars' JSON as records).
    - Genesys' recordings of messages (``GET /api/v2/conversations/{id}/recordings``), with their receipts.
    - Genesys' speech-and-text-analytics transcripts: a row a phrase.
    - Genesys' analytics conversation details: a row a segment, for they hold no messages.
    - The last three also as Genesys' Python SDK writes them with ``to_json()`` or ``to_dict()``; and many of them in an array,
      or one a line.
    - A ConvoKit corpus: its directory, also of the older form (utterances.json, users.json).
    - Recordings: ours, HAR files with WebSocket messages, DevTools protocol events, Bot Framework transcripts. An agent's
      page may have watched many conversations: all of them are there.

    A file may hold many conversations; ``conversation_id`` tells them apart.

    Args:
        path: a file, or a corpus' directory.

    Raises:
        ValueError: it is none of these, damaged, or too large; says what was expected.
        OSError: it cannot be read.
        ImportError: pandas is not installed.
    """
    return frame_of(rows_in(path), "read_transcript")
