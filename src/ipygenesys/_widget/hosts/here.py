"""In which host somebody is, and what stands where none shows a widget."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from ipygenesys._widget.hosts.host import Host
from ipygenesys._widget.hosts.marimo import MarimoSession
from ipygenesys._widget.hosts.panel import PanelSession
from ipygenesys._widget.hosts.shiny import ShinySession


def host_here(ended: Callable[[], None]) -> Host:
    """The host that this is called in, for a widget that is being made. Nothing is imported that is not there already."""
    if (shiny := sys.modules.get("shiny.session")) and (session := shiny.get_current_session()) is not None:
        try:
            return ShinySession(session, asyncio.get_running_loop())
        except RuntimeError:  # An app that is looked at, not served.
            return Host()
    if (panel := sys.modules.get("panel.io.state")) and (page := panel.state.curdoc) is not None:
        return Host() if page.session_context is None else PanelSession(page, ended)
    if (marimo := sys.modules.get("marimo._runtime.context")) and (context := marimo.safe_get_context()):
        return MarimoSession(context, ended)
    return Host()


def instead_of(widget: object, what: str, to: str = "to see it") -> str:
    """What a reader finds where a widget does not show: which of the three cases it is, only they can tell."""
    return (
        f"{what} (ipygenesys): run the cell in Jupyter {to}. If that was done, trust the notebook: a page that does not "
        f"trust it shows these words instead, and so does a host that shows no widgets. {widget!r}"
    )
