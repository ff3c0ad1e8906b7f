"""What happened in the conversation, past tense: what handlers, ``events()`` and the view are told."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.failures import Cause, Failure
from ipygenesys._core.model.messages import Capability, ConnectionStatus, Message, UploadRules


class Event(msgspec.Struct, frozen=True):
    """What happened in a conversation: what ``on_event`` handlers and ``events()`` are given.

    Each is one of the classes below; ask with ``match`` or ``isinstance``:

        async for event in chat.events():
            match event:
                case ig.MessageReceived(message):
                    print(message.sender, message.text)
                case ig.StatusChanged(status="failed", detail=detail):
                    print(detail)

    """


class MessageReceived(Event, frozen=True):
    """Somebody else has written, and the content is known or cannot be had: each message once, in order of arrival.

    Messages that were missed while the stream was down count; those that were there before we came do not.

    Attributes:
        message: what was said.
    """

    message: Message


class MessagePlaced(Event, frozen=True, kw_only=True):
    """A message of anybody, ourselves included, is new, has changed or has moved in the timeline.

    Attributes:
        message: as it is now.
        index: its position in ``messages`` now.
        former_index: its position before; None when it is new.
        former_id: the id under which it stood there: a draft's, which the server's takes the place of, or its own.
    """

    message: Message
    index: int
    former_index: int | None = None
    former_id: str | None = None


class MessageStatusChanged(Event, frozen=True, kw_only=True):
    """A receipt, or what is inferred without one: only the state of a message has changed.

    Attributes:
        message: with its new ``status``.
        index: its position in ``messages``.
    """

    message: Message
    index: int


class MessageRemoved(Event, frozen=True, kw_only=True):
    """A draft was discarded, or a message turned out to be a draft of ours, which takes its place.

    Attributes:
        message: as it was.
        index: where it stood.
    """

    message: Message
    index: int


class DraftUnresolved(Event, frozen=True):
    """A send's answer was lost and history does not show it: whoever waits for it should not wait any longer.

    It may turn up later; until then the user decides between sending it again and discarding it.

    Attributes:
        draft_id: of the message, for ``retry`` and ``discard``.
    """

    draft_id: str


class HistoryPrepended(Event, frozen=True, kw_only=True):
    """Older messages were loaded: all positions grow by ``count``.

    Attributes:
        count: how many.
        has_older: the server has still older ones.
    """

    count: int
    has_older: bool


class OlderHistoryFailed(Event, frozen=True):
    """The page before the oldest message could not be had; asking again is fine.

    Attributes:
        failure: why: its ``message`` says it in words.
    """

    failure: Failure


class TypingChanged(Event, frozen=True):
    """Who is typing now, ourselves excepted.

    Attributes:
        names: display names in the order in which they began; empty: nobody.
    """

    names: tuple[str, ...]


class UnreadChanged(Event, frozen=True):
    """How many messages of others the server does not know to be read.

    Attributes:
        count: that many.
    """

    count: int


class ReadPositionMoved(Event, frozen=True):
    """Our own read position, on a platform that takes no receipts: all up to this time has been read.

    Attributes:
        time_ms: milliseconds since the epoch, server clock.
    """

    time_ms: int


class StatusChanged(Event, frozen=True, kw_only=True):
    """The connection's state.

    Attributes:
        status: ``idle`` nobody has connected yet; ``connecting`` for the first time; ``connected``; ``reconnecting``
            the stream is lost and tried again; ``read_only`` the conversation itself is over and can be read;
            ``failed`` it was given up, ``detail`` says what to do; ``closed`` by us, for good.
        detail: what is wrong and what to do; None when all is well.
        cause: the same in one word.
        retry_in_s: seconds until the next try, from now on.
    """

    status: ConnectionStatus
    detail: str | None = None
    cause: Cause | None = None
    retry_in_s: float | None = None


class CapabilitiesChanged(Event, frozen=True):
    """The server lacks something that its protocol knows, takes other files, or our part is another one.

    Attributes:
        capabilities: all that can be done now, as ``chat.capabilities``.
        uploads: what files may be sent; None: none.
        looks_on: we have no part in the conversation, and only watch it.
    """

    capabilities: frozenset[Capability]
    uploads: UploadRules | None = None
    looks_on: bool = False


class SessionExpiring(Event, frozen=True):
    """The platform will end the session soon, unless something is said.

    Attributes:
        remaining_s: seconds until then.
    """

    remaining_s: float


class UploadProgressed(Event, frozen=True, kw_only=True):
    """How far a file of ours has come.

    Attributes:
        draft_id: of the message that it goes with.
        sent_bytes: so many have gone out.
        total_bytes: of so many.
    """

    draft_id: str
    sent_bytes: int
    total_bytes: int


class ErrorRaised(Event, frozen=True):
    """Something failed that the user should know of.

    Attributes:
        failure: what: its ``message`` says it in words, and the cure; ``kind`` in one word.
    """

    failure: Failure


def _list_events() -> None:
    """``help(Event)`` names what there is; the classes say it, once."""
    kinds = (kind for kind in Event.__subclasses__())
    lines = [f"    {kind.__name__}: {(kind.__doc__ or '').splitlines()[0]}" for kind in kinds]
    Event.__doc__ = "\n".join([(Event.__doc__ or "").rstrip(), "", *lines])


_list_events()
