"""A session with a view hub on top, and pages that mirror it over a comm."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.events import Event
from ipygenesys._core.model.inputs import Command
from ipygenesys._core.view.delta_buffer import SendBudget
from ipygenesys._core.view.encoding import view_message
from ipygenesys._core.view.hub import ViewHub
from ipygenesys._core.view.protocol import (
    Delta,
    Deltas,
    Goodbye,
    Hello,
    HistoryPrependedDelta,
    KernelHeartbeat,
    KernelToView,
    MessagePlacedDelta,
    MessageRemovedDelta,
    MessagesSkippedDelta,
    MessageStatusDelta,
    Page,
    PageRequested,
    Snapshot,
    StatusDelta,
    UnreadDelta,
    ViewMessage,
    ViewToKernel,
    decode_from_view,
    encode_to_view,
)
from ipygenesys._core.view.protocol.locale import SpokenLocale
from ipygenesys._core.view.title import ViewTitle
from tests import examples as eg
from tests.core.driver import Driver


class Desk(Driver):
    """A session with a hub on top, joined as the widget joins them."""

    def __init__(self, **profile: object) -> None:
        super().__init__(eg.profile(**profile))
        self.locale = SpokenLocale(words={"de": {"send": "Senden"}, "fr": {"send": "Envoyer"}})
        title = ViewTitle(self.session, given="Title")
        self.hub = ViewHub(self.session, epoch="e", budget=SendBudget(), title=title, locale=self.locale)
        self.seqs: dict[str, int] = {}
        self.sent: list[KernelToView] = []

    def hear(self, event: Event) -> None:
        super().hear(event)
        self.hub.publish(event)

    @property
    def hub_revision(self) -> int:
        """Of the newest delta, sent or not."""
        buffer = self.hub._deltas
        return buffer.revision + len(buffer._waiting)

    def has_views(self) -> bool:
        """Somebody may be looking."""
        return self.hub.is_seen

    def seq(self, client: str) -> int:
        self.seqs[client] = self.seqs.get(client, 0) + 1
        return self.seqs[client]

    def says(self, kind: type, client: str = "c", **fields: object) -> list[Command]:
        """A message of a view; its commands are carried out."""
        made = kind(client=client, seq=self.seq(client), **fields)
        message: ViewToKernel = decode_from_view(msgspec.to_builtins(made))
        commands = self.hub.receive(message, self.clock.monotonic)
        for command in commands:
            self.step(command)
        return commands

    def hello(self, client: str = "c", page_size: int = 100) -> Snapshot:
        self.says(Hello, client, protocol_version=1, page_size=page_size)
        return next(m for m in self.flush() if isinstance(m, Snapshot) and m.to == client)

    def flush(self) -> list[KernelToView]:
        """All that goes out now."""
        messages = self.hub.outgoing(self.clock.monotonic)
        self.sent += messages
        assert all(encode_to_view(message) for message in messages)
        return messages

    def rest(self, seconds: float) -> list[Command]:
        """Let time pass for the hub."""
        end, commands = self.clock.monotonic + seconds, list[Command]()
        while (deadline := self.hub.next_deadline(self.clock.monotonic)) is not None and deadline <= end:
            self.clock.advance_to(deadline)
            commands += self.hub.tick(self.clock.monotonic)
            self.flush()
            following = self.hub.next_deadline(self.clock.monotonic)
            assert following is None or following > self.clock.monotonic, "a deadline that never passes"
        self.clock.advance_to(end)
        return commands


class MirrorView:
    """A page of a browser that knows nothing but what it is sent."""

    def __init__(self, client: str, desk: Desk) -> None:
        self.client, self.desk = client, desk
        self.is_there = False
        self.revision: int | None = None
        """None while it waits for a snapshot."""
        self.slots: list[ViewMessage | None] = []
        """By position; None for what it does not hold."""
        self.has_older = False
        self.unread_count = 0
        self.status = "idle"
        self.asked: dict[str, PageRequested] = {}
        """Pages that have not come, as far as it knows."""

    # --- what it says -------------------------------------------------------------------------------------

    def hello(self) -> None:
        self.is_there, self.revision, self.asked = True, None, {}
        middle = self.shown[len(self.shown) // 2].id if self.shown else None
        self.desk.says(Hello, self.client, protocol_version=1, page_size=2, around_id=middle)

    def leave(self) -> None:
        if self.is_there:
            self.desk.says(Goodbye, self.client)
        self.is_there, self.revision = False, None

    def ask(self, where: str = "before", at: int = 0, time_ms: int = 0) -> None:
        """Ask for a page: by default for the one before the block at the end that it holds without a hole."""
        if not self.is_there or self.revision is None:
            return
        held = [slot for slot in self.slots[self.missing :] if slot is not None]
        if where in ("after", "around"):
            held = self.shown[at % max(len(self.shown), 1) :]
        request_id = f"r{len(self.desk.sent)}-{self.desk.seqs.get(self.client)}"
        fields = {"request_id": request_id, "where": where, "id": held[0].id if held else None}
        self.asked[request_id] = PageRequested(client=self.client, seq=0, time_ms=time_ms, **fields)  # type: ignore[arg-type]
        self.desk.says(PageRequested, self.client, limit=2, time_ms=time_ms, **fields)

    # --- what it is told ----------------------------------------------------------------------------------

    def take(self, message: KernelToView) -> None:
        if not self.is_there:
            return
        match message:
            case Snapshot() if message.to == self.client:
                self.revision = message.revision
                after = message.total - message.first_index - len(message.messages)
                self.slots = [None] * message.first_index + list(message.messages) + [None] * after
                assert len(self.slots) == message.total
                self.has_older = message.has_older
                self.unread_count, self.status = message.unread_count, message.status.status
            case Deltas():
                self.take_deltas(message)
            case Page() if message.to == self.client and self.is_at(message.revision):
                self.take_page(message)
            case KernelHeartbeat():
                self.is_at(message.revision)
            case _:
                pass

    def take_page(self, page: Page) -> None:
        asked = self.asked.pop(page.request_id, None)
        stop = page.first_index + len(page.messages)
        self.slots[page.first_index : stop] = page.messages
        self.has_older = page.has_older
        if asked is None or asked.id is None or not page.is_found:
            return
        at = next(
            (i for i, slot in enumerate(self.slots) if slot and asked.id in (slot.id, slot.draft_id)), None
        )
        if asked.where == "before" and page.messages and at is not None:
            assert stop == at, "a page that does not join"
        if asked.where == "after" and page.messages and at is not None:
            assert page.first_index == at + 1, "a page that does not join"
        if asked.where in ("around", "oldest", "time") and page.messages:
            assert page.target_id in [message.id for message in page.messages]
        if asked.where == "time" and page.target_id is not None and not page.error:
            timeline = self.desk.timeline
            if page.revision == self.desk.hub_revision:
                late = [message.id for message in timeline if message.time_ms >= (asked.time_ms or 0)]
                assert page.target_id in (late[:1] or [timeline[-1].id])

    def is_at(self, revision: int) -> bool:
        """Whether it has all up to here; if not, it asks for a snapshot."""
        if self.revision is not None and self.revision < revision:
            self.hello()
        return self.revision == revision

    def take_deltas(self, batch: Deltas) -> None:
        for revision, delta in enumerate(batch.deltas, batch.revision):
            if self.revision is None or revision <= self.revision:
                continue
            if revision > self.revision + 1:
                self.hello()
                return
            self.apply(delta)
            self.revision = revision

    def apply(self, delta: Delta) -> None:
        match delta:
            case MessagePlacedDelta(message=message, index=index):
                if delta.former_index is not None:
                    former = self.slots.pop(delta.former_index)
                    assert former is None or former.id == delta.former_id
                self.slots.insert(index, message)
            case MessageStatusDelta(id=id_, index=index, status=status, status_time_ms=time_ms):
                if (held := self.slots[index]) is not None:
                    assert held.id == id_
                    self.slots[index] = msgspec.structs.replace(
                        held, status=status, status_time_ms=time_ms, error=delta.error
                    )
            case MessageRemovedDelta(id=id_, index=index):
                former = self.slots.pop(index)
                assert former is None or former.id == id_
            case MessagesSkippedDelta(index=index, count=count):
                self.slots[index:index] = [None] * count
            case HistoryPrependedDelta(count=count, has_older=has_older):
                self.slots[:0] = [None] * count
                self.has_older = has_older
            case UnreadDelta(count=count):
                self.unread_count = count
            case StatusDelta(status=status):
                self.status = status
            case _:
                pass

    # --- what it shows ------------------------------------------------------------------------------------

    @property
    def shown(self) -> list[ViewMessage]:
        return [message for message in self.slots if message is not None]

    @property
    def missing(self) -> int:
        """How many messages stand before the block at the end that it holds without a hole."""
        holes = [index for index, message in enumerate(self.slots) if message is None]
        return holes[-1] + 1 if holes else 0

    @property
    def has_more(self) -> bool:
        return self.missing > 0 or self.has_older

    def check(self) -> None:
        """A page that is up to date is right about each message that it holds."""
        if self.is_there and self.revision == self.desk.hub_revision:
            timeline = self.desk.timeline
            assert len(self.slots) == len(timeline)
            for slot, message in zip(self.slots, timeline, strict=True):
                assert slot is None or slot == view_message(message)
