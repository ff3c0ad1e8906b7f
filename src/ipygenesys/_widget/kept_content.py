"""What a notebook keeps of a conversation, when asked to: the one synced trait that may hold content."""

from __future__ import annotations

import threading
from typing import Any

import traitlets

from ipygenesys._io.conversation.closing import CLOSE_S
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.conversation.gateway_life import GatewayLife
from ipygenesys._widget.view_comm import ViewComm


class KeptContent(traitlets.HasTraits):
    """Part of a widget: the copy is written on the gateway thread."""

    save_content = traitlets.Bool(False)
    """Keep a copy of the newest 1,000 messages in the notebook, for all who can read the file. Off by default.

    Where the host saves the state of widgets, a reopened notebook shows the copy read-only, without a kernel. An output
    that is displayed from then on also has it as plain HTML, for GitHub, nbviewer and nbconvert. Off again, the copy is
    taken out of the widget's state; what a file already holds goes when it is saved again.
    """
    _saved_content = traitlets.Any(None).tag(sync=True)
    """The copy: a snapshot as the view takes it."""

    _gateway: Gateway
    _life: GatewayLife
    _views: ViewComm

    @traitlets.observe("save_content")
    def _save_content_changed(self, change: Any) -> None:
        """On the gateway thread, which writes the copy; where that does not run, nothing else writes.

        That the copy is taken out is waited for: the notebook may be saved in the next line.
        """
        is_wanted: bool = change["new"]
        if not self._life.is_running:
            self._views.want_copy(is_wanted)
            return
        done = threading.Event()
        self._gateway.call_soon(lambda: self._views.want_copy(is_wanted))
        self._gateway.call_soon(done.set)
        if not is_wanted and not self._life.is_current_thread:
            done.wait(CLOSE_S)

    def _keep_content(self, copy: Any) -> None:
        self._saved_content = copy
