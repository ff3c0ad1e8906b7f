"""Whether a query wants a row, where it stands among others, in which group and tabs. Pure functions of the row."""

from __future__ import annotations

from ipygenesys._core.inbox.rows import STATES
from ipygenesys._core.inbox_view.wire import InboxQuery, InboxRow, Tab
from ipygenesys._core.machines.conversation.search import folded

Key = tuple[float, ...]

_NEVER = float("inf")


def is_wanted(row: InboxRow, query: InboxQuery, words: str) -> bool:
    """Whether the filters let it through, in whatever tab.

    Args:
        row: a conversation.
        query: the filters.
        words: what the query searches for, folded.
    """
    return (
        (not query.state or row.state == query.state)
        and (not query.queue or row.queue == query.queue)
        and (not query.agent or row.agent == query.agent)
        and (not words or words in searched(row))
    )


def searched(row: InboxRow) -> str:
    """What of a row is searched, folded."""
    return folded("\n".join((row.name, row.queue, row.agent, row.last_text or "", row.id)))


def tabs_of(row: InboxRow) -> tuple[Tab, ...]:
    """All is what has not ended."""
    if row.state == "ended":
        return ("ended",)
    tabs: list[Tab] = ["all"]
    if row.state == "waiting":
        tabs.append("waiting")
    if row.unanswered_since_ms is not None:
        tabs.append("unanswered")
    return tuple(tabs)


def key_of(row: InboxRow, query: InboxQuery) -> Key:
    """What comes first has the lowest. No key depends on the time, so that rows move only when something happens."""
    unanswered = row.unanswered_since_ms or _NEVER
    latest = -(row.last_ms or row.since_ms or 0)
    match query.sort:
        case "latest":
            return (latest,)
        case "sla":
            return (row.due_ms or _NEVER, unanswered, latest)
        case "wait":
            return ((row.state == "waiting" and row.since_ms) or _NEVER, unanswered, latest)
        case "unread":
            return (-row.unread, latest)
        case _:
            return (unanswered, latest)


def group_of(row: InboxRow, query: InboxQuery) -> str:
    """Empty: none."""
    group: str = getattr(row, query.group) if query.group else ""  # Each is a field of a row.
    return group


def group_key(group: str, query: InboxQuery) -> tuple[int, str]:
    """In which order groups stand: states as a conversation comes to them, names by their letters, no name last."""
    if query.group == "state":
        return (STATES.index(group), "")
    return (0 if group else 1, folded(group))
