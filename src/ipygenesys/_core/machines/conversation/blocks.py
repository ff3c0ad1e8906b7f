"""Messages in order by their keys, in blocks: those at hand as they are, the others packed.

Most messages of a long conversation are never looked at again. A block is packed when some others were changed since; it is
unpacked to be changed, and to be read for as long as that takes. What a block holds is replaced, but for what is added at
the end, so that other threads may read.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from operator import attrgetter
from typing import NamedTuple

from ipygenesys._core.machines.conversation.packing import Held, Key, Snapshot, packed, unpacked
from ipygenesys._core.model.messages import Message

SIZE = 256
"""Chosen: messages of a block, which are packed in half a millisecond."""
AT_HAND = 8
"""Chosen: blocks that are not packed, those that were changed last: conversations of some hours never pack any."""
_PACKED_AT_ONCE = 2


class Block:
    """Where neighbours are."""

    def __init__(self, held: Held) -> None:
        self.holds: Held | bytes
        self.unread = 0
        self.hold(held)

    def hold(self, held: Held) -> None:
        """These from now on; there is at least one."""
        self.holds, self.count, self.first = held, len(held.keys), held.keys[0]


class _Layout(NamedTuple):
    """Replaced where it changes."""

    blocks: list[Block]
    firsts: list[Key]
    starts: list[int]
    """The position of each block's first message."""


class Blocks:
    """The messages of one conversation. Whatever changes them is called on one thread; others may read."""

    def __init__(self) -> None:
        self._layout = _Layout([], [], [])
        self._where: dict[str, Key | Block] = {}
        """By id: the message's key, or the packed block that it is in."""
        self._at_hand: dict[Block, None] = {}
        self._last: tuple[bytes, Held] | None = None
        """What was unpacked last."""

    def __len__(self) -> int:
        blocks, _, starts = self._layout
        return starts[-1] + blocks[-1].count if blocks else 0

    # --- reading ------------------------------------------------------------------------------------------

    def at(self, index: int) -> tuple[Key, Message]:
        """What stands at a position.

        Raises:
            IndexError: nothing does.
        """
        blocks, _, starts = self._layout
        place = index if index >= 0 else index + len(self)
        if place < 0 or not blocks:
            raise IndexError("there is no such message")
        number = bisect_right(starts, place) - 1
        keys, messages = self._read(blocks[number])
        place -= starts[number]
        return keys[place], messages[place]

    def keyed(self, start: int, stop: int) -> list[tuple[Key, Message]]:
        """Those from ``start`` to ``stop - 1``, as far as there are any."""
        blocks, _, starts = self._layout
        found: list[tuple[Key, Message]] = []
        for number in range(max(bisect_right(starts, start) - 1, 0), len(blocks)):
            if starts[number] >= stop:
                break
            keys, messages = self._read(blocks[number])
            part = slice(max(start - starts[number], 0), stop - starts[number])
            found += zip(keys[part], messages[part], strict=False)
        return found

    def snapshot(self) -> Snapshot:
        """All of them, at this moment."""
        blocks = self._layout.blocks
        # One C call: nothing changes meanwhile, whatever thread this is.
        return Snapshot(list(map(attrgetter("holds", "count"), blocks)))

    def ids(self) -> Iterable[str]:
        """Of all of them, in no order."""
        return self._where.keys()

    def key_of(self, id_: str) -> Key | None:
        """The key of the message with this id."""
        where = self._where.get(id_)
        if where is None or isinstance(where, tuple):
            return where
        return next((key for key in self._read(where).keys if key[-1] == id_), None)

    def find(self, key: Key) -> tuple[int, Message] | None:
        """The position of the message with this key, and itself."""
        blocks, firsts, starts = self._layout
        number = bisect_right(firsts, key) - 1
        if number < 0:
            return None
        keys, messages = self._read(blocks[number])
        place = bisect_left(keys, key)
        is_there = place < len(keys) and keys[place] == key
        return (starts[number] + place, messages[place]) if is_there else None

    def last_before(self, key: Key) -> tuple[Key, Message] | None:
        """What stands last of all before this key; mostly, this is the end."""
        if blocks := self._layout.blocks:
            keys, messages = self._read(blocks[-1])
            if keys[-1] < key:
                return keys[-1], messages[len(keys) - 1]
        stop = self.index_of(key)
        return self.at(stop - 1) if stop else None

    def index_of(self, key: Key) -> int:
        """The position of the first message that does not stand before this key."""
        blocks, firsts, starts = self._layout
        number = bisect_right(firsts, key) - 1
        return 0 if number < 0 else starts[number] + bisect_left(self._read(blocks[number]).keys, key)

    def unread_keys(self) -> Iterator[Key]:
        """Of those that are unread, in order."""
        for block in self._layout.blocks:
            if block.unread:
                keys, messages = self._read(block)
                yield from (key for key, each in zip(keys, messages, strict=False) if each.status == "unread")

    def _read(self, block: Block) -> Held:
        holds = block.holds  # Once: another thread may pack it.
        return holds if isinstance(holds, Held) else self._unpacked(holds)

    def _unpacked(self, block: bytes) -> Held:
        last = self._last
        if last is None or last[0] is not block:
            last = self._last = (block, unpacked(block))
        return last[1]

    # --- changing -----------------------------------------------------------------------------------------

    def insert(self, key: Key, message: Message) -> int:
        """Put one in; where it stands now."""
        blocks, firsts, starts = self._layout
        number = max(bisect_right(firsts, key) - 1, 0)
        keys, messages = self._open(blocks[number]) if blocks else Held([], [])
        place, is_last = bisect_left(keys, key), number >= len(blocks) - 1
        index = starts[number] + place if blocks else 0
        self._where[message.id] = key
        if is_last and place == len(keys) and len(keys) % SIZE == 0:
            block = Block(Held([key], [message]))
            self._lay([*blocks, block])
            self._at_hand[block] = None
        elif is_last and place == len(keys):
            # Whoever reads counts what there is: this alone may be added to what a block holds.
            block = blocks[number]
            messages.append(message)
            keys.append(key)
            block.count += 1
        else:
            block = blocks[number]
            keys, messages = keys.copy(), messages.copy()
            keys.insert(place, key)
            messages.insert(place, message)
            block.hold(Held(keys, messages))
            if block.count >= 2 * SIZE:
                self._lay([*blocks[:number], *self._halves(block), *blocks[number + 1 :]])
                return self._trimmed(index)
            if not is_last or place == 0:
                self._lay(blocks)
        block.unread += message.status == "unread"
        return self._trimmed(index)

    def delete(self, key: Key) -> int:
        """Take one out that is there; where it stood."""
        blocks, firsts, starts = self._layout
        number = bisect_right(firsts, key) - 1
        block = blocks[number]
        keys, messages = self._open(block)
        place = bisect_left(keys, key)
        del self._where[key[-1]]
        block.unread -= messages[place].status == "unread"
        if len(keys) == 1:
            del self._at_hand[block]
            self._lay([*blocks[:number], *blocks[number + 1 :]])
            return starts[number]
        block.hold(Held([*keys[:place], *keys[place + 1 :]], [*messages[:place], *messages[place + 1 :]]))
        self._lay(blocks)
        return self._trimmed(starts[number] + place)

    def replace(self, key: Key, message: Message) -> None:
        """Another message in the place of the one with this key; both have one id."""
        blocks, firsts, _ = self._layout
        block = blocks[bisect_right(firsts, key) - 1]
        keys, messages = self._open(block)
        place = bisect_left(keys, key)
        block.unread += (message.status == "unread") - (messages[place].status == "unread")
        block.hold(Held(keys, [*messages[:place], message, *messages[place + 1 :]]))
        self._trimmed(0)

    def unpack_all(self) -> None:
        """Have all of them as they are, until ``pack`` or bit by bit."""
        for block in self._layout.blocks:
            self._open(block)
        self._last = None

    def pack(self) -> None:
        """All that is not at hand."""
        self._pack(len(self._at_hand))

    def _open(self, block: Block) -> Held:
        """To be changed; from now on it is the last that is packed."""
        if not isinstance(block.holds, Held):
            block.holds = self._unpacked(block.holds)
            self._where |= {key[-1]: key for key in block.holds.keys}
        self._at_hand.pop(block, None)
        self._at_hand[block] = None
        return block.holds

    def _halves(self, block: Block) -> list[Block]:
        """Two blocks instead of one, which stays as it is for whoever reads it."""
        del self._at_hand[block]
        keys, messages = self._read(block)
        halves = [Block(Held(keys[part], messages[part])) for part in (slice(SIZE), slice(SIZE, None))]
        for half in halves:
            half.unread = sum(each.status == "unread" for each in self._read(half).messages)
            self._at_hand[half] = None
        return halves

    def _lay(self, blocks: list[Block]) -> None:
        starts = list(accumulate((each.count for each in blocks[:-1]), initial=0)) if blocks else []
        self._layout = _Layout(blocks, [each.first for each in blocks], starts)

    def _trimmed(self, index: int) -> int:
        """The same, once what is at hand no more is packed."""
        if len(self._at_hand) > AT_HAND:
            self._pack(_PACKED_AT_ONCE)
        return index

    def _pack(self, most: int) -> None:
        for block in list(islice(self._at_hand, max(min(len(self._at_hand) - AT_HAND, most), 0))):
            del self._at_hand[block]
            held = self._read(block)
            if (small := packed(held)) is not None:
                block.holds = small
                self._where |= dict.fromkeys((key[-1] for key in held.keys), block)
