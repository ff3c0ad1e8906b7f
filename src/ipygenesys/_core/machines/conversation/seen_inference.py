"""Which of our messages were most likely seen, where no receipt says so: somebody reacted afterwards."""

from __future__ import annotations

from ipygenesys._core.machines.conversation.packing import Key


class SeenInference:
    """Our messages in the order of the timeline, and how far the other side must have come.

    Whoever answers after a message, or begins to type after the server has taken it, most likely saw it and all before.
    Each message is inferred once, so that the cost of a reaction does not grow with the conversation.
    """

    def __init__(self, *, is_enabled: bool) -> None:
        self.is_enabled = is_enabled
        self._waiting: dict[str, Key] = {}
        """Messages of ours after which nobody has reacted yet."""
        self._seen_up_to: Key = (0, 0, 0, 0, "")

    def is_seen(self, key: Key) -> bool:
        """Whether somebody has reacted after this message of ours, which has only just turned up."""
        return self.is_enabled and key <= self._seen_up_to

    def sent(self, message_id: str, key: Key) -> None:
        """The server has a message of ours."""
        if self.is_enabled and not self.is_seen(key):
            self._waiting[message_id] = key

    def answered(self, key: Key) -> tuple[str, ...]:
        """The other side has said something; the ids of our messages that it must have come after."""
        return self._reached(key)

    def typing(self, time_ms: int | None) -> tuple[str, ...]:
        """The other side types, so it has the conversation before it; the ids of ours that nobody had reacted to.

        Args:
            time_ms: since when, server clock; None: since now.
        """
        before = [key for key in self._waiting.values() if time_ms is None or key[1] <= time_ms]
        return self._reached(max(before, default=self._seen_up_to))

    def forget(self) -> None:
        """What was said has been cleared."""
        self._waiting.clear()

    def _reached(self, key: Key) -> tuple[str, ...]:
        if key <= self._seen_up_to:
            return ()
        self._seen_up_to = key
        seen = tuple(id_ for id_, at in self._waiting.items() if at <= key)
        for id_ in seen:
            del self._waiting[id_]
        return seen
