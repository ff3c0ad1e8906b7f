"""Messages that arrive, by the stream, history or a call: recognised, placed, their content fetched."""

from __future__ import annotations

import msgspec

from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.machines.receipts import ReadReceipts
from ipygenesys._core.model.events import Event
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.inputs import Now
from ipygenesys._core.model.operations import FetchMessages, RefreshAttachment
from ipygenesys._core.model.platform_events import History, MessageArrived
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.session.echoes import Echoes
from ipygenesys._core.session.message_fetches import Fetch, MessageFetches, ids_of
from ipygenesys._core.session.sending import Sending
from ipygenesys._core.session.step_effects import StepEffects


class Arrivals:
    """The way of a message into the timeline."""

    def __init__(
        self,
        profile: Profile,
        conversation: Conversation,
        catch_up: CatchUp,
        sending: Sending,
        receipts: ReadReceipts,
        effects: StepEffects,
    ) -> None:
        self._conversation = conversation
        self._catch_up = catch_up
        self._sending = sending
        self._receipts = receipts
        self._effects = effects
        self._fetches = MessageFetches(in_bulk=profile.fetches_in_bulk)
        self._echoes = Echoes(
            returns_draft_ids=profile.is_send_idempotent, conversation=conversation, outbox=sending.outbox
        )

    def arrived(self, arrived: MessageArrived, now: Now, *, is_news: bool) -> None:
        """One message; ``is_news``: it was not there before we came."""
        if self._echoes.hold(arrived):
            return
        timeline = self._conversation.timeline
        is_bare_news = not arrived.has_content and timeline.get(arrived.id) is None
        self._effects.emit(*self._placed(arrived, now, is_news=is_news))
        if self._receipts.has_some and (message := timeline.get(arrived.id)) and message.is_own:
            self._receipts.withdraw(message.id)
        if is_bare_news:
            self.fetch(arrived.id, now.monotonic)

    def old_arrived(self, arrived: MessageArrived, now: Now, *, is_news: bool) -> list[Event]:
        """One of a page of older messages; returns what it changes, for the caller to tell."""
        if self._echoes.hold(arrived, is_old=True):
            return []
        return self._placed(arrived, now, is_news=is_news)

    def posted(self, draft_id: str, answer: MessageArrived, now: Now) -> None:
        """A send has its answer: the message as the server has it."""
        self.arrived(msgspec.structs.replace(answer, draft_id=draft_id), now, is_news=False)
        self.release_held(now)

    def release_held(self, now: Now) -> None:
        """The send that they may have been has its answer."""
        for arrived in self._echoes.take_held():
            self.arrived(arrived, now, is_news=True)

    def forget(self, gone: frozenset[str] | None = None) -> None:
        """The conversation was cleared, of all that was said or of these messages."""
        if gone is None:
            self._echoes.take_held()
        self._fetches.forget(gone)

    def refresh_attachments(self, message_id: str) -> None:
        """The addresses of a message's files may have expired: ask for others."""
        message = self._conversation.timeline.get(message_id)
        files = message.attachments if message else ()
        self._effects.call(*(RefreshAttachment(message_id, file.id) for file in files if file.id))

    # --- content that is missing --------------------------------------------------------------------------

    def fetch(self, message_id: str, now: float) -> None:
        """Only the id of this message is known; where single messages cannot be had, history may have it whole."""
        if self._fetches.is_supported:
            self._fetches.want(message_id)
        else:
            self._are_unavailable(message_id)
            self._catch_up.request(now)

    def fetched(self, fetch: Fetch, result: MessageArrived | History | None, now: Now) -> None:
        """The content of messages has come, or of some of them. What was cleared meanwhile does not come back by it."""
        gone = self._fetches.succeeded(fetch)
        if isinstance(result, MessageArrived) and not gone:
            self._catch_up.message_arrived(result, now.monotonic)  # Its number was not known before.
            self.arrived(result, now, is_news=True)
        elif isinstance(result, History):
            for arrived in result.messages:
                if arrived.id not in gone:
                    self.arrived(arrived, now, is_news=True)
        self._are_unavailable(*ids_of(fetch))

    def fetch_failed(self, fetch: Fetch, failure: Failure, now: Now) -> None:
        """It could not be had, for now or for ever; that a single message is gone is no failure to show."""
        given_up = self._fetches.failed(fetch, failure, now.monotonic, now.jitter)
        self._conversation.counters["message_unavailable"] += len(given_up)
        self._are_unavailable(*given_up)
        if not self._fetches.is_supported:
            self._catch_up.request(now.monotonic)
        if isinstance(fetch, FetchMessages) or failure.is_transient:
            self._effects.report(failure)

    def pump(self, now: float) -> None:
        """Ask for the content that is missing."""
        for fetch in self._fetches.pump(now):
            self._effects.call(fetch, is_again=self._fetches.is_again(fetch))

    def next_deadline(self) -> float | None:
        """When ``pump`` has something to do."""
        return self._fetches.next_deadline()

    def _placed(self, arrived: MessageArrived, now: Now, *, is_news: bool) -> list[Event]:
        recognised = self._echoes.recognised(arrived)
        if recognised.draft_id is not None:
            self._sending.accepted(recognised.draft_id, recognised.id)
        return self._conversation.message_arrived(recognised, now.time_ms, is_news=is_news)

    def _are_unavailable(self, *message_ids: str) -> None:
        """Those of them that have no content will have none."""
        for message_id in message_ids:
            self._effects.emit(*self._conversation.message_unavailable(message_id))
