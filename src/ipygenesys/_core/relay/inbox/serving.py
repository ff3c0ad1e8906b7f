"""What the viewers of an inbox ask for: whose texts come first, and which conversations are opened for them."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

import msgspec

from ipygenesys._core.inbox.inputs import SetInSight
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.relay.commands import (
    LOOK_S,
    Answer,
    Command,
    Greet,
    LookAt,
    OpenConversation,
    refusal_of,
)
from ipygenesys._core.relay.rights import Right
from ipygenesys._core.relay.serving import Asker, Reply

MAX_LOOKED_AT = 500
"""Chosen: rows whose texts come before the others', of all viewers together."""
_UNKNOWN = Failure(
    kind="unavailable",
    code="relay.unknown",
    message="The relay's inbox has no such conversation, or not yet.",
)
"""Not for good: who has just begun to lead does not know them yet."""
_NOT_HERE = Failure(kind="unsupported", message="That is asked of a conversation, not of an inbox.")


class RowsWork(msgspec.Struct):
    """What comes of a command, or of time."""

    inputs: list[SetInSight] = []
    """For the session."""
    replies: list[Reply] = []


class _Look(NamedTuple):
    until: float
    at: LookAt


class RowsServing:
    """The commands of all viewers of one inbox."""

    def __init__(self) -> None:
        self._looks: dict[Asker, _Look] = {}
        """The newest one last."""
        self._in_sight: tuple[str, ...] = ()
        self._opened: dict[str, float] = {}
        """Conversations, and until when somebody wants them."""

    @property
    def opened(self) -> tuple[str, ...]:
        """Conversations that somebody wants."""
        return tuple(self._opened)

    def take(
        self, user: str, command: Command, now: float, *, rights: frozenset[Right], rows: Container[str]
    ) -> RowsWork:
        """A command has come.

        Args:
            user: who asks.
            command: what for.
            now: monotonic seconds.
            rights: theirs, in the inbox; of a conversation that is to be opened, in that.
            rows: the conversations that are there.
        """
        work, asker = RowsWork(), Asker(user, command.viewer)
        answer = Answer(number=command.number)
        refusal = refusal_of(command.wanted, rights, user, "inbox")
        if refusal is not None:
            answer = Answer(number=command.number, failure=refusal)
        else:
            match command.wanted:
                case Greet():
                    answer = Answer(number=command.number, rights=rights)
                case LookAt() as look:
                    self._looks.pop(asker, None)
                    if look.selected or look.in_sight:
                        self._looks[asker] = _Look(now + LOOK_S, look)
                    self._look(work)
                    return work
                case OpenConversation(conversation_id) if conversation_id not in rows:
                    answer = Answer(number=command.number, failure=_UNKNOWN)
                case OpenConversation(conversation_id):
                    self._opened[conversation_id] = now + LOOK_S
                case _:
                    answer = Answer(number=command.number, failure=_NOT_HERE)
        work.replies.append(Reply(asker, answer))
        return work

    def tick(self, now: float) -> RowsWork:
        """``next_deadline`` has come, or something else has."""
        work = RowsWork()
        self._opened = {id_: until for id_, until in self._opened.items() if until > now}
        self._looks = {asker: look for asker, look in self._looks.items() if look.until > now}
        self._look(work)
        return work

    def next_deadline(self) -> float | None:
        """When somebody is not heard of any more; monotonic seconds."""
        return min((*self._opened.values(), *(look.until for look in self._looks.values())), default=None)

    def _look(self, work: RowsWork) -> None:
        newest_first = [look.at for look in reversed(self._looks.values())]
        selected = [look.selected for look in newest_first if look.selected is not None]
        in_sight = [id_ for look in newest_first for id_ in look.in_sight]
        wanted = tuple(dict.fromkeys([*selected, *in_sight]))[:MAX_LOOKED_AT]
        if wanted != self._in_sight:
            self._in_sight = wanted
            work.inputs.append(SetInSight(wanted))
