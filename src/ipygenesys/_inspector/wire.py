"""What an inspector's page and the kernel say; TypeScript is generated from it. Secrets are masked before."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

MAX_ROWS = 500
"""In one message."""

Direction = Literal["in", "out", "note"]
Kind = Literal["frame", "call", "answer", "open", "close", "ping", "mark"]


class InspectorRow(msgspec.Struct, rename="camel"):
    """One frame, call, answer, open or close, in a line."""

    number: int
    at_ms: float
    """Since the first one."""
    direction: Direction
    kind: Kind
    words: str
    """What it is, such as MessageArrived."""
    text: str
    """The beginning of it."""
    size: int
    """Characters."""
    status: str
    """Of an answer its HTTP status, of a close its code."""
    is_error: bool = False
    answers: int | None = None
    """The number of what it answers."""
    latency_ms: float | None = None
    ignored: str | None = None
    """Why it changed nothing."""
    message_id: str | None = None


class Gauges(msgspec.Struct, rename="camel"):
    """How the connection does."""

    requests_left: int | None = None
    """In this minute, as the last answer told."""
    heartbeat_ms: float | None = None
    """When the line last showed a sign of life, by the rows' clock."""
    now_ms: float = 0.0
    per_second: float = 0.0


class Rows(msgspec.Struct, tag="rows", tag_field="kind", rename="camel"):
    """Kernel to page: what is new, or what was asked for."""

    revision: int
    rows: list[InspectorRow]
    changed: list[InspectorRow]
    """Of those that were sent before."""
    first: int
    """The oldest that is held."""
    total: int
    dropped: int
    """Those that have made room."""
    gauges: Gauges
    can_inject: bool = False
    is_older: bool = False
    """They were asked for, and stand before those that the page has."""
    locale: str = "en"
    words: dict[str, str] = {}
    """Of that locale, for a page that has none yet."""


class InspectorDetail(msgspec.Struct, tag="detail", tag_field="kind", rename="camel"):
    """Kernel to page: all of one row."""

    number: int
    raw: str
    became: list[str]
    changed: list[str]


class Problem(msgspec.Struct, tag="problem", tag_field="kind", rename="camel"):
    """Kernel to page: something that was asked for cannot be."""

    words: str


class LookAtRows(msgspec.Struct, tag="look", tag_field="kind", rename="camel", forbid_unknown_fields=True):
    """Page to kernel: somebody looks."""

    revision: int
    languages: Annotated[list[Annotated[str, msgspec.Meta(max_length=35)]], msgspec.Meta(max_length=10)] = []
    """Of the page's user, the dearest first."""


class OlderRows(msgspec.Struct, tag="older", tag_field="kind", rename="camel", forbid_unknown_fields=True):
    """Page to kernel: the rows before this one."""

    before: int


class OpenDetail(msgspec.Struct, tag="open", tag_field="kind", rename="camel", forbid_unknown_fields=True):
    """Page to kernel: all of this one."""

    number: int


class Inject(msgspec.Struct, tag="inject", tag_field="kind", rename="camel", forbid_unknown_fields=True):
    """Page to kernel: as if the server, or we, had said this; in the simulator's conversations only."""

    direction: Literal["in", "out"]
    text: str


FromPage = LookAtRows | OlderRows | OpenDetail | Inject
ToPage = Rows | InspectorDetail | Problem
MAX_INJECTED = 64_000
"""Characters."""


def decode(content: object) -> FromPage:
    """Read strictly what a page says.

    Raises:
        msgspec.ValidationError: it is something else.
    """
    message: FromPage = msgspec.convert(content, FromPage)
    return message


def encode(message: ToPage) -> Any:
    """As the comm takes it."""
    return msgspec.to_builtins(message)
