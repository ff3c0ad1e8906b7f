"""What a replay notes of the frames that it comes to, as it is noted when one is read from a stream."""

from __future__ import annotations

from ipygenesys._core.model.inputs import FrameReceived
from ipygenesys._io.stream.source import Conversation
from ipygenesys._recordings.entries import AnyEntry, FrameIn, InputTaken


class Hearing:
    """Of one conversation, which hears a recording.

    Args:
        conversation: to be told, before it takes what was said.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._sizes: list[int] = []
        """Of the frames since the last one that the session was told of."""

    def come_to(self, entry: AnyEntry) -> None:
        """The next one."""
        if isinstance(entry, FrameIn):
            self._sizes.append(len(entry.data))
        elif isinstance(entry, InputTaken) and isinstance(said := entry.input, FrameReceived):
            # When several came before the session was told, nobody knows which of them said what.
            size = self._sizes[0] if len(self._sizes) == 1 else None
            is_live = self._conversation.session.connection.active == said.generation
            now = entry.now
            self._conversation.noted.heard(
                said.events, size, now.monotonic, now.wall_ms / 1000, is_live=is_live
            )
            self._sizes.clear()

    def forget(self) -> None:
        """It goes on from elsewhere."""
        self._sizes.clear()
