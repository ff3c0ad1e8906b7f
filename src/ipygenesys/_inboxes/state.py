"""An inbox's state as traits, and who observes them: a slow observer stops nothing."""

from __future__ import annotations

from contextvars import Context, copy_context
from typing import Any

import traitlets

from ipygenesys._core.inbox.figures import Kpis
from ipygenesys._widget.observers import Observers

STATE = frozenset({"status", "waiting", "unanswered", "unread_count"})
"""The traits that the loop's thread writes."""


class InboxState(traitlets.HasTraits):
    """Part of an inbox: the loop's thread, which all conversations share, does not wait for who observes them."""

    status = traitlets.Unicode("idle", read_only=True)
    """The connection's state: idle, connecting, connected, reconnecting, closed or failed."""
    waiting = traitlets.Int(0, read_only=True)
    """Conversations that wait for an agent."""
    unanswered = traitlets.Int(0, read_only=True)
    """Conversations whose customer has said something that no agent has answered."""
    unread_count = traitlets.Int(0, read_only=True)
    """The customers' messages that no agent has answered and nobody has looked at here."""

    _observers: Observers
    _observers_context: Context | None = None
    """In which the kernel finds the cell that their words go to; None: nobody observes."""

    def observe(self, handler: Any, names: Any = traitlets.All, type: Any = "change") -> None:
        """Call ``handler(change)`` when a trait changes; see traitlets.

        Observers of the inbox's state run one after the other on a thread of their own; one that is slow hears of the
        newest value next, not of all between. What they print goes to the cell that has called this last.
        """
        if names is traitlets.All or not STATE.isdisjoint(traitlets.parse_notifier_name(names)):
            self._observers_context = copy_context()
        super().observe(handler, names, type)

    def notify_change(self, change: Any) -> None:
        """A trait has changed."""
        if change.name not in STATE or change.type != "change":
            super().notify_change(change)
        elif self._observers_context is not None:
            self._observers.changed(change)

    def _tell_observers(self, change: Any) -> None:
        assert self._observers_context is not None
        self._observers_context.run(super().notify_change, change)

    def _write(self, status: str, kpis: Kpis) -> None:
        """How it is now; on the loop's thread."""
        self.set_trait("status", status)
        self.set_trait("waiting", int(kpis.waiting.value or 0))
        self.set_trait("unanswered", int(kpis.unanswered.value or 0))
        self.set_trait("unread_count", int(kpis.unread.value or 0))
