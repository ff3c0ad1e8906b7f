"""What a picture is made from, whatever it was read from: conversations with their messages and spans; pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ipygenesys._core.measures.response_times import Response, ResponseClock
from ipygenesys._core.model.messages import Message, Role

SpanKind = Literal["typing", "waiting", "offline"]


class Said(NamedTuple):
    """A message."""

    time_ms: int
    """Milliseconds since the epoch."""
    sender: str
    role: Role
    is_own: bool
    id: str = ""
    status: str = ""
    delivered_ms: int | None = None
    read_ms: int | None = None
    text: str | None = None


class Span(NamedTuple):
    """From then to then something was so."""

    kind: SpanKind
    who: str | None
    """Whose; None: the connection's."""
    begin_ms: int
    end_ms: int | None
    """None: it still is."""


class Talk(NamedTuple):
    """One conversation."""

    title: str
    said: tuple[Said, ...]
    """In order of time."""
    spans: tuple[Span, ...] = ()

    @property
    def begin_ms(self) -> int | None:
        """When its first message or span begins; None: there is nothing of it."""
        return min(
            (*(each.time_ms for each in self.said[:1]), *(span.begin_ms for span in self.spans)), default=None
        )


def said(message: Message, delivered_ms: int | None = None, read_ms: int | None = None) -> Said:
    """A message of a conversation, with what is known of its receipts besides."""
    at = message.status_time_ms
    if message.status == "delivered":
        delivered_ms = delivered_ms or at
    elif message.status == "read":
        read_ms = read_ms or at
    return Said(
        message.time_ms,
        message.sender,
        message.role,
        message.is_own,
        message.id,
        message.status,
        delivered_ms,
        read_ms,
        message.text,
    )


def typed_before(who: str, time_ms: int, typed_s: float) -> Span:
    """How long somebody typed is known, not when: most likely until the message came."""
    return Span("typing", who, time_ms - int(typed_s * 1000), time_ms)


def answers(talk: Talk) -> list[Response]:
    """What has answered a customer, and after how long."""
    clock = ResponseClock()
    return [answer for answer in map(clock.hear, talk.said) if answer is not None]


def waits(talk: Talk) -> list[Span]:
    """When a customer waited for an agent, by the definitions of ``response_times``; the last may go on."""
    clock, spans = ResponseClock(), []
    asked: Said | None = None
    for each in talk.said:
        since_ms = clock.unanswered_since_ms
        clock.hear(each)
        if clock.unanswered_since_ms is not None and since_ms is None:
            asked = each
        elif since_ms is not None and clock.unanswered_since_ms is None and asked is not None:
            spans.append(Span("waiting", asked.sender, since_ms, each.time_ms))
    if clock.unanswered_since_ms is not None and asked is not None:
        spans.append(Span("waiting", asked.sender, clock.unanswered_since_ms, None))
    return spans
