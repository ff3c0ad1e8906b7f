"""Addresses of Redis: what redis-py reads itself, and besides that Sentinels and Clusters, all in one string."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

import redis.asyncio
from redis.asyncio import connection
from redis.asyncio.cluster import ClusterNode, RedisCluster
from redis.asyncio.sentinel import Sentinel
from redis.connection import parse_url

SENTINEL_PORT, PORT = 26379, 6379


class Connecting(NamedTuple):
    """A client that has not connected yet."""

    client: Any
    user: str | None
    closing: tuple[Any, ...] = ()
    """What is to be closed besides it."""
    is_cluster: bool = False


def client_of(url: str, **settings: Any) -> Connecting:
    """A client of what an address names.

    Args:
        url: ``redis://``, ``rediss://`` (TLS) and ``unix://`` as redis-py reads them;
            ``redis+sentinel://user:password@host:port,host:port/SERVICE/DB``, with ``sentinel_username`` and
            ``sentinel_password`` in its query where the Sentinels want others; ``redis+cluster://user:password@host:port``.
            ``rediss+…`` speaks TLS to all of them.
        settings: of every connection, whatever an address says of the same.

    Raises:
        ValueError: it is none.
    """
    parts = urlsplit(url)
    scheme, _, kind = parts.scheme.partition("+")
    if not kind:
        # By from_url an address that another program uses too would change how answers are read, and how long for.
        pool = connection.ConnectionPool(**{**connection.parse_url(url), **settings})
        return Connecting(redis.asyncio.Redis.from_pool(pool), pool.connection_kwargs.get("username"))
    hosts = _hosts(parts, SENTINEL_PORT if kind == "sentinel" else PORT)
    _, *path = parts.path.split("/")
    service, database = (path[0], path[1:]) if kind == "sentinel" and path else ("", [])
    given = dict(
        parse_url(
            urlunsplit(parts._replace(scheme=scheme, netloc=_first(parts), path="/".join(["", *database])))
        )
    )
    for name in ("host", "port", "connection_class"):
        given.pop(name, None)
    given.update(settings)
    if scheme == "rediss":
        given["ssl"] = True
    if kind == "cluster":
        nodes = [ClusterNode(*host) for host in hosts]
        given.pop("db", None)  # There is only one.
        cluster = RedisCluster(
            startup_nodes=nodes, **{**given, "max_connections": settings["max_connections"]}
        )
        return Connecting(cluster, given.get("username"), is_cluster=True)
    if not service:
        raise ValueError(
            "url must name the service that the Sentinels know: redis+sentinel://host:26379/SERVICE."
        )
    own = {
        name: given.pop(f"sentinel_{name}")
        for name in ("username", "password")
        if f"sentinel_{name}" in given
    }
    keep = (
        "ssl",
        "socket_timeout",
        "socket_connect_timeout",
        *(name for name in given if name.startswith("ssl_")),
    )
    asked = {**{name: given[name] for name in keep if name in given}, **own}
    sentinel = Sentinel(hosts, sentinel_kwargs=asked, **given)
    client = sentinel.master_for(service)
    return Connecting(client, given.get("username"), tuple(sentinel.sentinels))


def without_user(url: str) -> str:
    """The same address for somebody without a name."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.removeprefix(urlsplit(url).netloc.rpartition('@')[0]).removeprefix('@')}"


def _hosts(parts: SplitResult, port: int) -> list[tuple[str, int]]:
    hosts = []
    for each in parts.netloc.rpartition("@")[2].split(","):
        one = urlsplit(f"//{each}")
        if not one.hostname:
            raise ValueError("url must name a host, such as redis+sentinel://host:26379/SERVICE.")
        hosts.append((one.hostname, one.port or port))
    return hosts


def _first(parts: SplitResult) -> str:
    who, at, hosts = parts.netloc.rpartition("@")
    return f"{who}{at}{hosts.partition(',')[0]}"
