"""The conversation's messages, as users look at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.model.messages import Message


class Messages(Sequence[Message]):
    """The conversation's messages, oldest first: a live view that is safe to read from any thread."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def __len__(self) -> int:
        return len(self._timeline)

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Message, ...]: ...
    def __getitem__(self, index: int | slice) -> Message | tuple[Message, ...]:
        return self._timeline.copy()[index] if isinstance(index, slice) else self._timeline[index]

    def __iter__(self) -> Iterator[Message]:
        return iter(self._timeline.copy())

    def __repr__(self) -> str:
        return f"<{len(self)} messages>"
