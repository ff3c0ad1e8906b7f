"""What outlives a kernel, without a disk: read positions, and what a durable store keeps."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.kept import (
    DurableState,
    ForgetDraft,
    ForgetSeen,
    Keep,
    KeepDraft,
    KeepReadPosition,
    KeepSeen,
)


class Positions:
    """Read positions that outlive a kernel."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}

    def load(self, key: str) -> int:
        return self.kept.get(key, 0)

    def save(self, key: str, time_ms: int) -> bool:
        self.kept[key] = max(self.kept.get(key, 0), time_ms)
        return True


class Store:
    """What a durable store keeps, without a disk: as written, so that what cannot be written and read again shows."""

    damaged_copy = None

    def __init__(self) -> None:
        self._drafts: dict[str, bytes] = {}
        self._seen: dict[str, None] = {}
        self._read_up_to_ms = 0

    @property
    def state(self) -> DurableState:
        return DurableState(
            drafts=tuple(msgspec.json.decode(body, type=Draft) for body in self._drafts.values()),
            seen=tuple(self._seen),
            read_up_to_ms=self._read_up_to_ms,
        )

    def write(self, changes: Sequence[Keep]) -> None:
        for change in changes:
            match change:
                case KeepDraft(draft):
                    self._drafts[draft.draft_id] = msgspec.json.encode(draft)
                case ForgetDraft(draft_id):
                    self._drafts.pop(draft_id, None)
                case KeepSeen(ids):
                    self._seen |= dict.fromkeys(ids)
                case ForgetSeen(ids):
                    for id_ in ids:
                        self._seen.pop(id_, None)
                case KeepReadPosition(time_ms):
                    self._read_up_to_ms = max(self._read_up_to_ms, time_ms)

    def close(self) -> None:
        pass
