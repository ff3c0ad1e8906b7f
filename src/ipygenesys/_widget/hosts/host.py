"""What a widget has been made in. By itself that is Jupyter, or its like."""

from __future__ import annotations

from typing import Any, Protocol

from ipygenesys._widget.kernel_comm import send_custom


class View(Protocol):
    """A component of the host's own, which shows widgets in pages without a comm. Heard from any thread."""

    def say(self, widget: str, content: Any) -> None:
        """The widget of this model has something to say to its pages."""

    def take_away(self, widget: str) -> None:
        """It was closed."""


class Host:
    """A comm takes what threads send, and says when it is closed."""

    def __init__(self) -> None:
        self._pages: dict[View, set[object]] = {}

    @property
    def views(self) -> tuple[View, ...]:
        """Those without a comm."""
        return tuple(self._pages)

    def send(self, comm: Any, content: Any) -> None:
        """Put a custom message on the comm, from whichever thread."""
        send_custom(comm, content)

    def shown(self, view: View, page: object) -> bool:
        """A page has such a view from now on; False where that is known."""
        pages = self._pages.setdefault(view, set())
        is_known = page in pages
        pages.add(page)
        return not is_known

    def left(self, view: View, page: object) -> None:
        """That page has gone."""
        pages = self._pages.get(view, set())
        pages.discard(page)
        if not pages:
            self._pages.pop(view, None)
