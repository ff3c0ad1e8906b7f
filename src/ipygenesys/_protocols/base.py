"""What every protocol gives the shells: addresses, a codec for its frames, and flows for its operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

import msgspec

from ipygenesys._core.model.failures import ErrorDetails
from ipygenesys._core.model.operations import Action, Operation
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._core.model.profile import Profile
from ipygenesys._protocols.flow import Flow, SharedStream

if TYPE_CHECKING:
    from ipygenesys.credentials import Credentials

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """Where the platform is."""

    rest_url: str
    token_url: str
    authorize_url: str = ""
    """Where a user logs in."""


@runtime_checkable
class Adapter(Protocol):
    """One protocol, bound to one conversation. Pure: no I/O, no clock, no state that a reconnect would have to reset."""

    @property
    def endpoints(self) -> Endpoints:
        """Where the platform is."""

    @property
    def profile(self) -> Profile:
        """Who we are and what can be done."""

    @property
    def credentials(self) -> Credentials | None:
        """How to get a token; None where none is needed."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """What to ask a token for."""

    @property
    def title(self) -> str:
        """The conversation in a few words."""

    def open_stream(self) -> Flow[tuple[PlatformEvent, ...]]:
        """How to open the event stream; the result is what was learned on the way."""

    def decode_frame(self, data: str | bytes) -> tuple[PlatformEvent, ...]:
        """Turn a frame into neutral events. Never raises: what cannot be read is a FrameIgnored."""

    def perform(self, operation: Operation) -> Flow[MessageArrived | History | None]:
        """How to carry out an operation.

        Raises:
            CallError: it was not carried out, or nobody knows.
            msgspec.DecodeError: the answer is not what this protocol knows.
        """

    def decode_error(self, body: bytes) -> ErrorDetails:
        """What an error answer says. Never raises."""


@runtime_checkable
class IsFed(Protocol):
    """A conversation that does not come from the platform: it brings its own source, such as a recording or a relay."""

    @property
    def profile(self) -> Profile:
        """Who we are and what can be done."""

    @property
    def title(self) -> str:
        """The conversation in a few words."""

    def source(self, conversation: Any) -> Any:
        """The Source that feeds this Conversation (``_io/stream/source.py``); called once, on the loop's thread."""


@runtime_checkable
class IsPlayed(Protocol):
    """One that was, and is played again: nothing can be said in it."""

    def seek(self, seconds: float) -> None:
        """Be at this moment."""


@runtime_checkable
class HasMemory(Protocol):
    """An adapter that remembers its conversation, and is therefore one gateway's alone."""

    def fresh(self) -> Adapter:
        """The same without its memory."""


@runtime_checkable
class SharesStream(Protocol):
    """An adapter whose stream comes by ``Join``: conversations of the same credentials can share it."""

    stream: SharedStream
    """What is remembered of it; is replaced by what they remember together."""


@runtime_checkable
class CanAct(Protocol):
    """An adapter of somebody who may do things to the conversation."""

    @property
    def actions(self) -> tuple[type[Action], ...]:
        """Which things."""

    def act(self, action: Action) -> Flow[tuple[PlatformEvent, ...]]:
        """How to do it; the result is what was learned by it.

        Raises:
            CallError: it was not done, or nobody knows.
        """


def check_can_act(protocol: object, action: Action) -> None:
    """Whether a protocol can do this.

    Raises:
        TypeError: it cannot.
    """
    if not isinstance(protocol, CanAct) or not isinstance(action, protocol.actions):
        name = type(protocol).__name__
        raise TypeError(f"{name} cannot do that: only AgentMessaging takes part as an agent.")


def checked_adapter(given: object) -> Adapter | IsFed:
    """What a conversation is made of.

    Raises:
        TypeError: it is no protocol, or its class instead of an instance.
    """
    if isinstance(given, type) or not isinstance(given, Adapter | IsFed):
        what = f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__
        raise TypeError(
            f"protocol must be a WebMessaging(…), an AgentMessaging(…) or a MessagingEvents(…), not {what}."
        )
    return given


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
