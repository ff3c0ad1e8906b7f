"""The generated ACL before a real server: what a team may works, what it may not is refused by Redis itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, NoPermissionError, ResponseError

from ipygenesys._relay.acl import acl_of
from ipygenesys._relay.address import SettingsError, address_of
from ipygenesys._relay.reading import settings_of
from tests.conftest import StartRedis
from tests.relay.examples import ENVIRONMENT, RELAY_TOML
from tests.tools.redis import RedisServer

SETTINGS = settings_of(RELAY_TOML)
ADDRESS = address_of(SETTINGS.redis, ENVIRONMENT)
USERS = {
    "relay": "RELAY_REDIS_PASSWORD",
    "supervisors": "SUPERVISORS_PASSWORD",
    "coaches": "COACHES_PASSWORD",
}
As = Callable[[str], Redis]


@pytest.fixture
def server(start_redis: StartRedis, tmp_path: Path) -> RedisServer:
    acl = tmp_path / "relay.acl"
    acl.write_text("".join(f"{line}\n" for line in acl_of(SETTINGS, ADDRESS, ENVIRONMENT)))
    return start_redis(acl=acl)


@pytest.fixture
def as_user(server: RedisServer) -> Iterator[As]:
    clients = {name: server.client(username=name, password=ENVIRONMENT[key]) for name, key in USERS.items()}
    yield clients.__getitem__
    for client in clients.values():
        client.close()


def test_nobody_comes_in_without_a_name(server: RedisServer, as_user: As) -> None:
    with server.client() as nobody, pytest.raises(AuthenticationError):
        nobody.ping()
    assert [as_user(name).ping() for name in USERS] == [True, True, True]


@pytest.mark.parametrize("name", ["inbox:support", "support/c-7", "c-1", "other"])
@pytest.mark.parametrize("team", ["supervisors", "coaches"])
def test_who_may_see_reads_what_viewers_need_and_nothing_else(as_user: As, team: str, name: str) -> None:
    relay, viewer = as_user("relay"), as_user(team)
    key = f"ipygenesys:{{{name}}}:%s".__mod__
    relay.xadd(key("events"), {"e": "1"}, id="1-1")
    relay.set(key("state"), "{}")
    relay.hset(key("messages"), "m", "{}")
    relay.zadd(key("order"), {"m": 1})
    relay.hset(key("rows"), "c", "{}")
    relay.set(key("kept"), "the relay's own")
    relay.set(key("sent:d"), "the relay's own")
    reads: list[Callable[[], object]] = [
        lambda: viewer.xread({key("events"): "0-0"}),
        lambda: viewer.xrevrange(key("events"), count=1),
        lambda: viewer.mget(key("state"), key("lease"), key("run")),
        lambda: viewer.hmget(key("messages"), ["m"]),
        lambda: viewer.hgetall(key("rows")),
        lambda: viewer.zscore(key("order"), "m"),
        lambda: viewer.zrevrangebyscore(key("order"), "+inf", "-inf"),
        lambda: viewer.xadd(key(f"commands:{team}"), {"c": "{}"}),
    ]
    may_see = team == "supervisors" or "support" in name
    for read in reads:
        if may_see:
            assert read()
        else:
            with pytest.raises(NoPermissionError):
                read()
    others = "coaches" if team == "supervisors" else "supervisors"
    refused: list[Callable[[], object]] = [
        lambda: viewer.mget(key("kept")),
        lambda: viewer.mget(key("sent:d")),
        lambda: viewer.xadd(key("events"), {"e": "forged"}),
        lambda: viewer.xadd(key(f"commands:{others}"), {"c": "{}"}),
        lambda: viewer.xread({key(f"commands:{team}"): "0-0"}),
        lambda: viewer.set(key("state"), "forged"),
        lambda: viewer.delete(key("events")),
        lambda: viewer.publish(key("typing"), "forged"),
        lambda: viewer.keys("*"),
        lambda: viewer.execute_command("ACL", "LIST"),
        lambda: viewer.execute_command("CONFIG", "GET", "*"),
        lambda: viewer.eval("return 1", 0),
    ]
    for refuse in refused:
        with pytest.raises(NoPermissionError):
            refuse()
    assert relay.xlen(key("events")) == 1


@pytest.mark.parametrize(
    ("channel", "team", "may"),
    [
        ("{support/c-7}:typing", "coaches", True),
        ("{support/c-7}:answers:coaches:v1", "coaches", True),
        ("{support/c-7}:answers:supervisors:v1", "coaches", False),
        ("{c-1}:typing", "coaches", False),
        ("{c-1}:typing", "supervisors", True),
    ],
)
def test_who_may_see_hears_what_passes(as_user: As, channel: str, team: str, may: bool) -> None:
    with as_user(team).pubsub() as listening:
        listening.subscribe(f"ipygenesys:{channel}")
        if may:
            assert listening.get_message(timeout=5)
            assert as_user("relay").publish(f"ipygenesys:{channel}", "[]") == 1
        else:
            with pytest.raises(NoPermissionError):
                listening.get_message(timeout=5)


def test_the_relay_does_its_work_and_rules_nobody(as_user: As) -> None:
    relay = as_user("relay")
    key = "ipygenesys:{c-1}:events"
    assert relay.xadd(key, {"e": "1"}, id="2-1") == "2-1"
    with pytest.raises(ResponseError, match="equal or smaller"):
        relay.xadd(key, {"e": "1"}, id="1-9")
    assert relay.eval("return redis.call('xlen', KEYS[1])", 1, key) == 1
    assert relay.xtrim(key, maxlen=0) == 1
    assert relay.info("server")["run_id"]
    for rule in (
        ("FLUSHALL",),
        ("ACL", "LIST"),
        ("CONFIG", "GET", "*"),
        ("SHUTDOWN",),
        ("GET", "others:key"),
    ):
        with pytest.raises(NoPermissionError):
            relay.execute_command(*rule)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("relay@127", "127", "the relay is one too: name it in url"),
        ('password_env = "RELAY_REDIS_PASSWORD"\n', "", "its password by password_env"),
        ('"coaches"', '"relay"', r"teams\[1\]\.name: 'relay' is a user of Redis already"),
        ('"coaches"', '"default"', r"teams\[1\]\.name: 'default' is a user of Redis already"),
        ('"COACHES_PASSWORD"', '"NOT_THERE"', r"teams\[1\]\.password_env: the environment variable NOT_THERE is not"),
    ],
)  # fmt: skip
def test_a_file_that_would_let_nobody_in_is_not_written(old: str, new: str, words: str) -> None:
    settings = settings_of(RELAY_TOML.replace(old, new, 1))
    with pytest.raises(SettingsError, match=words):
        acl_of(settings, address_of(settings.redis, ENVIRONMENT), ENVIRONMENT)
