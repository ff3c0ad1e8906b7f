"""Who hears that a row of an inbox is new, has changed or has gone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress


class Changes:
    """What fails in one of them stops nothing."""

    def __init__(self, on_bug: Callable[[str, BaseException], object]) -> None:
        self._hear: list[Callable[[str], object]] = []
        self._on_bug = on_bug

    def add(self, hear: Callable[[str], object]) -> None:
        """``hear`` is told the id of each row that is new, has changed or has gone; on the loop's thread."""
        self._hear.append(hear)

    def remove(self, hear: Callable[[str], object]) -> None:
        """No more; doing it twice is fine."""
        with suppress(ValueError):
            self._hear.remove(hear)

    def tell(self, conversation_id: str) -> None:
        """A row is new, has changed or has gone."""
        for hear in tuple(self._hear):
            try:
                hear(conversation_id)
            except Exception as error:
                self._on_bug("on_row", error)
