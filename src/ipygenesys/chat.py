"""Chat: the widget. Traits, comm and life cycle; what a conversation does is decided elsewhere.

The gateway thread is the only writer of the traits and the only sender on the comm. Messages of the browser arrive on
whatever thread the host has chosen and are handed to it at once. No trait is synced but what anywidget itself needs:
synced traits are saved into notebooks.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import uuid
import weakref
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import anywidget
import msgspec
import traitlets

from ipygenesys import export
from ipygenesys._core.delta_buffer import SendBudget
from ipygenesys._core.events import Event, MessageReceived, StatusChanged, TypingChanged, UnreadChanged
from ipygenesys._core.saved_copy import SavedCopy
from ipygenesys._core.view_hub import ViewHub
from ipygenesys._core.view_locale import SpokenLocale, view_locale
from ipygenesys._core.view_protocol import (
    MAX_CHUNK_BYTES,
    AnswerRequested,
    ErrorDelta,
    ExportRequested,
    FileChunk,
    FileOffered,
    SendRequested,
    ViewToKernel,
    decode_from_view,
    encode_to_view,
)
from ipygenesys._io.durable_store import open_store
from ipygenesys._io.gateway import CLOSE_S, Gateway, place_of
from ipygenesys._io.handler_thread import HandlerThread
from ipygenesys._io.loop_thread import LoopThread, gateway_thread
from ipygenesys._io.read_positions import ReadPositions
from ipygenesys._io.received_files import ReceivedFiles
from ipygenesys._protocols.base import Adapter, encodable
from ipygenesys.credentials import ClientCredentials
from ipygenesys.errors import GenesysError
from ipygenesys.languages import view_words
from ipygenesys.verbs import Verbs

if TYPE_CHECKING:
    from ipygenesys._core.inputs import Command
    from ipygenesys._core.model import Message
    from ipygenesys.simulator import Simulator

T = TypeVar("T")

STATIC = Path(__file__).parent / "static"

_log = logging.getLogger("ipygenesys.chat")
_budget = SendBudget()
"""The kernel's, not a widget's; used on the gateway thread only."""


def _asset(name: str) -> str | Path:
    """A file of the bundle: its text, or its path where anywidget shall watch it.

    From a path, anywidget keeps every instance alive for good, closed ones and their messages included.
    """
    path = STATIC / name
    return path if os.environ.get("ANYWIDGET_HMR") == "1" else path.read_text(encoding="utf-8")


class _OurComms(logging.Filter):
    """Keeps what the pages say out of the log of the comm package, which shows each message whole at DEBUG."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        return not (isinstance(record.args, tuple) and record.args and record.args[0] in self.ids)


_our_comms = _OurComms()
logging.getLogger("Comm").addFilter(_our_comms)


class Chat(Verbs, anywidget.AnyWidget):
    """A live conversation; display it as the last line of a cell.

    It connects when it is first shown, or with the first call that needs the connection, or at once.

    Args:
        protocol: which conversation, where, and as whom.
        connect: connect at once.
        remember_read: where the platform takes no read receipts, keep our read position in the user's state
            directory, so that unread counts survive a restart. Times only, no content.
        durable: keep messages that are not accepted yet, and receipts, on disk until they are, so that a restart of
            the kernel loses nothing and sends nothing twice. True takes the user's state directory; or give a
            directory. The files hold texts and are readable by the user alone. One Chat or Client a conversation
            at a time.
        locale: the language of the view's own words and the way of its dates and numbers, such as ``"de"`` or
            ``"en-GB"``; by default the browser's. English, German, Spanish, French and Japanese are there.

    Raises:
        ValueError: the view does not speak that language, or ``durable`` state could not be found again: a guest needs
            a ``session_token``.
        GenesysError: the durable state is in use, or cannot be opened.
    """

    _esm = _asset("widget.js")
    _css = _asset("widget.css")

    status = traitlets.Unicode("idle", read_only=True)
    """The connection's state: idle, connecting, connected, reconnecting, read_only, closed or failed."""
    typing = traitlets.Tuple(read_only=True)
    """Display names of who is typing now."""
    unread_count = traitlets.Int(0, read_only=True)
    """Messages of others that the server does not know to be read."""
    save_content = traitlets.Bool(False)
    """Keep a copy of the newest 1,000 messages in the notebook, for all who can read the file. Off by default.

    Where the host saves the state of widgets, a reopened notebook shows the copy read-only, without a kernel. An output
    that is displayed from then on also has it as plain HTML, for GitHub, nbviewer and nbconvert. Off again, the copy is
    taken out of the widget's state; what a file already holds goes when it is saved again.
    """
    _saved_content = traitlets.Any(None).tag(sync=True)
    """The copy: a snapshot as the view takes it. The one synced trait that may hold content, when asked to."""

    def __init__(
        self,
        protocol: Adapter,
        *,
        connect: bool = False,
        remember_read: bool = True,
        durable: bool | str | os.PathLike[str] = False,
        locale: str | None = None,
    ) -> None:
        spoken = SpokenLocale(None if locale is None else view_locale(locale), view_words())
        self._gateway = Gateway(
            protocol,
            read_positions=ReadPositions() if remember_read else None,
            store=open_store(protocol.profile.conversation_key, durable),
        )
        self._epoch = uuid.uuid4().hex[:8]
        self._files = ReceivedFiles(f"ipygenesys-{uuid.uuid4().hex}")
        self._hub = ViewHub(
            self._gateway.session,
            epoch=self._epoch,
            budget=_budget,
            title=protocol.title,
            locale=spoken,
            folder=self._files.folder,
        )
        self._copy = SavedCopy(self._gateway.session, title=protocol.title, locale=spoken)
        self._life = _Life(self._gateway, self._files)
        self._handlers = HandlerThread(_weakly(self._handler_failed))
        self._simulator: Simulator | None = None
        self._end_simulator: Callable[[], object] = lambda: None
        super().__init__()
        _our_comms.ids.add(self.model_id)
        self._gateway.add_listener(_weakly(self._hear))
        self._gateway.add_views(_Views(self))
        self.on_msg(self._on_view_message)
        self._route_replies_to_the_asking_shell()
        # Also runs when the interpreter ends.
        self._finalizer = weakref.finalize(self, self._life.end)
        if connect:
            self.connect()

    @classmethod
    def demo(cls, *, locale: str | None = None, **options: Any) -> Chat:
        """A conversation with the built-in simulator, in this process: no account, no network.

        Args:
            locale: as for ``Chat``.
            options: for ``ipygenesys.Simulator``, such as ``seed=1``, ``scenario="slow_agent"`` or ``dialogue=…``.
                With ``scenario="rich"`` the conversation is a guest's of Web Messaging, which has cards, pickers and
                files; else the tutorial's, which has receipts both ways.

        Raises:
            ImportError: the simulator's dependency is missing.
        """
        from ipygenesys._protocols.messaging_events import MessagingEvents
        from ipygenesys._protocols.web_messaging import WebMessaging
        from ipygenesys.simulator import Simulator

        locale = (
            None if locale is None else view_locale(locale)
        )  # Before anything runs that would have to stop.
        life = ExitStack()
        simulator = life.enter_context(Simulator(**options))
        protocol: Adapter = MessagingEvents(
            base_url=simulator.base_url,
            conversation_id=simulator.conversation_id,
            credentials=ClientCredentials(simulator.client_id, simulator.client_secret),
        )
        if options.get("scenario") == "rich":
            protocol = WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)
        chat = cls(protocol, locale=locale)
        chat._simulator = simulator
        chat._end_simulator = weakref.finalize(chat, life.close)
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

    # --- handlers -----------------------------------------------------------------------------------------

    def on_message(self, handler: Callable[[Message], object]) -> Callable[[], None]:
        """Call ``handler(message)`` for each message of somebody else; returns how to stop that.

        Handlers run one after the other on a thread of their own; an error in one is shown in the view.
        """
        handlers = self._handlers  # A registered handler does not keep the widget alive.

        def hear(event: Event) -> None:
            if isinstance(event, MessageReceived):
                handlers.submit(lambda: handler(event.message))

        return self._listen(hear)

    def on_event(self, handler: Callable[[Event], object]) -> Callable[[], None]:
        """Call ``handler(event)`` for everything that happens; returns how to stop that. See ``on_message``."""
        handlers = self._handlers
        return self._listen(lambda event: handlers.submit(lambda: handler(event)))

    def _listen(self, hear: Callable[[Event], object]) -> Callable[[], None]:
        self._gateway.add_listener(hear)
        return lambda: self._gateway.remove_listener(hear)

    def _handler_failed(self, error: BaseException) -> None:
        _log.error("A handler failed: %s", place_of(error))
        words = f"A handler of yours failed: {type(error).__name__}. The log has the details."
        delta = ErrorDelta(code="handler-failed", message=words)
        self._gateway.call_soon(lambda: self._show(delta))

    def _show(self, delta: ErrorDelta) -> None:
        self._hub.report(delta)
        self._gateway.settle()

    # --- life ---------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Stop typing, close the stream and the view, leave no task and no thread behind."""
        if not hasattr(self, "_handlers"):
            return  # The constructor failed, and the garbage collector is closing what there is.
        self._life.end(wait=not self._is_on_own_thread)
        self._handlers.stop()
        if (finalizer := getattr(self, "_finalizer", None)) is not None:
            finalizer.detach()
        self._end_simulator()
        if self.comm is not None and self.save_content and not self._is_on_own_thread:
            self._saved_content = encode_to_view(self._copy.make())  # The last words, which were not due yet.
        if self.comm is not None:
            _our_comms.ids.discard(self.model_id)
        super().close()

    async def aclose(self) -> None:
        """The same for async code: other tasks go on meanwhile."""
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<Chat {self.status}, {len(self.messages)} messages, {self.unread_count} unread>"

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The view, and for hosts without widgets (GitHub, nbviewer, a terminal) what this is, in words."""
        data, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        words = f"Genesys Cloud conversation (ipygenesys): run the cell in Jupyter to connect. {self!r}"
        data = {**data, "text/plain": words}
        if self.save_content and self.messages:
            data["text/html"] = export.html_fragment(self.messages)
        return data, metadata

    def _ensure_running(self) -> None:
        if self._life.is_over:
            raise GenesysError("The conversation was closed. Make a new Chat.")
        self._life.begin()

    @property
    def _is_on_own_thread(self) -> bool:
        return self._life.is_current_thread or self._handlers.is_current

    def _check_may_block(self, instead: str) -> None:
        if self._is_on_own_thread:
            raise RuntimeError(f"Waiting in a handler would stop the conversation itself: {instead} instead.")

    # --- the view -----------------------------------------------------------------------------------------

    def _on_view_message(self, _widget: object, content: object, buffers: Any) -> None:
        """Validate, hand over, return: on any thread, and never waiting."""
        try:
            message = decode_from_view(content)
        except msgspec.ValidationError:
            self._gateway.session.conversation.counters["malformed_from_view"] += 1
            _log.warning("A message from the browser was not understood and is ignored")
            return
        if isinstance(message, FileChunk):
            # Now: the host may use the memory again.
            data = bytes(buffers[0]) if buffers and len(buffers[0]) <= MAX_CHUNK_BYTES else b""
            message = msgspec.structs.replace(message, data=data)
        if not self._life.is_over:
            self._life.begin()
            self._gateway.call_soon(lambda: self._take_from_view(message))

    def _take_from_view(self, message: ViewToKernel) -> None:
        _log.debug("< %s %d", type(message).__name__, message.seq)
        if isinstance(message, SendRequested | AnswerRequested):  # JSON lets half an emoji through.
            message = msgspec.structs.replace(message, text=encodable(message.text))
        elif isinstance(message, FileOffered):
            message = msgspec.structs.replace(
                message, text=encodable(message.text), name=encodable(message.name)
            )
        elif isinstance(message, FileChunk) and not self._hub.files.is_wanted(message):
            message = msgspec.structs.replace(message, data=b"")  # It must not wait for its turn in memory.
        for command in self._hub.receive(message, self._gateway.clock.monotonic()):
            self._gateway.take(command)
        if isinstance(message, ExportRequested):
            self._make_transcript(message)
        self._gateway.settle()

    def _make_transcript(self, request: ExportRequested) -> None:
        """On a thread of its own: a long conversation takes a second."""
        messages, gateway, exports = self.messages, self._gateway, self._hub.exports

        def make() -> None:
            try:
                data = export.compressed(messages, request.format)
            except Exception as error:
                _log.error("A transcript could not be made: %s", place_of(error))
                why = f"It could not be made: {type(error).__name__}. The log has the details."
                gateway.call_soon(lambda: exports.refuse(request, why))
            else:
                gateway.call_soon(lambda: exports.offer(request, data))
            gateway.call_soon(gateway.settle)

        threading.Thread(target=make, name="ipygenesys-export", daemon=True).start()

    def _hear(self, event: Event) -> None:
        now = self._gateway.clock.monotonic()
        self._hub.publish(event)
        self._copy.note(event, now)
        match event:
            case StatusChanged(status=status):
                self.set_trait("status", status)
            case TypingChanged(names):
                self.set_trait("typing", names)
            case UnreadChanged(count):
                self.set_trait("unread_count", count)
            case _:
                pass

    @traitlets.observe("save_content")
    def _save_content_changed(self, change: Any) -> None:
        """On the gateway thread, which writes the copy; where that does not run, nothing else writes."""
        if self._life.is_running:
            self._gateway.call_soon(lambda: self._want_copy(change["new"]))
        else:
            self._want_copy(change["new"])

    def _want_copy(self, is_wanted: bool) -> None:
        self._copy.is_wanted = is_wanted
        if is_wanted:
            self._copy.ask(self._gateway.clock.monotonic())
            self._gateway.settle()
        else:
            self._saved_content = None

    def _keep_files(self) -> None:
        work, self._hub.files.work = self._hub.files.work, []
        for each in work:
            try:
                self._files.do(each)
            except OSError as error:
                _log.warning("A file from the browser cannot be kept: %s", type(error).__name__)
                self._hub.file_failed(each.name)

    def _send_what_is_due(self) -> None:
        self._keep_files()
        if (copy := self._copy.take(self._gateway.clock.monotonic())) is not None:
            self._saved_content = encode_to_view(copy)
        for message in self._hub.outgoing(self._gateway.clock.monotonic()):
            _log.debug("> %s", type(message).__name__)
            super(Verbs, self).send(
                encode_to_view(message)
            )  # The widget's own send; ours sends chat messages.

    def _route_replies_to_the_asking_shell(self) -> None:
        """Undo what ipykernel 7.4 does: it handles a comm message on the shell that published last.

        A thread's publishing makes that the main shell.

        The message then waits for the running cell. The method is private and may go: hence the guard.
        Source: reference/jupyter.md B; ipykernel 7.4.0, BaseComm._reply_subshell_for.
        """
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = lambda _data, default: default


class _Views:
    """The widget's share of the gateway's timer; it does not keep the widget alive."""

    def __init__(self, chat: Chat) -> None:
        self._chat = weakref.ref(chat)
        self._hub = chat._hub
        self._copy = chat._copy
        self._now = chat._gateway.clock.monotonic

    def commands(self) -> list[Command]:
        return self._hub.tick(self._now())

    def flush(self) -> None:
        if (chat := self._chat()) is not None:
            chat._send_what_is_due()

    def next_deadline(self) -> float | None:
        deadlines = (self._hub.next_deadline(self._now()), self._copy.next_deadline)
        return min((at for at in deadlines if at is not None), default=None)


class _Life:
    """The gateway's life on the shared thread: begins with the first use, ends once. Safe from any thread."""

    def __init__(self, gateway: Gateway, files: ReceivedFiles) -> None:
        self._gateway = gateway
        self._files = files
        self._lock = threading.Lock()
        self._thread: LoopThread | None = None
        self.is_over = False

    @property
    def is_current_thread(self) -> bool:
        """We are on the gateway's thread."""
        return self._thread is not None and self._thread.is_current

    @property
    def is_running(self) -> bool:
        """The gateway has begun and not ended."""
        return self._thread is not None and not self.is_over

    def begin(self) -> None:
        """Start the gateway, unless it runs."""
        with self._lock:
            if self._thread is None and not self.is_over:
                self._thread = gateway_thread.acquire()
                self._gateway.bind(self._thread.loop)

    def end(self, *, wait: bool = True) -> None:
        """Close the gateway and give the thread back."""
        with self._lock:
            thread, self.is_over = (None if self.is_over else self._thread), True
        if thread is None:
            self._gateway.abandon()
            return
        closing = thread.submit(self._gateway.close())
        closing.add_done_callback(lambda _: self._files.close())
        if wait and not thread.is_current:
            with suppress(Exception):
                closing.result(CLOSE_S + 1.0)
            gateway_thread.release()
        else:
            closing.add_done_callback(lambda _: gateway_thread.release())


def _weakly(method: Callable[[T], None]) -> Callable[[T], None]:
    """A bound method that does not keep its widget alive."""
    reference = weakref.WeakMethod(method)

    def call(argument: T) -> None:
        if (alive := reference()) is not None:
            alive(argument)

    return call
