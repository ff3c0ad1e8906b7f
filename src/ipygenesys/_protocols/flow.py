"""Flows: what a protocol does step by step, as generators that the shell runs; pure, hence testable without I/O.

A flow yields a step, gets its answer, and returns its result. A step that fails raises CallError inside the flow, which
may handle it; one that it lets through ends the flow. A flow that is cancelled hears of it in the same way: its step
fails with ``CANCELLED``.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Protocol, TypeVar

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._protocols.tolerant import UNREADABLE, decode

T = TypeVar("T")

CANCELLED = Failure(kind="cancelled", message="It was cancelled.")


class CallError(Exception):
    """A call failed; ``failure`` says how."""

    def __init__(self, failure: Failure, *, is_tls: bool = False) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.is_tls = is_tls


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Step: a REST call. Its answer is the body of the 2xx."""

    method: str
    path: str
    """Below the base URL, quoted."""
    query: dict[str, str] = msgspec.field(default_factory=dict)
    body: bytes | None = None
    """JSON."""
    what: str
    """The call in words, for errors: "Marking a message read"."""
    needs: tuple[str, ...] = ()
    """The scopes or permissions that it needs."""
    base_url: str | None = None
    """Another host than the platform's API."""
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    is_public: bool = False
    """Without our token: ``headers`` hold what the call wants."""
    is_shared: bool = False
    """Reads what others of the same credentials may be reading now: its answer may be theirs."""

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.path}>"


class GetToken(msgspec.Struct, frozen=True):
    """Step: the current token is needed. Its answer is the token."""


class OpenSocket(msgspec.Struct, frozen=True, kw_only=True):
    """Step: open the event stream, say the first words, see the server let them pass. Has no answer."""

    url: str
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    first_frames: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """The scopes or permissions that it needs."""
    refusals: dict[int, str] = msgspec.field(default_factory=dict)
    """What a status that refuses the handshake means here, and the cure, in words."""

    def __repr__(self) -> str:
        return "<OpenSocket>"


class SharedStream(Protocol):
    """A stream that carries what concerns all conversations of some credentials, by topics."""

    def open(self, topics: tuple[str, ...], others: tuple[str, ...] = ()) -> Flow[None]:
        """Open it for one who wants these topics, and for the others; ends with ``OpenSocket``."""

    def add(self, topics: tuple[str, ...]) -> Flow[None]:
        """Have more topics on it while it is open."""

    def has(self, topics: tuple[str, ...]) -> bool:
        """Whether it has them all."""

    def addressee(self, data: bytes) -> str | None:
        """The address of who a frame is for; None: all."""


class InTurn(msgspec.Struct, frozen=True):
    """Step: run a flow while nobody does it who shares our stream, for what they all need once. Has no answer."""

    flow: Flow[None]


class Join(msgspec.Struct, frozen=True, kw_only=True):
    """Step: be fed by a stream that others may share, with these topics; it is opened if need be. Has no answer."""

    stream: SharedStream
    topics: tuple[str, ...]
    address: str
    """Whose frames are ours, beside those that are for all."""


class SendFrame(msgspec.Struct, frozen=True):
    """Step: say something on the open stream. Has no answer."""

    frame: str

    def __repr__(self) -> str:
        return "<SendFrame>"


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """Step: say something on the stream and wait for its answer. Its answer is the answering frame."""

    frame: str
    tracing_id: str
    timeout_s: float = 10.0
    is_alone: bool = False
    """Nothing else is asked on this stream yet, so that a refusal which names no request is the answer."""

    def __repr__(self) -> str:
        return f"<Exchange {self.tracing_id}>"


class Expect(msgspec.Struct, frozen=True):
    """Step: from now on, keep the answer with this tracing id for ``AwaitAnswer``. Has no answer."""

    tracing_id: str


class AwaitAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Step: wait for what was expected. Its answer is the answering frame."""

    tracing_id: str
    timeout_s: float = 10.0


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """Step: put a file where the server wants it, without our token. Has no answer."""

    url: str
    headers: dict[str, str]
    file: OutgoingFile
    draft_id: str
    """The message that it goes with, for those who watch its progress."""

    def __repr__(self) -> str:
        return f"<Upload {self.file!r}>"


class Commit(msgspec.Struct, frozen=True):
    """Step: what comes next cannot be taken back, so that a flow is not cancelled any more. Has no answer."""


class Pause(msgspec.Struct, frozen=True):
    """Step: let some time pass. Has no answer."""

    seconds: float


class NewId(msgspec.Struct, frozen=True):
    """Step: an id that nobody can guess is needed. Its answer is a UUID as a str."""


class GetTime(msgspec.Struct, frozen=True):
    """Step: the time is needed. Its answer is in seconds since the epoch, by the server's clock if that is known."""


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """Why a stream is being opened, and when."""

    now_s: float = 0.0
    """Monotonic."""
    is_move: bool = False
    """Another stream goes on until this one is open: it must not be disturbed."""
    close_code: int | None = None
    """Of the stream before; None if there was none, or it could not even be opened."""


class GetOccasion(msgspec.Struct, frozen=True):
    """Step, while opening a stream: why is it opened? Its answer is an Occasion."""


Step = (
    Request
    | GetToken
    | OpenSocket
    | InTurn
    | Join
    | SendFrame
    | Exchange
    | Expect
    | AwaitAnswer
    | Upload
    | Commit
    | Pause
    | NewId
    | GetTime
    | GetOccasion
)
Flow = Generator[Step, Any, T]


def asked(request: Request, type_: type[T]) -> Flow[T]:
    """The answer to a call, read as far as it is of its type.

    Raises:
        CallError: the call failed, or a body that is no such answer came: a web page of a proxy, say.
    """
    body = yield request
    try:
        return decode(body, type_)
    except UNREADABLE:
        raise CallError(no_answer(request.what)) from None


def no_answer(what: str) -> Failure:
    """A 2xx whose body is not of this protocol."""
    words = (
        f"{what}: what came back is no answer of Genesys Cloud, but perhaps the page of a proxy or of a login. "
        "Check the region or the base URL, and what stands between here and there."
    )
    return Failure(kind="protocol", message=words, code="not.an.answer")
