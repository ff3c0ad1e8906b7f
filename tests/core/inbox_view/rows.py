"""Rows of an inbox as examples: what a test says nothing of is as usual."""

from __future__ import annotations

from typing import Any

from ipygenesys._core.inbox_view.wire import InboxQuery, InboxRow, LookAtInbox

START_MS = 1_790_000_000_000


def row(id_: str, state: Any = "agent", at_s: float = 0, **fields: Any) -> InboxRow:
    """A conversation that came to its state, and in which something was said, ``at_s`` seconds from the start."""
    at_ms = START_MS + int(at_s * 1000)
    known: dict[str, Any] = {
        "id": id_,
        "name": id_.title(),
        "state": state,
        "since_ms": at_ms,
        "last_ms": at_ms,
    }
    return InboxRow(**{**known, **fields})


def look(page: str = "p", revision: int = 0, first: int = 0, count: int = 10, **fields: Any) -> LookAtInbox:
    """What a page wants; other fields are the query's."""
    own = {name: fields.pop(name) for name in ("is_held", "folded", "languages") if name in fields}
    return LookAtInbox(
        page=page, revision=revision, query=InboxQuery(**fields), first=first, count=count, **own
    )
