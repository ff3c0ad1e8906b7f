"""A widget of ours in whichever host: it hears its pages, speaks to them, and ends with what it was made in."""

from __future__ import annotations

from typing import Any
from weakref import WeakValueDictionary

import anywidget

from ipygenesys._widget.hosts.here import host_here
from ipygenesys._widget.kernel_comm import our_comms, route_replies_to_the_asking_shell
from ipygenesys._widget.weakly import weakly


class HostedWidget(anywidget.AnyWidget):
    """What all widgets of ours have of their host.

    Args:
        traits: as for every widget.
    """

    def __init__(self, **traits: Any) -> None:
        self._host = host_here(weakly(self._end_with_host))
        super().__init__(**traits)
        _open[self.model_id] = self
        our_comms.ids.add(self.model_id)
        self.on_msg(self._on_page_message)
        route_replies_to_the_asking_shell(self.comm)

    def close(self) -> None:
        """Take it off its pages."""
        if self.comm is not None:
            our_comms.ids.discard(self.model_id)
            for view in self._host.views:
                view.take_away(self.model_id)
        super().close()

    def _end_with_host(self) -> None:
        """What it was made in has ended, or runs anew."""
        self.close()

    def _on_page_message(self, widget: object, content: object, buffers: Any) -> None:
        """A page says something, on whichever thread."""
        raise NotImplementedError

    def _send_to_pages(self, content: Any) -> None:
        """From whichever thread; to nobody once it was closed."""
        if (comm := self.comm) is not None:
            self._host.send(comm, content)
            for view in self._host.views:
                view.say(self.model_id, content)

    def __panel__(self) -> Any:
        """What ``panel.panel`` shows for it."""
        from ipygenesys._widget.hosts.panel_view import view_of

        return view_of(self, _opened)


_open: WeakValueDictionary[str, HostedWidget] = WeakValueDictionary()


def _opened(model_id: str) -> HostedWidget | None:
    """The widget of ours that has this model and is open."""
    widget = _open.get(model_id)
    return None if widget is None or widget.comm is None else widget
