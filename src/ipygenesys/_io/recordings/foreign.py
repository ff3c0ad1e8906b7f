"""Opens recordings that other tools made: mapped rather than read, packed ones within bounds."""

from __future__ import annotations

import gzip
import importlib.metadata
import mmap
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from ipygenesys._recordings.coding import NoRecording
from ipygenesys._recordings.entries import AnyEntry
from ipygenesys._recordings.foreign import bot_framework, devtools, har, playing
from ipygenesys._recordings.foreign.capture import Data, unreadable
from ipygenesys._recordings.foreign.playing import Told

MAX_UNPACKED = 1 << 30
"""Chosen: bytes of a packed file, unpacked; what was not packed is not bounded, for it is not read into memory."""
MAX_RATIO = 200
MIN_BOUND = 8 << 20
"""Chosen: JSON packs to a tenth; deflate can do 1 to 1,032, and what comes near that is no recording."""
MAX_SIDE_FILE = 64 << 20
MAX_NAMED = 10
"""Conversations, in an error."""
START = 4096
"""Chosen: bytes that tell what a file is."""
_CHUNK = 1 << 20

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_READ = {
    b"\xd4\xc3\xb2\xa1": "a network capture (pcap)",
    b"\xa1\xb2\xc3\xd4": "a network capture (pcap)",
    b"\x0a\x0d\x0d\x0a": "a network capture (pcapng)",
}


def read_foreign(path: str | os.PathLike[str], conversation_id: str | None = None) -> Iterator[AnyEntry]:
    """A recording by another tool as entries of ours.

    Args:
        path: a HAR (also packed, .zip or .gz, or a folder with one and its side files), DevTools protocol events, or a Bot
            Framework transcript.
        conversation_id: of several conversations, which one; by default that with most messages.

    Raises:
        NoRecording: it is none of these, or damaged, too large, or without a conversation; says why not.
        OSError: it cannot be read.
    """
    told = conversations_in(path)
    if conversation_id is None:
        return told[0].entries()
    for each in told:
        if each.id == conversation_id:
            return each.entries()
    ids = ", ".join(each.id for each in told[:MAX_NAMED])
    more = f" and {len(told) - MAX_NAMED} more" if len(told) > MAX_NAMED else ""
    raise NoRecording(f"{Path(path).name} holds no conversation {conversation_id!r}, but {ids}{more}.")


def conversations_in(path: str | os.PathLike[str]) -> Sequence[Told]:
    """The conversations of a recording by another tool; of several, the one with most messages first.

    Raises:
        NoRecording, OSError: as ``read_foreign``.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        path = _only([each for each in sorted(path.iterdir()) if each.suffix.lower() == ".har"], path)
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(b"PK\x03\x04"):
        return _from_zip(path)
    data = unpacked(path) if start.startswith(b"\x1f\x8b") else mapped(path)
    return _told(path.name, data, lambda name: beside(path, name))


def is_capture(path: Path) -> bool:
    """Whether a file holds what went over a wire, as another tool writes it; Bot Framework's transcripts aside."""
    with path.open("rb") as file:
        start = file.read(START)
    if start.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path) as packed:
                start = packed.read(START)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return False
    is_zip = start.startswith(b"PK\x03\x04")
    if is_zip or har.looks_like_har(start):
        return True
    return devtools.looks_like_events(start) and not bot_framework.looks_like_activities(start)


def _told(name: str, data: Data, side_file: har.SideFile) -> Sequence[Told]:
    start, by = bytes(data[:START]), f"ipygenesys {importlib.metadata.version('ipygenesys')}"
    for magic, what in _NOT_READ.items():
        if start.startswith(magic):
            words = f"{name} is {what}: what it holds is encrypted as a rule. Record it in the browser (HAR) instead."
            raise NoRecording(words)
    if start.startswith(_UTF_16):
        raise NoRecording(
            f"{name} is UTF-16, as PowerShell's > writes it. Write it again as UTF-8: Out-File -Encoding utf8."
        )
    if start[:16].partition(b":")[0].isdigit() and b"version;" in bytes(data[-START:]) + start:
        raise NoRecording(
            f"{name} is a mitmproxy flow file. Convert it: mitmdump -n -r {name} --set hardump=x.har"
        )
    if har.looks_like_har(start):
        return playing.conversations_of(name, har.capture_of(name, data, side_file), by)
    if bot_framework.looks_like_activities(start):
        activities = bot_framework.activities_in(name, data)
        return [Told("1", lambda: bot_framework.entries_of(activities, by))]
    if devtools.looks_like_events(start):
        return playing.conversations_of(name, devtools.capture_of(name, data), by)
    if start.startswith(b'{"type":') and b'"opcode":' in start:
        raise NoRecording(
            f"{name} holds the messages of one socket, as Playwright attaches them. Give the HAR beside it."
        )
    raise NoRecording(
        f"{name} is no recording: it reads those of ipygenesys, HAR files with WebSocket messages (Chrome, Playwright, "
        "mitmproxy), DevTools protocol events (.jsonl) and Bot Framework transcripts."
    )


def mapped(path: Path) -> Data:
    """All of a file, of which only what is looked at comes into memory."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""


def unpacked(path: Path) -> Data:
    """What a .gz holds, mapped likewise.

    Raises:
        NoRecording: it is damaged, or unpacks to more than a recording of its size.
    """
    most = min(MAX_UNPACKED, max(path.stat().st_size * MAX_RATIO, MIN_BOUND))
    try:
        with gzip.open(path) as packed, tempfile.TemporaryFile() as file:
            while chunk := packed.read(_CHUNK):
                if file.tell() + len(chunk) > most:
                    words = f"{path.name} unpacks to more than {most >> 20} MB, more than any recording of its size."
                    raise NoRecording(words)
                file.write(chunk)
            file.flush()
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if file.tell() else b""
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise unreadable(path.name, "its gzip data ends too early, or is none") from None


def _from_zip(path: Path) -> Sequence[Told]:
    """As Playwright packs a HAR with its side files."""
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise unreadable(path.name, "it is no whole .zip") from None
    inside = _only([Path(name) for name in archive.namelist() if name.lower().endswith(".har")], path)

    def side_file(name: str) -> bytes | None:
        return _member(archive, str(inside.with_name(name)), MAX_SIDE_FILE) if _is_plain(name) else None

    data = _member(archive, str(inside), MAX_UNPACKED)
    if data is None:
        raise unreadable(
            path.name, f"{inside.name} cannot be unpacked, or is larger than {MAX_UNPACKED >> 20} MB"
        )
    return _told(inside.name, data, side_file)


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes | None:
    try:
        with archive.open(name) as file:
            data = file.read(most + 1)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError):
        return None
    return None if len(data) > most else data


def beside(path: Path, name: str) -> bytes | None:
    """A file of the same folder, by a plain name: a HAR must not have others read."""
    if not _is_plain(name):
        return None
    file = path.with_name(name)
    try:
        return file.read_bytes() if file.stat().st_size <= MAX_SIDE_FILE else None
    except OSError:
        return None


def _is_plain(name: str) -> bool:
    return name not in ("", ".", "..") and not set(name) & set("/\\:\0")


def _only(found: list[Path], where: Path) -> Path:
    if len(found) != 1:
        what = "no HAR file" if not found else f"{len(found)} HAR files"
        raise NoRecording(f"{where.name} holds {what}: one is wanted.")
    return found[0]
