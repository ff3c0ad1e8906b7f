"""The relay's scripts, in Python: what each of those in ``_io/relay/redis/scripts.py`` has Redis do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from redis.exceptions import ResponseError

from ipygenesys._io.relay.redis import scripts

Call = Callable[..., Any]


def _write(call: Call, keys: Sequence[bytes], told: Sequence[bytes], *, is_fenced: bool) -> int:
    if is_fenced and call("GET", keys[0]) != told[0]:
        raise ResponseError(scripts.STALE)
    at = 1
    while at < len(told):
        name, key, count = told[at].decode(), keys[int(told[at + 1]) - 1], int(told[at + 2])
        arguments = told[at + 3 : at + 3 + count]
        at += 3 + count
        try:
            call(name, key, *arguments)
        except ResponseError:
            if name != "XADD":
                raise
            if is_fenced and not call("XRANGE", key, arguments[3], arguments[3]):
                raise ResponseError(scripts.STALE) from None
    return 1


def _server(call: Call) -> bytes:
    return bytes(call("INFO", "server").partition(b"run_id:")[2].split()[0])


def _take(
    call: Call, keys: Sequence[bytes], told: Sequence[bytes], *, is_fenced: bool
) -> list[bytes] | int | None:
    lease, epoch, run, server, *_ = keys
    relay, ttl_ms, above, new_run, begins, has_deferred, age_s = told
    held = call("GET", lease)
    holder, before = (held or b"|").split(b"|")[:2]
    if held is not None and holder != relay:
        return None
    known = call("GET", epoch)
    if known is None and begins == b"0":
        return 0
    former = int(known or 0)
    if int(above) < former and has_deferred == b"0" and call("GET", server) != _server(call):
        return 0
    next_ = max(former, int(above), int(call("TIME")[0]) - 1) + 1
    before = before or b"%d" % former
    call("SET", lease, b"|".join((relay, before, _server(call))), "PX", ttl_ms)
    call("SET", epoch, next_)
    call("SET", run, new_run, "NX")
    call("SET", server, _server(call))
    for key in keys[1:]:
        call("EXPIRE", key, age_s)
    return [b"%d" % next_, before, call("GET", run)]


def _renew(call: Call, keys: Sequence[bytes], told: Sequence[bytes], *, is_fenced: bool) -> int:
    relay, epoch, ttl_ms, age_s, channel, sign = told
    held = call("GET", keys[0])
    holder, _, server = (held or b"||").split(b"|")
    if is_fenced and (holder != relay or server != _server(call) or call("GET", keys[1]) != epoch):
        return 0
    call("PEXPIRE", keys[0], ttl_ms)
    for key in keys[1:]:
        call("EXPIRE", key, age_s)
    call("PUBLISH", channel, sign)
    return 1


def _give_back(call: Call, keys: Sequence[bytes], told: Sequence[bytes], *, is_fenced: bool) -> int:
    held = call("GET", keys[0])
    if held is not None and held.partition(b"|")[0] == told[0]:
        return int(call("DEL", keys[0]))
    return 0


SCRIPTS: dict[str, Callable[..., Any]] = {
    scripts.WRITE: _write,
    scripts.TAKE: _take,
    scripts.RENEW: _renew,
    scripts.GIVE_BACK: _give_back,
}
"""By the product's own text: a script that changes is to be changed here."""
