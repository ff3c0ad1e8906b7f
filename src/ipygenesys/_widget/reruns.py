"""When a cell is run again: the Chat that an earlier run of it has left, and no page shows, ends and says so."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple
from weakref import WeakMethod, WeakSet

from IPython.core.getipython import get_ipython

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.conversation.gateway_life import GatewayLife
from ipygenesys._protocols.base import Adapter, IsFed
from ipygenesys.credentials import app_of

_log = logging.getLogger("ipygenesys.chat")


class CellRun(NamedTuple):
    """One run of a cell."""

    cell: Hashable
    """The same in each run of it."""
    id: str
    number: int
    """As notebooks show it: ``In[3]``."""


def current_run() -> CellRun | None:
    """The run that this is called in; None where there are no cells, and in what is none, such as a button's handler.

    JupyterLab and Notebook 7 name the cell; where none is named, it is known by its code. xeus-python does not say what it
    runs: there it is the cell that was begun last.
    Source: read in ipykernel 6.31 to 7.4 (``ZMQInteractiveShell.get_parent``), JupyterLab 4.6 (``cellId``),
    xeus-python-shell 0.8 (``XPythonShell``).
    """
    shell: Any = get_ipython()
    if hasattr(shell, "kernel") and not hasattr(shell, "get_parent"):
        number = shell.execution_count
        return CellRun(hash(shell.history_manager.input_hist_raw[-1]), str(number), number)
    request = shell.get_parent() if hasattr(shell, "get_parent") else None
    if not request or request["header"]["msg_type"] != "execute_request":
        return None
    cell = request.get("metadata", {}).get("cellId") or hash(request["content"]["code"])
    return CellRun(cell, request["header"]["msg_id"], shell.execution_count)


class Reruns:
    """A Chat among those that runs of its cell have made of the same conversation. It keeps no Chat alive.

    A guest without a session token is somebody else in each run; as its cell's, it is the same conversation.

    Args:
        protocol: names the conversation.
        gateway: knows the name that it was given meanwhile.
        life: tells whether it is open.
        is_seen: whether a page shows the Chat; asked on the gateway's thread.
        close: a bound method of the Chat.
    """

    def __init__(
        self,
        protocol: Adapter | IsFed,
        gateway: Gateway,
        life: GatewayLife,
        *,
        is_seen: Callable[[], bool],
        close: Callable[[], None],
    ) -> None:
        self.is_held = False
        """It was connected by a call, to stay."""
        self.why_ended: Failure | None = None
        """A later run has taken its place."""
        self._names: Hashable = (repr(protocol), _app_of(protocol))
        self._key = protocol.profile.conversation_key
        self._gateway = gateway
        self._life = life
        self._is_seen = is_seen
        self._close = WeakMethod(close)
        self._run = current_run()
        self._number = next(_numbers)

    def is_demo(self) -> None:
        """Each run of a demo has a simulator of its own, and means the same conversation."""
        self._names, self._key = "demo", None

    def take_over(self) -> None:
        """The Chat has been opened, or is shown for the first time: what is left of earlier runs ends.

        Not whenever it is shown: while a page is loaded again, others may be there in a moment. On the gateway's thread.
        """
        for other in list(_opened):
            if not self._follows(other):
                continue
            if why := other._why_kept():
                _log.info("An earlier Chat of this conversation lives on beside this one: %s", why)
            else:
                other._give_way(self)
        _opened.add(self)

    def _follows(self, other: Reruns) -> bool:
        run, earlier = self._run, other._run
        return (
            run is not None
            and earlier is not None
            and (run.cell == earlier.cell and run.id != earlier.id)
            and self._number > other._number
            and self._names == other._names
            and self._key in (None, other._gateway.conversation_key)
            and other._life.is_running
            and other.why_ended is None
        )

    def _why_kept(self) -> str:
        if self._is_seen():
            return "a page shows it."
        return "it was connected by a call. Its handlers hear on until close()." if self.is_held else ""

    def _give_way(self, to: Reruns) -> None:
        assert to._run is not None
        words = (
            "This Chat has ended: its cell was run again, and no page shows it. "
            f"The conversation goes on in the Chat that In[{to._run.number}] has made; use that one."
        )
        self.why_ended = Failure(kind="cancelled", message=words)
        self.end()

    def end(self) -> None:
        """Close the Chat, on a thread of its own: it waits for what is under way, which comes by the gateway's."""
        if (close := self._close()) is not None:
            threading.Thread(target=close, name="ipygenesys-closing", daemon=True).start()


_numbers = itertools.count()
_opened: WeakSet[Reruns] = WeakSet()
"""Of this kernel; on the gateway's thread only."""


def _app_of(protocol: Adapter | IsFed) -> Hashable:
    return app_of(protocol.credentials) if isinstance(protocol, Adapter) and protocol.credentials else None
