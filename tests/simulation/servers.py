"""What the servers of all three protocols have in common: a conversation with somebody in it, tokens, and a log."""

from __future__ import annotations

import datetime as dt
import functools
import random
from typing import Any

from tests.simulation.network import Connection, Network, Reply
from tests.simulation.truth import Said, Truth
from tests.simulation.virtual_time import VirtualClock

MAX_PAGE = 200


class BaseServer:
    """One platform with one conversation; it shares nothing with the client but the frames that the documents name.

    Args:
        clock: gives the server's time, which never jumps.
        dice: for what a server does at will.
        page: the most messages that a page of history holds.
        token_life_s: of an OAuth token.
    """

    network: Network

    def __init__(self, clock: VirtualClock, dice: random.Random, *, page: int, token_life_s: float) -> None:
        self.clock = clock
        self.dice = dice
        self.page_size = page
        self.truth = Truth()
        self.token_life_s = token_life_s
        self.tokens: dict[str, float] = {}
        self.secrets: list[str] = []
        """What must show nowhere."""
        self._count = 0
        self._last_ms = 0

    # --- the other side

    def other_says(self, text: str, *, form: str = "full") -> Said:
        raise NotImplementedError

    def other_types(self, is_typing: bool) -> None:
        raise NotImplementedError

    def other_reads(self) -> None:
        """Receipts for what we have said, where the platform has them."""

    def speak_garbage(self, data: bytes) -> None:
        """Something that nobody can read, on every open socket."""
        for connection in self._listeners():
            connection.say(data)

    def _listeners(self) -> list[Connection]:
        return [each for each in self.network.connections if each.session is not None]

    # --- what a network asks of a server

    def refuses(self, url: str, headers: dict[str, str]) -> int | None:
        return None

    def opened(self, connection: Connection) -> None:
        pass

    def heard(self, connection: Connection, frame: str) -> None:
        raise NotImplementedError

    def gone(self, connection: Connection) -> None:
        pass

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Reply:
        raise NotImplementedError

    # --- helpers

    def say(self, text: str, *, is_ours: bool, draft_id: str | None = None) -> Said:
        """Take a message into the conversation."""
        self._last_ms = max(round(self.clock.true_epoch() * 1000), self._last_ms + 1)
        sequence = len(self.truth.messages) + 1
        said = Said(self.new_id(), text, is_ours, self._last_ms, sequence, draft_id)
        return self.truth.add(said)

    def new_id(self) -> str:
        self._count += 1
        return f"{self._count:08x}-0000-4000-8000-{self.dice.getrandbits(48):012x}"

    def new_secret(self) -> str:
        secret = f"secret-{self.dice.getrandbits(64):016x}"
        self.secrets.append(secret)
        return secret

    def new_token(self) -> Reply:
        token = self.new_secret()
        self.tokens[token] = self.clock.elapsed_s + self.token_life_s
        return Reply(200, {"access_token": token, "token_type": "bearer", "expires_in": self.token_life_s})

    def is_known(self, headers: dict[str, str]) -> bool:
        token = headers.get("Authorization", "").partition(" ")[2]
        return self.tokens.get(token, 0.0) > self.clock.elapsed_s

    def expire_tokens(self) -> None:
        self.tokens.clear()


@functools.lru_cache(4096)
def rfc3339(time_ms: int) -> str:
    moment = dt.datetime.fromtimestamp(time_ms / 1000, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


NOT_FOUND = Reply(404, {"message": "", "code": "not.found", "status": 404})
UNAUTHORISED = Reply(401, {"message": "", "code": "bad.credentials", "status": 401})
Json = dict[str, Any]
