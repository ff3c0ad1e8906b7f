"""Reads recordings from disk line by line: never whole in memory, and bounded where they are compressed."""

from __future__ import annotations

import gzip
import os
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, BinaryIO, Protocol

from ipygenesys._io.recordings.foreign import conversations_in, read_foreign
from ipygenesys._recordings.coding import NoRecording, UnknownKind, entry_of, header_of, is_header
from ipygenesys._recordings.entries import AnyEntry, Header
from ipygenesys._recordings.foreign.playing import Told

MAX_LINE_BYTES = 64 << 20
"""Chosen: of one entry. A frame has 16 MiB at most, and may be escaped."""
MAX_UNPACKED_BYTES = 16 << 30
MAX_RATIO = 200
"""Chosen: JSON of conversations packs to a tenth; deflate can do 1 to 1,032, and what comes near that is no recording."""
MAX_SILENT_LINES = 100_000
"""Chosen: in a row, of which none is an entry. What holds nothing can be packed to next to nothing, and go on for ever."""
_TAIL_BYTES = 1 << 20


class Recorded(Protocol):
    """A recording, open for reading."""

    header: Header
    start: int
    """Where the first entry stands."""
    is_growing: bool
    """More may be there at the next look."""

    def entries(self, at: int | None = None) -> Iterator[tuple[int, AnyEntry]]:
        """Each entry from a place on, with the place after it."""

    def last_at_s(self) -> float:
        """Of the last entry."""

    def close(self) -> None:
        """It is read no more."""


class RecordingFile:
    """A recording of ours, open for reading.

    Args:
        path: the file.

    Raises:
        NoRecording: it is none, or of a newer version.
        OSError: it cannot be read.
    """

    is_growing = False

    def __init__(self, path: str) -> None:
        self.path = path
        self.torn = self.unknown = self.foreign = 0
        """Lines: without an end; of kinds that a newer version writes; that say nothing to us."""
        self._size = os.path.getsize(path)
        self._file = opened(path)
        self._is_packed = isinstance(self._file, gzip.GzipFile)
        try:
            self.header: Header = header_of(self._line())
        except BaseException:
            self._file.close()
            raise
        self.start = self._file.tell()
        """Where the first entry stands."""

    def entries(self, at: int | None = None) -> Iterator[tuple[int, AnyEntry]]:
        """Each entry from a place on, with the place after it; what cannot be read is counted and left out."""
        place = self.start if at is None else at
        if self._file.tell() != place:
            self._file.seek(place)
        silent = 0
        while line := self._line():
            place += len(line)
            if not line.endswith(b"\n"):
                self.torn += 1
                return
            try:
                entry = entry_of(line)
            except UnknownKind:
                self.unknown += 1
                silent += 1
            except ValueError:
                self.foreign += 1
                silent += 1
            else:
                silent = 0
                yield place, entry
            if silent > MAX_SILENT_LINES:
                raise NoRecording(f"{MAX_SILENT_LINES:,} lines of it in a row are no entries of a recording.")

    def last_at_s(self) -> float:
        """Of the last entry that can be read: what is packed is unpacked for it, but only its end is looked at."""
        with opened(self.path) as file:
            if not self._is_packed:
                file.seek(max(self._size - _TAIL_BYTES, 0))
            end = self._last_time_of(self._tail(file).splitlines(keepends=True))
            if end is None:  # Its last lines are longer than that.
                file.seek(0)
                end = self._last_time_of(_lines(file, self._check))
        return self.header.at_s if end is None else max(end, self.header.at_s)

    def _tail(self, file: Any) -> bytes:
        """From where it is on, the end."""
        chunks, size = deque[bytes](), 0
        with suppress(EOFError, zlib.error, gzip.BadGzipFile):
            while chunk := file.read1(_TAIL_BYTES):  # What comes before a tear is read, too.
                self._check(file)
                chunks.append(chunk)
                size += len(chunk)
                while size - len(chunks[0]) >= _TAIL_BYTES:
                    size -= len(chunks.popleft())
        return b"".join(chunks)

    def _last_time_of(self, lines: Iterable[bytes]) -> float | None:
        last, silent = None, 0
        for line in lines:
            at_s = _at_s(line) if line.endswith(b"\n") else None
            if at_s is not None:
                last, silent = at_s if last is None else max(last, at_s), 0
            elif (silent := silent + 1) > MAX_SILENT_LINES:
                break
        return last

    @property
    def share(self) -> float:
        """How much of it was read; of what is packed, of its bytes as they are packed."""
        if self._file.closed:
            return 1.0
        raw = getattr(self._file, "fileobj", self._file)
        return min(raw.tell() / max(self._size, 1), 1.0)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _line(self) -> bytes:
        try:
            line = self._file.readline(MAX_LINE_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return b""  # Torn: its kernel was killed.
        self._check(self._file)
        if len(line) == MAX_LINE_BYTES:
            raise NoRecording(
                f"A line of this file has more than {MAX_LINE_BYTES >> 20} MB: it is no recording."
            )
        return line

    def _check(self, file: BinaryIO) -> None:
        if self._is_packed:
            check_ratio(file.tell(), self._size)


def part_of(file: Recorded, place: int, most: int) -> tuple[list[tuple[int, AnyEntry]], Exception | None]:
    """The entries from a place on, with the place after each, and why there are no more; None: that was the end, or enough."""
    part: list[tuple[int, AnyEntry]] = []
    try:
        for each in islice(file.entries(place), most):
            part.append(each)  # What comes before a failure is kept.
    except (NoRecording, OSError) as failure:
        return part, failure
    return part, None


def read_entries(path: str | os.PathLike[str], conversation_id: str | None = None) -> Iterator[AnyEntry]:
    """The entries of a recording, of ours or of another tool, in order; the first one is a Header.

    Args:
        path: the file.
        conversation_id: of several conversations, which one; by default that with most messages. A file of ours has one.

    Raises:
        NoRecording: it is none, or of a version that is newer than this; or that conversation is not in it.
        OSError: it cannot be read.
    """
    name = os.fspath(path)
    if is_foreign(name):
        yield from read_foreign(name, conversation_id)
        return
    for entry in (ours := OneRecorded(name)):
        if conversation_id not in (None, ours.conversation_id):
            raise NoRecording(f"{os.path.basename(name)} holds no conversation {conversation_id!r}.")
        yield entry


class OneRecorded:
    """A conversation of a file, to be read once.

    Args:
        path: the file.
        told: what another tool has recorded of it; None: it is a file of ours.
    """

    def __init__(self, path: str, told: Told | None = None) -> None:
        self.conversation_id = None if told is None else told.id
        """The platform's, where it is known; or what tells it from others of the file."""
        self._path = path
        self._told = told
        self._file: RecordingFile | None = None

    def __iter__(self) -> Iterator[AnyEntry]:
        """Its entries; the first one is a Header."""
        if self._told is not None:
            yield from self._told.entries()
            return
        file = self._file = RecordingFile(self._path)
        self.conversation_id = file.header.profile.conversation_id
        try:
            yield file.header
            for _, entry in file.entries():
                yield entry
        finally:
            file.close()

    @property
    def share(self) -> float | None:
        """How much of the file was read; None: that cannot be told."""
        return None if self._file is None else self._file.share


def read_all(path: str | os.PathLike[str]) -> Sequence[OneRecorded]:
    """Every conversation of a recording.

    Raises:
        NoRecording, OSError: as ``read_entries``; of a file of ours when it is read.
    """
    name = os.fspath(path)
    return [OneRecorded(name, told) for told in (conversations_in(name) if is_foreign(name) else [None])]


def is_foreign(path: str) -> bool:
    """Whether it is not one of ours; what it is then will turn out."""
    return os.path.isdir(path) or not is_ours(path)


def is_ours(path: str) -> bool:
    """Whether a file begins as our recordings do."""
    with opened(path) as file:
        try:
            return is_header(file.readline(1 << 20))
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return False


def opened(path: str) -> BinaryIO:
    """A file, unpacked if its content is packed, whatever its name says."""
    plain = open(path, "rb")  # noqa: SIM115 - the caller closes it
    if plain.read(2) == b"\x1f\x8b":
        plain.close()
        return gzip.open(path, "rb")  # type: ignore[return-value]
    plain.seek(0)
    return plain


def check_ratio(unpacked_bytes: int, packed_bytes: int) -> None:
    """Before more is unpacked.

    Raises:
        NoRecording: a small file unpacks to something huge.
    """
    most = min(MAX_UNPACKED_BYTES, max(packed_bytes * MAX_RATIO, 8 << 20))
    if unpacked_bytes > most:
        raise NoRecording(
            f"This file unpacks to more than {most >> 20} MB, more than any recording of its size: it is refused."
        )


def _lines(file: BinaryIO, check: object) -> Iterator[bytes]:
    while True:
        try:
            line = file.readline(MAX_LINE_BYTES)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return
        if not line:
            return
        check(file)  # type: ignore[operator]
        yield line


def _at_s(line: bytes) -> float | None:
    """Of an entry, without reading it all."""
    _, found, rest = line[:200].partition(b'"at_s":')
    try:
        return float(rest.split(b",")[0].rstrip(b"}\n")) if found else None
    except ValueError:
        return None
