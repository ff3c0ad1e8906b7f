"""What the servers of all three protocols have in common: conversations with somebody in them, tokens, and a log."""

from __future__ import annotations

import datetime as dt
import functools
import random
from typing import Any

from tests.simulation.network import Connection, Network, Reply
from tests.simulation.truth import Said, Truth
from tests.simulation.virtual_time import VirtualClock

MAX_PAGE = 200
TYPING_S = 5.0
GARBAGE = (
    b"",
    b"{",
    b"[]",
    b"nil",
    b'{"event_type": 7}',
    b"\xff\xfe",
    b'{"topicName": []}',
    b'{"class": {}}',
)
"""Frames that nobody can read."""
Json = dict[str, Any]


class BaseServer:
    """One platform; it shares nothing with the client but the frames that the documents name.

    Args:
        clock: gives the server's time, which never jumps.
        dice: for what a server does at will.
        conversations: how many there are.
        page: the most messages that a page of history holds.
        token_life_s: of an OAuth token.
    """

    network: Network
    prefix = ""
    """Of the conversations' ids."""
    time_step_ms = 1
    """In which times are told."""

    def __init__(
        self,
        clock: VirtualClock,
        dice: random.Random,
        *,
        page: int,
        token_life_s: float,
        conversations: int = 1,
    ) -> None:
        self.clock = clock
        self.dice = dice
        self.page_size = page
        self.truths = [Truth(self.prefix + f"{number + 1:012x}", number) for number in range(conversations)]
        self.token_life_s = token_life_s
        self.tokens: dict[str, float] = {}
        """When each one ends."""
        self.account_of: dict[str, str] = {}
        """By token: the OAuth client that has it."""
        self.secrets: list[str] = []
        """What must show nowhere."""
        self.typed: set[str] = set()
        """Of typing that came in: what a refusal of it would name, where nobody waits for an answer."""
        self._conversations = {truth.id: truth for truth in self.truths}
        self._where: dict[str, Truth] = {}
        """By message id."""
        self._count = 0

    # --- the other side

    def other_says(self, truth: Truth, text: str, *, form: str = "full") -> Said:
        said = self.say(truth, text, is_ours=False)
        self.publish(truth, said, form)
        return said

    def publish(self, truth: Truth, said: Said, form: str = "full") -> None:
        raise NotImplementedError

    def other_types(self, truth: Truth, is_typing: bool) -> None:
        raise NotImplementedError

    def other_reads(self, truth: Truth) -> None:
        """Receipts for what we have said, where the platform has them."""

    def is_there(self, truth: Truth) -> bool:
        """Whether the other side can say anything."""
        return not truth.is_over

    def end(self, truth: Truth) -> None:
        """The conversation is over, where the platform has an end."""

    def go_on(self, truth: Truth) -> None:
        """It is not over after all."""

    def expire_session(self, truth: Truth) -> None:
        """The guest's time is over."""

    def sign_in_elsewhere(self, truth: Truth) -> None:
        """The guest signs in on another page, where guests can."""

    def speak_garbage(self, data: bytes) -> None:
        """Something that nobody can read, on every open socket."""
        for connection in self.listeners():
            connection.say(data)

    def listeners(self) -> list[Connection]:
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

    def say(
        self, truth: Truth, text: str, *, is_ours: bool, draft_id: str | None = None, file: str | None = None
    ) -> Said:
        """Take a message into the conversation."""
        truth.last_ms = max(round(self.clock.true_epoch() * 1000), truth.last_ms + 1)
        sequence = len(truth.messages) + 1
        time_ms = truth.last_ms // self.time_step_ms * self.time_step_ms
        said = Said(self.new_id(), text, is_ours, time_ms, sequence, draft_id, file)
        self._where[said.id] = truth
        return truth.add(said)

    def new_id(self) -> str:
        """Of which nothing tells which is older."""
        self._count += 1
        return f"{self.dice.getrandbits(48) >> 16:08x}-0000-4000-8000-{self._count:012x}"

    def new_secret(self) -> str:
        secret = f"secret-{self.dice.getrandbits(64):016x}"
        self.secrets.append(secret)
        return secret

    def new_token(self, account: str, life_s: float | None = None) -> str:
        token = self.new_secret()
        self.tokens[token] = self.clock.elapsed_s + (self.token_life_s if life_s is None else life_s)
        self.account_of[token] = account
        return token

    def oauth(self, form: dict[str, str]) -> Reply:
        """The token endpoint: of an app, or of a person who logs in once and then renews."""
        token = self.new_token(form["client_id"])
        body = {"access_token": token, "token_type": "bearer", "expires_in": self.token_life_s}
        if form["grant_type"] != "client_credentials":
            body["refresh_token"] = self.new_secret()
        return Reply(200, body)

    def is_known(self, headers: dict[str, str]) -> bool:
        return self.tokens.get(bearer_of(headers), 0.0) > self.clock.elapsed_s

    def expire_tokens(self) -> None:
        """All that can be had anew."""
        for token in [token for token, end in self.tokens.items() if end < float("inf")]:
            del self.tokens[token]


def bearer_of(headers: dict[str, str]) -> str:
    return headers.get("Authorization", "").partition(" ")[2]


@functools.lru_cache(4096)
def rfc3339(time_ms: int) -> str:
    moment = dt.datetime.fromtimestamp(time_ms / 1000, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def attachment(said: Said) -> list[Json]:
    """The part of a structured message that is its file."""
    if said.file is None:
        return []
    file = {"id": f"file-{said.id}", "filename": said.file, "mime": "image/png", "mediaType": "Image"}
    return [{"contentType": "Attachment", "attachment": file}]


NOT_FOUND = Reply(404, {"message": "", "code": "not.found", "status": 404})
UNAUTHORISED = Reply(401, {"message": "", "code": "bad.credentials", "status": 401})
