"""What every protocol gives the shells: addresses, a codec for its frames, and requests for its operations."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from ipygenesys._core.failures import ErrorDetails
from ipygenesys._core.operations import Operation
from ipygenesys._core.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._core.session import Profile

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A REST call."""

    method: str
    path: str
    """Below the base URL, quoted."""
    query: dict[str, str] = msgspec.field(default_factory=dict)
    body: bytes | None = None
    """JSON."""
    what: str
    """The call in words, for errors: "marking a message read"."""
    needs: tuple[str, ...] = ()
    """The scopes that it needs."""
    attempts: int = 1
    """How often the REST shell may try; operations with a policy of their own in the core are tried once."""

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.path}>"


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """Where the platform is."""

    rest_url: str
    token_url: str
    stream_url: str


class Adapter(Protocol):
    """One protocol, bound to one conversation. Pure: no I/O, no clock, no state that a reconnect would have to reset."""

    @property
    def endpoints(self) -> Endpoints:
        """Where the platform is."""

    @property
    def profile(self) -> Profile:
        """Who we are and what can be done."""

    @property
    def credentials(self) -> Any:
        """How to get a token."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """What to ask a token for."""

    @property
    def title(self) -> str:
        """The conversation in a few words."""

    def first_frames(self, token: str) -> tuple[str, ...]:
        """What to send when the stream has opened."""

    def decode_frame(self, data: str | bytes) -> tuple[PlatformEvent, ...]:
        """Turn a frame into neutral events. Never raises: what cannot be read is a FrameIgnored."""

    def request(self, operation: Operation) -> Request:
        """The REST call that carries out an operation."""

    def decode_answer(self, operation: Operation, body: bytes) -> MessageArrived | History | None:
        """Turn a 2xx answer into its result.

        Raises:
            msgspec.DecodeError: the answer is not what this protocol knows.
        """

    def decode_error(self, body: bytes) -> ErrorDetails:
        """What an error answer says. Never raises."""


def checked_base_url(url: str) -> str:
    """A base URL without its trailing slash.

    Raises:
        ValueError: it is not http or https, holds credentials, a query or a fragment, or is plain http to a host that
            is not loopback.
    """
    if not isinstance(url, str):
        raise TypeError(f"base_url must be a str, not {type(url).__name__}.")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("base_url must look like https://host or http://127.0.0.1:port.")
    if parts.username or parts.password:
        raise ValueError("base_url must not hold credentials.")
    if parts.query or parts.fragment:
        raise ValueError("base_url must not hold a query or a fragment.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise ValueError("Plain http is accepted for loopback hosts only; use https.")
    return url.rstrip("/")


def is_loopback(url: str) -> bool:
    """Whether a URL stays on this machine, so that no proxy must see it."""
    return urlsplit(url).hostname in LOOPBACK_HOSTS


def websocket_url(base_url: str) -> str:
    """The same origin for a WebSocket."""
    return "ws" + base_url.removeprefix("http")
