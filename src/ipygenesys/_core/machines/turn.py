"""The other side's turn: what it says after a message, and when it has said all of it."""

from __future__ import annotations

from collections.abc import Collection

from ipygenesys._core.model.messages import Message

EARLY_MS = 1_000
"""Chosen: a server that stamps a reply before what it replies to does so by less."""


class Turn:
    """Over once something was said, and nobody has written or typed for a while.

    Args:
        quiet_s: that while.
    """

    def __init__(self, quiet_s: float) -> None:
        self._quiet_s = quiet_s
        self._said = 0
        self._ends_at: float | None = None

    def is_over(self, said: int, now: float, *, is_going_on: bool) -> bool:
        """Look at it.

        Args:
            said: how many messages it has by now.
            now: monotonic seconds.
            is_going_on: somebody types, or the content of a message is on its way.
        """
        if is_going_on or said > self._said or self._ends_at is None:
            self._said = said
            self._ends_at = now + self._quiet_s if said and not is_going_on else None
        return self._ends_at is not None and now >= self._ends_at

    def rest_s(self, now: float) -> float | None:
        """How long until it may be over though nothing happens; None where something has to happen first."""
        return None if self._ends_at is None else max(self._ends_at - now, 0.0)


def said_after(
    messages: tuple[Message, ...], known_id: str, heard: Collection[str] = ()
) -> tuple[Message, ...]:
    """What others have said after a message; nothing while the server does not have it.

    Args:
        messages: all of them, in their order.
        known_id: the message's id or draft id.
        heard: those that were told of after it. The server may stamp a reply before what it replies to.
    """
    places = range(len(messages) - 1, -1, -1)
    at = next((at for at in places if known_id in (messages[at].id, messages[at].draft_id)), None)
    if at is None or messages[at].is_draft:
        return ()
    earliest_ms = messages[at].time_ms - EARLY_MS
    early = (each for each in messages[:at] if each.id in heard and each.time_ms >= earliest_ms)
    return tuple(each for each in (*early, *messages[at + 1 :]) if not each.is_own)


def said_from(messages: tuple[Message, ...], time_ms: int) -> tuple[Message, ...]:
    """What others have said from a moment on, by the server's clock."""
    return tuple(each for each in messages if not each.is_own and each.time_ms >= time_ms)


def is_known(message: Message) -> bool:
    """Its content is there, or will never be."""
    return message.text is not None or message.is_unavailable
