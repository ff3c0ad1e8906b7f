"""What outlives the program: drafts and receipts, as a store keeps them and gives them back.

Theory of operation. A store hears of each change by the effects below, in the order of the steps. It has written a
step's changes down before it lets a message go to the wire (write-ahead): whatever happens then, the next run finds
that the draft was handed over, and checks it against history instead of sending it again.
"""

from __future__ import annotations

import msgspec

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
