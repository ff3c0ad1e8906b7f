"""Messages of ours that come back: which draft each of them is, where the server does not say."""

from __future__ import annotations

import msgspec

from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.machines.outbox import Outbox
from ipygenesys._core.model.platform_events import MessageArrived


class Echoes:
    """Holds what may be the send that is under way, and recognises sends whose answer was lost."""

    def __init__(self, *, returns_draft_ids: bool, conversation: Conversation, outbox: Outbox) -> None:
        self._returns_draft_ids = returns_draft_ids
        self._conversation = conversation
        self._outbox = outbox
        self._held: list[MessageArrived] = []

    def hold(self, arrived: MessageArrived, *, is_old: bool = False) -> bool:
        """Keep the message if only a send's answer can tell whether this is what is being sent.

        Shown at once, it would stand there twice; and were the answer lost, nothing could tie the two together.

        Args:
            arrived: a message of anybody's.
            is_old: it comes with a page of old messages, which are shown at once if they are from before the send.
        """
        is_held = self._may_be_in_flight(arrived) and not (is_old and self._is_from_before(arrived))
        if is_held:
            self._held.append(arrived)
            self._conversation.timeline.key_for(arrived, arrived.follows)
        return is_held

    def take_held(self) -> list[MessageArrived]:
        """What was held, once the send has its answer."""
        held, self._held = self._held, []
        return held

    def recognised(self, arrived: MessageArrived) -> MessageArrived:
        """The message with the draft that it is, if it is one."""
        if arrived.draft_id is None and (draft_id := self._lost_draft(arrived)) is not None:
            return msgspec.structs.replace(arrived, draft_id=draft_id)
        return arrived

    def _may_be_in_flight(self, arrived: MessageArrived) -> bool:
        if self._returns_draft_ids or arrived.draft_id is not None or not self._outbox.is_in_flight:
            return False
        return self._conversation.is_own(arrived) and self._conversation.timeline.get(arrived.id) is None

    def _is_from_before(self, arrived: MessageArrived) -> bool:
        earliest_ms = self._outbox.earliest_in_flight_ms
        return arrived.time_ms is not None and earliest_ms is not None and arrived.time_ms < earliest_ms

    def _lost_draft(self, arrived: MessageArrived) -> str | None:
        """Which send whose answer was lost this message is."""
        if self._returns_draft_ids or not arrived.has_content:
            return None
        known = self._conversation.timeline.get(arrived.id)
        if known is not None and known.text is not None:
            return None
        # Content may come without its author, who is known of it by its id.
        is_own = self._conversation.is_own(arrived) or (known is not None and known.is_own)
        return self._outbox.lost_as(arrived) if is_own else None
