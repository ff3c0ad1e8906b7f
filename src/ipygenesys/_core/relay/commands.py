"""What viewers ask of the relay, and what it answers."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.failures import Failure, FailureKind
from ipygenesys._core.model.messages import Capability
from ipygenesys._core.model.operations import (
    FetchHistory,
    MarkRead,
    MarkReadUpTo,
    PostMessage,
    RefreshAttachment,
    SetTyping,
)
from ipygenesys._core.model.platform_events import MessageArrived
from ipygenesys._core.relay.rights import ALL_RIGHTS, Refused, Right


class Greet(msgspec.Struct, frozen=True, tag=True):
    """I am here: what may I do?"""


LOOK_S = 90.0
"""Chosen: what a viewer of an inbox looks at, and has opened, it says again within this time."""


class LookAt(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Of an inbox: somebody sees these rows, so that their texts come before others'; nothing: not any more."""

    selected: str | None = None
    in_sight: tuple[str, ...] = ()


class OpenConversation(msgspec.Struct, frozen=True, tag=True):
    """Of an inbox: somebody wants this one whole; said again for as long as that is so."""

    conversation_id: str


MAX_COMMAND_BYTES = 1_000_000
"""Chosen: far above any text, and the receipts of 25,000 messages at once; more is neither asked nor taken."""

Wanted = (
    Greet
    | PostMessage
    | SetTyping
    | MarkRead
    | MarkReadUpTo
    | FetchHistory
    | RefreshAttachment
    | LookAt
    | OpenConversation
)
"""FetchHistory: the page before the oldest message that the relay has kept."""


class Command(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of a viewer's."""

    viewer: str
    """Where the answer goes; made by the viewer, new for each of its lives."""
    number: int
    """Of this viewer's commands."""
    wanted: Wanted
    token: str | None = None
    """Who asks, where Redis does not know them by name."""

    def __repr__(self) -> str:
        return f"<Command {type(self.wanted).__name__} of {self.viewer}>"


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """To one command."""

    number: int
    failure: Failure | None = None
    message: MessageArrived | None = None
    """That was sent, or has new addresses for its files."""
    rights: frozenset[Right] = frozenset()
    """To a greeting."""


_RIGHT_FOR: dict[type, Right] = {
    Greet: "see",
    FetchHistory: "see",
    LookAt: "see",
    OpenConversation: "see",
    RefreshAttachment: "see",
    PostMessage: "send",
    SetTyping: "type",
    MarkRead: "read",
    MarkReadUpTo: "read",
}
_IN_WORDS: dict[Right, str] = {
    "see": "see this {what}",
    "type": "be seen typing in it",
    "send": "send messages in it",
    "read": "mark its messages as read",
}
_NEEDS: dict[Right, frozenset[Capability]] = {
    "see": frozenset(),
    "type": frozenset({"send_typing"}),
    "send": frozenset({"send", "send_typing"}),
    "read": frozenset({"send_read"}),
}

_BUSY = Failure(
    kind="unavailable", code="relay.busy", message="The relay has more to do than it can: try again."
)
TOO_LARGE = Failure(
    kind="rejected",
    code="relay.too.large",
    message=f"A relay takes no more than {MAX_COMMAND_BYTES:,} bytes at once: nothing of it was done.",
)


def refusal_of(
    wanted: Wanted, rights: frozenset[Right], user: str, what: str = "conversation"
) -> Failure | None:
    """Why this is not for that user to ask; None: it is."""
    right = _RIGHT_FOR[type(wanted)]
    if right in rights:
        return None
    may = _IN_WORDS[right].format(what=what)
    words = f"The relay does not let {user!r} {may}: ask whoever runs it for the right {right!r}."
    return Failure(kind="permission", message=words, code=f"relay.{right}")


def refused(command: Command, refusal: Refused) -> Answer:
    """To a command of somebody whom nobody knows."""
    kind: FailureKind = "unavailable" if refusal.is_for_now else "authentication"
    return Answer(
        number=command.number, failure=Failure(kind=kind, message=refusal.words, code="relay.token")
    )


def put_off(command: Command) -> Answer:
    """To a command that is one too many."""
    return Answer(number=command.number, failure=_BUSY)


def able_with(capabilities: frozenset[Capability], rights: frozenset[Right]) -> frozenset[Capability]:
    """What somebody with these rights can do of what the relay can do."""
    withheld: set[Capability] = set()
    for right in ALL_RIGHTS - rights:
        withheld |= _NEEDS[right]
    return capabilities - withheld


_encoder = msgspec.json.Encoder()


def encoded(what: Command | Answer) -> bytes:
    """As it travels."""
    return _encoder.encode(what)


command_of = msgspec.json.Decoder(Command).decode
"""A command as it travels. Raises ``msgspec.DecodeError``: it is none of this version."""
answer_of = msgspec.json.Decoder(Answer).decode
"""An answer as it travels. Raises ``msgspec.DecodeError``: it is none of this version."""
