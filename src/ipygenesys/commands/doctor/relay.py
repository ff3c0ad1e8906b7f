"""Examines a relay as a viewer finds it: Redis, its ACL, who leads, what the relay lets us do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress

import msgspec

from ipygenesys._core.relay.commands import Greet
from ipygenesys._core.relay.entries import UpstreamTold
from ipygenesys._core.relay.keys import DEFAULT_USER, Keys
from ipygenesys._io.relay.asking import Asking
from ipygenesys._io.relay.hub import hub_of
from ipygenesys._io.relay.redis.channels import Heard, Said
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys._io.relay.redis.failures import RedisError
from ipygenesys._io.relay.redis.url import without_user
from ipygenesys.commands.doctor.findings import CURES, Finding, Step, skipped
from ipygenesys.credentials import Secret

LIFE_S = 10.0
"""A relay that leads gives a sign of life every two seconds; another one leads within ten."""
RIGHTS = ("see", "type", "send", "read")


class _State(msgspec.Struct):
    """What those of conversations and of inboxes have in common."""

    upstream: UpstreamTold = UpstreamTold("idle")


async def examine(url: str, name: str | None, token: Secret | None) -> AsyncGenerator[Finding, None]:
    """Try one step after the other.

    Args:
        url: as ``ig.Relay`` takes it.
        name: of the conversation or the inbox, as keys have it; None: only Redis is examined.
        token: who we are besides.
    """
    hub = hub_of(url)
    hub.enter()
    try:
        redis = await _tried("redis", "Connecting to Redis", lambda: _server(hub.redis))
        yield redis
        if redis.verdict == "failed":
            yield skipped("the rest", "everything else", "Redis has to answer first")
            return
        yield await _tried("acl", "Connecting to Redis as nobody", lambda: _as_nobody(url, hub.redis.user))
        if name is None:
            cure = "Give --conversation-id or --inbox."
            yield skipped("relay", "looking for the relay", "no conversation or inbox was named", cure)
            return
        keys = Keys(name)
        for check, tried, act in (
            ("relay", f"Looking for who leads {name}", lambda: _leads(hub.redis, keys)),
            (
                "upstream",
                "Reading what the relay says of its own connection",
                lambda: _upstream(hub.redis, keys),
            ),
            ("life", "Listening for a sign of life", lambda: _life(hub.redis, keys)),
        ):
            finding = await _tried(check, tried, act)
            yield finding
            if check == "relay" and finding.verdict == "failed":
                yield skipped("the rest", "everything else", "a relay has to lead first")
                return
        asking = Asking(hub, keys, token, lambda _: None)
        try:
            yield await _tried("rights", "Asking the relay what we may do", lambda: _rights(asking))
        finally:
            asking.end()
    finally:
        await hub.leave()


async def _tried(check: str, tried: str, act: Callable[[], Awaitable[Finding | str]]) -> Finding:
    step = Step(check, tried)
    try:
        found = await act()
    except RedisError as error:
        failure = error.failure
        cure = _CURES.get(failure.code or failure.kind) or CURES.get(failure.kind)
        return step.said("failed", failure.message, cure)
    except msgspec.DecodeError:
        return step.said(
            "failed", "a relay of another version wrote this", "Install the same version on both sides."
        )
    return found if isinstance(found, Finding) else step.said("ok", found)


async def _server(redis: Redis) -> Finding | str:
    server = await redis.server()
    words = f"{server.name} {server.version}, as {redis.user!r}"
    if server.major < 7:
        cure = "Use Redis 7 or Valkey: older ones cannot keep viewers from writing what they may read."
        return Step("redis", "Connecting to Redis").said("warning", words, cure)
    return words


async def _as_nobody(url: str, user: str) -> Finding | str:
    nobody = Redis(without_user(url))
    step = Step("acl", "Connecting to Redis as nobody")
    try:
        await nobody.get(Keys("-").state)
    except RedisError as error:
        if error.failure.kind in ("credentials", "permission"):
            return "it is refused: only who has a right reads here"
        return step.said("warning", error.failure.message)
    finally:
        await nobody.aclose()
    who = "everybody who reaches it can read all of it" + (
        "" if user == DEFAULT_USER else ", without a name too"
    )
    cure = "`ipygenesys relay --config relay.toml --dry-run` writes an ACL file that holds everybody to their rights."
    return step.said("warning", who, cure)


async def _leads(redis: Redis, keys: Keys) -> Finding | str:
    (lease,) = await redis.get(keys.lease)
    if lease is not None:
        return "a relay leads"
    cure = "Start one (`ipygenesys relay --config relay.toml`), or check the name: a dry run says what viewers give."
    return Step("relay", f"Looking for who leads {keys.name}").said("failed", "no relay leads it", cure)


async def _upstream(redis: Redis, keys: Keys) -> Finding | str:
    step = Step("upstream", "Reading what the relay says of its own connection")
    (found,) = await redis.get(keys.state)
    if found is None:
        return step.said("warning", "nothing yet", "Wait a moment: it has just begun.")
    upstream = msgspec.json.decode(found, type=_State).upstream
    if upstream.is_there:
        return upstream.status
    words = f"{upstream.status}: {upstream.failure.message}" if upstream.failure else upstream.status
    return step.said("failed", words, "`ipygenesys doctor` with the relay's own credentials says more.")


async def _life(redis: Redis, keys: Keys) -> Finding | str:
    channels = redis.channels()
    begun = time.monotonic()
    try:
        await channels.subscribe(keys.typing)
        with suppress(TimeoutError):
            async with asyncio.timeout(LIFE_S):
                async for told in channels.said():
                    match told:
                        case Heard(_, failure) if failure is not None:
                            raise RedisError(failure)
                        case Heard():
                            pass
                        case Said():
                            return f"after {time.monotonic() - begun:.1f} s"
    finally:
        await channels.aclose()
    return Step("life", "Listening for a sign of life").said(
        "failed",
        f"none in {LIFE_S:.0f} s",
        "The relay hangs, or Pub/Sub does not pass: restart it, or check a proxy.",
    )


async def _rights(asking: Asking) -> Finding | str:
    rights = (await asking.ask(Greet())).rights
    return ", ".join(each for each in RIGHTS if each in rights)


_CURES = {
    "relay.see": "Whoever runs the relay adds what is missing to a team in relay.toml.",
    "relay.acl": "The ACL file is older than relay.toml, or this is not this team's: make it anew by a dry run.",
    "relay.silent": "It leads and does not answer: look at its log and its /health.",
    "credentials": "Check the user and the password in the URL.",
    "unreachable": "Check host and port, the firewall, and that rediss:// is used where Redis speaks TLS.",
}
