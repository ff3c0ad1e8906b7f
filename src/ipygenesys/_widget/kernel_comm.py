"""What this widget needs of its comm besides what ipywidgets and ipykernel do."""

from __future__ import annotations

import logging
import sys
from typing import Any


def send_custom(comm: Any, content: Any) -> None:
    """Send a custom message to the widget's pages, from whichever thread.

    What a thread of ours sends answers no request. ipykernel, which cannot know that, names the cell that ran last as
    the parent: 270 bytes of each message. No parent is what the messaging protocol has for that, and nobody misses it:
    a page finds the comm by its id (``@jupyterlab/services``' ``_handleCommMsg``, in VS Code too), ipywidgets asks
    for a parent in the echo of a trait only.
    Source: jupyter-client's "Messaging in Jupyter"; read in ipykernel 6.30 to 7.4, JupyterLab 4.6, vscode-jupyter.
    """
    data = {"method": "custom", "content": content}
    if _is_of_ipykernel(comm):
        message = {"data": data, "comm_id": comm.comm_id}
        comm.kernel.session.send(comm.kernel.iopub_socket, "comm_msg", message, ident=comm.topic)
    else:
        comm.send(data)


def _is_of_ipykernel(comm: Any) -> bool:
    """It publishes as ipykernel's does, and not in a way of its own."""
    module = sys.modules.get("ipykernel.comm.comm")
    return (
        module is not None
        and getattr(type(comm), "publish_msg", None) is module.BaseComm.publish_msg
        and comm.kernel is not None
    )


def route_replies_to_the_asking_shell(comm: Any) -> None:
    """Undo what ipykernel 7.4 does: it handles a comm message on the shell that published last.

    A thread's publishing makes that the main shell.

    The message then waits for the running cell. The method is private and may go: hence the guard.
    Source: reference/jupyter.md B; ipykernel 7.4.0, BaseComm._reply_subshell_for.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default


class _OurComms(logging.Filter):
    """Keeps what the pages say out of the log of the comm package, which shows each message whole at DEBUG."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        return not (isinstance(record.args, tuple) and record.args and record.args[0] in self.ids)


our_comms = _OurComms()
"""The ids of the widgets' comms; theirs stays out of the log."""
logging.getLogger("Comm").addFilter(our_comms)
