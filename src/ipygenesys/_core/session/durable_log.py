"""Tells, after each step, what has changed of what outlives the program: drafts and receipts."""

from __future__ import annotations

import msgspec

from ipygenesys._core.machines.outbox import Outbox
from ipygenesys._core.machines.receipts import ReadReceipts
from ipygenesys._core.model.kept import DurableState, ForgetDraft, ForgetSeen, Keep, KeepDraft, KeepSeen


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
