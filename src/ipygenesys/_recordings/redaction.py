"""Takes names, or names and texts, out of a recording: letters become others of their script, lengths stay.

Each word becomes the same other word throughout a recording, so that what was equal stays equal: a replay recognises
echoes and answers as the live conversation did, and a layout that breaks breaks again.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

import msgspec

from ipygenesys._core.model.inputs import Input
from ipygenesys._core.model.messages import Message
from ipygenesys._recordings.entries import (
    AnyEntry,
    CallEnded,
    CallMade,
    FrameIn,
    FrameOut,
    Header,
    InputTaken,
    Redaction,
    StateKept,
)
from ipygenesys._recordings.state import Moment


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NAMES = _words(
    "sender name names nickname firstname lastname displayname username email phone phonenumber address addressnormalized "
    "participantname from_name"
)
_TEXTS = _words(
    "text texts title subtitle description label placeholder hint notes subject body messagetext textbody payload payloads "
    "value values customattributes filename path url imageurl image_url href src"
)
"""Fields of our events and of all three wires, in small letters."""
_KEPT = _words(
    "type kind class id messageid participantid draft_id participant_id tracingid status role direction code action topicname "
    "time timestamp version follows message_id attachment_id media_type mediatype contenttype mime purpose state error message"
)
_WORD = re.compile(r"[^\W_]+")
_SCRIPTS = (
    (0x41, 0x5A, 0x41, 26), (0x61, 0x7A, 0x61, 26), (0x30, 0x39, 0x30, 10), (0xC0, 0xDE, 0xC0, 23), (0xDF, 0xFF, 0xE0, 23),
    (0x100, 0x24F, 0x100, 128), (0x391, 0x3A9, 0x391, 17), (0x3B1, 0x3C9, 0x3B1, 17), (0x410, 0x42F, 0x410, 32),
    (0x430, 0x44F, 0x430, 32), (0x5D0, 0x5EA, 0x5D0, 27), (0x620, 0x64A, 0x641, 10), (0x904, 0x939, 0x915, 37),
    (0xE01, 0xE2E, 0xE01, 46), (0x3041, 0x3096, 0x304B, 60), (0x30A1, 0x30FA, 0x30AB, 60), (0x4E00, 0x9FFF, 0x4E00, 256),
    (0xAC00, 0xD7A3, 0xAC00, 256),
)  # fmt: skip
"""First and last letter of a range, and which letters stand in for them: the first one, and how many."""


class Redactor:
    """Of one recording.

    Args:
        redaction: what goes.
        salt: of this recording, and kept nowhere: without it, short words could be guessed.
    """

    def __init__(self, redaction: Redaction, salt: bytes = b"") -> None:
        self._redaction = redaction
        self._salt = salt
        self._fields = _NAMES if redaction == "names" else _NAMES | _TEXTS
        self._names: set[str] = set()
        """Those that were found: they stand in other places too."""

    def text(self, text: str) -> str:
        """Other words of the same lengths and scripts."""
        return _WORD.sub(lambda word: self._other(word[0]), text)

    def entry(self, entry: AnyEntry) -> AnyEntry:
        """An entry with other words."""
        if self._redaction == "secrets":
            return entry
        match entry:
            case FrameIn() | FrameOut():
                return msgspec.structs.replace(entry, data=self._json(entry.data))
            case CallMade() | CallEnded() if entry.body is not None:
                return msgspec.structs.replace(entry, body=self._json(entry.body))
            case InputTaken():
                other = msgspec.convert(self._walked(msgspec.to_builtins(entry.input)), Input)
                return msgspec.structs.replace(entry, input=other)
            case StateKept():
                state = self._walked(msgspec.json.decode(entry.state))
                return msgspec.structs.replace(entry, state=msgspec.Raw(msgspec.json.encode(state)))
            case Header():
                return msgspec.structs.replace(entry, title="")
            case _:
                return entry

    def moment(self, moment: Moment) -> Moment:
        """What the state of a replay will be."""
        if self._redaction == "secrets":
            return moment
        others = {**moment.others, "typing": [self.text(name) for name in moment.others.get("typing", ())]}
        messages = (self._walked(msgspec.to_builtins(message)) for message in moment.messages)
        return Moment(messages=tuple(msgspec.convert(each, Message) for each in messages), others=others)

    def _json(self, text: str) -> str:
        try:
            said = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return self.text(text)
        return msgspec.json.encode(self._walked(said)).decode()

    def _walked(self, said: Any, field: str = "", *, is_inside: bool = False) -> Any:
        """The same, with other words where people's own stand."""
        is_inside = is_inside or field in self._fields
        if isinstance(said, dict):
            return {
                name: self._walked(each, name.lower(), is_inside=is_inside) for name, each in said.items()
            }
        if isinstance(said, list | tuple):
            return [self._walked(each, field, is_inside=is_inside) for each in said]
        if not isinstance(said, str) or not said:
            return said
        if field in _NAMES:
            self._names.add(said)
        is_free = self._redaction == "texts" and " " in said
        if said in self._names or (field not in _KEPT and (is_inside or is_free)):
            return self._address(said) if "://" in said else self.text(said)
        return said

    def _address(self, url: str) -> str:
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme}://{host}{slash}{self.text(path)}"

    def _other(self, word: str) -> str:
        digest = blake2b(word.encode("utf-8", "surrogatepass"), key=self._salt[:64]).digest()
        return "".join(_stand_in(letter, digest[n % len(digest)]) for n, letter in enumerate(word))


def _stand_in(letter: str, draw: int) -> str:
    point = ord(letter)
    for first, last, start, count in _SCRIPTS:
        if first <= point <= last:
            return chr(start + draw % count)
    return "x" if letter.isalpha() else letter
