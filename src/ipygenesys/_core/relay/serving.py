"""What becomes of viewers' commands: each is allowed or not, done once however often it is asked, and answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from ipygenesys._core.model import inputs
from ipygenesys._core.model.effects import Effect, Emit
from ipygenesys._core.model.events import (
    DraftUnresolved,
    HistoryPrepended,
    MessagePlaced,
    OlderHistoryFailed,
)
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import CallFailed, CallSucceeded, Input
from ipygenesys._core.model.operations import (
    FetchHistory,
    MarkRead,
    MarkReadUpTo,
    PostMessage,
    RefreshAttachment,
    SetTyping,
)
from ipygenesys._core.model.platform_events import MessageArrived
from ipygenesys._core.relay.commands import Answer, Command, Greet, LookAt, OpenConversation, refusal_of
from ipygenesys._core.relay.publisher import Publisher
from ipygenesys._core.relay.rights import ALL_RIGHTS, Right
from ipygenesys._core.session.session import Session

TYPING_S = 8.0
"""Chosen: whoever types says so every 4 s."""
PAGE_SIZE = 200
_UNKNOWN = Failure(
    kind="lost",
    code="relay.unknown",
    message="The platform's answer to the relay was lost, and its history does not show the message.",
)
_NO_FILES = Failure(kind="unsupported", message="Files cannot be sent by a relay: it cannot read them.")
_NOT_HERE = Failure(kind="unsupported", message="That is asked of an inbox, not of a conversation.")
_NO_SUCH_FILE = Failure(kind="not_found", message="The relay does not have this file.")
_NOT_READ = Failure(kind="rejected", message="The platform has not accepted that the message was read.")


class Asker(NamedTuple):
    """Whose command it is."""

    user: str
    viewer: str


class Reply(NamedTuple):
    """An answer on its way."""

    to: Asker
    answer: Answer


class Work(msgspec.Struct):
    """What comes of a command, or of a step."""

    inputs: list[Input] = []
    """For the session, in this order."""
    replies: list[Reply] = []


class _Waiting(NamedTuple):
    to: Asker
    number: int


class Serving:
    """The commands of all viewers of one conversation.

    Args:
        session: of the relay.
        publisher: knows messages as viewers have them.
    """

    def __init__(self, session: Session, publisher: Publisher) -> None:
        self._session = session
        self._publisher = publisher
        self._typists: dict[Asker, float] = {}
        """Until when each of them is taken to type."""
        self._sends: dict[str, list[_Waiting]] = {}
        self._reads: list[tuple[_Waiting, tuple[str, ...]]] = []
        self._early: dict[tuple[str, ...], list[_Waiting]] = {}
        """Reads of messages that are not known here before history has come."""
        self._pages: list[_Waiting] = []
        self._is_paging = False
        self._files: dict[tuple[str, str], list[_Waiting]] = {}

    def take(
        self,
        user: str,
        command: Command,
        now: float,
        *,
        rights: frozenset[Right] = ALL_RIGHTS,
        remembered: MessageArrived | None = None,
    ) -> Work:
        """A command has come.

        Args:
            user: who asks.
            command: what for.
            now: monotonic seconds.
            rights: theirs.
            remembered: what the message that is to be sent became, when it was sent before.
        """
        work, asker = Work(), Asker(user, command.viewer)
        waiting = _Waiting(asker, command.number)
        if (refusal := refusal_of(command.wanted, rights, user)) is not None:
            _answer(work, waiting, failure=refusal)
            return work
        match command.wanted:
            case Greet():
                _answer(work, waiting, rights=rights)
            case SetTyping(is_typing):
                self._typing(asker, now, work, is_typing=is_typing)
            case PostMessage() as post:
                self._send(post, remembered, waiting, work)
            case MarkRead(message_id):
                self._read((message_id,), waiting, work)
            case MarkReadUpTo(_, batch):
                self._read(batch, waiting, work)
            case FetchHistory():
                self._load_older(waiting, work)
            case LookAt() | OpenConversation():
                _answer(work, waiting, failure=_NOT_HERE)
            case _ as file:
                self._refresh(file, waiting, work)
        return work

    def stepped(self, input_: Input, effects: Sequence[Effect]) -> Work:
        """The session has made a step: some may have waited for what it brought."""
        work = Work()
        match input_:
            case CallSucceeded(operation=RefreshAttachment(id_, file), result=result):
                message = result if isinstance(result, MessageArrived) else None
                self._file_came((id_, file), work, message=message)
            case CallFailed(operation=RefreshAttachment(id_, file), failure=failure):
                self._file_came((id_, file), work, failure=failure)
            case CallSucceeded(operation=FetchHistory()) | CallFailed(operation=FetchHistory()):
                if self._knows_history:
                    work.inputs += [inputs.NoteSeen(ids, elsewhere=True) for ids in self._early]
                    self._page(work)
            case inputs.NoteSeen(ids):
                self._reads += [(waiting, ids) for waiting in self._early.pop(ids, ())]
            case _:
                pass
        for effect in effects:
            if isinstance(effect, Emit):
                self._happened(effect.event, work)
        if self._reads:
            self._look_at_reads(work)
        return work

    def tick(self, now: float) -> Work:
        """``next_deadline`` has come, or something else has."""
        work = Work()
        gone = [asker for asker, until in self._typists.items() if until <= now]
        for asker in gone:
            self._typing(asker, now, work, is_typing=False)
        return work

    def next_deadline(self) -> float | None:
        """When somebody who types is not heard of any more; monotonic seconds."""
        return min(self._typists.values(), default=None)

    # --- one by one -----------------------------------------------------------------------------------------

    def _typing(self, asker: Asker, now: float, work: Work, *, is_typing: bool) -> None:
        if is_typing:
            self._typists[asker] = now + TYPING_S
            work.inputs.append(inputs.HoldTyping())
        elif self._typists.pop(asker, None) is not None and not self._typists:
            work.inputs.append(inputs.StopComposing())

    def _send(
        self, post: PostMessage, remembered: MessageArrived | None, waiting: _Waiting, work: Work
    ) -> None:
        self._typists.pop(waiting.to, None)
        known = self._session.conversation.timeline.get(post.draft_id)
        if post.file is not None:
            _answer(work, waiting, failure=_NO_FILES)
        elif known is not None and not known.is_draft:
            _answer(work, waiting, message=self._message(known.id, post.draft_id))
        elif known is not None and known.status == "unknown":
            _answer(work, waiting, failure=_UNKNOWN)
        elif remembered is not None:
            _answer(work, waiting, message=remembered)
        else:
            self._sends.setdefault(post.draft_id, []).append(waiting)
            if known is None:
                work.inputs.append(inputs.Send(post.draft_id, post.text, post.answer))

    def _read(self, ids: tuple[str, ...], waiting: _Waiting, work: Work) -> None:
        if self._knows_history:
            self._reads.append((waiting, ids))
            work.inputs.append(inputs.NoteSeen(ids, elsewhere=True))
        else:
            self._early.setdefault(ids, []).append(waiting)

    @property
    def _knows_history(self) -> bool:
        catch_up = self._session.catch_up
        return catch_up.has_completed or not catch_up.is_enabled

    def _load_older(self, waiting: _Waiting, work: Work) -> None:
        self._pages.append(waiting)
        if self._knows_history:
            self._page(work)

    def _page(self, work: Work) -> None:
        if not self._session.catch_up.has_older:
            self._paged(work, None)
        elif self._pages and not self._is_paging:
            self._is_paging = True
            work.inputs.append(inputs.LoadOlder(PAGE_SIZE))

    def _refresh(self, file: RefreshAttachment, waiting: _Waiting, work: Work) -> None:
        message = self._session.conversation.timeline.get(file.message_id)
        known = {each.id for each in message.attachments} if message else set()
        if not file.attachment_id or file.attachment_id not in known:
            _answer(work, waiting, failure=_NO_SUCH_FILE)  # The platform is not asked: no answer would come.
            return
        self._files.setdefault((file.message_id, file.attachment_id), []).append(waiting)
        work.inputs.append(inputs.RefreshAttachments(file.message_id))

    # --- what comes of it -----------------------------------------------------------------------------------

    def _happened(self, event: object, work: Work) -> None:
        match event:
            case MessagePlaced(message=message) if message.draft_id in self._sends:
                if not message.is_draft:
                    arrived = self._message(message.id, message.draft_id)
                    self._sent(message.draft_id, work, message=arrived)
                elif message.status == "failed":
                    draft = self._session.outbox.get(message.draft_id)
                    failure = None if draft is None else draft.failure
                    self._sent(message.draft_id, work, failure=failure or _UNKNOWN)
                    work.inputs.append(inputs.Discard(message.draft_id))
            case DraftUnresolved(draft_id) if draft_id in self._sends:
                self._sent(draft_id, work, failure=_UNKNOWN)
            case HistoryPrepended():
                self._paged(work, None)
            case OlderHistoryFailed(failure):
                self._paged(work, failure)
            case _:
                pass

    def _message(self, id_: str, draft_id: str) -> MessageArrived:
        arrived = self._publisher.message(id_) or MessageArrived(id=id_, has_content=False)
        return msgspec.structs.replace(arrived, draft_id=draft_id)

    def _sent(self, draft_id: str, work: Work, **outcome: Any) -> None:
        for waiting in self._sends.pop(draft_id):
            _answer(work, waiting, **outcome)

    def _paged(self, work: Work, failure: Failure | None) -> None:
        pages, self._pages, self._is_paging = self._pages, [], False
        for waiting in pages:
            _answer(work, waiting, failure=failure)

    def _file_came(self, key: tuple[str, str], work: Work, **outcome: Any) -> None:
        for waiting in self._files.pop(key, ()):
            _answer(work, waiting, **outcome)

    def _look_at_reads(self, work: Work) -> None:
        receipts = self._session.receipts
        pending = frozenset(receipts.pending)
        still: list[tuple[_Waiting, tuple[str, ...]]] = []
        for waiting, ids in self._reads:
            held = (self._session.conversation.timeline.get(id_) for id_ in ids)
            is_unread = any(message is not None and message.status == "unread" for message in held)
            is_pending = not pending.isdisjoint(ids)
            if (is_unread or is_pending) and receipts.refused is not None:
                _answer(work, waiting, failure=receipts.refused)
            elif is_pending:
                still.append((waiting, ids))
            else:
                _answer(work, waiting, failure=_NOT_READ if is_unread else None)
        self._reads = still


def _answer(
    work: Work,
    waiting: _Waiting,
    *,
    failure: Failure | None = None,
    message: MessageArrived | None = None,
    rights: frozenset[Right] = frozenset(),
) -> None:
    answer = Answer(number=waiting.number, failure=failure, message=message, rights=rights)
    work.replies.append(Reply(waiting.to, answer))
