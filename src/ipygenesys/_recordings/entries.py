"""The entries of a recording: what went over the wire, and what the session was told.

A recording is a header, then entries in the order in which they happened, and, unless it was cut off, an end. What
went over the wire is for people and tools to look at; a replay is made of the inputs alone, each with the ``Now`` that the
session took it with, so that it comes to the same state at any speed.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ipygenesys._core.model.inputs import Input, Now
from ipygenesys._core.model.profile import Profile

VERSION = 1
"""Of the format. A reader takes its own and older ones, and skips kinds of entries that it does not know."""

Redaction = Literal["secrets", "names", "texts"]
"""What was taken out: secrets always; of names and texts, the letters. ``texts`` is all three."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """One line."""

    at_s: float
    """Seconds since 1970: our clock when the recording began, and from then on a clock that never goes back."""


class Header(Entry, frozen=True, kw_only=True, omit_defaults=False, tag_field="kind", tag="header"):
    """The first line; it says everything, defaults too."""

    format: Literal["ipygenesys-recording"] = "ipygenesys-recording"
    version: int = VERSION
    started: str = ""
    """``at_s`` for people, ISO 8601 in UTC."""
    by: str = ""
    """What has written it, with its version."""
    protocol: str = ""
    """Such as WebMessaging."""
    title: str = ""
    """The conversation in a few words."""
    redaction: Redaction = "secrets"
    profile: Profile
    """Who we were, and what could be done."""


class FrameIn(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="frame-in"):
    """The server has said something."""

    stream: int
    """The number of the stream in this conversation."""
    data: str
    is_base64: bool = False
    """It was no text."""

    def __repr__(self) -> str:
        return f"<FrameIn {len(self.data)} characters>"


class FrameOut(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="frame-out"):
    """We have said something."""

    stream: int
    data: str
    is_base64: bool = False
    """It was no text; we say none, but pages that others have recorded may."""

    def __repr__(self) -> str:
        return f"<FrameOut {len(self.data)} characters>"


class CallMade(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="call"):
    """A REST call goes out."""

    call: int
    """Its number."""
    what: str
    """In words."""
    method: str
    url: str
    body: str | None = None
    """None: there is none, or it is a file."""

    def __repr__(self) -> str:
        return f"<CallMade {self.call} {self.method}>"


class CallEnded(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="answer"):
    """Its answer has come, or never will."""

    call: int
    status: int | None = None
    """None: there was no answer, see ``error``."""
    headers: dict[str, str] = {}
    """Those that tell of limits, times and correlation, in small letters."""
    body: str | None = None
    error: str | None = None

    def __repr__(self) -> str:
        return f"<CallEnded {self.call} {self.status}>"


class StreamBegan(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="open"):
    """A stream is open."""

    stream: int
    url: str = ""
    """Empty where another conversation has opened it, and we share it."""


class StreamEnded(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="close"):
    """A stream has ended, or could not be opened."""

    stream: int
    code: int | None = None
    """Of the close frame; 1006: there was none."""
    reason: str = ""
    is_ours: bool = False
    """We have closed it."""
    error: str | None = None
    """Why it could not be opened."""


class Pinged(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="ping"):
    """The answer to a ping of ours has come."""

    stream: int
    latency_s: float


class InputTaken(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="input"):
    """The session was told something: what a replay is made of."""

    now: Now
    input: Input


class StateKept(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="state"):
    """What the session was when the recording began, if that was not at its very beginning."""

    state: msgspec.Raw


class StateChecked(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="hash"):
    """What the state was after all inputs so far, as a hash: a replay has come to the same, or it is none."""

    inputs: int
    """How many there had been."""
    digest: str


class Marked(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="mark"):
    """Somebody has said: look here."""

    text: str


class Ended(Entry, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="end"):
    """The last line. Without it, the recording was cut off: its kernel was killed, or its disk is full."""

    lost: int = 0
    """Entries that could not be written."""


AnyEntry = (
    Header
    | FrameIn
    | FrameOut
    | CallMade
    | CallEnded
    | StreamBegan
    | StreamEnded
    | Pinged
    | InputTaken
    | StateKept
    | StateChecked
    | Marked
    | Ended
)
