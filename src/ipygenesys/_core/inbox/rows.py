"""A row of the inbox: what is known of one conversation, and what cannot be known of it."""

from __future__ import annotations

from typing import Literal

import msgspec

from ipygenesys._core.model.messages import Role

State = Literal["waiting", "agent", "bot", "parked", "open", "ended"]
"""Who has it: waiting is in a queue for an agent, parked is set aside by its agent, open is the customer alone."""
Kind = Literal["text", "image", "audio", "video", "file", "structured", "event", "unknown"]
"""What a message is, by its metadata: its text may never come."""
TextState = Literal["none", "awaited", "here", "missing"]
"""none: there is no message, or it has no text; awaited: a call for it has to come first; missing: it cannot be had."""

STATES: tuple[State, ...] = ("waiting", "agent", "bot", "parked", "open", "ended")
LIVE: frozenset[State] = frozenset({"waiting", "agent", "bot", "parked", "open"})


class LastMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The newest message of a conversation."""

    id: str
    time_ms: int
    """Milliseconds since the epoch, server clock."""
    role: Role
    """Who has said it."""
    sender: str = ""
    kind: Kind = "unknown"
    text: str | None = None
    """None: see ``text_state``."""
    text_state: TextState = "awaited"

    @property
    def direction(self) -> Literal["inbound", "outbound"]:
        """The platform's view: inbound is from the customer."""
        return "inbound" if self.role == "customer" else "outbound"

    def __repr__(self) -> str:
        return f"<LastMessage {self.direction} {self.kind}>"


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One conversation. Times are milliseconds since the epoch by the server's clock; None: not known, or there is none."""

    conversation_id: str
    customer: str = ""
    """Their name; empty: the platform has told none."""
    queue_id: str | None = None
    """Through which it came last."""
    queue: str = ""
    """Its name."""
    agent_id: str | None = None
    """The user who has it; of one that has ended, who had it last."""
    agent: str = ""
    state: State = "open"
    since_ms: int | None = None
    """Since when it is in this state."""
    began_ms: int | None = None
    last: LastMessage | None = None
    unanswered_since_ms: int | None = None
    """The customer's first message that no agent has answered; bots do not answer it."""
    unread: int = 0
    """The customer's messages that no agent has answered and nobody has looked at here."""
    typing: tuple[str, ...] = ()
    """Names of who types now."""
    knows_typing: bool = False
    """Whether typing can be seen of this conversation: a queue has no topic of it."""
    undelivered: int = 0
    """Messages that did not reach the customer."""
    undelivered_why: str | None = None
    """Of the newest of them, in the platform's words."""
    sla_due_ms: int | None = None
    """When the queue's own target for the wait is missed; None: it does not wait, or its queue has none."""
    closes_at_ms: int | None = None
    """When the platform closes it if nobody says anything."""
    is_selected: bool = False
    is_own: bool = False
    """The user of the credentials takes part in it."""
    is_complete: bool = True
    """False: its messages were not told yet, or some may have been missed; it is read again as soon as the budget lets us."""

    @property
    def is_live(self) -> bool:
        """It has not ended."""
        return self.state != "ended"

    def __repr__(self) -> str:
        return f"<Row {self.conversation_id!r} {self.state}>"
