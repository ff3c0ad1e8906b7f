"""A recording's entries as lines of JSON, and back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ipygenesys._core.model.inputs import FrameReceived
from ipygenesys._core.model.platform_events import Answered
from ipygenesys._recordings.entries import VERSION, AnyEntry, Header, InputTaken
from ipygenesys._recordings.masking import Masks

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(AnyEntry)
_KINDS = frozenset(each.__struct_config__.tag for each in AnyEntry.__args__)


class NoRecording(ValueError):
    """A file is none, or of a version that is newer than this one; the words are for users, and quote nothing."""


class UnknownKind(ValueError):
    """A newer version writes entries that this one does not know: they are skipped."""


class _Kind(msgspec.Struct):
    kind: str = ""


class _Beginning(msgspec.Struct):
    format: str = ""
    version: int = 0
    by: str = ""


def line_of(entry: AnyEntry, masks: Masks) -> bytes:
    """The line, with its end, and without secrets."""
    return lines_of([entry], masks)


def lines_of(entries: Sequence[AnyEntry], masks: Masks) -> bytes:
    """Their lines, one after the other; many at once cost less."""
    return masks.masked_lines(_encoder.encode_lines(map(_told, entries)))


def _told(entry: AnyEntry) -> AnyEntry:
    if type(entry) is not InputTaken or type(entry.input) is not FrameReceived:
        return entry
    for event in entry.input.events:
        if type(event) is Answered:
            return _without_answers(entry, entry.input)
    return entry


def _without_answers(entry: InputTaken, frame: FrameReceived) -> InputTaken:
    """Answers are frames that hold secrets, and nothing to the session: it counts that something was heard."""
    events = tuple(event for event in frame.events if not isinstance(event, Answered))
    return msgspec.structs.replace(entry, input=FrameReceived(frame.generation, events))


def entry_of(line: bytes) -> AnyEntry:
    """What a line says.

    Raises:
        UnknownKind: this version does not know what it says.
        ValueError: it is torn, or foreign.
    """
    try:
        return _decoder.decode(line)
    except msgspec.DecodeError as error:
        try:
            kind = msgspec.json.decode(line, type=_Kind).kind
        except (msgspec.DecodeError, UnicodeDecodeError):
            kind = ""
        if kind and kind not in _KINDS:
            raise UnknownKind(kind) from None
        raise ValueError(type(error).__name__) from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise ValueError(type(error).__name__) from None


def is_header(line: bytes) -> bool:
    """Whether a recording of ours, of any version, begins like this."""
    try:
        return msgspec.json.decode(line, type=_Beginning).format == "ipygenesys-recording"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def header_of(line: bytes) -> Header:
    """The first line.

    Raises:
        NoRecording: it is none, or a newer version has written it.
    """
    if not is_header(line):
        raise NoRecording("This is no recording of ipygenesys: its first line is no header of one.")
    beginning = msgspec.json.decode(line, type=_Beginning)
    if beginning.version > VERSION:
        raise NoRecording(
            f"This recording has version {beginning.version} of the format, and was written by {beginning.by[:80]!r}. "
            f"This ipygenesys reads versions up to {VERSION}: upgrade it."
        )
    try:
        header = entry_of(line)
    except ValueError:
        header = None
    if not isinstance(header, Header):
        raise NoRecording("This recording's first line is damaged, so that nothing tells what it is of.")
    return header
