"""Closing a conversation: what is being sent gets its time, and what was not sent by then is said."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import takewhile

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import Message
from ipygenesys._core.session.session import Session
from ipygenesys._io.stream.source import Source

CLOSE_S = 2.0
"""How long a close waits for "stopped typing" and for messages on their way. Source: reference/jupyter.md F."""
SENDS_FOR_S = 5.0
"""Chosen: how long a close goes on sending what waits; what users may give another length."""
NOT_SENT = Failure(
    kind="cancelled", message="The conversation was closed before the message was sent.", code="closed"
)


def checked_timeout(given: object) -> float:
    """Seconds.

    Raises:
        TypeError: it is no number.
        ValueError: it is less than 0.
    """
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise TypeError(f"The time to close in must be a number of seconds, not {type(given).__name__}.")
    if not given >= 0:
        raise ValueError("The time to close in must be 0 s or more.")
    return float(given)


def has_sent(session: Session) -> bool:
    """Nothing waits to be sent, or it waits in vain."""
    return session.outbox.is_settled or not session.connection.is_wanted


def has_settled(session: Session, source: Source | None) -> bool:
    """Nothing is under way any more."""
    return session.is_settled and (source is None or source.is_idle)


def unsent_of(messages: Sequence[Message]) -> int:
    """How many of them are still being sent: those that are drafts, which stand last."""
    drafts = takewhile(lambda message: message.is_draft, reversed(messages))
    return sum(message.status == "sending" for message in drafts)


def say_unsent(count: int) -> None:
    """Nobody may hold the deliveries any more: on stderr, by their number alone."""
    if count:
        what = "1 message was" if count == 1 else f"{count} messages were"
        sys.stderr.write(f"ipygenesys: {what} not sent: the conversation was closed before.\n")
