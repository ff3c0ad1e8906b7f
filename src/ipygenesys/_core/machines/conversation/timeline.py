"""The ordered messages of a conversation: placed by server time, merged by id, found in O(log n).

Messages may arrive late, twice and out of order (Genesys guarantees no order); drafts stand after all others until
the server has accepted them. The order is total: (time, sequence, rank). The time is the server's: an answer stamped
3 ms before the echo of its question stands above it, here and in Genesys' own transcripts, because two screens that
each mend the times in their own way would show two conversations.

Times are often whole seconds. Where they are equal the *rank* decides, never the id: what the platform's own list has
one after the other stands so (``MessageArrived.follows``), what a page of old messages brings stands before all that
was there, and else what arrived first stands first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice, takewhile

import msgspec

from ipygenesys._core.machines.conversation.blocks import Blocks
from ipygenesys._core.machines.conversation.messages import merged
from ipygenesys._core.machines.conversation.packing import Key, Snapshot
from ipygenesys._core.machines.conversation.placement import Placement
from ipygenesys._core.model.messages import Message, advance
from ipygenesys._core.model.platform_events import MessageArrived

# A key is (0, time_ms, sequence, rank, id), or (1, ordinal, 0, 0, id) of a draft.
_FIRST_DRAFT: Key = (1, 0, 0, 0, "")
_STRIDE, _STEP = 1 << 40, 1 << 20
"""Between the ranks of two arrivals, and between those of messages that are put between them."""


class Timeline:
    """The messages of one conversation, oldest first."""

    def __init__(self) -> None:
        self._placed = Blocks()
        self._counts_from: Key = (0, 0, 0, 0, "")
        self._counted = 0
        """The unread ones from there on."""
        self.counts_unread = True
        """Off for who only looks on: nobody waits for them to read."""
        self._id_of_draft: dict[str, str] = {}
        self._drafts_made = 0
        self._ranked: dict[str, Key] = {}
        """Where messages of the server's will stand that are not there, or stand elsewhere."""
        self._listed_after: dict[str, str] = {}
        """By message: the one that the platform lists after it."""
        self._next_rank, self._stride = 0, _STRIDE
        self._bound: Key | None = None
        """Of ``before``."""

    def __len__(self) -> int:
        return len(self._placed)

    def __getitem__(self, index: int) -> Message:
        try:
            return self._placed.at(index)[1]
        except IndexError:  # On another thread, it may be between two changes.
            return self.copy()[index]

    def slice(self, start: int, stop: int) -> tuple[Message, ...]:
        """Messages ``start`` to ``stop - 1``, as far as there are any."""
        return tuple(message for _, message in self._placed.keyed(max(start, 0), max(stop, 0)))

    def copy(self) -> Snapshot:
        """All messages at this moment; from any thread."""
        return self._placed.snapshot()

    def ids(self) -> frozenset[str]:
        """Of all that the server has; drafts aside."""
        drafts = self._placed.keyed(self._placed.index_of(_FIRST_DRAFT), len(self))
        return frozenset(self._placed.ids()) - {key[-1] for key, _ in drafts}

    def unpack(self) -> None:
        """Have all messages as they are, for whoever looks into this."""
        self._placed.unpack_all()

    def pack(self) -> None:
        """Keep them packed again, but for those that were changed last."""
        self._placed.pack()

    def get(self, id_: str) -> Message | None:
        """The message with this id or draft id."""
        found = self._find(id_)
        return None if found is None else found[1]

    def index_of(self, id_: str) -> int | None:
        """Its position."""
        found = self._find(id_)
        return None if found is None else found[0]

    def _find(self, id_: str) -> tuple[int, Message] | None:
        key = self._placed.key_of(self._id_of_draft.get(id_, id_))
        return None if key is None else self._placed.find(key)

    def index_at(self, time_ms: int) -> int:
        """The position of the first message of this moment or later; that of the end if there is none."""
        return self._placed.index_of((0, time_ms, -1, 0, ""))

    def key_of(self, id_: str) -> Key | None:
        """Where it stands in the order of all messages."""
        return self._placed.key_of(id_)

    def key_at(self, index: int) -> Key:
        """The key of the message at a position."""
        return self._placed.at(index)[0]

    def index_of_key(self, key: Key) -> int:
        """The position of the first message that does not stand before this key."""
        return self._placed.index_of(key)

    def keyed(self, start: int, stop: int) -> list[tuple[Key, Message]]:
        """Messages ``start`` to ``stop - 1`` with their keys."""
        return self._placed.keyed(start, stop)

    @property
    def unread_count(self) -> int:
        """Messages of others that the server does not know to be read, since ``count_from_here``."""
        return self._counted if self.counts_unread else 0

    @property
    def first_unread_index(self) -> int | None:
        """Where the oldest of them stands."""
        if not self.unread_count:
            return None
        return self._placed.index_of(
            next(key for key in self._placed.unread_keys() if key >= self._counts_from)
        )

    @property
    def read_up_to_ms(self) -> int | None:
        """Up to when nothing is unread, drafts aside; None if nothing was said before it."""
        first = next(self._placed.unread_keys(), None)
        last = self._placed.last_before(first or _FIRST_DRAFT)
        if last is None:
            return None
        return last[1].time_ms if first is None else min(last[1].time_ms, first[1] - 1)

    def count_from_here(self) -> None:
        """What is older than all that is here is no news: nobody has to be told that it is unread."""
        if self.oldest is not None:
            self._count_from(self.key_at(0))

    def _count_from(self, key: Key) -> None:
        self._counts_from = key
        self._counted = sum(each >= key for each in self._placed.unread_keys())

    @property
    def oldest(self) -> Message | None:
        """The first message that the server has."""
        return self[0] if len(self) and not self[0].is_draft else None

    @property
    def newest(self) -> Message | None:
        """The last message that the server has."""
        last = self._placed.last_before(_FIRST_DRAFT)
        return None if last is None else last[1]

    def unread_ids(self, up_to: str | None = None) -> tuple[str, ...]:
        """Their ids, oldest first; all of them, or those up to and including a message."""
        last = None if up_to is None else self.key_of(up_to)
        if up_to is not None and last is None:
            return ()
        return tuple(
            key[-1] for key in takewhile(lambda key: last is None or key <= last, self._placed.unread_keys())
        )

    def are_first_unread(self, ids: tuple[str, ...]) -> bool:
        """Whether these are exactly the unread messages up to the last of them, in order."""
        return tuple(key[-1] for key in islice(self._placed.unread_keys(), len(ids))) == ids

    def key_for(self, message: Message | MessageArrived, follows: str | None = None) -> Key:
        """Where a message of the server's stands, or will stand: from now on it has its rank, placed or not."""
        place = (0, -1 if message.time_ms is None else message.time_ms, message.sequence or 0)
        there, before = self.key_of(message.id), None if follows is None else self._rank_of(follows)
        former, bound = self._ranked.get(message.id) or there, self._bound
        rank = None if former is None or former >= _FIRST_DRAFT else former[3]
        if follows is not None:
            self._listed_after[follows] = message.id
        if bound is not None and bound[:3] == place and (rank is None or rank > bound[3]):
            rank = self._new_rank()
        elif before is not None and before[:3] == place and (rank is None or rank <= before[3]):
            index = self._placed.index_of(before)
            after = next((key for key, _ in self.keyed(index, index + 2) if key > before), None)
            room = _STRIDE if after is None or after[:3] != place else after[3] - before[3]
            rank = before[3] + max(min(_STEP, room // 2), 1)
        elif rank is None:
            rank = self._new_rank()
        key = (*place, rank, message.id)
        if key == there:
            self._ranked.pop(message.id, None)
        else:
            self._ranked[message.id] = key
        return key

    def _rank_of(self, id_: str) -> Key | None:
        """Where a message of the server's stands, or will stand."""
        key = self._ranked.get(id_) or self.key_of(id_)
        return key if key is not None and key < _FIRST_DRAFT else None

    @contextmanager
    def before(self, id_: str, number: int) -> Iterator[None]:
        """Meanwhile so many messages may come that the platform lists before this one, whatever their times tell."""
        former, bound = (self._next_rank, self._stride), self._rank_of(id_) or (0, 0, 0, 0, "")
        self._bound, self._next_rank, self._stride = bound, bound[3] - number * _STEP, _STEP
        try:
            yield
        finally:
            self._bound, (self._next_rank, self._stride) = None, former

    def place(self, message: Message, follows: str | None = None) -> Placement | None:
        """Insert a message, or merge it with what is known of it; None if that changes nothing.

        Args:
            message: what is known of it now.
            follows: the message after which the platform lists it, if that is known.
        """
        former = self.get(message.id)
        if former is None and message.draft_id is not None:
            former = self.get(message.draft_id)
        if former is None:
            return Placement(message=message, index=self._put_in(message, self._new_key(message, follows)))
        message, former_key = merged(former, message), self._key_there(former.id)
        key = former_key if message.is_draft else self.key_for(message, follows)
        if message == former and key == former_key:
            return None
        former_index = self._take_out(former)
        index = self._put_in(message, key)
        if former_key == self._counts_from:
            self._count_from(key)
        return Placement(message=message, index=index, former=former, former_index=former_index)

    def taken_along(self, id_: str) -> Iterator[Placement]:
        """What the platform lists after a message that was placed goes with it, where it stood before it until now."""
        next_of, taken = self._listed_after.get, {id_}
        while (next_id := next_of(id_)) and (follower := self.get(next_id)) and follower.id not in taken:
            key, after = self._key_there(follower.id), self._key_there(id_)
            if key[:3] != after[:3] or key > after or not (placement := self.place(follower, id_)):
                return
            yield placement
            id_ = follower.id
            taken.add(id_)

    def replace(self, id_: str, **changes: object) -> Message | None:
        """Change what neither moves nor replaces a message; a status only ever advances. None if nothing changes.

        A status that does not advance keeps its time: the first receipt tells when.
        """
        old = self.get(id_)
        if old is None:
            return None
        new = msgspec.structs.replace(old, **changes)
        if advance(old.status, new.status) == old.status:
            new = msgspec.structs.replace(new, status=old.status, status_time_ms=old.status_time_ms)
        if new == old:
            return None
        key = self._key_there(old.id)
        if old.status == "unread" and new.status != "unread":
            self._counted -= key >= self._counts_from
        self._placed.replace(key, new)
        return new

    def remove(self, id_: str) -> int | None:
        """Take a message out; returns where it stood."""
        message = self.get(id_)
        if message is None:
            return None
        self._id_of_draft.pop(message.draft_id or "", None)
        self._ranked.pop(message.id, None)
        self._listed_after.pop(message.id, None)
        return self._take_out(message)

    def _new_rank(self) -> int:
        rank, self._next_rank = self._next_rank, self._next_rank + self._stride
        return rank

    def _new_key(self, message: Message, follows: str | None) -> Key:
        if not message.is_draft:
            return self.key_for(message, follows)
        self._drafts_made += 1
        return (1, self._drafts_made, 0, 0, message.id)

    def _put_in(self, message: Message, key: Key) -> int:
        self._ranked.pop(message.id, None)
        if message.draft_id is not None:
            self._id_of_draft[message.draft_id] = message.id
        self._counted += message.status == "unread" and key >= self._counts_from
        return self._placed.insert(key, message)

    def _take_out(self, message: Message) -> int:
        key = self._key_there(message.id)
        self._counted -= message.status == "unread" and key >= self._counts_from
        return self._placed.delete(key)

    def _key_there(self, id_: str) -> Key:
        key = self.key_of(id_)
        assert key is not None
        return key
