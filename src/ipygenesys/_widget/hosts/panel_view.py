"""Widgets of ours in Panel: a component of its own, which needs neither ipywidgets nor the internet in a page.

What Panel makes of ipywidgets fetches anywidget's module from elsewhere, refuses files, and is live in one page alone.
Source: read in panel 1.9.4 (``panel.custom.JSComponent``) and ipywidgets_bokeh 1.8.0 (``loader.ts``, ``kernel.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

import msgspec
import param
from IPython.core.getipython import get_ipython
from panel.custom import JSComponent
from panel.io.state import state
from panel.pane import IPyWidget

from ipygenesys._protocols.tolerant import decode_whole
from ipygenesys._widget.bundle import asset
from ipygenesys._widget.hosts.host import Host

_log = logging.getLogger("ipygenesys.view")


class Shown(Protocol):
    """A widget of ours, as far as its pages concern it."""

    _esm: Any
    _css: Any
    _host: Host
    comm: Any
    """None once it was closed."""
    layout: Any

    @property
    def model_id(self) -> str:
        """Its name."""

    def _handle_custom_msg(self, content: Any, buffers: list[Any]) -> None: ...


class FromPage(msgspec.Struct):
    """What a page says to one widget."""

    widget: str
    content: str | None = None
    """In JSON; None where the page begins to show it."""
    buffers: list[Any] = []


def view_of(widget: Shown, find: Callable[[str], Shown | None]) -> Any:
    """What Panel shows for a widget: in its own pages a component, in Jupyter's the widget, for which Jupyter has all."""
    if state.curdoc is None and hasattr(get_ipython(), "kernel"):
        return IPyWidget(widget)
    return PanelView("" if widget.comm is None else widget.model_id, find)


class PanelView(JSComponent):  # type: ignore[misc] # ships no types
    """A widget, and those that it shows beside itself, in each page that has this component.

    Args:
        widget: its model; empty once it was closed.
        find: tells widgets that are open by their models.
    """

    _esm = asset("panel.js")

    widget = param.String()

    def __init__(self, widget: str, find: Callable[[str], Shown | None]) -> None:
        super().__init__(widget=widget, sizing_mode="stretch_width")
        self._find = find

    # --- from the pages ---------------------------------------------------------------------------------------

    def _handle_msg(self, data: Any) -> None:
        """Panel calls it."""
        try:
            message = msgspec.convert(data, FromPage)
            content = None if message.content is None else decode_whole(message.content, object)
            buffers = [bytes(memoryview(each)) for each in message.buffers]
        except (ValueError, TypeError, RecursionError):
            _log.warning("A message from the browser was not understood and is ignored")
            return
        widget = self._find(message.widget)
        if widget is None:
            self.take_away(message.widget)
        elif content is None:
            self._show(widget)
        else:
            widget._handle_custom_msg(content, buffers)

    def _show(self, widget: Shown) -> None:
        page, id_, host, layout = state.curdoc, widget.model_id, widget._host, widget.layout

        def changed(_change: object = None) -> None:
            self._tell(id_, layout=css(layout))

        def left(_session: object) -> None:
            layout.unobserve(changed)
            host.left(self, page)

        if host.shown(self, page):
            layout.observe(changed)
            if page is not None:
                page.on_session_destroyed(left)
        self._tell(id_, script=str(widget._esm), style=str(widget._css), layout=css(layout))

    # --- to the pages -----------------------------------------------------------------------------------------

    def say(self, widget: str, content: Any) -> None:
        self._tell(widget, content=content)

    def take_away(self, widget: str) -> None:
        self._tell(widget, closed=True)

    def _tell(self, widget: str, **what: Any) -> None:
        self._send_msg(msgspec.json.encode({"widget": widget, **what}).decode())


def css(layout: Any) -> dict[str, str]:
    """Of a widget; empty is what was not said, or not any more."""
    names = [name for name in layout.keys if not name.startswith("_")]
    return {name.replace("_", "-"): getattr(layout, name) or "" for name in names}
