"""What is asked of single conversations, within a budget: the selected one, those in sight, then the rest.

Events name no text, and not always all messages. Each costs a call, and a token has 300 a minute, which sends and history
need as well. So few calls are under way at a time, and not many a second; the selected conversation has a place of its own
and waits for nothing. Of one conversation there is at most one call a second, which brings what has gathered by then.
"""

from __future__ import annotations

from collections.abc import Iterable

from ipygenesys._core.inbox.operations import FetchTexts, InboxOperation, ReadConversation
from ipygenesys._core.inbox.row_of import text_state_of
from ipygenesys._core.inbox.talk import Talk
from ipygenesys._core.model.failures import Failure

MAX_IN_FLIGHT = 2
"""Chosen: the selected one's call not counted."""
SPACING_S = 0.5
"""Chosen: with it at most 120 of the 300 calls of a minute."""
COALESCE_S = 1.0
"""Between two calls for one conversation."""
MAX_TRIES = 3
"""Chosen: a text that does not come in so many is missing."""
PAUSE_S = 5.0
"""Chosen: after a failure that passes by itself."""


class Fetches:
    """Decides which conversation is asked about next; costs the same for ten of them and for a thousand."""

    def __init__(self, talks: dict[str, Talk]) -> None:
        self._talks = talks
        self.selected: str | None = None
        self.in_sight: tuple[str, ...] = ()
        self.reads_refused: Failure | None = None
        """Conversations may not be read."""
        self.texts_refused: Failure | None = None
        """Texts may not be read."""
        self._unread: dict[str, None] = {}
        """Those that are not known wholly, in the order in which that was found."""
        self._untold: dict[str, None] = {}
        """Those whose newest text is not there, likewise."""
        self._in_flight: dict[str, bool] = {}
        """The conversations of the calls under way, and whether it is the selected one's."""
        self._called_at: dict[str, float] = {}
        """When each was asked about last, within COALESCE_S; oldest first."""
        self._tries: dict[str, int] = {}
        self._not_before = 0.0

    def changed(self, talk: Talk) -> None:
        """Something is known of it that was not."""
        self._keep(self._unread, talk.id, is_wanted=talk.known != "wholly")
        self._keep(self._untold, talk.id, is_wanted=text_state_of(talk) == "awaited")

    def forget(self, id_: str) -> None:
        """It is not of interest any more."""
        for kept in (self._unread, self._untold, self._tries):
            kept.pop(id_, None)

    def _keep(self, kept: dict[str, None], id_: str, *, is_wanted: bool) -> None:
        if is_wanted:
            kept.setdefault(id_)
        else:
            kept.pop(id_, None)

    # --- calls --------------------------------------------------------------------------------------------

    def pump(self, now: float) -> list[tuple[InboxOperation, bool]]:
        """The calls that are due, and whether they were made before in vain."""
        while self._called_at and next(iter(self._called_at.values())) + COALESCE_S <= now:
            del self._called_at[next(iter(self._called_at))]
        calls: list[tuple[InboxOperation, bool]] = []
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
        if self._places_left and self._next() is not None:
            moments.append(self._not_before)
        return min(moments, default=None)

    def ended(self, operation: ReadConversation | FetchTexts) -> None:
        """A call was answered."""
        self._in_flight.pop(operation.conversation_id, None)
        if isinstance(operation, FetchTexts):
            self._tries.pop(operation.conversation_id, None)
        self._move_back(operation.conversation_id)

    def failed(self, operation: ReadConversation | FetchTexts, failure: Failure, now: float) -> bool:
        """A call failed; whether that is for good: then it is not made again."""
        id_ = operation.conversation_id
        self._in_flight.pop(id_, None)
        if failure.is_transient:
            self._not_before = now + (failure.retry_after_s or PAUSE_S)
            self._move_back(id_)
            self._tries[id_] = self._tries.get(id_, 0) + (not failure.was_held_back)
            return isinstance(operation, FetchTexts) and self._tries[id_] >= MAX_TRIES
        if failure.kind == "permission" and isinstance(operation, FetchTexts):
            self.texts_refused = failure
        elif failure.kind == "permission":
            self.reads_refused = failure
        return True

    def _move_back(self, id_: str) -> None:
        """The others come first."""
        for kept in (self._unread, self._untold):
            if id_ in kept:
                del kept[id_]
                kept[id_] = None

    def stream_opened(self) -> None:
        """Rights may be others now."""
        self.reads_refused = self.texts_refused = None

    @property
    def _places_left(self) -> bool:
        return sum(not is_selected for is_selected in self._in_flight.values()) < MAX_IN_FLIGHT

    def _call(
        self, id_: str, operation: InboxOperation, now: float, *, is_selected: bool
    ) -> tuple[InboxOperation, bool]:
        self._in_flight[id_] = is_selected
        self._called_at[id_] = now
        return operation, id_ in self._tries

    def _next(self) -> tuple[str, InboxOperation] | None:
        for ids in (self.in_sight, _first(self._unread), _first(self._untold)):
            for id_ in ids:
                if (wanted := self._wanted(id_)) is not None:
                    return id_, wanted
        return None

    def _misses(self, id_: str) -> bool:
        is_unread = id_ in self._unread and self.reads_refused is None
        return is_unread or (id_ in self._untold and self.texts_refused is None)

    def _wanted(self, id_: str) -> InboxOperation | None:
        """What to ask about it now."""
        if id_ in self._in_flight or id_ in self._called_at or not self._misses(id_):
            return None
        talk = self._talks[id_]
        wants_text = id_ in self._untold and self.texts_refused is None and talk.last is not None
        is_next = wants_text and (
            id_ == self.selected or id_ not in self._unread or self.reads_refused is not None
        )
        if is_next and talk.last is not None:
            return FetchTexts(id_, (talk.last.id,))
        return ReadConversation(id_)


def _first(ids: dict[str, None]) -> Iterable[str]:
    """The first few: those may be under way just now."""
    return [id_ for id_, _ in zip(ids, range(2 * MAX_IN_FLIGHT + 1), strict=False)]
