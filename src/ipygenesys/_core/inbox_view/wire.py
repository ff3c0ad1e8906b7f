"""What an inbox's pages and the kernel say; TypeScript is generated from it.

A page says in one message all that it wants: which rows, in which order, and which part of them is in sight. The kernel
sends that part, then what changes in it. However many rows there are, a page holds those in sight.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ipygenesys._core.inbox.figures import Unit
from ipygenesys._core.inbox.rows import State, TextState

LOOK_S = 20
"""How often a page says that it is there."""
MAX_IN_SIGHT = 200
"""Rows of one page."""
MAX_WORDS = 200
"""Characters of what is searched for."""
MAX_LANGUAGES = 16
MAX_ID = 200
"""Characters of a page's or a conversation's id."""

Tab = Literal["waiting", "unanswered", "all", "ended"]
Sort = Literal["unanswered", "latest", "sla", "wait", "unread"]
Grouping = Literal["", "state", "queue", "agent"]
About = Literal[
    "connection", "topics", "list", "queues", "queue", "conversations", "texts", "typing", "other"
]
"""What a problem keeps from being known; pages have words for each."""
MAX_PROBLEMS = 20
"""Of one page."""


class InboxRow(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """One conversation in a line. Times are the server's, in milliseconds since 1970."""

    id: str
    name: str
    """The customer's; empty where it is not known."""
    queue: str = ""
    agent: str = ""
    state: State
    since_ms: int | None = None
    """When it came to this state."""
    last_role: str = ""
    last_sender: str = ""
    last_kind: str = ""
    """Of the last message: text, image, structured and the like; empty: there is none."""
    last_ms: int | None = None
    last_text: str | None = None
    """The beginning of it."""
    text_state: TextState = "none"
    """Why there is no text: there is none to come, it is not here yet, or it cannot be had."""
    unanswered_since_ms: int | None = None
    """The customer's first message that no agent has answered."""
    unread: int = 0
    typing: tuple[str, ...] = ()
    undelivered: int = 0
    undelivered_why: str = ""
    due_ms: int | None = None
    """When the queue's own target is missed; None: there is none, or it was met."""
    is_own: bool = False
    """We take part in it."""
    is_complete: bool = True
    """False: more about it is still to come."""


class InboxHeading(msgspec.Struct, frozen=True, rename="camel"):
    """Stands over the rows of a group."""

    group: str
    """A state, a queue's or an agent's name; empty: none."""
    count: int
    is_folded: bool


class InboxQuery(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Which rows a page wants, in which order."""

    tab: Tab = "all"
    sort: Sort = "unanswered"
    group: Grouping = ""
    state: State | Literal[""] = ""
    queue: str = ""
    agent: str = ""
    words: str = ""


class Tile(msgspec.Struct, frozen=True, rename="camel"):
    """One figure of the whole inbox."""

    name: str
    unit: Unit
    value: float | None
    """None: there is nothing to measure yet."""
    n: int | None = None
    median: float | None = None
    p90: float | None = None
    max: float | None = None
    since_ms: int | None = None
    """The longest of them grows by itself since then."""


class InboxProblem(msgspec.Struct, frozen=True, rename="camel"):
    """Something that does not work while the rest does."""

    about: About
    words: str
    """What it is and the cure, as the kernel says it: in English."""


class InboxWindow(msgspec.Struct, tag="window", tag_field="kind", rename="camel"):
    """Kernel to one page: what is in sight now, or what has changed of it since the revision before."""

    page: str
    revision: int
    is_whole: bool
    """It stands for itself."""
    now_ms: int
    """By the server's clock."""
    status: str
    """Of the connection."""
    first: int
    """The slot that ``slots`` begins at."""
    total: int
    """Slots: rows, and headings of groups."""
    counts: dict[str, int]
    """Rows of each tab, within the filters."""
    pending: int
    """Rows that have come, gone or moved since the page asked for the order to stay."""
    selected: str
    """The conversation that is open beside the list; empty: none."""
    selected_row: InboxRow | None
    """Also while it is out of sight; None: as before, or there is none."""
    chat: str
    """The model that shows it; empty: none yet."""
    said: str
    """Why it cannot be shown; empty: it can."""
    slots: list[str | InboxHeading] | None
    """Rows by id, and headings; None: as before."""
    rows: list[InboxRow]
    """Those of the slots that the page does not have as they are now."""
    arrived: list[InboxRow]
    """They wait since the last update: to be announced. A few of ``arrived_count``."""
    arrived_count: int = 0
    problems: list[InboxProblem] | None = None
    """None: as before."""
    tiles: list[Tile] | None = None
    """None: as before."""
    sparks: dict[str, list[float | None]] | None = None
    """The way of each figure so far, a value every ``spark_s`` seconds; None: as before."""
    spark_s: float = 0.0
    queues: list[str] | None = None
    """All that there are rows of; None: as before."""
    agents: list[str] | None = None
    locale: str = "en"
    words: dict[str, str] | None = None
    """None: as before."""


class LookAtInbox(
    msgspec.Struct, tag="look", tag_field="kind", rename="camel", forbid_unknown_fields=True, kw_only=True
):
    """Page to kernel: what it wants to see, whenever that changes, and again every few seconds."""

    page: str
    revision: int
    """What it has; 0: nothing."""
    query: InboxQuery
    first: int
    count: int
    is_held: bool = False
    """Somebody points at a row or goes through them: the order is to stay."""
    folded: list[str] = []
    """Groups of which only the heading is shown."""
    languages: list[str] = []


class SelectRow(
    msgspec.Struct, tag="select", tag_field="kind", rename="camel", forbid_unknown_fields=True, kw_only=True
):
    """Page to kernel: show this conversation; empty: none."""

    page: str
    id: str


class PageGone(
    msgspec.Struct, tag="gone", tag_field="kind", rename="camel", forbid_unknown_fields=True, kw_only=True
):
    """Page to kernel: nobody looks there any more."""

    page: str


FromPage = LookAtInbox | SelectRow | PageGone


def decode(content: object) -> FromPage:
    """Read strictly what a page says, cut to what there can be.

    Raises:
        msgspec.ValidationError: it is something else.
    """
    message: FromPage = msgspec.convert(content, FromPage)
    if len(message.page) > MAX_ID or (isinstance(message, SelectRow) and len(message.id) > MAX_ID):
        raise msgspec.ValidationError("An id is longer than ids are.")
    if not isinstance(message, LookAtInbox):
        return message
    query = message.query
    return msgspec.structs.replace(
        message,
        first=max(message.first, 0),
        count=min(max(message.count, 0), MAX_IN_SIGHT),
        query=msgspec.structs.replace(query, words=query.words.strip()[:MAX_WORDS]),
        languages=[each[:64] for each in message.languages[:MAX_LANGUAGES]],
    )


def encode(message: InboxWindow) -> Any:
    """As the comm takes it."""
    return msgspec.to_builtins(message)
