"""What listening to a conversation gives back."""

from __future__ import annotations

from collections.abc import Callable


class Subscription:
    """What ``on_message`` and ``on_event`` return: call it, and the handler hears no more."""

    def __init__(self, stop: Callable[[], object]) -> None:
        self._stop = stop

    def __call__(self) -> None:
        self._stop()

    def __repr__(self) -> str:
        return "<Subscription: call it to stop>"
