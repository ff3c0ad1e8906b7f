"""A row of a transcript, and what is measured of rows together."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec

from ipygenesys._core.measures.response_times import ResponseClock
from ipygenesys._core.model.messages import Role
from ipygenesys._protocols.agent_messaging.content import ROLE_OF_PURPOSE
from ipygenesys._recordings.foreign.capture import epoch_s

_NEVER_SAID = frozenset({"sending", "failed", "unknown"})


class Unread(ValueError):
    """A file is not what it was taken for; says what was expected."""


class Row(msgspec.Struct, kw_only=True):
    """One message, or a segment of a conversation that holds no messages; the columns are in ``frame.DTYPES``."""

    time_ms: int | None
    """Milliseconds since the epoch, as all the times here."""
    sender: str | None = None
    text: str | None = None
    status: str | None = None
    is_own: bool = False
    role: Role | None = None
    attachments: list[str] = []
    content: list[str] = []
    seen_inferred: bool = False
    withdrawn: bool = False
    error: str | None = None
    id: str | None = None
    kind: str = "message"
    delivered_ms: int | None = None
    read_ms: int | None = None
    typing_before_s: float | None = None
    response_time_s: float | None = None
    handover_response_time_s: float | None = None
    ends_ms: int | None = None
    participant_id: str | None = None
    conversation_id: str | None = None

    @property
    def sent_ms(self) -> int | None:
        """When the server took it; None for what it has not taken."""
        return self.time_ms if self.kind == "message" and self.status not in _NEVER_SAID else None


class _Spoken(msgspec.Struct, frozen=True):
    time_ms: int
    role: Role
    sender: str


class Connected(msgspec.Struct, frozen=True):
    """An agent has taken a conversation."""

    conversation_id: str | None
    sender: str
    time_ms: int


def measured(rows: Sequence[Row], connected: Iterable[Connected] = ()) -> Sequence[Row]:
    """Write into each answer how long it took, conversation by conversation; see ``response_times.DEFINITIONS``.

    Args:
        rows: in any order; it stays.
        connected: when agents came, where that is known.
    """
    talks: defaultdict[str | None, list[tuple[int, int, Row | Connected]]] = defaultdict(list)
    for each in connected:
        talks[each.conversation_id].append((each.time_ms, -1, each))
    for number, row in enumerate(rows):
        if row.sent_ms is not None and row.role is not None:
            talks[row.conversation_id].append((row.sent_ms, number, row))
    for talk in talks.values():
        clock = ResponseClock()
        for time_ms, _, item in sorted(talk, key=lambda entry: entry[:2]):
            if isinstance(item, Connected):
                clock.connected(item.sender, time_ms)
                continue
            response = clock.hear(_Spoken(time_ms, cast("Role", item.role), item.sender or ""))
            item.response_time_s = response.response_time_s if response else None
            if response is not None and response.handover_response_time_s is not None:
                item.handover_response_time_s = response.handover_response_time_s
    return rows


def epoch_ms(value: Any) -> int | None:
    """A moment in milliseconds since the epoch, as somebody has written it: ISO 8601, or a number whose size tells its unit.

    As ``epoch_s`` has it; what is too small is no moment of a conversation, such as -1 or seconds since a machine was started.
    """
    at_s = epoch_s(value)
    return None if at_s is None else round(at_s * 1000)


def loaded(data: bytes) -> Any:
    """What a JSON text says, also one of Python's that holds NaN.

    Raises:
        ValueError: it is none, or nested too deep.
    """
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    except RecursionError:
        raise ValueError("nested too deep") from None
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("nested too deep") from None


def role_of(purpose: Any) -> Role | None:
    """Who somebody with this purpose is to the customer."""
    return {"internal": "agent", "ivr": "bot", **ROLE_OF_PURPOSE}.get(str(purpose))


def text_in(value: Any) -> str | None:
    """A text, if it is one and says something."""
    return value if isinstance(value, str) and value else None


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The JSON objects of what should be a list of them; what is something else says nothing."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
