"""Chat: the widget. Traits, comm and life cycle; what a conversation does is decided elsewhere.

The gateway thread is the only writer of the traits and the only sender on the comm. Messages of the browser arrive on
whatever thread the host has chosen and are handed to it at once. No trait is synced but what anywidget itself needs:
synced traits are saved into notebooks.
"""

from __future__ import annotations

import asyncio
import os
import uuid
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from ipygenesys import export
from ipygenesys._core.model.events import Event
from ipygenesys._core.model.inputs import Connect
from ipygenesys._core.view.hub import ViewHub
from ipygenesys._core.view.protocol.locale import SpokenLocale, view_locale
from ipygenesys._core.view.saved_copy import SavedCopy
from ipygenesys._core.view.title import ViewTitle, checked_title
from ipygenesys._io.conversation.closing import SENDS_FOR_S, checked_timeout
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.conversation.gateway_life import GatewayLife
from ipygenesys._io.disk.durable_store import open_store
from ipygenesys._io.disk.read_positions import ReadPositions
from ipygenesys._io.disk.received_files import ReceivedFiles
from ipygenesys._io.host.handler_thread import HandlerThread
from ipygenesys._player.player import show_player
from ipygenesys._protocols.base import Adapter, IsFed, checked_adapter
from ipygenesys._widget.asking import Asking
from ipygenesys._widget.budget import budget as _budget
from ipygenesys._widget.bundle import asset
from ipygenesys._widget.handlers import Handlers
from ipygenesys._widget.hosted import HostedWidget
from ipygenesys._widget.hosts.here import instead_of
from ipygenesys._widget.kept_content import KeptContent
from ipygenesys._widget.languages import view_words
from ipygenesys._widget.observers import Observers, StateObservers
from ipygenesys._widget.reruns import Reruns
from ipygenesys._widget.view_comm import ViewComm, weakly
from ipygenesys.errors import GenesysError
from ipygenesys.outcome import Outcome

if TYPE_CHECKING:
    from ipygenesys.simulator import Simulator


class Chat(Asking, Handlers, StateObservers, KeptContent, HostedWidget):
    """A live conversation; display it as the last line of a cell.

    It connects when it is first shown, or with the first call that needs the connection, or at once.

    To see: ``status``, ``can_send``, ``typing``, ``unread_count`` (traits), ``messages``, ``capabilities``. To act: ``ask``,
    ``send``, ``answer``, ``send_file``, ``set_typing``, ``mark_read``. To wait: ``wait_for_message``, ``wait_until``; in async code
    ``next_message``, ``until``, ``events``. To hear: ``on_message``, ``on_event``, ``observe``. To keep: ``export``,
    ``to_pandas``. To end: ``close``.

    When the cell that has made it is run again, and makes another Chat of the same conversation (as the same app; for a
    guest without a session token, of the same deployment), this one is closed as soon as that one opens, unless a page
    still shows it: its stream and its handlers end, its status says why, and calls raise an error that names the newer
    one. What was connected by ``connect()``, ``connect=True`` or ``with`` stays until you close it.
    It also ends, whoever has connected it, when its host drops it: in Voilà with the page, whose kernel ends; in marimo when
    its cell is run again or deleted, and in run mode with the session; in Shiny and Solara with the session; in Panel with the
    session that has made it, or later with the last page that shows it. In Panel ``pn.panel(chat)`` shows it, in any number of
    pages; one that was made before any session, as in a script of ``panel serve --setup``, is for all of them until you close it.

    Args:
        protocol: which conversation, where, and as whom.
        connect: connect at once.
        remember_read: where the platform takes no read receipts, keep our read position in the user's state
            directory, so that unread counts survive a restart. Times only, no content.
        durable: keep messages that are not accepted yet, and receipts, on disk until they are, so that a restart of
            the kernel loses nothing and sends nothing twice. True takes the user's state directory; or give a
            directory. The files hold texts and are readable by the user alone. One Chat or Client a conversation
            at a time.
        close_timeout: seconds that a close, or the end of ``with`` or of the program, gives what is being sent.
        locale: the language of the view's own words and the way of its dates and numbers, such as ``"de"`` or
            ``"en-GB"``; by default the browser's. English, German, Spanish, French and Japanese are there.
        title: what the view calls the conversation; by default the customer's name, else the end of its id.
        count_unread: whether messages of others count as unread; by default where we take part.
        traits: as for every widget, such as ``layout={"height": "600px"}``; also ``save_content=True``.

    Raises:
        TypeError: ``protocol`` is none, ``title`` is no str, or there is no such argument.
        traitlets.TraitError: a trait cannot have that value.
        ValueError: the view does not speak that language, or ``durable`` state needs a guest's ``session_token``.
        GenesysError: the durable state is in use, or cannot be opened.
    """

    _esm = asset("widget.js")
    _css = asset("widget.css")

    def __init__(
        self,
        protocol: Adapter | IsFed,
        *,
        connect: bool = False,
        remember_read: bool = True,
        durable: bool | str | os.PathLike[str] = False,
        close_timeout: float = SENDS_FOR_S,
        locale: str | None = None,
        title: str | None = None,
        count_unread: bool | None = None,
        **traits: Any,
    ) -> None:
        checked_adapter(protocol)
        sends_for_s, given = checked_timeout(close_timeout), checked_title(title)
        for name in traits:
            if name.startswith("_") or not self.has_trait(name):
                raise TypeError(f"Chat() has no argument {name!r}.")
        spoken = SpokenLocale(None if locale is None else view_locale(locale), view_words())
        self._gateway = Gateway(
            protocol,
            read_positions=ReadPositions() if remember_read else None,
            store=open_store(protocol.profile.conversation_key, durable),
        )
        session = self._gateway.session
        session.allowed.count_unread(count_unread)
        called = ViewTitle(session, given=given, otherwise=protocol.title)
        files = ReceivedFiles(f"ipygenesys-{uuid.uuid4().hex}")
        epoch = uuid.uuid4().hex[:8]
        hub = ViewHub(session, epoch=epoch, budget=_budget, title=called, locale=spoken, folder=files.folder)
        copy = SavedCopy(session, title=called, locale=spoken)
        self._views = ViewComm(
            self._gateway, hub, copy, files, send=self._send_to_pages, keep=self._keep_content
        )
        if self._gateway.is_replay:
            self._esm, self._css = show_player(protocol, self._gateway, self._views, spoken)
        self._life = GatewayLife(self._gateway, then=files.close, sends_for_s=sends_for_s)
        self._reruns = Reruns(
            protocol, self._gateway, self._life, is_seen=self._views.is_seen, close=self.close
        )
        self._handlers = HandlerThread(weakly(self._handler_failed))
        self._observers = Observers(weakly(self._tell_observers), weakly(self._handler_failed))
        self._simulator: Simulator | None = None
        self._end_simulator: Callable[[], object] = lambda: None
        try:
            super().__init__(**traits)
        except BaseException:
            self.close()  # What was opened for it, such as the durable state, would stay in use.
            raise
        self.set_trait("can_send", session.allowed.can_send)
        self._gateway.add_listener(weakly(self._hear))
        self._gateway.add_views(self._views)
        self._finalizer = weakref.finalize(self, self._life.end)  # Also runs when the interpreter ends.
        for thread in self._own_threads:
            weakref.finalize(self, thread.stop, wait=False)
        if connect:
            self._stay()

    @classmethod
    def demo(cls, *, locale: str | None = None, **options: Any) -> Chat:
        """A conversation with the built-in simulator, in this process: no account, no network.

        Args:
            locale: as for ``Chat``.
            options: title and traits as for ``Chat``, and those of ``ipygenesys.Simulator``, such as ``seed=1``,
                ``scenario="slow_agent"`` or ``dialogue=…``. With ``scenario="rich"`` the conversation is a guest's of
                Web Messaging, which has cards, pickers and files; else the tutorial's, which has receipts both ways.

        Raises:
            ImportError: the simulator's dependency is missing.
        """
        from ipygenesys._widget.demo_side import both_sides

        traits = {name: options.pop(name) for name in ("title", *cls.class_trait_names()) if name in options}
        simulator, protocol = both_sides(options)
        try:
            chat = cls(protocol, locale=locale, **traits)
        except BaseException:
            simulator.stop()
            raise
        chat._simulator = simulator
        simulator.on_prompt(chat._views.suggest)
        chat._reruns.is_demo()
        chat._end_simulator = weakref.finalize(chat, simulator.stop)
        return chat

    @property
    def simulator(self) -> Simulator:
        """The other side of a demo: make it type, say and fail.

        Raises:
            AttributeError: this conversation is real.
        """
        if self._simulator is None:
            raise AttributeError("Only Chat.demo() has a simulator.")
        return self._simulator

    # --- life ---------------------------------------------------------------------------------------------

    def connect(self) -> Outcome:
        """Open the stream now, and keep it open whether anybody looks or not, and though the cell is run again.

        What is returned can be awaited, or waited for with ``.wait()``: it is done once the conversation is there.
        """
        self._stay()
        return super().connect()

    def _stay(self) -> None:
        self._reruns.is_held = True
        self._command(Connect())

    def close(self, timeout: float | None = None) -> None:
        """Stop typing, close the stream and the view, leave no task and no thread behind.

        What is being sent gets ``timeout`` seconds, by default ``close_timeout``; what is not sent by then has failed, and
        its number is said on stderr.
        """
        timeout = None if timeout is None else checked_timeout(timeout)
        if not hasattr(self, "_observers"):
            return  # The constructor failed, and the garbage collector is closing what there is.
        self._life.end(wait=not self._is_on_own_thread, why=self._reruns.why_ended, timeout=timeout)
        for thread in self._own_threads:
            thread.stop()
        if (finalizer := getattr(self, "_finalizer", None)) is not None:
            finalizer.detach()
        self._end_simulator()
        if self.comm is not None and self.save_content and not self._is_on_own_thread:
            self._views.last_copy()
        super().close()

    async def aclose(self, timeout: float | None = None) -> None:
        """The same for async code: other tasks go on meanwhile."""
        await asyncio.get_running_loop().run_in_executor(None, self.close, timeout)

    def __enter__(self) -> Self:
        self._stay()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        self._stay()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<Chat {self.status}, {len(self.messages)} messages, {self.unread_count} unread>"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The view, and for hosts without widgets (GitHub, nbviewer, a terminal) what this is, in words."""
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        data = {**data, "text/plain": instead_of(self, "Genesys Cloud conversation", "to connect")}
        if self.save_content and self.messages:
            data["text/html"] = export.html_fragment(self.messages)
        return data, metadata

    def _ensure_running(self) -> None:
        if self._life.is_over:
            why = self._reruns.why_ended
            raise GenesysError(why.message if why else "The conversation was closed. Make a new Chat.")
        if self._life.begin():
            self._gateway.call_soon(self._reruns.take_over)

    @property
    def _is_on_own_thread(self) -> bool:
        return self._life.is_current_thread or any(thread.is_current for thread in self._own_threads)

    @property
    def _own_threads(self) -> tuple[HandlerThread, HandlerThread]:
        """Of what users have us call."""
        return self._handlers, self._observers.thread

    def _check_may_block(self, instead: str) -> None:
        if self._is_on_own_thread:
            raise RuntimeError(f"Waiting in a handler would stop the conversation itself: {instead} instead.")

    # --- the views ----------------------------------------------------------------------------------------

    def _on_page_message(self, _widget: object, content: object, buffers: Any) -> None:
        """Validate, hand over, return: on any thread, and never waiting."""
        is_first = not self._views.was_shown
        message = self._views.decode(content, buffers)
        if message is not None and not self._life.is_over:
            self._life.begin()
            self._gateway.call_soon(lambda: self._views.take(message))
            if is_first:
                self._gateway.call_soon(self._reruns.take_over)

    def _end_with_host(self) -> None:
        self._reruns.end()

    def _hear(self, event: Event) -> None:
        self._views.publish(event)
        self._note(event)
