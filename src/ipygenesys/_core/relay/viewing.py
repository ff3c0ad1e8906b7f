"""What a viewer makes of a relay's entries: events for its session, or the need to read anew how things stand."""

from __future__ import annotations

from collections import deque

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import Capability
from ipygenesys._core.model.platform_events import (
    CapabilitiesLearned,
    ConversationChanged,
    FrameIgnored,
    MessageArrived,
    PlatformEvent,
    SessionLifeLearned,
    TypingNoticed,
)
from ipygenesys._core.relay.commands import able_with
from ipygenesys._core.relay.entries import Lasting, Passing, Reached, RelayState, Renewed, UpstreamTold
from ipygenesys._core.relay.positions import BEGINNING, Cursor, Position
from ipygenesys._core.relay.rights import ALL_RIGHTS, Right

_GONE = {
    "idle": "The relay has not connected to the platform yet.",
    "connecting": "The relay is connecting to the platform.",
    "reconnecting": "The relay has lost its connection to the platform and tries again.",
    "closed": "The relay has closed its connection to the platform.",
    "failed": "The relay's connection to the platform has failed: whoever runs it has to look.",
}

_Said = tuple[TypingNoticed | SessionLifeLearned, ...]
MAX_EARLY = 100
"""Chosen: more of what was said in passing does not wait for entries that are late."""


class UpstreamIsGone(Exception):
    """The relay has no connection of its own now.

    Args:
        told: what it says.
    """

    def __init__(self, told: UpstreamTold) -> None:
        words = _GONE[told.status]
        why = "" if told.failure is None else f" {told.failure.message}"
        self.failure = Failure(kind="unavailable", message=words + why, code="relay.upstream")
        super().__init__(words)


class Viewing:
    """Of one conversation, over all its streams."""

    def __init__(self) -> None:
        self.cursor = Cursor()
        self._early = deque[tuple[Position, _Said]](maxlen=MAX_EARLY)
        """What was said in passing after entries that were not read yet."""
        self._spoke: dict[str | None, Position] = {}
        """By participant: their newest message that was read."""
        self.rights: frozenset[Right] = ALL_RIGHTS
        self.capabilities: frozenset[Capability] = frozenset()

    def began(
        self, state: RelayState, rights: frozenset[Right], newest: Position | None
    ) -> tuple[PlatformEvent, ...]:
        """How things stand was read, after this entry was the newest one; what the session is told of it.

        Where that is not what was read before, it also reads history on from where it is.
        """
        resumes = self.cursor.resumes(state.run, newest)
        missed = self.cursor.run is not None and not resumes
        if not resumes:
            self.cursor.set(state.run, newest or BEGINNING)
        self.rights = rights
        is_over = ConversationChanged(state.upstream.status != "read_only", state.upstream.failure)
        events: tuple[PlatformEvent, ...] = (state.own, self._able(state.able), *state.people, is_over)
        return (*events, *((FrameIgnored("overflow"),) if missed else ()), *self._not_early_any_more())

    def read(self, at: Position, said: tuple[Lasting, ...]) -> tuple[PlatformEvent, ...] | None:
        """An entry was read; None: how things stand has to be read anew.

        Raises:
            UpstreamIsGone: the relay has no connection of its own any more.
        """
        verdict = self.cursor.take(at)
        if verdict == "repeat":
            return ()
        if verdict == "gap":
            self.cursor.forget()
            return None
        events: list[PlatformEvent] = []
        for each in said:
            match each:
                case UpstreamTold(status, failure):
                    if not each.is_there:
                        raise UpstreamIsGone(each)
                    events.append(ConversationChanged(status != "read_only", failure))
                case CapabilitiesLearned():
                    events.append(self._able(each))
                case Renewed():
                    self.cursor.forget()
                    return None
                case MessageArrived(participant_id=participant_id):
                    self._spoke[participant_id] = at
                    events.append(each)
                case _:
                    events.append(each)
        return (*events, *self._not_early_any_more()) if self._early else tuple(events)

    def passed(self, said: tuple[Passing, ...]) -> tuple[Passing, ...]:
        """Something was said in passing. It comes by another way than entries: before the one that it follows, it waits.

        For a message ends the typing of who has written it, and not what they have typed since.
        """
        signs = tuple(each for each in said if isinstance(each, Reached))
        events = tuple(each for each in said if not isinstance(each, Reached))
        after = signs[0].at if signs else self.cursor.at
        if events and after > self.cursor.at:
            self._early.append((after, events))
            return signs
        return (*signs, *self._still_so(after, events))

    def _not_early_any_more(self) -> _Said:
        events: _Said = ()
        while self._early and self._early[0][0] <= self.cursor.at:
            events += self._still_so(*self._early.popleft())
        return events

    def _still_so(self, after: Position, events: _Said) -> _Said:
        """All but the typing of who has sent it since."""
        return tuple(
            each
            for each in events
            if not (isinstance(each, TypingNoticed) and self._spoke.get(each.participant_id, after) > after)
        )

    def _able(self, able: CapabilitiesLearned) -> CapabilitiesLearned:
        self.capabilities = able_with(able.capabilities, self.rights)
        return CapabilitiesLearned(self.capabilities, able.uploads)
