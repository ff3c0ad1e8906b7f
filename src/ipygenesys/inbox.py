"""Inbox: many conversations at once, as rows with figures, and each of them as a chat when it is opened."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, overload

from ipygenesys._core.inbox.figures import Kpis
from ipygenesys._core.inbox.rows import Row
from ipygenesys._inboxes.followed import Followed, followers
from ipygenesys._inboxes.sources import Running, running
from ipygenesys._inboxes.state import InboxState
from ipygenesys._inboxes.widget import InboxWidget
from ipygenesys._io.conversation.listeners import place_of
from ipygenesys._io.host.handler_thread import HandlerThread
from ipygenesys._widget.observers import Observers
from ipygenesys._widget.weakly import weakly
from ipygenesys.errors import GenesysError

if TYPE_CHECKING:
    import pandas as pd

    from ipygenesys.chat import Chat

NOTE_S = 0.2
"""Chosen: five times a second is as often as traits can be followed."""
ALONE_S = 150.0
"""When no page has been heard of for so long after the last, its connection is given back: as a chat's."""

_log = logging.getLogger("ipygenesys.inbox")


class Inbox(InboxState, Followed, InboxWidget):
    """Many conversations; display it as the last line of a cell: figures, a list to filter, and the chosen conversation.

    It connects when it is first shown, or with the first call that needs the connection, or at once. When nobody has looked
    for 150 s it gives its connection back and starts anew with the next look or call; ``connect()``, ``connect=True``, ``with``
    and ``open(id)`` keep it, and so does a list of protocols. Watching leaves no trace: nothing is marked as read, nobody is
    seen to type, and any number of pages of one kernel may watch. Conversations that have ended are shown, and count in the
    figures, for eight hours, the newest 5,000 of them.

    To see: ``status``, ``waiting``, ``unanswered``, ``unread_count``, ``selected`` (traits), ``rows``, ``kpis``. To act:
    ``select``, ``open``. To hear: ``on_row``, ``observe``. To keep: ``to_pandas``. To end: ``close``.

    Args:
        protocol: ``ig.AgentQueue(…)``, ``ig.AgentUser(…)``, or a list of protocols, a conversation each.
        connect: connect at once.
        locale: the language of the page's own words, such as ``"de"``; by default the browser's.
        traits: as for every widget, such as ``layout={"height": "800px"}``.

    Raises:
        TypeError: ``protocol`` is none of these.
        ValueError: the list is empty, or the page does not speak that language.
    """

    def __init__(
        self, protocol: Any, *, connect: bool = False, locale: str | None = None, **traits: Any
    ) -> None:
        for name in traits:
            if name.startswith("_") or not self.has_trait(name):
                raise TypeError(f"Inbox() has no argument {name!r}.")
        self._protocol = protocol
        self._followers = followers()
        self._lock = threading.RLock()
        self._has_begun = self._is_over = self._is_held = False
        """Held: somebody has connected by a call, and it stays whether anybody looks or not."""
        self._alone_since: float | None = None
        self._next_note_at = 0.0
        self._has_news = True
        self._running_now: list[Running] = [running(protocol)]
        """The one there is; whoever ends what is left needs no inbox for it."""
        self._hearers: dict[Callable[[Row], object], None] = {}
        self._handlers = HandlerThread(_handler_failed, name="ipygenesys-rows")
        self._observers = Observers(weakly(self._tell_observers), _handler_failed)
        self._end_simulator: Callable[[], object] = lambda: None
        first = self._running_now[0]
        super().__init__(first.source, max_shown=first.max_shown, locale=locale, **traits)
        self._finalizer = weakref.finalize(self, _end, self._running_now)
        if connect:
            self.connect()

    @classmethod
    def demo(cls, *, conversations: int = 200, locale: str | None = None, **options: Any) -> Inbox:
        """The queues of the built-in simulator in a busy hour, in this process: no account, no network.

        Args:
            conversations: as many are open at a time, more or less.
            locale: as for ``Inbox``.
            options: traits as for ``Inbox``, and those of ``ipygenesys.Simulator``, such as ``seed=1`` or ``speed=10``.

        Raises:
            ImportError: the simulator's dependency is missing.
        """
        from ipygenesys._inboxes.demo import both_sides

        traits = {name: options.pop(name) for name in cls.class_trait_names() if name in options}
        simulator, protocol = both_sides(conversations, options)
        try:
            inbox = cls(protocol, locale=locale, **traits)
        except BaseException:
            simulator.stop()
            raise
        inbox._end_simulator = weakref.finalize(inbox, simulator.stop)
        return inbox

    # --- to see -----------------------------------------------------------------------------------------------

    @property
    def rows(self) -> list[Row]:
        """All conversations as they are now, those of them first that are longest unanswered."""
        self._wake()
        rows = dict(self._source.rows).values()
        return sorted(rows, key=lambda row: (not row.is_live, row.unanswered_since_ms or float("inf")))

    @property
    def problems(self) -> list[str]:
        """What does not work while the rest does, such as what a missing permission keeps us from; in words."""
        return [failure.message for failure in dict(self._source.problems).values()]

    @property
    def kpis(self) -> Kpis:
        """The figures of all conversations, now; each with its definition in words.

        Raises:
            GenesysError: it was closed.
        """
        self._wake()
        return self._ask(lambda source: source.kpis())

    def to_pandas(self) -> pd.DataFrame:
        """All conversations as a table, a row each; times as timestamps in UTC.

        Raises:
            ImportError: pandas is not installed.
        """
        from ipygenesys._inboxes.frame import frame_of

        return frame_of(self.rows)

    # --- to act -----------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Open the stream now, and keep it open whether anybody looks or not."""
        self._is_held = True
        self._wake()

    def select(self, conversation_id: str | None) -> None:
        """Show a conversation beside the list; None: none. Its texts come before all others.

        Args:
            conversation_id: of a row.

        Raises:
            ValueError: there is no such row.
        """
        if conversation_id is not None and conversation_id not in self._source.rows:
            raise ValueError(f"There is no conversation {conversation_id!r} here.")
        self.selected = conversation_id

    def on_row(self, handler: Callable[[Row], object]) -> Callable[[], None]:
        """Call ``handler(row)`` for each row that is new or has changed; returns how to end that.

        Handlers run one after the other on a thread of their own.
        """
        self._hearers[handler] = None

        def end() -> None:
            self._hearers.pop(handler, None)

        return end

    def close(self) -> None:
        """Close the stream, the view, and the chats that it has opened; leave no task and no thread behind."""
        self._is_over = True
        super().close()
        if (finalizer := getattr(self, "_finalizer", None)) is not None:
            finalizer()
            self.set_trait("status", "closed")
            for thread in (self._handlers, self._observers.thread):
                thread.stop()
            self._end_simulator()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Inbox {self.status}, {len(self._source.rows)} conversations, {self.waiting} waiting>"

    # --- life ---------------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        with self._lock:
            if self._is_over:
                raise GenesysError("The inbox was closed. Make a new Inbox.")
            if self._has_begun:
                return
            self._has_begun = True
            self._running_now[0].begin()
            self._source.call_soon(self._listen)

    def _row_changed(self, conversation_id: str) -> None:
        super()._row_changed(conversation_id)
        self._has_news = True
        self._followers.renew()
        row = self._source.rows.get(conversation_id)
        if row is not None and not self._handlers.is_behind:
            for handler in tuple(self._hearers):
                self._handlers.submit(partial(handler, row))

    def _flush(self) -> None:
        super()._flush()
        now = self._now()
        self._has_news |= self._source.status != self.status
        if now >= self._next_note_at:
            self._next_note_at = now + NOTE_S
            self._has_news = False
            self._write(self._source.status, self._source.kpis())
        self._followers.flush()
        if self._pages.is_looked_at:
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
        elif now >= self._alone_since + ALONE_S:
            self._alone_since = now
            if not self._is_held and self._running_now[0].gives_back:
                self._give_back()

    def _next_flush(self) -> float | None:
        alone_at = None if self._alone_since is None else self._alone_since + ALONE_S
        note_at = self._next_note_at if self._has_news else None
        deadlines = (super()._next_flush(), alone_at, note_at, self._followers.next_deadline())
        return min((at for at in deadlines if at is not None), default=None)

    def _give_back(self) -> None:
        """Nobody looks any more: the connection is closed; whoever looks again finds it opened anew."""
        with self._lock:
            self._opener.submit(self._chats.close)
            self._stop_listening()
            ended, self._running_now[0] = self._running_now[0], running(self._protocol)
            self._has_begun, self._alone_since = False, None
            self._renew(self._running_now[0].source)
            self.set_trait("status", "idle")
        ended.end()

    @overload
    def open(self) -> None: ...

    @overload
    def open(self, conversation_id: str) -> Chat: ...

    def open(self, conversation_id: str | None = None) -> Chat | None:
        """The conversation as a chat of its own, on the same stream; the same one until it is closed.

        Args:
            conversation_id: of a row. Without it, this is what every widget's ``open`` is, which ipywidgets calls.

        Raises:
            GenesysError: the inbox was closed, or the conversation cannot be shown.
        """
        if conversation_id is None:
            return super().open()
        self._is_held = True
        return super().open(conversation_id)

    def _make_chat(self, conversation_id: str) -> Chat:
        self._wake()
        return self._running_now[0].chat(conversation_id)


def _handler_failed(error: BaseException) -> None:
    _log.error("A handler or an observer failed: %s", place_of(error))


def _end(running_now: list[Running]) -> None:
    running_now[0].end()
