"""Handlers of the widget's users: told of what happens, on a thread of their own."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from contextvars import copy_context
from typing import TYPE_CHECKING

from ipygenesys._core.model.events import Event, MessageReceived, TypingChanged
from ipygenesys._core.view.protocol import ErrorDelta
from ipygenesys._io.conversation.listeners import place_of
from ipygenesys._io.host.handler_thread import HandlerThread
from ipygenesys._verbs.calling import checked_handler
from ipygenesys._verbs.listening import news_from_now_on
from ipygenesys._verbs.subscription import Subscription

if TYPE_CHECKING:
    from ipygenesys._core.model.messages import Message
    from ipygenesys._io.conversation.gateway import Gateway
    from ipygenesys._widget.view_comm import ViewComm

_log = logging.getLogger("ipygenesys.chat")
_CALLERS = frozenset({"ipygenesys", "traitlets", "ipywidgets"})
"""Packages whose frames lie between the thread and what the user wrote."""


class Handlers:
    """Part of a widget: a slow handler stops neither the stream nor the view, and one that fails is shown there."""

    _gateway: Gateway
    _views: ViewComm
    _handlers: HandlerThread

    def on_message(
        self, handler: Callable[[Message], object], *, show_errors: bool = False
    ) -> Callable[[], None]:
        """Call ``handler(message)`` for each message of somebody else; returns how to stop that.

        News begins with the connection's first opening, or with this call if that is later: what is said while the stream
        still opens is heard too, once it is open. What was said before is in ``messages``, and is heard by nobody.

        Handlers run one after the other on a thread of their own, those that are ``async`` on its event loop; an error in
        one is shown in the view (on stderr where the chat has not been displayed) with its place, not its words, which may
        quote a message: ``show_errors=True`` writes all of it where it prints. What they print goes to the cell that has called this (in Voilà nowhere:
        use an Output's ``append_stdout``).
        """
        call = checked_handler(handler, show_errors=show_errors)
        handlers = self._handlers  # A registered handler does not keep the widget alive.
        context = copy_context()  # The kernel finds the cell in it; else that of whatever message came last.
        news = news_from_now_on(self._gateway)

        def hear(event: Event) -> None:
            if (message := news(event)) is not None:
                handlers.submit(lambda: call(message), context)

        return self._listen(hear, MessageReceived)

    def on_event(
        self, handler: Callable[[Event], object], *, show_errors: bool = False
    ) -> Callable[[], None]:
        """Call ``handler(event)`` for everything that happens; returns how to stop that. See ``on_message``.

        A handler that is ten thousand events behind does not hear of typing until it has caught up; ``chat.counters``
        tells how often.
        """
        call = checked_handler(handler, show_errors=show_errors)
        handlers, counters = self._handlers, self._gateway.session.conversation.counters
        context = copy_context()

        def hear(event: Event) -> None:
            if isinstance(event, TypingChanged) and handlers.is_behind:
                counters["events_dropped"] += 1
            else:
                handlers.submit(lambda: call(event), context)

        return self._listen(hear)

    def _listen(self, hear: Callable[[Event], object], *kinds: type[Event]) -> Callable[[], None]:
        self._gateway.add_listener(hear, *kinds)
        return Subscription(lambda: self._gateway.remove_listener(hear))

    def _handler_failed(self, error: BaseException) -> None:
        _log.error("A handler failed: %s", place_of(error))
        words = f"A handler of yours failed: {type(error).__name__}{_where(error)}. show_errors=True shows it whole."
        delta = ErrorDelta(code="handler-failed", message=words, cause="handler")
        self._gateway.call_soon(lambda: self._views.show(delta))
        if not self._views.was_shown:  # In a script, say: nobody would hear of it.
            sys.stderr.write(f"{words}\n")


def _where(error: BaseException) -> str:
    """Where in the user's own code: names and a line, never the error's words, which may quote a message."""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__", "").partition(".")[0] not in _CALLERS:
            return f" in {frame.f_code.co_name}, line {line}"
    return " (it is called with one argument)" if isinstance(error, TypeError) else ""
