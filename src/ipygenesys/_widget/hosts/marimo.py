"""marimo drops widgets without a word."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ipygenesys._widget.hosts.host import Host


class MarimoSession(Host):
    """A cell that is run again closes the comm and says nothing to the widget; a session's end closes nothing at all.

    Source: read in marimo 0.25.2 (``CommLifecycleItem``, ``Kernel.teardown``). In run mode each session has a thread; in the
    editor a process, whose end is the program's.

    Args:
        context: the session's.
        ended: called when the cell that has made the widget is run again or deleted, and when the session's thread ends.
    """

    def __init__(self, context: Any, ended: Callable[[], None]) -> None:
        super().__init__()
        self._ended = ended
        context.cell_lifecycle_registry.add(self)
        thread = threading.current_thread()
        # A session's is a plain one; `mo.Thread` is a user's, whose widgets outlive it.
        if type(thread) is threading.Thread and thread is not threading.main_thread():
            if not hasattr(_of_thread, "widgets"):
                _of_thread.widgets = _EndWithThread()
            _of_thread.widgets.ended[self] = ended

    # --- what marimo calls -------------------------------------------------------------------------------

    def create(self, context: Any) -> None:
        """It is there already."""

    def dispose(self, context: Any, deletion: bool) -> bool:
        if hasattr(_of_thread, "widgets"):
            _of_thread.widgets.ended.pop(self, None)
        self._ended()
        return True


class _EndWithThread:
    """What a thread holds goes with the thread, and nobody else hears of a session's end."""

    def __init__(self) -> None:
        self.ended: dict[MarimoSession, Callable[[], None]] = {}

    def __del__(self) -> None:
        # On a thread of its own: this one is no more than a memory.
        threading.Thread(
            target=_call_all, args=(list(self.ended.values()),), name="ipygenesys-closing", daemon=True
        ).start()


def _call_all(each: list[Callable[[], None]]) -> None:
    for call in each:
        call()


_of_thread = threading.local()
