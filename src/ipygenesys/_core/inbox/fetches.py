"""What is asked of single conversations, within a budget: the selected one, those in sight, then the rest.

Events name no text, and not always all messages. Each costs a call, and a token has 300 a minute, which sends and history
need as well. So few calls are under way at a time, and not many a second; the selected conversation has a place of its own
and waits for nothing. Of one conversation there is at most one call a second, which brings what has gathered by then.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ipygenesys._core.inbox.operations import FetchTexts, InboxOperation, ReadConversation
from ipygenesys._core.inbox.row_of import text_state_of
from ipygenesys._core.inbox.talk import Talk
from ipygenesys._core.inbox.talks import Talks
from ipygenesys._core.model.failures import Failure

_Call = ReadConversation | FetchTexts
MAX_IN_FLIGHT = 2
"""Chosen: the selected one's call not counted."""
SPACING_S = 0.5
"""Chosen: with it at most 120 of the 300 calls of a minute."""
COALESCE_S = 1.0
"""Between two calls for one conversation."""
MAX_TRIES = 3
"""Chosen: a text that does not come in so many is missing."""
PAUSE_S = 5.0
"""Chosen: after a failure that passes by itself, or with another token."""

OF_THE_TOKEN = ("authentication", "credentials")
"""Kinds of failures that say nothing of the conversation that was asked about."""


class Fetches:
    """Decides which conversation is asked about next; costs the same for ten of them and for a thousand."""

    def __init__(self, talks: Talks) -> None:
        self._talks = talks
        self.selected: str | None = None
        self.in_sight: tuple[str, ...] = ()
        self._forbidden: set[type[_Call]] = set()
        """What may be done with no conversation."""
        self._allowed: set[type[_Call]] = set()
        """What was done with one on this stream: from then on a refusal is that of one conversation."""
        self._refused: set[tuple[type[_Call], str]] = set()
        """What may not be done with which conversation."""
        self._unread: dict[str, None] = {}
        """Those that are not known wholly, in the order in which that was found."""
        self._untold: dict[str, str] = {}
        """Those whose newest text is not there, likewise: the message that has it."""
        self._in_flight: dict[str, bool] = {}
        """The conversations of the calls under way, and whether it is the selected one's."""
        self._outdated: set[str] = set()
        """Of these, those that were asked before something may have been missed."""
        self._called_at: dict[str, float] = {}
        """When each was asked about last, within COALESCE_S; oldest first."""
        self._tries: dict[tuple[type[InboxOperation], str], int] = {}
        """What was done in vain, and how often."""
        self._given_up: dict[str, None] = {}
        """Those whose text did not come in so many tries."""
        self._not_before = 0.0
        self._paused_until = 0.0
        """For all of them, the selected one as well."""

    def changed(self, talk: Talk) -> None:
        """Something is known of it that was not."""
        if talk.known == "wholly":
            self._unread.pop(talk.id, None)
        else:
            self._unread.setdefault(talk.id)
        if talk.last is not None and text_state_of(talk) == "awaited":
            self._untold[talk.id] = talk.last.id
        else:
            self._untold.pop(talk.id, None)

    def forget(self, id_: str) -> None:
        """It is not of interest any more."""
        for kept in (self._unread, self._untold, self._given_up):
            kept.pop(id_, None)
        for call in (ReadConversation, FetchTexts):
            self._tries.pop((call, id_), None)
            self._refused.discard((call, id_))

    # --- calls --------------------------------------------------------------------------------------------

    def pump(self, now: float) -> list[tuple[InboxOperation, bool]]:
        """The calls that are due, and whether they were made before in vain."""
        while self._called_at and next(iter(self._called_at.values())) + COALESCE_S <= now:
            del self._called_at[next(iter(self._called_at))]
        calls: list[tuple[InboxOperation, bool]] = []
        if now < self._paused_until:
            return calls
        if self.selected is not None and (wanted := self._wanted(self.selected)) is not None:
            calls.append(self._call(self.selected, wanted, now, is_selected=True))
        while now >= self._not_before and self._places_left:
            if (next_ := self._next()) is None:
                break
            calls.append(self._call(*next_, now, is_selected=False))
            self._not_before = now + SPACING_S
        return calls

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do, monotonic."""
        moments = []
        if self._called_at:
            moments.append(next(iter(self._called_at.values())) + COALESCE_S)
        if self.selected is not None and self._wanted(self.selected) is not None:
            moments.append(self._paused_until)
        if self._places_left and self._next() is not None:
            moments.append(max(self._not_before, self._paused_until))
        return min(moments, default=None)

    def doubt(self) -> None:
        """Something may have been missed of all of them: what is under way may tell of the time before."""
        self._outdated |= self._in_flight.keys()
        for talk in self._talks.awake:
            self.changed(talk)

    def ended(self, operation: _Call) -> bool:
        """A call was answered; whether nothing may have been missed of the conversation since."""
        call, id_ = type(operation), operation.conversation_id
        self._tries.pop((call, id_), None)
        self._allowed.add(call)
        self._forbidden.discard(call)
        self._move_back(id_)
        return self._landed(id_) or call is FetchTexts

    def failed(self, operation: _Call, failure: Failure, now: float) -> bool:
        """A call failed; whether that is for good: then it is not made again on this stream."""
        call, id_ = type(operation), operation.conversation_id
        self._landed(id_)
        if failure.is_transient or failure.kind in OF_THE_TOKEN:
            self._paused_until = max(self._paused_until, now + (failure.retry_after_s or PAUSE_S))
            self._move_back(id_)
            tries = self._tries.get((call, id_), 0) + (failure.is_transient and not failure.was_held_back)
            self._tries[call, id_] = tries
            if call is ReadConversation or tries < MAX_TRIES:
                return False
            self._given_up[id_] = None
        elif failure.kind == "permission" and call not in self._allowed:
            self._forbidden.add(call)
        elif failure.kind == "permission" or (call is ReadConversation and failure.kind != "not_found"):
            self._refused.add((call, id_))
        self._tries.pop((call, id_), None)
        return True

    def _landed(self, id_: str) -> bool:
        is_current = id_ not in self._outdated
        self._in_flight.pop(id_, None)
        self._outdated.discard(id_)
        return is_current

    def _move_back(self, id_: str) -> None:
        """The others come first."""
        if id_ in self._unread:
            self._unread[id_] = self._unread.pop(id_)
        if id_ in self._untold:
            self._untold[id_] = self._untold.pop(id_)

    def stream_opened(self) -> list[Talk]:
        """Rights may be others now; the conversations whose text was given up, which is awaited again."""
        for kept in (self._forbidden, self._allowed, self._refused):
            kept.clear()
        given_up, self._given_up = self._given_up, {}
        again = [talk for id_ in given_up if (talk := self._talks.get(id_)) is not None]
        for talk in again:
            talk.text = None
            self.changed(talk)
        return again

    @property
    def _places_left(self) -> bool:
        return sum(not is_selected for is_selected in self._in_flight.values()) < MAX_IN_FLIGHT

    def _call(
        self, id_: str, operation: InboxOperation, now: float, *, is_selected: bool
    ) -> tuple[InboxOperation, bool]:
        self._in_flight[id_] = is_selected
        self._called_at[id_] = now
        return operation, (type(operation), id_) in self._tries

    def _next(self) -> tuple[str, InboxOperation] | None:
        unread = self._first(self._unread, ReadConversation)
        in_sight = [id_ for id_ in self.in_sight if id_ in self._untold or id_ in self._unread]
        for ids in (in_sight, unread, self._first(self._untold, FetchTexts)):
            for id_ in ids:
                if (wanted := self._wanted(id_)) is not None:
                    return id_, wanted
        return None

    def _may(self, call: type[_Call], id_: str) -> bool:
        return call not in self._forbidden and (call, id_) not in self._refused

    def _wanted(self, id_: str) -> InboxOperation | None:
        """What to ask about it now."""
        if id_ in self._in_flight or id_ in self._called_at:
            return None
        is_unread = id_ in self._unread and self._may(ReadConversation, id_)
        is_untold = id_ in self._untold and self._may(FetchTexts, id_)
        if is_untold and (id_ == self.selected or not is_unread):
            return FetchTexts(id_, (self._untold[id_],))
        return ReadConversation(id_) if is_unread else None

    def _first(self, ids: Iterable[str], call: type[_Call]) -> Iterable[str]:
        """The first few that may be asked about: those may be under way just now."""
        if call in self._forbidden:
            return ()
        allowed = (id_ for id_ in ids if (call, id_) not in self._refused)
        return list(islice(allowed, 2 * MAX_IN_FLIGHT + 1))
