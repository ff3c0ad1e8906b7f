"""What a picture's page and the kernel say to each other; TypeScript is generated from it.

A page looks, again every few seconds: it says which revision it has, and is sent the picture if that is another. Of a live
one, each revision holds what is new since the one before: the messages and spans up to ``keep`` stay. Lists of values, a
list a column, keep thousands of messages small. Of a recording that takes a while to read, it is told how far that has come.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ipygenesys._core.model.messages import Role

LOOK_S = 20
"""How often a page says that it is there."""
MAX_LANGUAGES = 16


class Sender(msgspec.Struct, frozen=True, rename="camel"):
    """Who speaks."""

    name: str
    role: Role | None
    """None: nothing was said, only typed."""
    is_own: bool


class Lane(msgspec.Struct, frozen=True, rename="camel"):
    """A line of a timeline: of a participant, or of a conversation."""

    label: str
    role: Role | None
    is_own: bool
    messages: int


class MessageColumns(msgspec.Struct, rename="camel"):
    """Messages in order of time."""

    time_ms: list[int]
    lane: list[int]
    sender: list[int]
    status: list[str]
    delivered_ms: list[int | None]
    read_ms: list[int | None]
    id: list[str]
    """Empty where there is no conversation on the page to show it in."""
    text: list[str | None]
    """The beginning of it; empty where there are too many."""


class SpanColumns(msgspec.Struct, rename="camel"):
    """Spans of time."""

    kind: list[Literal["typing", "waiting", "offline"]]
    lane: list[int]
    begin_ms: list[int]
    end_ms: list[int | None]


class TimelineScene(msgspec.Struct, tag="timeline", tag_field="kind", rename="camel"):
    """Who said, typed and waited when."""

    lanes: list[Lane]
    senders: list[Sender]
    is_relative: bool
    """Times count from the beginning of each conversation, not from 1970."""
    begin_ms: int
    end_ms: int
    now_ms: int | None
    """Of a live one, whose spans may go on; None: it is over."""
    messages: MessageColumns
    spans: SpanColumns
    keep_messages: int = 0
    """So many of the revision before stay, and these follow."""
    keep_spans: int = 0
    talks: int = 1
    """Conversations; of more than one, each has a lane."""
    title: str = ""


class ResponseRow(msgspec.Struct, frozen=True, rename="camel"):
    """How long somebody took to answer."""

    label: str
    """Empty: all agents."""
    role: Role | None
    counts: list[int]
    """For each bin."""
    n: int
    median_s: float
    p90_s: float
    max_s: float
    mean_s: float


class ResponseScene(msgspec.Struct, tag="response-times", tag_field="kind", rename="camel"):
    """How long customers waited for answers."""

    rows: list[ResponseRow]
    edges_s: list[float]
    """Of the bins, equally wide on a logarithmic axis; one more than there are bins."""
    ticks_s: list[float]
    by: Literal["agent", "conversation"]
    unanswered: int
    """Conversations in which a customer still waits."""
    title: str = ""


Scene = TimelineScene | ResponseScene


class Drawing(msgspec.Struct, tag="drawing", tag_field="kind", rename="camel"):
    """Kernel to page: the picture, or what is new of it."""

    revision: int
    base: int
    """The revision that this builds on; 0: it stands for itself."""
    locale: str
    words: dict[str, str]
    """Empty: those that were sent before."""
    scene: Scene


class Reading(msgspec.Struct, tag="reading", tag_field="kind", rename="camel"):
    """Kernel to page: the recordings that the picture is made of are still being read, or were read to their end."""

    share: float | None
    """Of them, so far; None: that cannot be told."""
    is_whole: bool = False


class Look(msgspec.Struct, tag="look", tag_field="kind", rename="camel", forbid_unknown_fields=True):
    """Page to kernel: somebody looks."""

    revision: int
    """0: there is nothing here yet."""
    languages: list[str] = []


def decode_look(content: object) -> Look:
    """Read strictly what a page says.

    Raises:
        msgspec.ValidationError: it is something else.
    """
    look = msgspec.convert(content, Look)
    return msgspec.structs.replace(look, languages=[each[:64] for each in look.languages[:MAX_LANGUAGES]])


def encode(message: Drawing | Reading) -> Any:
    """As the comm takes it."""
    return msgspec.to_builtins(message)
