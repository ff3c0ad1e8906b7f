"""The views of a widget, as the gateway knows them."""

from __future__ import annotations

from typing import Protocol

from ipygenesys._core.model.inputs import Command


class Views(Protocol):
    """The views of a widget, as far as the gateway's timer is concerned; on the loop's thread only."""

    def commands(self) -> list[Command]:
        """What time has brought."""

    def flush(self) -> None:
        """Send what is due."""

    def next_deadline(self) -> float | None:
        """When something is due next, in monotonic seconds."""
