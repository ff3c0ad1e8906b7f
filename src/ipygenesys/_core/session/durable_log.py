"""What outlives the program: drafts and receipts, as a store keeps them and gives them back.

Theory of operation. A store hears of each change by the effects below, in the order of the steps. It has written a
step's changes down before it lets a message go to the wire (write-ahead): whatever happens then, the next run finds
that the draft was handed over, and checks it against history instead of sending it again.
"""

from __future__ import annotations

import msgspec

from ipygenesys._core.machines.outbox import Outbox
from ipygenesys._core.machines.receipts import ReadReceipts
from ipygenesys._core.model.draft import Draft


class DurableState(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier run has left behind."""

    drafts: tuple[Draft, ...] = ()
    """In the order in which they were written."""
    seen: tuple[str, ...] = ()
    """Messages that were seen, as far as the server is not known to have accepted that."""
    read_up_to_ms: int = 0
    """Our own read position, on a platform that takes no receipts; server clock."""


class KeepDraft(msgspec.Struct, frozen=True):
    """Effect: keep this instead of what was kept of the draft."""

    draft: Draft


class ForgetDraft(msgspec.Struct, frozen=True):
    """Effect: the server has it, or the user has discarded it."""

    draft_id: str


class KeepSeen(msgspec.Struct, frozen=True):
    """Effect: these were seen, and the server does not know yet."""

    ids: tuple[str, ...]


class ForgetSeen(msgspec.Struct, frozen=True):
    """Effect: the server knows, or will never."""

    ids: tuple[str, ...]


class KeepReadPosition(msgspec.Struct, frozen=True):
    """Effect: our own read position; it only moves forward."""

    time_ms: int


Keep = KeepDraft | ForgetDraft | KeepSeen | ForgetSeen | KeepReadPosition


class DurableLog:
    """Tells, after each step, what has changed."""

    def __init__(self) -> None:
        self.is_enabled = False
        """With the first state that was restored, an empty one included."""
        self._kept_seen: dict[str, None] = {}

    def restored(self, state: DurableState) -> None:
        """That much is kept already."""
        self.is_enabled = True
        self._kept_seen = dict.fromkeys(state.seen)

    def changes(self, outbox: Outbox, receipts: ReadReceipts) -> list[Keep]:
        """Since the last time."""
        touched, outbox.touched = outbox.touched, {}
        if not self.is_enabled:
            return []
        changes: list[Keep] = []
        for draft_id in touched:
            draft = outbox.get(draft_id)
            copy = None if draft is None else msgspec.structs.replace(draft)
            changes.append(ForgetDraft(draft_id) if copy is None else KeepDraft(copy))
        return changes + self._changes_of_seen(dict.fromkeys(receipts.pending))

    def _changes_of_seen(self, seen: dict[str, None]) -> list[Keep]:
        kept, self._kept_seen = self._kept_seen, seen
        if kept == seen:
            return []
        changes: list[Keep] = []
        if fresh := tuple(id_ for id_ in seen if id_ not in kept):
            changes.append(KeepSeen(fresh))
        if known := tuple(id_ for id_ in kept if id_ not in seen):
            changes.append(ForgetSeen(known))
        return changes
