"""The same tests by a relay: whatever protocol a test's client is given, it comes by a relay on a real Redis instead.

``tests.io.watch.by`` is where tests hand it out. Relays run on a thread of their own, as those of others do.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from ipygenesys import Relay
from ipygenesys._core.relay.keys import inbox_name
from ipygenesys._io.inbox.watches import Watches
from ipygenesys._io.platform import account
from ipygenesys._io.relay import asking, following
from ipygenesys._io.relay.relay import DEFAULT_INBOX
from ipygenesys._io.relay.service import Service
from tests.io import watch
from tests.io.clocks import QuickClock
from tests.tools.redis import RedisServer

GUEST = "a-guest"
"""What the conversation of a guest is called, who has no id of it before it is there."""
END_S = 30.0


def same_tests(not_by_a_relay: Mapping[str, str], *modules: ModuleType) -> dict[str, Any]:
    """All tests of these modules but those that a relay makes no sense in, with the reason of each."""
    found = {
        name: each for module in modules for name, each in vars(module).items() if name.startswith("test_")
    }
    unknown = not_by_a_relay.keys() - found.keys()
    assert not unknown, unknown
    return {name: each for name, each in found.items() if name not in not_by_a_relay}


class Relays:
    """Those of one test after the other.

    Args:
        redis: is emptied after each.
    """

    def __init__(self, redis: RedisServer) -> None:
        self._redis = redis
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relays")
        self._thread.start()
        self._service: Service
        self._said = _Said(self._thread.name)

    def by(self, protocol: Any) -> Relay:
        """Have it relayed; what a client is given instead."""
        if isinstance(protocol, Watches):
            name, viewed = inbox_name(DEFAULT_INBOX), Relay(self._redis.url)
        else:
            name = protocol.profile.conversation_id or GUEST
            viewed = Relay(self._redis.url, conversation_id=name)
        self._loop.call_soon_threadsafe(self._service.open, name, protocol)
        return viewed

    @contextmanager
    def serving(self) -> Iterator[Relays]:
        """For one test; ``ended`` is to be waited for before its end."""
        self._on_loop(self._begin()).result(END_S)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(watch, "by", self.by)
            for module in (asking, following):
                patch.setattr(module, "LOOK_S", 0.01)
            logging.getLogger("ipygenesys").addHandler(self._said)
            try:
                yield self
            finally:
                logging.getLogger("ipygenesys").removeHandler(self._said)
        with self._redis.client() as client:
            client.flushall()
        said, self._said.errors = self._said.errors, []
        assert not said, said
        assert self._service.bugs == 0
        assert not [accounts for accounts in account._accounts.values() if accounts]

    def ended(self) -> Future[None]:
        """Let them finish and go."""
        return self._on_loop(self._service.drain())

    def close(self) -> None:
        """Leave no thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _begin(self) -> None:
        self._service = await Service(self._redis.url, {}, clock=QuickClock()).__aenter__()

    def _on_loop(self, coroutine: Any) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)


class _Said(logging.Handler):
    """What a relay says that is a bug."""

    def __init__(self, thread: str) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []
        self._its_thread = thread

    def emit(self, record: logging.LogRecord) -> None:
        if record.threadName == self._its_thread:
            self.errors.append(record.getMessage())


@pytest.fixture(scope="module")
def relays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relays]:
    redis = RedisServer(tmp_path_factory.mktemp("redis"))
    redis.start()
    made = Relays(redis)
    yield made
    made.close()
    redis.kill()
