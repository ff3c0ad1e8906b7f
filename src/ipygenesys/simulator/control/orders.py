"""Defines the bodies of the control plane."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from ipygenesys.simulator.person.dialogue import Actions
from ipygenesys.simulator.state.conversation import LegState, Played, Role

MAX_BURST = 200_000


class WhichOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the bodies, and all that ``GET /log`` and ``GET /dialogue`` take; a misspelt field is an error."""

    conversation_id: str | None = None
    """Which conversation, or which guest; None: the one that a guest has begun last, else the first."""


class TypingOrder(WhichOrder, frozen=True, kw_only=True):
    """``POST /agent/typing``; another ``name`` makes another participant type."""

    typing: bool
    name: str | None = None
    role: Role = "agent"


class SayOrder(WhichOrder, frozen=True, kw_only=True):
    """``POST /agent/say``; with ``count`` above 1 the texts are ``text 1``, ``text 2``, and so on."""

    text: str = ""
    """May be empty where there is content or a file."""
    count: Annotated[int, msgspec.Meta(ge=1, le=MAX_BURST)] = 1
    rate_per_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    name: str | None = None
    role: Role = "agent"
    attachments: list[dict[str, Any]] = []
    content: list[dict[str, Any]] | str = []
    """Parts as Genesys' structured messages have them, such as quick replies; or the name of a sample."""


class ReadOrder(WhichOrder, frozen=True, kw_only=True):
    """``POST /agent/read``, ``POST /customer/read``; without an id all messages of the other one."""

    message_id: str | None = None


class WithdrawOrder(WhichOrder, frozen=True, kw_only=True):
    """``POST /customer/withdraw``."""

    message_id: str


class CustomerTypingOrder(WhichOrder, frozen=True, kw_only=True):
    """``POST /customer/typing``."""

    typing: bool


class CustomerSayOrder(WhichOrder, frozen=True, kw_only=True):
    """``POST /customer/say``; bursts as the agent's."""

    text: Annotated[str, msgspec.Meta(min_length=1)]
    count: Annotated[int, msgspec.Meta(ge=1, le=MAX_BURST)] = 1
    rate_per_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    attachments: list[dict[str, Any]] = []
    content: list[dict[str, Any]] = []


class LeaveOrder(WhichOrder, frozen=True, kw_only=True):
    """``POST /agent/leave``."""

    name: str | None = None
    role: Role = "agent"


class DialogueOrder(WhichOrder, frozen=True, kw_only=True):
    """``POST /dialogue``: ``turns``, or the ``name`` of a packaged dialogue."""

    turns: list[Any] | None = None
    name: str | None = None
    speed: Annotated[float, msgspec.Meta(gt=0)] | None = None
    actions: Actions = "skip"
    person: Played | None = None
    """Whom the simulator plays from now on; None: as until now."""


class ConversationOrder(WhichOrder, frozen=True, kw_only=True):
    """``POST /conversation``; ``alerting`` makes the agent's part wait to be answered."""

    state: LegState


class TruthOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``GET /truth``: all queues, or some; ``since`` leaves out what had ended by then (epoch seconds)."""

    queue_ids: list[str] | None = None
    since: float | None = None


class TokenOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``POST /agent/token``; another ``user_id`` is another agent."""

    user_id: str | None = None
