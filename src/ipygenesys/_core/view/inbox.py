"""Messages from the browser, back in order: the host may hand them to two threads, which may swap them.

Source: reference/jupyter.md B, measured with ipykernel 7.4: the handler's thread differs from message to message.
"""

from __future__ import annotations

from ipygenesys._core.view.protocol import ViewToKernel

PATIENCE_S = 0.25
"""A message that was lost must not hold up the others for longer."""
MAX_HELD = 256


class ViewInbox:
    """One client's messages."""

    def __init__(self, first: int) -> None:
        self._expected = first
        self._held: dict[int, ViewToKernel] = {}
        self._since: float | None = None

    def receive(self, message: ViewToKernel, now: float) -> list[ViewToKernel]:
        """Take a message; returns those whose turn it is. A repeated one is dropped."""
        if message.seq < self._expected or message.seq in self._held:
            return []
        self._held[message.seq] = message
        ready = self._in_order()
        if len(self._held) > MAX_HELD:
            ready += self._skip_gap()
        self._since = (now if self._since is None or ready else self._since) if self._held else None
        return ready

    def tick(self, now: float) -> list[ViewToKernel]:
        """Give up on a gap that stayed open for too long."""
        deadline = self.next_deadline()
        if deadline is None or now < deadline:
            return []
        ready = self._skip_gap()
        self._since = now if self._held else None
        return ready

    def next_deadline(self) -> float | None:
        """When ``tick`` has something to do."""
        return None if self._since is None else self._since + PATIENCE_S

    def _in_order(self) -> list[ViewToKernel]:
        ready = []
        while (message := self._held.pop(self._expected, None)) is not None:
            ready.append(message)
            self._expected += 1
        return ready

    def _skip_gap(self) -> list[ViewToKernel]:
        self._expected = min(self._held)
        return self._in_order()
