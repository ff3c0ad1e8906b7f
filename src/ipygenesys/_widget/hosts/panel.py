"""Panel drops widgets without a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipygenesys._widget.hosts.host import Host, View


class PanelSession(Host):
    """A session's end closes nothing. What other sessions' pages show as well ends with the last of them.

    Args:
        page: the session's, which is Bokeh's document.
        ended: called when nobody is left whose the widget is.
    """

    def __init__(self, page: Any, ended: Callable[[], None]) -> None:
        super().__init__()
        self._page, self._ended = page, ended
        self._is_over = False
        page.on_session_destroyed(self._over)

    def left(self, view: View, page: object) -> None:
        super().left(view, page)
        self._end_if_alone()

    def _over(self, _session: object) -> None:
        self._is_over = True
        self._end_if_alone()

    def _end_if_alone(self) -> None:
        # What is told of a session's end comes in any order.
        if self._is_over and all(pages <= {self._page} for pages in self._pages.values()):
            self._ended()
