"""The virtual Redis answers as a real one does, to whatever a relay and its viewers ask."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from ipygenesys._io.relay.redis import scripts
from tests.simulation.relay.server import Argument, VirtualRedis
from tests.simulation.virtual_time import VirtualClock
from tests.tools.redis import RedisServer

COMMANDS = 400
STRINGS, HASHES, SETS, STREAMS = (("s1", "s2", "epoch"), ("h1", "h2"), ("z1",), ("x1", "x2"))
Command = tuple[Argument, ...]


@pytest.fixture
def real(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with redis.Redis(port=redis_server.port) as client:
        yield client


def outcome(execute: Any, command: Command) -> Any:
    try:
        return execute(*command)
    except redis.exceptions.NoScriptError:
        return "no such script"
    except redis.exceptions.ResponseError as error:
        return f"refused: {str(error).split()[0]}"


def drawn(dice: random.Random) -> Command:
    """Something that is asked of a Redis."""
    name = dice.choice(list(_DRAWN))
    return (name, *_DRAWN[name](dice))


def _id(dice: random.Random) -> str:
    return f"{dice.randrange(1, 4)}-{dice.randrange(6)}"


def _name(dice: random.Random) -> str:
    return f"m{dice.randrange(6)}"


def _bound(dice: random.Random) -> str:
    return dice.choice(("-inf", "+inf", "2", "(2", "3.5", "(4"))


def _range(dice: random.Random) -> Command:
    return dice.choice(("-", _id(dice), f"({_id(dice)}")), dice.choice(("+", _id(dice)))


def _of_set(dice: random.Random) -> Command:
    option = dice.choice(((), ("NX",), ("EX", "100"), ("PX", "100000"), ("KEEPTTL",)))
    return (dice.choice(STRINGS), dice.randrange(4), *option)


def _of_write(dice: random.Random) -> Command:
    """The relay's own: some commands under an epoch, perhaps an old one."""
    writes: tuple[Command, ...] = (
        ("HSET", "2", "2", _name(dice), "v"),
        ("XADD", "3", "6", "MAXLEN", "~", "1000", _id(dice), "e", "said"),
        ("PUBLISH", "4", "1", "[]"),
        ("DEL", "2", "0"),
    )
    chosen = [part for write in dice.sample(writes, 3) for part in write]
    keys = ("epoch", dice.choice(HASHES), dice.choice(STREAMS), "channel")
    return (scripts.WRITE, len(keys), *keys, dice.randrange(4), *chosen)


def _of_lease(dice: random.Random) -> Command:
    """Its others; an epoch is far above those of clocks, so that no second's passing shows."""
    relay = dice.choice(("a", "ab"))
    which = dice.choice((scripts.TAKE, scripts.RENEW, scripts.GIVE_BACK))
    if which == scripts.TAKE:
        above, flags = 10**12 + dice.randrange(9), (dice.randrange(2), dice.randrange(2))
        told = (relay, 100_000, above, _name(dice), *flags, 100)
        return (which, 5, "lease", "epoch", "run", "server", "x1", *told)
    if which == scripts.RENEW:
        return (
            which,
            4,
            "lease",
            "epoch",
            "h1",
            "x1",
            relay,
            10**12 + dice.randrange(9),
            100_000,
            100,
            "channel",
            "[]",
        )
    return (which, 1, "lease", relay)


_DRAWN: dict[str, Any] = {
    "SET": _of_set,
    "GET": lambda dice: (dice.choice((*STRINGS, *HASHES)),),
    "MGET": lambda dice: dice.sample((*STRINGS, *HASHES), 2),
    "DEL": lambda dice: (dice.choice((*STRINGS, *HASHES, *SETS, *STREAMS)),),
    "EXPIRE": lambda dice: (dice.choice((*STRINGS, *STREAMS)), 100),
    "HSET": lambda dice: (dice.choice((*HASHES, "s1")), _name(dice), "1", _name(dice), "2"),
    "HDEL": lambda dice: (dice.choice(HASHES), _name(dice), _name(dice)),
    "HGETALL": lambda dice: (dice.choice(HASHES),),
    "HMGET": lambda dice: (dice.choice(HASHES), _name(dice), _name(dice)),
    "ZADD": lambda dice: ("z1", repr(dice.randrange(10) / 2), _name(dice), "7", _name(dice)),
    "ZREM": lambda dice: ("z1", _name(dice)),
    "ZSCORE": lambda dice: ("z1", _name(dice)),
    "ZRANGEBYSCORE": lambda dice: ("z1", _bound(dice), _bound(dice), "LIMIT", 0, dice.randrange(1, 4)),
    "ZREVRANGEBYSCORE": lambda dice: ("z1", _bound(dice), _bound(dice), "LIMIT", 0, dice.randrange(1, 4)),
    "XADD": lambda dice: (dice.choice(STREAMS), _id(dice), "e", _name(dice)),
    "XDEL": lambda dice: (dice.choice(STREAMS), _id(dice), _id(dice)),
    "XTRIM": lambda dice: (dice.choice(STREAMS), "MAXLEN", dice.randrange(4)),
    "XRANGE": lambda dice: (dice.choice(STREAMS), *_range(dice), "COUNT", dice.randrange(1, 4)),
    "XREVRANGE": lambda dice: (dice.choice(STREAMS), "+", "-", "COUNT", 1),
    "PUBLISH": lambda dice: ("channel", "[]"),
    "EVAL": lambda dice: dice.choice((_of_write, _of_lease))(dice),
    "XREAD": lambda dice: ("COUNT", 3, "STREAMS", *STREAMS, _id(dice), _id(dice)),
}  # fmt: skip


def read_as(virtual: VirtualRedis, command: Command) -> Any:
    """As the links do it, without waiting."""
    _, _, count, _, one, other, after_one, after_other = command
    after = {str(one).encode(): str(after_one).encode(), str(other).encode(): str(after_other).encode()}
    return virtual.read(after, int(count))


def plain(found: Any) -> Any:
    """RESP3 has a map where RESP2 has pairs, and lists where that has tuples."""
    if isinstance(found, dict) and all(isinstance(value, list) for value in found.values()):
        return [(name, plain(entries[0])) for name, entries in found.items()] or None
    if isinstance(found, list | tuple):
        return [plain(each) for each in found]
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_virtual_redis_answers_as_the_real_one(seed: int, real: redis.Redis) -> None:
    dice, virtual = random.Random(seed), VirtualRedis(VirtualClock(random.Random(seed)))
    refused = 0
    for number in range(COMMANDS):
        command = drawn(dice)
        answered = outcome(real.execute_command, command)
        if command[0] == "XREAD":
            assert plain(read_as(virtual, command)) == plain(answered or None), (number, command)
        else:
            assert plain(outcome(virtual.execute, command)) == plain(answered), (number, command)
        refused += isinstance(answered, str)
    assert refused > 20
    assert sorted(virtual.keys()) == sorted(real.keys())


def test_what_expires_is_gone_and_what_is_set_anew_does_not(real: redis.Redis) -> None:
    clock = VirtualClock(random.Random(0))
    virtual = VirtualRedis(clock)
    for command in (
        ("SET", "kept", "1", "PX", "60000"),
        ("SET", "kept", "2", "KEEPTTL"),
        ("SET", "anew", "1", "PX", "60000"),
        ("SET", "anew", "2"),
        ("HSET", "hash", "a", "b"),
        ("EXPIRE", "hash", "60"),
        ("HSET", "hash", "c", "d"),
        ("EXPIRE", "nothing", "60"),
    ):
        assert outcome(virtual.execute, command) == outcome(real.execute_command, command)
    lasts = [key for key in real.scan_iter() if real.ttl(key) == -1]
    clock.elapsed_s += 61.0
    assert virtual.keys() == lasts == [b"anew"]


def test_a_script_is_known_until_the_server_restarts(real: redis.Redis) -> None:
    virtual = VirtualRedis(VirtualClock(random.Random(0)))
    by_digest = ("EVALSHA", scripts.DIGESTS[scripts.GIVE_BACK], 1, "lease", "a")
    for execute in (virtual.execute, real.execute_command):
        assert outcome(execute, by_digest) == "no such script"
        assert outcome(execute, ("EVAL", scripts.GIVE_BACK, 1, "lease", "a")) == 0
        assert outcome(execute, by_digest) == 0
    virtual.restart(virtual.image())
    assert outcome(virtual.execute, by_digest) == "no such script"


def test_a_stream_forgets_what_is_trimmed_and_shows_no_hint_of_it(real: redis.Redis) -> None:
    virtual = VirtualRedis(VirtualClock(random.Random(0)))
    for execute in (virtual.execute, real.execute_command):
        for number in (1, 2, 3):
            assert execute("XADD", "x", f"2-{number}", "e", "said") == b"2-%d" % number
        assert execute("XTRIM", "x", "MAXLEN", 1) == 2
        assert outcome(execute, ("XADD", "x", "1-99", "e", "said")) == "refused: The"
    assert plain(virtual.read({b"x": b"2-1"}, 10)) == plain(
        real.execute_command("XREAD", "STREAMS", "x", "2-1")
    )
