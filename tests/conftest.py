"""What every suite shares: hypothesis profiles, the browser to use, servers of Redis."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from tests.tools.redis import RedisServer

# Deterministic runs; `HYPOTHESIS_PROFILE=explore` looks for new examples.
settings.register_profile("default", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow-machine",
        nargs="?",
        type=float,
        const=4.0,
        default=1.0,
        metavar="TIMES",
        help="pages of the browser tests compute so many times slower (4): what depends on the speed fails",
    )


PASSED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if getattr(report, "when", "") == "call":
        item.stash[PASSED] = getattr(report, "passed", False)
    return report


@pytest.fixture
def has_passed(request: pytest.FixtureRequest) -> Callable[[], bool]:
    """Whether the test has passed, for what is put away after it."""
    return lambda: request.node.stash.get(PASSED, False)


@pytest.fixture(scope="session")
def slow_machine(request: pytest.FixtureRequest) -> float:
    """How many times slower than it could a page computes."""
    times: float = request.config.getoption("--slow-machine")
    return times


class StartRedis(Protocol):
    def __call__(
        self, *, keeps: bool = ..., acl: Path | None = ..., options: Sequence[str] = ...
    ) -> RedisServer: ...


@pytest.fixture
def start_redis(tmp_path: Path) -> Iterator[StartRedis]:
    """Starts a Redis server with the options of ``RedisServer``; each has a port and a folder of its own."""
    servers: list[RedisServer] = []

    def start(*, keeps: bool = False, acl: Path | None = None, options: Sequence[str] = ()) -> RedisServer:
        server = RedisServer(tmp_path / f"redis-{len(servers)}", keeps=keeps, acl=acl, options=options)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def redis_server(start_redis: StartRedis) -> RedisServer:
    """A Redis server of the test's own, empty, which keeps nothing."""
    return start_redis()


@pytest.fixture(scope="session", autouse=True)
def own_state_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is kept between runs is kept apart from the user's own, in child processes too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
