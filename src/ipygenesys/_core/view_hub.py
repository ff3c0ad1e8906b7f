"""The views of one widget: who is there, what they were sent, and what they ask for.

It sits between the session and the comm: messages of views become commands, events become deltas. All of a widget's
pages hear every delta; snapshots and pages are addressed to the client that asked.
"""

from __future__ import annotations

import msgspec

from ipygenesys._core.content import answer_of
from ipygenesys._core.delta_buffer import DeltaBuffer, SendBudget
from ipygenesys._core.events import (
    Event,
    HistoryPrepended,
    MessagePlaced,
    MessageRemoved,
    OlderHistoryFailed,
    UploadProgressed,
)
from ipygenesys._core.inputs import (
    Command,
    Connect,
    Discard,
    NoteKeystroke,
    NoteSeen,
    ReconnectNow,
    RefreshAttachments,
    Retry,
    Send,
    StopComposing,
    ViewsGone,
)
from ipygenesys._core.session import Session
from ipygenesys._core.view_encoding import delta_of, error_delta, status_delta, view_message
from ipygenesys._core.view_exports import ViewExports
from ipygenesys._core.view_files import ViewFiles
from ipygenesys._core.view_inbox import ViewInbox
from ipygenesys._core.view_locale import SpokenLocale
from ipygenesys._core.view_pages import Part, ViewPages
from ipygenesys._core.view_protocol import (
    KERNEL_HEARTBEAT_S,
    VIEW_SILENCE_S,
    AnswerRequested,
    ComposingStopped,
    Delta,
    DiscardRequested,
    ExportRequested,
    FileChunk,
    FileOffered,
    FullText,
    Goodbye,
    Hello,
    KernelHeartbeat,
    KernelToView,
    KeystrokeNoted,
    LinksRequested,
    MessagesSeen,
    Page,
    PageRequested,
    ReconnectRequested,
    RetryRequested,
    SearchRequested,
    SendRequested,
    Snapshot,
    TextRequested,
    UploadProgress,
    ViewHeartbeat,
    ViewMessage,
    ViewToKernel,
)
from ipygenesys._core.view_search import ViewSearches


class _Client(msgspec.Struct):
    """A page of a browser."""

    inbox: ViewInbox
    last_heard: float
    is_composing: bool = False


class ViewHub:
    """All views of one widget."""

    def __init__(
        self,
        session: Session,
        *,
        epoch: str,
        budget: SendBudget,
        title: str = "",
        locale: SpokenLocale | None = None,
        folder: str = "",
    ) -> None:
        """Nobody is there yet.

        Args:
            session: what they look at.
            epoch: made anew with each Chat.
            budget: of messages on the comm.
            title: the conversation in a few words.
            locale: what they speak; None: English.
            folder: where the shell keeps files that pages send.
        """
        self.files = ViewFiles(folder)
        self._session = session
        self._epoch = epoch
        self._title = title
        self._locale = locale or SpokenLocale("en")
        self._budget = budget
        self._deltas = DeltaBuffer(epoch, budget)
        self._clients: dict[str, _Client] = {}
        self._gone_at: float | None = None
        self._pages = ViewPages(session)
        self._searches = ViewSearches(session)
        self.exports = ViewExports()
        self._commands: list[Command] = []
        """What the session must do because of what it did; they go with the next tick."""
        self._outgoing: list[KernelToView] = []
        self._percent: dict[str, int] = {}
        """By draft: how much of its file the views know to be with the server."""
        self._last_sent = 0.0

    @property
    def has_views(self) -> bool:
        """Somebody may be looking."""
        return bool(self._clients)

    # --- from the views -----------------------------------------------------------------------------------

    def receive(self, message: ViewToKernel, now: float) -> list[Command]:
        """Take a message of a view; returns the commands that it stands for."""
        client = self._clients.get(message.client)
        if client is None:
            # A hello needs nothing before it; anything else may have overtaken the page's first message.
            first = message.seq if isinstance(message, Hello) else 1
            client = self._clients[message.client] = _Client(ViewInbox(first), now)
        client.last_heard, self._gone_at = now, None
        return self._handle_all(client.inbox.receive(message, now), client, now)

    def tick(self, now: float) -> list[Command]:
        """What time brings: gaps are given up, silent views are forgotten, and in the end nobody is there."""
        self.files.tick(now)
        commands, self._commands = self._commands, []
        found, loads = self._searches.tick(now)
        commands += loads
        due: list[KernelToView] = [*found, *self.exports.due(now)]
        for message in due:
            self._send(message, now)
        for name, client in list(self._clients.items()):
            commands += self._handle_all(client.inbox.tick(now), client, now)
            if now >= client.last_heard + VIEW_SILENCE_S:
                commands += self._forget(name)
        if self._gone_at is not None and now >= self._gone_at:
            self._gone_at = None
            commands.append(ViewsGone())
        return commands

    def next_deadline(self, now: float) -> float | None:
        """When ``tick`` or ``outgoing`` has something to do."""
        deadlines = [self._gone_at, self.files.next_deadline(), now if self._commands else None]
        deadlines += [self._searches.next_deadline(), self.exports.next_deadline()]
        if self._clients:
            deadlines += [self._deltas.next_deadline(now), self._last_sent + KERNEL_HEARTBEAT_S]
        for client in self._clients.values():
            deadlines += [client.inbox.next_deadline(), client.last_heard + VIEW_SILENCE_S]
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def _handle_all(self, messages: list[ViewToKernel], client: _Client, now: float) -> list[Command]:
        return [command for message in messages for command in self._handle(message, client, now)]

    def _handle(self, message: ViewToKernel, client: _Client, now: float) -> list[Command]:
        match message:
            case Hello():
                # It may have said goodbye a moment ago, in the same breath.
                self._clients[message.client], self._gone_at = client, None
                self._send_snapshot(message, now)
                return [Connect(by_call=False)] if self._session.connection.status == "idle" else []
            case Goodbye():
                return self._forget(message.client)
            case KeystrokeNoted():
                if message.client not in self._clients:
                    return []  # It has said goodbye.
                client.is_composing = True
                return [NoteKeystroke()]
            case ComposingStopped():
                return self._stop_composing(message.client)
            case SendRequested(draft_id=draft_id, text=text):
                return [*self._stop_composing(message.client), Send(draft_id, text)]
            case AnswerRequested():
                return [*self._stop_composing(message.client), *self._answer(message)]
            case FileOffered():
                if self._session.conversation.timeline.get(message.draft_id) is not None:
                    return []  # It is a message already, and the page will see it.
                self._outgoing.append(self.files.offered(message, self._session.uploads, now))
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
                self._send_text(message, now)
            case ReconnectRequested():
                return [ReconnectNow()]
            case ViewHeartbeat() | ExportRequested():
                pass  # Transcripts are made by the shell, which then offers them to ``exports``.
        return []

    def _answer(self, request: AnswerRequested) -> list[Command]:
        offer = self._session.conversation.timeline.get(request.message_id)
        answer = None
        if offer is not None:
            answer = answer_of(offer.id, offer.content, request.part, request.picks, request.text)
        return [Send(request.draft_id, request.text, answer)] if answer or request.text.strip() else []

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
        if (client := self._clients.get(name)) is not None:
            client.is_composing = False
        return [] if any(other.is_composing for other in self._clients.values()) else [StopComposing()]

    def _forget(self, name: str) -> list[Command]:
        client = self._clients.pop(name, None)
        if client is None:
            return []
        self._pages.forget(name)
        self._searches.forget(name)
        self.exports.forget(name)
        if not self._clients:
            # A page that is being reloaded says goodbye too, and is back in a moment.
            self._gone_at = client.last_heard + VIEW_SILENCE_S
        return self._stop_composing(name) if client.is_composing else []

    # --- to the views -------------------------------------------------------------------------------------

    def publish(self, event: Event) -> None:
        """Turn what happened into what the views need to know."""
        self._searches.note(event)
        if (delta := delta_of(event)) is not None:
            self.report(delta)
        match event:
            case MessagePlaced(message=message) if not message.is_draft:
                self._upload_ended(message.draft_id)
            case MessageRemoved(message=message):
                self._upload_ended(message.draft_id)
            case UploadProgressed():
                self._progressed(event)
            case _:
                pass
        if isinstance(event, OlderHistoryFailed):
            self._pages.older_failed(event.failure.message)
        elif isinstance(event, HistoryPrepended):
            self._pages.older_came()

    def _upload_ended(self, draft_id: str | None) -> None:
        self.files.done(draft_id)
        self._percent.pop(draft_id or "", None)

    def _progressed(self, event: UploadProgressed) -> None:
        """A percent at a time: no view shows more."""
        percent = event.sent_bytes * 100 // max(event.total_bytes, 1)
        if percent != self._percent.get(event.draft_id):
            self._percent[event.draft_id] = percent
            self._outgoing.append(
                UploadProgress(
                    draft_id=event.draft_id, sent_bytes=event.sent_bytes, total_bytes=event.total_bytes
                )
            )

    def report(self, delta: Delta) -> None:
        """Queue a delta; also one that is not of the session, such as an error in a handler."""
        self._deltas.add(delta)

    def outgoing(self, now: float) -> list[KernelToView]:
        """What has to be sent now, in order."""
        if not self._clients:
            self._deltas.discard()
            self._outgoing.clear()
            return []
        self._commands += self._pages.settle()
        self._send_pages(now)
        messages, self._outgoing = self._outgoing, []
        messages += self._deltas.drain(now)
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

    def _send_snapshot(self, hello: Hello, now: float) -> None:
        session, timeline = self._session, self._session.conversation.timeline
        self._outgoing += self._deltas.flush(now)
        around = self._pages.around(hello.around_id, hello.page_size) if hello.around_id else None
        part = around or self._pages.newest(hello.page_size)
        first_unread = timeline.first_unread_index
        locale = self._locale.choose(hello.languages)
        snapshot = Snapshot(
            to=hello.client,
            epoch=self._epoch,
            revision=self._deltas.revision,
            total=len(timeline),
            first_index=part.start,
            messages=self._messages(part),
            has_older=session.catch_up.has_older,
            first_unread_id=None if first_unread is None else timeline[first_unread].id,
            status=status_delta(session.status_at(now)),
            typing=session.conversation.typing_names,
            unread_count=timeline.unread_count,
            capabilities=tuple(sorted(session.capabilities)),
            can_answer=session.can_answer,
            uploads=session.uploads,
            error=error_delta(session.last_error) if session.last_error else None,
            title=self._title,
            locale=locale,
            words=self._locale.words(locale),
        )
        self._send(snapshot, now)

    def _send_pages(self, now: float) -> None:
        for request, part in self._pages.take_answers():
            self._outgoing += self._deltas.flush(now)
            timeline = self._session.conversation.timeline
            page = Page(
                to=request.client,
                request_id=request.request_id,
                epoch=self._epoch,
                revision=self._deltas.revision,
                first_index=part.start,
                messages=self._messages(part),
                has_older=self._session.catch_up.has_older,
                is_found=part.is_found,
                target_id=None if part.target is None else timeline[part.target].id,
                stopped_early=part.stopped_early,
                error=part.error,
            )
            self._send(page, now)

    def _messages(self, part: Part) -> tuple[ViewMessage, ...]:
        timeline = self._session.conversation.timeline
        return tuple(view_message(message) for message in timeline.slice(part.start, part.stop))

    def _send_text(self, request: TextRequested, now: float) -> None:
        message = self._session.conversation.timeline.get(request.id)
        if message is not None and message.text is not None:
            self._send(FullText(to=request.client, id=request.id, text=message.text), now)
