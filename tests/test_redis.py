"""The servers of Redis that tests run against: which are reached by whom, and what they keep."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from tests.conftest import StartRedis
from tests.tools.redis import VARIABLE, NoRedisError, RedisServer


def test_each_is_empty_alone_and_only_on_this_machine(start_redis: StartRedis) -> None:
    first, second = start_redis(), start_redis()
    with first.client() as one, second.client() as other:
        one.set("key", "value")
        assert other.keys() == []
        assert one.config_get("bind") == {"bind": "127.0.0.1"}


@pytest.mark.parametrize("keeps", [False, True])
def test_what_a_restart_leaves(start_redis: StartRedis, keeps: bool) -> None:
    server = start_redis(keeps=keeps)
    with server.client() as client:
        client.xadd("stream", {"a": "b"}, id="2-1")
    server.restart()
    with server.client() as client:
        assert client.xlen("stream") == int(keeps)


def test_users_of_a_file_are_the_only_ones(start_redis: StartRedis, tmp_path: Path) -> None:
    acl = tmp_path / "users.acl"
    acl.write_text("user default off\nuser ann on >secret ~ann:* +get +set\n")
    server = start_redis(acl=acl)
    with server.client() as nobody, pytest.raises(redis.AuthenticationError):
        nobody.get("ann:1")
    with server.client(username="ann", password="secret") as ann:
        assert ann.set("ann:1", "x")
        with pytest.raises(redis.exceptions.NoPermissionError):
            ann.set("ben:1", "x")


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    server = RedisServer(tmp_path / "redis", options=["--no-such-option", "1"])
    with pytest.raises(NoRedisError, match="no-such-option"):
        server.start()


def test_a_server_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "missing"))
    with pytest.raises(FileNotFoundError, match="missing"):
        RedisServer(tmp_path / "redis").start()


def test_none_outlives_its_test(start_redis: StartRedis) -> None:
    server = start_redis()
    server.stop()
    server.stop()
    with server.client() as client, pytest.raises(redis.exceptions.ConnectionError):
        client.ping()
