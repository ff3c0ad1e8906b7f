"""Writes a file again without its secrets: HARs entry by entry, all else line by line."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from ipygenesys._io.recordings.foreign import beside, mapped, unpacked
from ipygenesys._recordings.coding import NoRecording
from ipygenesys._recordings.foreign.capture import UNREADABLE, Data, lines_of, unreadable
from ipygenesys._recordings.foreign.har import SideFile, looks_like_har
from ipygenesys._recordings.redacting import Redactor

MAX_DOCUMENT = 256 << 20
"""Chosen: JSON that is no HAR is read whole."""


def redact_file(source: Path, target: Path) -> int:
    """Write ``source`` to ``target`` without its secrets, packed where the name ends in .gz.

    A HAR whose messages stand in files beside it takes them in.

    Returns:
        How many values were masked or changed.

    Raises:
        NoRecording: it is damaged, or neither JSON nor lines of it.
        OSError: it cannot be read, or the other cannot be written.
    """
    if target.exists() and target.samefile(source):
        raise NoRecording(f"{target.name} is the file itself: it stays as it is. Give another name with -o.")
    data, redactor = _read(source), Redactor()
    write = _har if looks_like_har(bytes(data[:4096])) else _lines
    with ExitStack() as opened:
        part = target.with_name(target.name + ".part")
        opened.callback(part.unlink, missing_ok=True)
        opener = gzip.open if target.suffix.lower() == ".gz" else open
        with opener(part, "wb") as file:
            try:
                for piece in write(source, data, redactor):
                    file.write(piece)
            except RecursionError:
                raise unreadable(source.name, "it is nested too deep") from None
        part.replace(target)
    return redactor.count


def _read(source: Path) -> Data:
    with source.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    return unpacked(source) if is_packed else mapped(source)


class _Har(msgspec.Struct):
    log: dict[str, msgspec.Raw]


def _har(source: Path, data: Data, redactor: Redactor) -> Iterator[bytes]:
    try:
        log = msgspec.json.decode(data, type=_Har).log
        raws = msgspec.json.decode(log.get("entries", msgspec.Raw(b"[]")), type=list[msgspec.Raw])
    except UNREADABLE:
        raise unreadable(source.name, "it is not the JSON of a whole HAR file") from None

    def entries() -> Iterator[Any]:
        for raw in raws:
            yield _with_side_files(msgspec.json.decode(raw), lambda name: beside(source, name))

    rest = {name: msgspec.json.decode(raw) for name, raw in log.items() if name != "entries"}
    redactor.learn(rest)
    for entry in entries():
        redactor.learn(entry)
    head = msgspec.json.encode(redactor.masked(rest))
    yield b'{"log":' + head[:-1] + (b"," if rest else b"") + b'"entries":['
    for place, entry in enumerate(entries()):
        yield (b",\n" if place else b"\n") + msgspec.json.encode(redactor.masked(entry))
    yield b"\n]}}\n"


def _with_side_files(entry: Any, side_file: SideFile) -> Any:
    """What Playwright has put beside the HAR goes into it: the file that is sent is one, and all of it was looked at."""
    content = entry.get("response", {}).get("content", {}) if isinstance(entry, dict) else {}
    name = content.get("_file") if isinstance(content, dict) else None
    if not isinstance(name, str):
        return entry
    del content["_file"]
    if (data := side_file(name)) is None:
        return entry
    if name.endswith(".jsonl"):
        entry["_webSocketMessages"] = list(_objects(lines_of(data)))
    else:
        content["text"] = data.decode("utf-8", "replace")
    return entry


def _objects(lines: Iterable[memoryview]) -> Iterator[Any]:
    for line in lines:
        try:
            yield msgspec.json.decode(line)
        except UNREADABLE:
            continue


def _lines(source: Path, data: Data, redactor: Redactor) -> Iterator[bytes]:
    """Recordings and protocol events have a JSON object a line, other files are one; lines that are none stay out."""
    first = bytes(data[: 1 << 20]).partition(b"\n")[0]
    is_lines = _is_json(first) and len(first) < len(data) - 1
    if not is_lines and len(data) > MAX_DOCUMENT:
        raise NoRecording(
            f"{source.name} has more than {MAX_DOCUMENT >> 20} MB in one piece: it is not read."
        )
    if not is_lines and not _is_json(bytes(data)):
        raise NoRecording(f"{source.name} is neither JSON nor lines of JSON: it cannot be made safe to send.")
    values: Callable[[], Iterator[Any]] = lambda: _objects(lines_of(data) if is_lines else [memoryview(data)])  # noqa: E731
    for value in values():
        redactor.learn(value)
    for value in values():
        yield msgspec.json.encode(redactor.masked(value)) + b"\n"


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data)
    except UNREADABLE:
        return False
    return True
