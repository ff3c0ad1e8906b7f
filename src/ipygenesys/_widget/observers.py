"""The widget's state as traits, and who observes them: a slow observer stops nothing."""

from __future__ import annotations

import difflib
import inspect
import threading
from collections.abc import Callable, Iterable
from contextvars import Context, copy_context
from functools import partial
from typing import Any

import traitlets
from ipywidgets import Layout

from ipygenesys._core.model.events import (
    CapabilitiesChanged,
    Event,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
)
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.host.handler_thread import HandlerThread

THREAD_NAME = "ipygenesys-observers"
STATE = frozenset({"status", "can_send", "typing", "unread_count"})
"""The traits that the gateway thread writes."""


class Observers:
    """Tells changes in their order. A trait is a state, not a log: of those that wait, the newest counts.

    Args:
        tell: calls the observers of a change.
        on_error: hears what failed in one of them.
    """

    def __init__(self, tell: Callable[[Any], None], on_error: Callable[[BaseException], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._waiting: dict[str, Any] = {}
        """By the trait's name: a change that has not been told yet, from the value that was told last."""
        self.thread = HandlerThread(on_error, name=THREAD_NAME)

    def changed(self, change: Any) -> None:
        """A trait has another value; on any thread, never waiting."""
        with self._lock:
            if (waiting := self._waiting.get(change.name)) is not None:
                waiting.new = change.new
                return
            self._waiting[change.name] = change
        self.thread.submit(partial(self._tell_newest, change.name))

    def _tell_newest(self, name: str) -> None:
        with self._lock:
            change = self._waiting.pop(name)
        if change.new != change.old:
            self._tell(change)


def _like(name: str, known: Iterable[str]) -> str:
    alike = difflib.get_close_matches(name, [each for each in known if not each.startswith("_")], 1)
    return f" Did you mean {alike[0]!r}?" if alike else ""


class StateObservers(traitlets.HasTraits):
    """Part of a widget: the gateway thread writes its state, and does not wait for who observes it."""

    status = traitlets.Unicode("idle", read_only=True)
    """The connection's state: idle, connecting, connected, reconnecting, closed or failed; the same for all who look on.

    read_only: the conversation itself is over.
    """
    can_send = traitlets.Bool(read_only=True)
    """Whether we may write now; who only watches may not. What is written while the connection is lost waits for it."""
    typing = traitlets.Tuple(read_only=True)
    """Display names of who is typing now."""
    unread_count = traitlets.Int(0, read_only=True)
    """Messages of others that the server does not know to be read; 0 for who only watches, unless ``count_unread``."""

    _gateway: Gateway
    _observers: Observers
    _observers_context: Context
    """In which the kernel finds the cell that their words go to."""
    _is_observed = False

    def observe(self, handler: Any, names: Any = traitlets.All, type: Any = "change") -> None:
        """Call ``handler(change)`` when a trait changes; see traitlets.

        Observers of the conversation's state run one after the other on a thread of their own; one that is slow hears
        of the newest value next, not of all between. What they print goes to the cell that has called this last.
        """
        if inspect.iscoroutinefunction(handler):
            raise TypeError("handler must be a function that is not async; on_event takes one that is.")
        for name in () if names is traitlets.All else traitlets.parse_notifier_name(names):
            if name is not traitlets.All and not self.has_trait(name):
                raise traitlets.TraitError(
                    f"Chat has no trait {name!r} to observe.{_like(name, self.trait_names())}"
                )
        if names is traitlets.All or not STATE.isdisjoint(traitlets.parse_notifier_name(names)):
            self._is_observed = True
            self._observers_context = copy_context()
        super().observe(handler, names, type)

    def __setattr__(self, name: str, value: Any) -> None:
        """What nothing would ever look at is refused."""
        if not name.startswith("_") and not hasattr(type(self), name):
            is_layout = Layout.class_traits().keys() & {name}
            hint = f" Did you mean .layout.{name}?" if is_layout else _like(name, dir(type(self)))
            raise AttributeError(f"Chat has no attribute {name!r} to set.{hint}")
        super().__setattr__(name, value)

    def notify_change(self, change: Any) -> None:
        """A trait has changed."""
        if change.name not in STATE or change.type != "change":
            super().notify_change(change)
        elif self._is_observed:  # Else nobody is to be told: no page has these traits either.
            self._observers.changed(change)

    def _note(self, event: Event) -> None:
        """Write what has changed; on the gateway thread."""
        if isinstance(event, StatusChanged | CapabilitiesChanged):
            self.set_trait("can_send", self._gateway.session.allowed.can_send)
        match event:
            case StatusChanged(status=status):
                self.set_trait("status", status)
            case TypingChanged(names):
                self.set_trait("typing", names)
            case UnreadChanged(count):
                self.set_trait("unread_count", count)
            case _:
                pass

    def _tell_observers(self, change: Any) -> None:
        self._observers_context.run(super().notify_change, change)
