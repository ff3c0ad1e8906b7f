"""A Redis on virtual time: what a relay and its viewers use of one, by the rules that were measured of the real one.

``test_server.py`` asks both the same and compares what they answer.
"""

from __future__ import annotations

import copy
import random
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from redis.exceptions import NoScriptError, ResponseError

from ipygenesys._io.relay.redis.scripts import DIGESTS
from tests.simulation.relay.scripts import SCRIPTS
from tests.simulation.virtual_time import VirtualClock

Id = tuple[int, int]
Argument = str | bytes | int | float
FIRST, LAST = (0, 0), (2**64, 0)
_NOT_ABOVE = "The ID specified in XADD is equal or smaller than the target stream top item"
_BY_DIGEST = {digest: SCRIPTS[script] for script, digest in DIGESTS.items()}


class Hash(dict[bytes, bytes]):
    """Fields."""


class SortedSet(dict[bytes, float]):
    """Members with their scores."""


class Stream:
    """Entries by ascending ids."""

    def __init__(self) -> None:
        self.last: Id = FIRST
        """The highest that there ever was."""
        self.entries: list[tuple[Id, dict[bytes, bytes]]] = []

    def between(self, low: Id, high: Id) -> list[tuple[Id, dict[bytes, bytes]]]:
        start = bisect_left(self.entries, low, key=_id)
        return [entry for entry in self.entries[start:] if entry[0] <= high]


Value = bytes | Hash | SortedSet | Stream
V = TypeVar("V", bound=Value)
Image = tuple[dict[bytes, Value], dict[bytes, float]]


class Listener(Protocol):
    """A connection that listens to channels."""

    def hear(self, channel: bytes, data: bytes) -> object: ...


class VirtualRedis:
    """One server.

    Args:
        clock: the time; its own never jumps.
        dice: for what a server does when it suits it, such as to trim; None: it never does.
    """

    def __init__(self, clock: VirtualClock, dice: random.Random | None = None) -> None:
        self.clock, self._dice = clock, dice
        self.is_up = True
        self.fences = True
        """Writes under an old epoch are refused; off to see whether anybody notices."""
        self.added: list[tuple[bytes, Id]] = []
        """All entries that there ever were, in the order in which they came."""
        self.listeners: dict[bytes, list[Listener]] = {}
        self.blocked: list[tuple[tuple[bytes, ...], Callable[[], object]]] = []
        """Who waits for entries, of which streams."""
        self._data: dict[bytes, Value] = {}
        self._ends: dict[bytes, float] = {}
        self._scripts: set[str] = set()
        self._starts = 1

    # --- as an operator has it

    def image(self) -> Image:
        """As it is on disk."""
        return copy.deepcopy((self._data, self._ends))

    def restart(self, image: Image = ({}, {})) -> None:
        """It comes back with that, and without its scripts."""
        self._data, self._ends = copy.deepcopy(image)
        self._scripts.clear()
        self._starts += 1
        self.is_up = True

    def keys(self) -> list[bytes]:
        return [key for key in list(self._data) if self._is_there(key)]

    def holds(self, word: bytes) -> bool:
        """Whether a word stands in anything that is kept."""
        return word in repr(self._data).encode()

    # --- as a client has it

    def execute(self, name: str, *arguments: Argument) -> Any:
        """What redis-py returns, or raises, for a command."""
        parts = [each if isinstance(each, bytes) else str(each).encode() for each in arguments]
        return getattr(self, f"_{name.lower()}")(*parts)

    def read(self, after: dict[bytes, bytes], count: int) -> list[tuple[bytes, list[Any]]] | None:
        """As XREAD, without waiting."""
        found = []
        for key, last in after.items():
            stream = self._find(key, Stream)
            if stream is not None:
                ms, sequence = _id_of(last)
                entries = stream.between((ms, sequence + 1), LAST)[:count]
                if entries:
                    found.append((key, _shown(entries)))
        return found or None

    def _mget(self, *keys: bytes) -> list[bytes | None]:
        values = (self._data[key] if self._is_there(key) else None for key in keys)
        return [value if isinstance(value, bytes) else None for value in values]

    def _get(self, key: bytes) -> bytes | None:
        return self._find(key, bytes)

    def _set(self, key: bytes, value: bytes, *options: bytes) -> bool | None:
        names = dict(zip(options, (*options, b"")[1:], strict=True))
        if self._is_there(key) and b"NX" in names:
            return None
        self._data[key] = value
        if b"KEEPTTL" not in names:
            self._ends.pop(key, None)
        if b"EX" in names:
            self._pexpire(key, str(1000 * int(names[b"EX"])).encode())
        if b"PX" in names:
            self._pexpire(key, names[b"PX"])
        return True

    def _del(self, *keys: bytes) -> int:
        there = [key for key in keys if self._is_there(key)]
        for key in there:
            self._drop(key)
        return len(there)

    def _expire(self, key: bytes, seconds: bytes) -> int:
        return self._pexpire(key, str(1000 * int(seconds)).encode())

    def _pexpire(self, key: bytes, ms: bytes) -> int:
        if not self._is_there(key):
            return 0
        self._ends[key] = self.clock.elapsed_s + int(ms) / 1000
        return 1

    def _info(self, _: bytes) -> bytes:
        return b"# Server\r\nrun_id:%040x\r\n" % self._starts

    def _time(self) -> list[bytes]:
        seconds, part = divmod(self.clock.true_epoch(), 1)
        return [b"%d" % seconds, b"%d" % (part * 1e6)]

    def _hset(self, key: bytes, *pairs: bytes) -> int:
        fields = self._made(key, Hash)
        before = len(fields)
        fields.update(zip(pairs[::2], pairs[1::2], strict=True))
        return len(fields) - before

    def _hdel(self, key: bytes, *fields: bytes) -> int:
        return self._without(key, Hash, fields)

    def _hgetall(self, key: bytes) -> dict[bytes, bytes]:
        return dict(self._find(key, Hash) or {})

    def _hmget(self, key: bytes, *fields: bytes) -> list[bytes | None]:
        found = self._find(key, Hash) or Hash()
        return [found.get(field) for field in fields]

    def _zadd(self, key: bytes, *pairs: bytes) -> int:
        members = self._made(key, SortedSet)
        before = len(members)
        members.update({member: float(score) for score, member in zip(pairs[::2], pairs[1::2], strict=True)})
        return len(members) - before

    def _zrem(self, key: bytes, *members: bytes) -> int:
        return self._without(key, SortedSet, members)

    def _zscore(self, key: bytes, member: bytes) -> float | None:
        return (self._find(key, SortedSet) or SortedSet()).get(member)

    def _zrangebyscore(self, key: bytes, low: bytes, high: bytes, *limit: bytes) -> list[bytes]:
        members = sorted((score, member) for member, score in (self._find(key, SortedSet) or {}).items())
        found = [member for score, member in members if _is_above(score, low) and _is_below(score, high)]
        return found[int(limit[1]) : int(limit[1]) + int(limit[2])] if limit else found

    def _zrevrangebyscore(self, key: bytes, high: bytes, low: bytes, *limit: bytes) -> list[bytes]:
        found = self._zrangebyscore(key, low, high)[::-1]
        return found[int(limit[1]) : int(limit[1]) + int(limit[2])] if limit else found

    def _xadd(self, key: bytes, *parts: bytes) -> bytes:
        most = None
        if parts[0] == b"MAXLEN":
            most, parts = int(parts[2]), parts[3:]
        stream, (wanted, *pairs) = self._find(key, Stream) or Stream(), parts
        if wanted == b"*":
            ms = int(self.clock.true_epoch() * 1000)
            id_ = (ms, 0) if ms > stream.last[0] else (stream.last[0], stream.last[1] + 1)
        else:
            id_ = _id_of(wanted)
        if id_ <= stream.last:
            raise ResponseError(_NOT_ABOVE)
        stream.last = id_
        stream.entries.append((id_, dict(zip(pairs[::2], pairs[1::2], strict=True))))
        self._data[key] = stream
        self.added.append((key, id_))
        if most is not None and self._dice is not None and self._dice.random() < 0.5:
            del stream.entries[:-most]
        for streams, resume in tuple(self.blocked):
            if key in streams:
                resume()
        return _written(id_)

    def _xdel(self, key: bytes, *ids: bytes) -> int:
        stream = self._find(key, Stream) or Stream()
        gone, before = {_id_of(each) for each in ids}, len(stream.entries)
        stream.entries = [entry for entry in stream.entries if entry[0] not in gone]
        return before - len(stream.entries)

    def _xtrim(self, key: bytes, _: bytes, most: bytes) -> int:
        stream = self._find(key, Stream) or Stream()
        before = len(stream.entries)
        stream.entries = stream.entries[max(before - int(most), 0) :]
        return before - len(stream.entries)

    def _xrange(self, key: bytes, low: bytes, high: bytes, *count: bytes) -> list[Any]:
        ms, sequence = FIRST if low == b"-" else _id_of(low.removeprefix(b"("))
        first = (ms, sequence + low.startswith(b"("))
        found = (self._find(key, Stream) or Stream()).between(first, LAST if high == b"+" else _id_of(high))
        return _shown(found[: int(count[1])] if count else found)

    def _xrevrange(self, key: bytes, high: bytes, low: bytes, _: bytes, count: bytes) -> list[Any]:
        return self._xrange(key, low, high)[::-1][: int(count)]

    def _publish(self, channel: bytes, data: bytes) -> int:
        listeners = tuple(self.listeners.get(channel, ()))
        for each in listeners:
            each.hear(channel, data)
        return len(listeners)

    def _evalsha(self, digest: bytes, *rest: bytes) -> Any:
        if digest.decode() not in self._scripts:
            raise NoScriptError("No matching script. Please use EVAL.")
        return self._scripted(digest.decode(), *rest)

    def _eval(self, script: bytes, *rest: bytes) -> Any:
        digest = DIGESTS[script.decode()]
        self._scripts.add(digest)
        return self._scripted(digest, *rest)

    def _scripted(self, digest: str, count: bytes, *rest: bytes) -> Any:
        keys, arguments = rest[: int(count)], rest[int(count) :]
        return _BY_DIGEST[digest](self.execute, keys, arguments, is_fenced=self.fences)

    # --- keys

    def _find(self, key: bytes, kind: type[V]) -> V | None:
        value = self._data.get(key) if self._is_there(key) else None
        if value is not None and not isinstance(value, kind):
            raise ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value")
        return value

    def _made(self, key: bytes, kind: type[V]) -> V:
        value = self._find(key, kind)
        if value is None:
            value = kind()
            self._data[key] = value
        return value

    def _without(self, key: bytes, kind: type[Hash] | type[SortedSet], names: Iterable[bytes]) -> int:
        held = self._find(key, kind) or kind()
        gone = [name for name in names if held.pop(name, None) is not None]
        if not held:
            self._drop(key)
        return len(gone)

    def _is_there(self, key: bytes) -> bool:
        if self._ends.get(key, self.clock.elapsed_s + 1.0) <= self.clock.elapsed_s:
            self._drop(key)
        return key in self._data

    def _drop(self, key: bytes) -> None:
        self._data.pop(key, None)
        self._ends.pop(key, None)


def _id(entry: tuple[Id, Any]) -> Id:
    return entry[0]


def _id_of(written: bytes) -> Id:
    ms, _, sequence = written.partition(b"-")
    return int(ms), int(sequence or 0)


def _written(id_: Id) -> bytes:
    return b"%d-%d" % id_


def _shown(entries: list[tuple[Id, dict[bytes, bytes]]]) -> list[Any]:
    return [(_written(id_), fields) for id_, fields in entries]


def _is_above(score: float, low: bytes) -> bool:
    return score > float(low[1:]) if low.startswith(b"(") else score >= float(low)


def _is_below(score: float, high: bytes) -> bool:
    return score < float(high[1:]) if high.startswith(b"(") else score <= float(high)
