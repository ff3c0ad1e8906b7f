"""The views of one widget: who is there, what they were sent, and what they ask for.

It sits between the session and the comm: messages of views become commands, events become deltas. All of a widget's
pages hear every delta; snapshots and pages are addressed to the client that asked.
"""

from __future__ import annotations

from ipygenesys._core.model.events import (
    Event,
    HistoryPrepended,
    MessagePlaced,
    MessageRemoved,
    OlderHistoryFailed,
    UploadProgressed,
)
from ipygenesys._core.model.inputs import (
    Command,
    Connect,
    Discard,
    NoteKeystroke,
    NoteSeen,
    ReconnectNow,
    RefreshAttachments,
    Retry,
    Send,
    StartNew,
    StopComposing,
    ViewsGone,
)
from ipygenesys._core.session.session import Session
from ipygenesys._core.view.answers import ViewAnswers
from ipygenesys._core.view.delta_buffer import DeltaBuffer, SendBudget
from ipygenesys._core.view.encoding import delta_of
from ipygenesys._core.view.exports import ViewExports
from ipygenesys._core.view.files import ViewFiles
from ipygenesys._core.view.hellos import ViewHellos
from ipygenesys._core.view.pages import ViewPages
from ipygenesys._core.view.presence import Client, ViewPresence
from ipygenesys._core.view.protocol import (
    KERNEL_HEARTBEAT_S,
    VIEW_SILENCE_S,
    AnswerRequested,
    ComposingStopped,
    DiscardRequested,
    ExportRequested,
    FileChunk,
    FileOffered,
    Goodbye,
    Hello,
    KernelHeartbeat,
    KernelToView,
    KeystrokeNoted,
    LinksRequested,
    MessagesSeen,
    NewConversationRequested,
    PageRequested,
    ReconnectRequested,
    RetryRequested,
    SearchRequested,
    SendRequested,
    TextRequested,
    ViewHeartbeat,
    ViewToKernel,
)
from ipygenesys._core.view.protocol.locale import SpokenLocale
from ipygenesys._core.view.search import ViewSearches
from ipygenesys._core.view.title import ViewTitle


class ViewHub:
    """All views of one widget."""

    def __init__(
        self,
        session: Session,
        *,
        epoch: str,
        budget: SendBudget,
        title: ViewTitle | None = None,
        locale: SpokenLocale | None = None,
        folder: str = "",
    ) -> None:
        """Nobody is there yet.

        Args:
            session: what they look at.
            epoch: made anew with each Chat.
            budget: of messages on the comm.
            title: what the conversation is called; None: by its customer.
            locale: what they speak; None: English.
            folder: where the shell keeps files that pages send.
        """
        self.files = ViewFiles(folder)
        self._session = session
        self._epoch = epoch
        self._budget = budget
        self._deltas = DeltaBuffer(epoch, budget)
        self.report = self._deltas.add  # Also for what is not of the session, such as an error in a handler.
        self._presence = ViewPresence()
        self._title = title or ViewTitle(session)
        self._answers = ViewAnswers(session, epoch, self._title, locale or SpokenLocale("en"))
        self._pages = ViewPages(session)
        self._searches = ViewSearches(session)
        self._hellos = ViewHellos()
        self.exports = ViewExports()
        self._commands: list[Command] = []
        """What the session must do because of what it did; they go with the next tick."""
        self._outgoing: list[KernelToView] = []
        self._last_sent = 0.0

    @property
    def is_seen(self) -> bool:
        """Somebody may be looking."""
        return bool(self._presence)

    # --- from the views -----------------------------------------------------------------------------------

    def receive(self, message: ViewToKernel, now: float) -> list[Command]:
        """Take a message of a view; returns the commands that it stands for."""
        crowded_out = self._presence.crowded_out_by(message.client)
        commands = [] if crowded_out is None else self.forget(crowded_out)
        client = self._presence.heard(message, now)
        return commands + self._handle_all(client.inbox.receive(message, now), client, now)

    def tick(self, now: float) -> list[Command]:
        """What time brings: gaps are given up, silent views are forgotten, and in the end nobody is there."""
        self.files.tick(now)
        commands, self._commands = self._commands, []
        found, loads = self._searches.tick(now)
        commands += loads
        due: list[KernelToView] = [*found, *self.exports.due(now)]
        for message in due:
            self._send(message, now)
        for name, client in self._presence.clients:
            commands += self._handle_all(client.inbox.tick(now), client, now)
            if now >= client.last_heard + VIEW_SILENCE_S:
                commands += self.forget(name)
        if self._presence.are_gone(now):
            commands.append(ViewsGone())
        return commands

    def next_deadline(self, now: float) -> float | None:
        """When ``tick`` or ``outgoing`` has something to do."""
        deadlines = [self._presence.next_deadline(), now if self._commands else None]
        deadlines += [part.next_deadline() for part in (self.files, self._searches, self.exports)]
        if self._presence:
            deadlines += [part.next_deadline(now) for part in (self._deltas, self._hellos)]
            deadlines.append(self._last_sent + KERNEL_HEARTBEAT_S)
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def _handle_all(self, messages: list[ViewToKernel], client: Client, now: float) -> list[Command]:
        return [command for message in messages for command in self._handle(message, client, now)]

    def _handle(self, message: ViewToKernel, client: Client, now: float) -> list[Command]:
        match message:
            case Hello():
                self._presence.returned(message.client, client)
                self._hellos.said(message)
                self._send_snapshots(now)
                return [Connect(by_call=False)] if self._session.connection.status == "idle" else []
            case Goodbye():
                return self.forget(message.client)
            case KeystrokeNoted():
                return [NoteKeystroke()] if self._presence.composes(message.client) else []
            case ComposingStopped():
                return self._stop_composing(message.client)
            case SendRequested(draft_id=draft_id, text=text):
                return [*self._stop_composing(message.client), Send(draft_id, text)]
            case AnswerRequested():
                return [*self._stop_composing(message.client), *self._answers.picked(message)]
            case FileOffered():
                if self._session.conversation.timeline.get(message.draft_id) is not None:
                    return []  # It is a message already, and the page will see it.
                self._outgoing.append(self.files.offered(message, self._session.allowed.uploads, now))
            case FileChunk():
                return self._file_chunk(message, now)
            case LinksRequested(message_id=message_id):
                return [RefreshAttachments(message_id)]
            case RetryRequested(draft_id=draft_id):
                return [Retry(draft_id)]
            case DiscardRequested(draft_id=draft_id):
                if self._session.outbox.get(draft_id) is None:
                    self.files.done(draft_id)  # Not all of it has come.
                return [Discard(draft_id)]
            case MessagesSeen(ids=ids):
                return [NoteSeen(ids)]
            case PageRequested():
                hit = self._searches.hit(message.search_id, message.ordinal)
                loads = self._pages.requested(message, hit)
                self._send_pages(now)
                return list(loads)
            case SearchRequested():
                self._searches.requested(message, now)
            case TextRequested():
                if (answer := self._answers.full_text(message)) is not None:
                    self._send(answer, now)
            case ReconnectRequested():
                return [ReconnectNow()]
            case NewConversationRequested():
                return [StartNew()]
            case ExportRequested():
                self.exports.requested(message)
            case ViewHeartbeat():
                pass
        return []

    def _file_chunk(self, chunk: FileChunk, now: float) -> list[Command]:
        if self._session.conversation.timeline.get(chunk.draft_id) is not None:
            return []  # The last piece, again: its message is there, and the page will see it.
        reply = self.files.received(chunk, now)
        if isinstance(reply, Send):
            return [*self._stop_composing(chunk.client), reply]
        self._outgoing.append(reply)
        return []

    def file_failed(self, draft_id: str) -> None:
        """The shell could not keep a file."""
        if (refusal := self.files.failed(draft_id)) is not None:
            self._outgoing.append(refusal)

    def _stop_composing(self, name: str) -> list[Command]:
        """Another page's composer may still be busy: only the last one to stop ends our typing."""
        return [StopComposing()] if self._presence.has_stopped(name) else []

    def forget(self, name: str) -> list[Command]:
        """A page has gone, or cannot be reached; its next hello brings it back."""
        if (client := self._presence.forget(name)) is None:
            return []
        for part in (self._hellos, self._pages, self._searches, self.exports):
            part.forget(name)
        return self._stop_composing(name) if client.is_composing else []

    def unreachable(self, name: str | None) -> None:
        """What was to be sent to a page, or to all of them, could not be."""
        for each in [name] if name else [name for name, _ in self._presence.clients]:
            self._commands += self.forget(each)

    # --- to the views -------------------------------------------------------------------------------------

    def publish(self, event: Event) -> None:
        """Turn what happened into what the views need to know."""
        self._searches.note(event)
        if (delta := delta_of(event)) is not None:
            self.report(delta)
        match event:
            case MessagePlaced(message=message) if message.is_draft:
                self.files.draft_changed(message)
            case MessagePlaced(message=message) | MessageRemoved(message=message):
                self.files.done(message.draft_id)
            case UploadProgressed():
                self._outgoing += self.files.progressed(event)
            case OlderHistoryFailed(failure=failure):
                self._pages.older_failed(failure)
            case HistoryPrepended():
                self._pages.older_came()
            case _:
                pass

    def renew(self) -> None:
        """The session is another one now: all pages are sent the whole."""
        self._deltas.start_over()
        self._hellos.renew()

    def outgoing(self, now: float) -> list[KernelToView]:
        """What has to be sent now, in order."""
        if (title := self._title.news()) is not None:
            self.report(title)
        if not self._presence:
            self._deltas.discard()
            self._outgoing.clear()
            return []
        self._commands += self._pages.settle()
        self._send_snapshots(now)
        self._send_pages(now)
        messages, self._outgoing = [*self._outgoing, *self._deltas.drain(now)], []
        if not messages and now >= self._last_sent + KERNEL_HEARTBEAT_S:
            messages.append(KernelHeartbeat(epoch=self._epoch, revision=self._deltas.revision))
            self._budget.spend(now)
        if messages:
            self._last_sent = now
        return messages

    def _send(self, message: KernelToView, now: float) -> None:
        """Send something that counts on all deltas so far: they go first."""
        self._outgoing += self._deltas.flush(now)
        self._outgoing.append(message)
        self._budget.spend(now)

    def _send_snapshots(self, now: float) -> None:
        for hello in self._hellos.due(now):
            self._outgoing += self._deltas.flush(now)
            around = self._pages.around(hello.around_id, hello.page_size) if hello.around_id else None
            part = around or self._pages.newest(hello.page_size)
            self._send(self._answers.snapshot(hello, part, self._deltas.revision, now), now)

    def _send_pages(self, now: float) -> None:
        for request, part in self._pages.take_answers():
            self._outgoing += self._deltas.flush(now)
            self._send(self._answers.page(request, part, self._deltas.revision), now)
