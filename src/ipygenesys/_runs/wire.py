"""What the pages of a run and the kernel say; TypeScript is generated from it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

State = Literal["waiting", "playing", "passed", "failed", "error", "skipped"]


class RunRow(msgspec.Struct, rename="camel"):
    """A scenario in a line."""

    number: int
    name: str
    state: State
    words: str = ""
    """Why it failed, was not played or was skipped."""
    began_ms: float | None = None
    """Since the epoch, by the kernel's clock; while it is played."""
    seconds: float | None = None
    said: int = 0
    """How often the customer has said something."""
    slowest_s: float | None = None
    tries: int = 1


class RunRows(msgspec.Struct, tag="run", tag_field="kind", rename="camel"):
    """Kernel to page: all scenarios, or those that have changed since the revision before."""

    revision: int
    is_whole: bool
    rows: list[RunRow]
    name: str
    is_over: bool
    now_ms: float
    """By the kernel's clock."""
    held_back: int = 0
    """Calls that had to wait for the platform's limits."""
    locale: str = "en"
    words: dict[str, str] = {}
    """Of that locale, for a page that has none yet."""


class Piece(msgspec.Struct, rename="camel"):
    """A part of a difference: of both texts, of what was expected alone, or of what came alone."""

    side: Literal["both", "expected", "came"]
    text: str


class Instead(msgspec.Struct, rename="camel"):
    """A message that came in place of the one that was expected."""

    message_id: str
    text: str
    problems: list[str] = []
    difference: list[Piece] = []
    """From the text that was expected to this one; empty where there is no such text."""


class PlayedStep(msgspec.Struct, rename="camel"):
    """A step of a scenario, and what became of it."""

    text: str
    """As the script says it."""
    state: Literal["passed", "failed", "playing", "not played"]
    waited_s: float = 0.0
    place: str = ""
    words: str = ""
    """Why it failed."""
    message_id: str | None = None
    """What was found, or said."""
    instead: list[Instead] = []
    more: int = 0
    """Messages that came instead, besides these."""


class OpenedScenario(msgspec.Struct, tag="scenario", tag_field="kind", rename="camel"):
    """Kernel to page: all of one scenario."""

    number: int
    steps: list[PlayedStep]
    words: str = ""
    """Why it could not be played, or was skipped."""
    chat: str = ""
    """The model of its conversation; empty where there is none, or not yet."""
    has_chat: bool = False
    """There is one to come."""
    message_id: str | None = None
    """Where it failed."""
    conversation_id: str | None = None


class LookAtRun(msgspec.Struct, tag="look", tag_field="kind", rename="camel", forbid_unknown_fields=True):
    """Page to kernel: somebody looks."""

    revision: int
    languages: Annotated[list[Annotated[str, msgspec.Meta(max_length=35)]], msgspec.Meta(max_length=10)] = []
    """Of the page's user, the dearest first."""


class OpenScenario(msgspec.Struct, tag="open", tag_field="kind", rename="camel", forbid_unknown_fields=True):
    """Page to kernel: all of this one; 0 is none."""

    number: int


class StopRun(msgspec.Struct, tag="stop", tag_field="kind", forbid_unknown_fields=True):
    """Page to kernel: end it."""


FromPage = LookAtRun | OpenScenario | StopRun
ToPage = RunRows | OpenedScenario


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
