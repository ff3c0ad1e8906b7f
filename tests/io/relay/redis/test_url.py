"""Sentinels and Clusters behind one address: real ones, and what an address may say of them."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ipygenesys import Relay
from ipygenesys._core.relay.keys import Keys
from ipygenesys._io.relay.redis import client as redis_client
from ipygenesys._io.relay.redis.client import Redis
from ipygenesys._io.relay.redis.url import client_of, without_user
from ipygenesys._io.relay.service import Service
from ipygenesys.simulator import Simulator
from tests.conftest import StartRedis
from tests.io.watch import Watched, eventually, protocol_for, sent_texts
from tests.tools.redis import RedisServer, ensure, free_port

PATIENCE_S = 30.0


async def shows(client: Watched, *texts: str) -> None:
    await client.until(lambda: client.texts == list(texts), PATIENCE_S)


class Sentinel:
    """A Sentinel that watches one server and its replica."""

    def __init__(self, folder: Path, first: RedisServer, password: str = "") -> None:
        self.port = free_port()
        config = folder / "sentinel.conf"
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            f"dir {folder}",
            f"sentinel monitor main 127.0.0.1 {first.port} 1",
            "sentinel down-after-milliseconds main 1000",
            "sentinel failover-timeout main 3000",
            *([f"requirepass {password}"] if password else []),
        ]
        config.write_text("\n".join(lines) + "\n")
        self.process = subprocess.Popen(
            [ensure(), str(config), "--sentinel"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )


@pytest.fixture
def sentinel(start_redis: StartRedis, tmp_path: Path) -> Iterator[tuple[Sentinel, RedisServer, RedisServer]]:
    first = start_redis()
    second = start_redis(options=["--replicaof", "127.0.0.1", str(first.port)])
    watching = Sentinel(tmp_path, first, "s/w")
    yield watching, first, second
    watching.process.kill()
    watching.process.wait()


@pytest.fixture
async def cluster(start_redis: StartRedis) -> RedisServer:
    options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]
    nodes = [start_redis(options=options) for _ in range(3)]
    clients = [node.client() for node in nodes]
    for client, (low, high) in zip(clients, [(0, 5460), (5461, 10922), (10923, 16383)], strict=True):
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", low, high)
    for node in nodes[1:]:
        clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", node.port)
    await eventually(
        lambda: all("cluster_state:ok" in str(each.execute_command("CLUSTER", "INFO")) for each in clients),
        PATIENCE_S,
    )
    for client in clients:
        client.close()
    return nodes[0]


async def test_a_relay_goes_on_where_the_sentinels_say(
    sentinel: tuple[Sentinel, RedisServer, RedisServer], simulator: Simulator
) -> None:
    watching, first, second = sentinel
    url = f"redis+sentinel://127.0.0.1:{watching.port},127.0.0.1:1/main/0?sentinel_password=s%2Fw"
    name = simulator.conversation_id
    with second.client() as replica:
        await eventually(lambda: replica.info("replication").get("master_link_status") == "up", PATIENCE_S)
    async with (
        Service(url, {name: protocol_for(simulator)}),
        Watched(Relay(url, conversation_id=name)) as client,
    ):
        await client.until_caught_up()
        simulator.agent_say("before")
        await shows(client, "before")
        first.kill()
        simulator.agent_say("meanwhile")
        await shows(client, "before", "meanwhile")
        await asyncio.wait_for(client.send("after"), PATIENCE_S)
        assert sent_texts(simulator) == ["after"]
    with second.client() as now:
        assert now.xlen(Keys(name).events) > 0


async def test_a_relay_and_viewers_of_conversations_in_several_slots_of_a_cluster(
    cluster: RedisServer,
) -> None:
    url = f"redis+cluster://127.0.0.1:{cluster.port}"
    async with Simulator(scenario="manual", conversations=4) as simulator:
        names = simulator.conversation_ids
        protocols = {name: protocol_for(simulator, conversation_id=name) for name in names}
        async with Service(url, protocols):
            viewers = [Watched(Relay(url, conversation_id=name)) for name in names]
            for each in viewers:
                await each.__aenter__()
            for number, each in enumerate(viewers):
                await each.until_caught_up()
                await asyncio.wait_for(each.send(f"hello {number}"), PATIENCE_S)
                await shows(each, f"hello {number}")
            for each in viewers:
                await each.aclose()
        assert sorted(sent_texts(simulator)) == [f"hello {number}" for number in range(4)]


async def test_a_cluster_tells_what_it_is(cluster: RedisServer) -> None:
    redis = Redis(f"redis+cluster://127.0.0.1:{cluster.port}")
    assert (await redis.server()).major >= 7
    await redis.aclose()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://h", {"host": "h"}),
        ("rediss://ann:p%40@h:1/2", {"host": "h", "port": 1, "db": 2, "username": "ann", "password": "p@"}),
        ("unix:///run/r.sock?db=1", {"path": "/run/r.sock", "db": 1}),
    ],
)
def test_plain_addresses_are_redis_pys(url: str, expected: dict[str, Any]) -> None:
    connecting = client_of(url, max_connections=3)
    assert connecting.client.connection_pool.connection_kwargs.items() >= expected.items()
    assert connecting.user == expected.get("username")


def test_an_address_of_sentinels_says_who_we_are_there_and_behind_them() -> None:
    connecting = client_of(
        "rediss+sentinel://ann:p%2Fw@a,b:2/main/3?sentinel_username=s&sentinel_password=x&ssl_ca_certs=/ca",
        socket_timeout=6,
    )
    pool = connecting.client.connection_pool
    assert (pool.service_name, connecting.user) == ("main", "ann")
    behind = {"username": "ann", "password": "p/w", "db": 3, "ssl_ca_certs": "/ca", "socket_timeout": 6}
    assert pool.connection_kwargs.items() >= behind.items()
    assert pool.connection_class.__name__ == "SentinelManagedSSLConnection"
    for each, host in zip(connecting.closing, [("a", 26379), ("b", 2)], strict=True):
        told = each.connection_pool.connection_kwargs
        assert told.items() >= {"host": host[0], "port": host[1], "username": "s", "password": "x"}.items()
        assert "Ssl" in each.connection_pool.connection_class.__name__.title().replace("SSL", "Ssl")


def test_an_address_of_a_cluster() -> None:
    connecting = client_of("rediss+cluster://ann:x@a:1,b:2", max_connections=5, socket_timeout=6)
    assert [(node.host, node.port) for node in connecting.client.nodes_manager.startup_nodes.values()] == [
        ("a", 1),
        ("b", 2),
    ]
    assert (connecting.user, connecting.is_cluster) == ("ann", True)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("redis+sentinel://h:1", "must name the service"),
        ("redis+sentinel:///main", "must name a host"),
        ("redis+cluster://a,,b", "must name a host"),
    ],
)
def test_half_an_address_is_none(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        client_of(url, max_connections=3)


def test_the_same_address_for_nobody() -> None:
    assert without_user("redis+sentinel://ann:x@a:1,b:2/main") == "redis+sentinel://a:1,b:2/main"
    assert without_user("unix:///run/r.sock") == "unix:///run/r.sock"


async def test_what_another_program_wants_of_its_connections_does_not_change_ours(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With redis-py's own from_url, 8.1.0, what stands in an address wins: answers would be text, and reads end early."""
    url = f"{redis_server.url}?decode_responses=True&socket_timeout=0.1&max_connections=1&client_name=other"
    monkeypatch.setattr(redis_client, "BLOCK_S", 0.3)
    redis = Redis(url)
    try:
        assert (await redis.server()).major >= 7
        assert await redis.read({"no stream": "0"}) == {}
        pool = redis._client.connection_pool
        assert (pool.max_connections, pool.connection_kwargs["client_name"]) == (64, "other")
    finally:
        await redis.aclose()
