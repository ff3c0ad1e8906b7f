"""Neighbours of a conversation, packed; and all messages of a moment, unpacked while they are looked at."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple, overload

import msgspec

from ipygenesys._core.model.messages import Message

Key = tuple[int, int, int, int, str]
"""Where a message stands in the order of all, and its id."""

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[list[tuple[int, int, int, int]], list[Message]])


class Held(NamedTuple):
    """Neighbours, in order."""

    keys: list[Key]
    messages: list[Message]


def packed(held: Held) -> bytes | None:
    """The same in a sixth of the place; None for what cannot be packed: half of a surrogate pair, a huge number."""
    try:
        return zlib.compress(_encoder.encode(([key[:-1] for key in held.keys], held.messages)), 1)
    except (UnicodeEncodeError, OverflowError):
        return None


def unpacked(block: bytes) -> Held:
    places, messages = _decoder.decode(zlib.decompress(block))
    return Held([(*place, each.id) for place, each in zip(places, messages, strict=True)], messages)


class Snapshot(Sequence[Message]):
    """The messages of a moment, oldest first; what is packed of them is unpacked while it is looked at.

    Args:
        parts: what each block held, and how many.
    """

    def __init__(self, parts: list[tuple[Held | bytes, int]]) -> None:
        self._parts = parts
        self._starts = list(accumulate((count for _, count in parts), initial=0))
        self._last: tuple[bytes, list[Message]] | None = None

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, index: int) -> Message: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Message, ...]: ...
    def __getitem__(self, index: int | slice) -> Message | tuple[Message, ...]:
        chosen = range(len(self))[index]
        if isinstance(chosen, int):
            number = bisect_right(self._starts, chosen) - 1
            return self._messages(number)[chosen - self._starts[number]]
        if not chosen:
            return ()
        first, last = min(chosen[0], chosen[-1]), max(chosen[0], chosen[-1])
        begin, end = bisect_right(self._starts, first) - 1, bisect_right(self._starts, last)
        messages = [each for number in range(begin, end) for each in self._messages(number)]
        return tuple(messages[each - self._starts[begin]] for each in chosen)

    def __iter__(self) -> Iterator[Message]:
        return (each for number in range(len(self._parts)) for each in self._messages(number))

    def __reversed__(self) -> Iterator[Message]:
        numbers = reversed(range(len(self._parts)))
        return (each for number in numbers for each in reversed(self._messages(number)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_is_same, self, other))

    __hash__ = None  # type: ignore[assignment] # it is a sequence of values

    def __repr__(self) -> str:
        return f"<{len(self)} messages>"

    def _messages(self, number: int) -> list[Message]:
        held, last = self._parts[number][0], self._last
        if isinstance(held, Held):
            return held.messages[: self._parts[number][1]]
        if last is None or last[0] is not held:
            last = self._last = (held, unpacked(held).messages)
        return last[1]


def _is_same(one: Message, other: object) -> bool:
    return one == other
