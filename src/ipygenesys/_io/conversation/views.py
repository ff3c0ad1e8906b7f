"""The views of a widget, as the gateway knows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ipygenesys._core.machines.backoff import soonest
from ipygenesys._core.model.inputs import Command


class Views(Protocol):
    """The views of a widget, as far as the gateway's timer is concerned; on the loop's thread only."""

    def commands(self) -> list[Command]:
        """What time has brought."""

    def renew(self) -> None:
        """All that they were shown may be different now."""

    def flush(self) -> None:
        """Send what is due."""

    def next_deadline(self) -> float | None:
        """When something is due next, in monotonic seconds."""


class AllViews:
    """Those of one conversation, as if they were one.

    Args:
        on_bug: hears what fails in them: the comm may be gone, and the conversation goes on without it.
    """

    def __init__(self, on_bug: Callable[[str, BaseException], object]) -> None:
        self._views: list[Views] = []
        self._on_bug = on_bug

    def __len__(self) -> int:
        return len(self._views)

    def add(self, views: Views) -> Callable[[], object]:
        """One more; returns how to end that, once."""
        self._views.append(views)
        return lambda: self._views.remove(views)

    def commands(self) -> list[Command]:
        """What time has brought."""
        return [command for views in self._views for command in views.commands()] if self._views else []

    def renew(self) -> None:
        """All that they were shown may be different now."""
        for views in self._views:
            views.renew()

    def flush(self) -> None:
        """Send what is due."""
        for views in self._views:
            try:
                views.flush()
            except Exception as error:
                self._on_bug("a view", error)

    def next_deadline(self) -> float | None:
        """When something is due next, in monotonic seconds."""
        return soonest(*[views.next_deadline() for views in self._views]) if self._views else None
