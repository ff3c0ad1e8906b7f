"""What feeds a conversation, whatever it is: the platform's streams and calls, a recording, a relay.

A gateway owns a conversation: its session, what is kept of it, who hears of it. Its source owns all that lies beyond: it
is told what the session wants done, and what comes of that, and whatever else happens, it hands in as inputs. So

- the platform (``platform/source.py``) opens sockets, perhaps one for many conversations, and makes calls;
- a replay hands in the inputs of a recording, at their pace, and does nothing of what the session wants;
- a relay's viewer hands in what it reads of Redis, and publishes the session's operations;
- a recorder writes down what passes between the two: it is a source around another one, or a conversation around another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, runtime_checkable

from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.measures.noted import Noted
from ipygenesys._core.model.effects import Call, CancelSend, CloseStream, Effect, OpenStream
from ipygenesys._core.model.events import Event
from ipygenesys._core.model.inputs import Input, Now
from ipygenesys._core.model.operations import Action
from ipygenesys._core.model.platform_events import PlatformEvent
from ipygenesys._core.session.session import Session
from ipygenesys._io.host.clock import ServerClock
from ipygenesys._io.tap import Tap

Wish = OpenStream | CloseStream | Call | CancelSend
"""What a session wants done beyond itself."""


class Steps(Protocol):
    """A session, as far as its streams concern them."""

    @property
    def connection(self) -> Connection:
        """Which streams count."""

    @property
    def has_history(self) -> bool:
        """What a stream has to drop in need can be had again."""


class Hears(Protocol):
    """Is told of all that is read, before it is handed in."""

    def heard(
        self,
        events: tuple[PlatformEvent, ...],
        raw_bytes: int | None,
        monotonic_s: float,
        epoch_s: float,
        *,
        is_live: bool,
    ) -> None:
        """These have come."""


class Fed(Protocol):
    """Who is fed by a stream, be it one conversation or an inbox of many; all of it on the loop's thread."""

    tap: Tap
    """Whoever brings something says so here, if anybody listens."""

    @property
    def session(self) -> Steps:
        """What is decided."""

    @property
    def noted(self) -> Hears:
        """Who hears of what is read."""

    def take(self, input_: Input) -> None:
        """Something has happened, and that was all for now."""

    def step(self, input_: Input) -> object:
        """Something has happened, and more is to come at once; then ``settle``."""

    def settle(self) -> None:
        """That was all for now; also when the source has become idle."""

    def count(self, what: str) -> None:
        """Something of this kind has happened once more."""

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run what takes time: a task that is ended with whoever is fed, and whose bugs are reported."""

    def report_bug(self, where: str, error: BaseException) -> None:
        """A bug of ours must not end it."""

    async def written_down(self) -> None:
        """Until all is on disk that must be there before a message goes out.

        Raises:
            CallError: it cannot be written.
        """


class Conversation(Fed, Protocol):
    """One conversation that is fed (``conversation/gateway.py``)."""

    session: Session
    noted: Noted
    clock: ServerClock

    def step(self, input_: Input, now: Now | None = None) -> Sequence[Effect]:
        """The same; what the session wants because of it.

        A source that leads the session says when it has happened, too.
        """

    def renew(self) -> None:
        """The session was replaced by another one: who looks is shown the whole."""

    def tell(self, event: Event) -> None:
        """What concerns the listeners alone, and not the session."""


@runtime_checkable
class LeadsSession(Protocol):
    """A source that hands in all that the session hears, with the times of it: no clock and no user of ours is heard."""

    def asked(self, input_: Input) -> None:
        """What users, views and our clock would have told the session."""


class Source(Protocol):
    """Feeds one conversation, on the loop's thread.

    Nothing is handed in before the session wants a stream. A stream that is wanted comes as ``StreamOpened`` with its number, before and after that ``FrameReceived``, in the end
    ``StreamLost``, unless it is closed first. Each ``Call`` comes back as ``CallSucceeded`` or ``CallFailed``.
    """

    @property
    def is_idle(self) -> bool:
        """No stream is open or being opened."""

    def perform(self, wish: Wish) -> None:
        """Do what the session wants; takes no time."""

    def act(self, action: Action, outcome: Future[None]) -> None:
        """Do what the user asks for, where the protocol ``CanAct``."""

    async def aclose(self) -> None:
        """Leave nothing behind; the conversation's tasks have ended already."""
