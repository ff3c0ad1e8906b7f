"""What a session is told: commands of the user, and what the shells have observed."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ipygenesys._core.model.content import Answer
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.kept import DurableState
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._core.model.operations import Operation
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._core.model.stream_loss import StreamLoss


class Now(NamedTuple):
    """The world at one step: everything impure that a decision may depend on."""

    monotonic: float
    """Seconds."""
    wall_ms: int
    """Milliseconds since the epoch, our clock."""
    jitter: float
    """Drawn evenly from [0, 1) for this step."""
    server_ms: int | None = None
    """The same by the server's clock: never ahead of it, and behind by little. None while it has not told."""

    @property
    def time_ms(self) -> int:
        """What goes best with the times that the server tells: its own clock, or else ours."""
        return self.wall_ms if self.server_ms is None else self.server_ms


# --- commands ---------------------------------------------------------------------------------------------


class Connect(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Open the stream. One that was asked for by a call outlives the views."""

    by_call: bool = True
    asked: Now | None = None
    """When, where it has waited for its turn."""


class Disconnect(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Stop typing, close the stream, forget nothing."""

    why: Failure | None = None
    """What those are told who did not ask for it."""


class EndSending(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The conversation is closed, and nothing keeps its drafts: what was not sent by now has failed or is unknown."""

    failure: Failure


class ReconnectNow(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Do not wait for the next try."""


class Send(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Send a message under a draft id."""

    draft_id: str
    text: str
    answer: Answer | None = None
    file: OutgoingFile | None = None

    def __repr__(self) -> str:
        return f"Send(draft_id={self.draft_id!r})"


class Retry(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Send a failed or unknown draft again."""

    draft_id: str


class Discard(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Give up a draft: one that has failed, is unknown, still waits, or whose file is still on its way."""

    draft_id: str


class NoteKeystroke(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The draft changed and is not empty."""


class HoldTyping(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A program is writing: typing is shown until StopComposing or a Send."""


class StopComposing(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The draft was cleared, left or hidden."""


class NoteSeen(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Messages were displayed long enough to count as read."""

    ids: tuple[str, ...]
    elsewhere: bool = False
    """By somebody who may hold more of the conversation: what is not here is acknowledged, too."""


class MarkAllRead(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Explicit acknowledgement of everything unread, or of what is unread up to a message."""

    up_to: str | None = None


class LoadOlder(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Fetch the page before the oldest message held."""

    limit: int = 200


class RefreshAttachments(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The addresses of a message's files may have expired: ask for others."""

    message_id: str


class StartNew(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Begin another conversation; what was said stays to be read."""


class Clear(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """Have the conversation forgotten, and begin another one."""


class ViewsGone(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """No view has been heard of for VIEW_SILENCE_S."""


# --- observations -----------------------------------------------------------------------------------------


class Restore(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """What an earlier run has left behind; from now on the session tells what is to be kept. Comes first of all."""

    state: DurableState


class StreamOpened(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The server has let our authentication pass."""

    generation: int


class StreamLost(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A stream has ended, or could not be opened."""

    generation: int
    loss: StreamLoss


class FrameReceived(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A frame, decoded by the protocol."""

    generation: int
    events: tuple[PlatformEvent, ...]


class CallSucceeded(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """The platform has carried out an operation."""

    operation: Operation
    result: MessageArrived | History | None = None


class CallFailed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """It has not, or nobody knows."""

    operation: Operation
    failure: Failure


class TokenRenewed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A new token is in use: the stream has to move to it."""


class Tick(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """``next_deadline`` has come."""


Command = (
    Connect
    | Disconnect
    | EndSending
    | ReconnectNow
    | Send
    | Retry
    | Discard
    | NoteKeystroke
    | HoldTyping
    | StopComposing
    | NoteSeen
    | MarkAllRead
    | LoadOlder
    | RefreshAttachments
    | StartNew
    | Clear
    | ViewsGone
)
Observation = (
    Restore | StreamOpened | StreamLost | FrameReceived | CallSucceeded | CallFailed | TokenRenewed | Tick
)
Input = Command | Observation
