"""The comm between a widget and its views: what pages say goes to the gateway, what is due goes out to them."""

from __future__ import annotations

import hashlib
import logging
import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ipygenesys import export
from ipygenesys._core.view.hub import ViewHub
from ipygenesys._core.view.protocol import (
    MAX_CHUNK_BYTES,
    ErrorDelta,
    ExportRequested,
    FileChunk,
    HintDelta,
    KernelHeartbeat,
    KernelToView,
    Snapshot,
    ViewToKernel,
    decode_from_view,
    encode_to_view,
)
from ipygenesys._core.view.saved_copy import SavedCopy
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.conversation.listeners import place_of
from ipygenesys._io.disk.received_files import ReceivedFiles
from ipygenesys._verbs.messages import Messages

if TYPE_CHECKING:
    from ipygenesys._core.model.events import Event
    from ipygenesys._core.model.inputs import Command

T = TypeVar("T")

_log = logging.getLogger("ipygenesys.view")


class ViewComm:
    """The widget's share of the gateway's timer. It does not keep the widget alive.

    All but ``decode`` is called on the gateway thread.

    Args:
        gateway: where commands go.
        hub: who the views are and what they have coming.
        copy: what a notebook keeps.
        files: where the pages' files go.
        send: a bound method of the widget: puts a message on the comm.
        keep: another one: keeps a copy in the notebook.
    """

    def __init__(
        self,
        gateway: Gateway,
        hub: ViewHub,
        copy: SavedCopy,
        files: ReceivedFiles,
        *,
        send: Callable[[Any], None],
        keep: Callable[[Any], None],
    ) -> None:
        self._gateway = gateway
        self._hub = hub
        self._copy = copy
        self._files = files
        self.send = weakly(send)
        """Put a message on the comm."""
        self.takes: Callable[[object], bool] = lambda _content: False
        """Who else hears the pages, and takes what is not for the conversation."""
        self._keep = weakly(keep)
        self._now = gateway.clock.monotonic
        self._is_broken = False
        """The comm has raised, and has taken nothing since: said once."""
        self._hint = ""
        self.was_shown = False
        """A page has been heard of: there is where to say something."""

    def is_seen(self) -> bool:
        """A page may be showing it."""
        return self._hub.is_seen

    # --- from the browser ---------------------------------------------------------------------------------

    def decode(self, content: object, buffers: Any) -> ViewToKernel | None:
        """Validate what a page says; None, a counter and a line in the log where that makes no sense."""
        if self.takes(content):
            return None
        try:
            message = decode_from_view(content)
        except msgspec.ValidationError:
            self._gateway.session.conversation.counters["malformed_from_view"] += 1
            _log.warning("A message from the browser was not understood and is ignored")
            return None
        self.was_shown = True
        if isinstance(message, FileChunk):
            # Now: the host may use the memory again.
            data = bytes(buffers[0]) if buffers and len(buffers[0]) <= MAX_CHUNK_BYTES else b""
            message = msgspec.structs.replace(message, data=data)
        return message

    def take(self, message: ViewToKernel) -> None:
        """Do what a page asks for."""
        _log.debug("< %s %d", type(message).__name__, message.seq)
        if isinstance(message, FileChunk) and not self._hub.files.is_wanted(message):
            message = msgspec.structs.replace(message, data=b"")  # It must not wait for its turn in memory.
        for command in self._hub.receive(message, self._now()):
            self._gateway.take(command)
        self._gateway.settle()

    def _make_transcript(self, request: ExportRequested) -> None:
        """On a thread of its own: a long conversation takes a second."""
        gateway, exports = self._gateway, self._hub.exports
        messages = Messages(gateway.session.conversation.timeline)

        def make() -> None:
            result: bytes | ErrorDelta
            try:
                result = export.compressed(messages, request.format)
            except Exception as error:
                _log.error("A transcript could not be made: %s", place_of(error))
                words = f"It could not be made: {type(error).__name__}. The log has the details."
                result = ErrorDelta(code="transcript-failed", message=words, cause="internal")
            gateway.call_soon(lambda: exports.made(result))
            gateway.call_soon(gateway.settle)

        threading.Thread(target=make, name="ipygenesys-export", daemon=True).start()

    # --- to the browser -----------------------------------------------------------------------------------

    def publish(self, event: Event) -> None:
        """Something has happened: the views and the copy are to show it."""
        self._hub.publish(event)
        self._copy.note(event, self._now())

    def suggest(self, words: str) -> None:
        """Show the user what to say next; from any thread."""
        self._hint = words
        self._gateway.call_soon(lambda: self.show(HintDelta(hint=words)))

    def show(self, delta: ErrorDelta | HintDelta) -> None:
        """Tell the views what is not of the session, such as what went wrong here."""
        self._hub.report(delta)
        self._gateway.settle()

    def commands(self) -> list[Command]:
        """What the passing of time has the views ask for."""
        return self._hub.tick(self._now())

    def renew(self) -> None:
        """The session is another one now: pages are shown the whole of it."""
        self._hub.renew()
        self._copy.ask(self._now())

    def flush(self) -> None:
        """Send what is due."""
        self._keep_files()
        if (request := self._hub.exports.begin()) is not None:
            self._make_transcript(request)
        if (copy := self._copy.take(self._now())) is not None:
            self._put(self._keep, encode_to_view(copy))
        for message in self._hub.outgoing(self._now()):
            _log.debug("> %s", type(message).__name__)
            if not self._put(self.send, encode_to_view(self._told(message))):
                self._hub.unreachable(getattr(message, "to", None))

    def _put(self, on_comm: Callable[[Any], None], message: object) -> bool:
        """The host's comm may be broken, or gone: whatever it raises, the conversation and what else is due go on."""
        try:
            on_comm(message)
        except Exception as error:
            self._gateway.count("comm_failed")
            if not self._is_broken:
                _log.warning("The comm takes nothing for the views: %s", place_of(error))
            self._is_broken = True
            return False
        self._is_broken = False
        return True

    def _told(self, message: KernelToView) -> KernelToView:
        """With what only the shell knows: the time, the conversation's name, and what to say next."""
        if not isinstance(message, Snapshot | KernelHeartbeat):
            return message
        told = msgspec.structs.replace(message, time_ms=int(self._gateway.clock.epoch() * 1000))
        if not isinstance(told, Snapshot):
            return told
        key = self._gateway.conversation_key
        name = None if key is None else hashlib.sha256(key.encode()).hexdigest()[:16]
        return msgspec.structs.replace(told, conversation=name, hint=self._hint)

    def next_deadline(self) -> float | None:
        """When something will be due."""
        deadlines = (self._hub.next_deadline(self._now()), self._copy.next_deadline)
        return min((at for at in deadlines if at is not None), default=None)

    def _keep_files(self) -> None:
        work, self._hub.files.work = self._hub.files.work, []
        for each in work:
            try:
                self._files.do(each)
            except OSError as error:
                _log.warning("A file from the browser cannot be kept: %s", type(error).__name__)
                self._hub.file_failed(each.name)

    # --- the copy in the notebook -------------------------------------------------------------------------

    def want_copy(self, is_wanted: bool) -> None:
        """Keep a copy from now on, or take it away."""
        self._copy.is_wanted = is_wanted
        if is_wanted:
            self._copy.ask(self._now())
            self._gateway.settle()
        else:
            self._keep(None)

    def last_copy(self) -> None:
        """Keep the last words too, which were not due yet."""
        self._keep(encode_to_view(self._copy.make()))


def weakly(method: Callable[[T], None]) -> Callable[[T], None]:
    """A bound method that does not keep its object alive."""
    reference = weakref.WeakMethod(method)

    def call(argument: T) -> None:
        if (alive := reference()) is not None:
            alive(argument)

    return call
