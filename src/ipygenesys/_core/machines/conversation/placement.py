"""What placing a message in the timeline has come to."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.events import MessagePlaced
from ipygenesys._core.model.messages import Message


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """Where a message stands now, and where it stood before."""

    message: Message
    index: int
    former: Message | None = None
    former_index: int | None = None

    def event(self) -> MessagePlaced:
        """The same for whoever follows the conversation."""
        former_id = self.former.id if self.former else None
        return MessagePlaced(
            message=self.message, index=self.index, former_index=self.former_index, former_id=former_id
        )
