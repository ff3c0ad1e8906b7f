"""A view: what a page shows that was sent the deltas, and what it sends back; some of it gets lost on the way."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.events import Event
from ipygenesys._core.model.inputs import Command
from ipygenesys._core.view.encoding import view_message
from ipygenesys._core.view.hub import ViewHub
from ipygenesys._core.view.protocol import (
    Deltas,
    Hello,
    HistoryPrependedDelta,
    KernelToView,
    KeystrokeNoted,
    MessagePlacedDelta,
    MessageRemovedDelta,
    MessagesSeen,
    MessagesSkippedDelta,
    MessageStatusDelta,
    Page,
    Snapshot,
    TypingDelta,
    UnreadDelta,
    ViewHeartbeat,
    ViewMessage,
    ViewToKernel,
)
from ipygenesys._io.conversation.gateway import Gateway

HEARTBEAT_S = 20.0


class Browser:
    """One page of the widget, with the kernel's half of its comm: what ``gateway.Views`` asks for."""

    def __init__(self, gateway: Gateway, hub: ViewHub, client: str) -> None:
        self.gateway = gateway
        self.hub = hub
        self.client = client
        self.is_muted = False
        """Nothing arrives here at the moment."""
        self.shown: dict[int, ViewMessage] = {}
        """By position."""
        self.total = 0
        self.typing: tuple[str, ...] = ()
        self.unread = 0
        self.revision: int | None = None
        self.resyncs = 0
        self._seq = 0
        self._waits = False
        self._beat_at = 0.0

    # --- the kernel's half

    def hear(self, event: Event) -> None:
        self.hub.publish(event)

    def commands(self) -> list[Command]:
        now = self.gateway.clock.monotonic()
        commands = self.hub.tick(now)
        if now >= self._beat_at:
            self._beat_at = now + HEARTBEAT_S
            commands += self._received(ViewHeartbeat(client=self.client, seq=self._next()))
        return commands

    def renew(self) -> None:
        self.hub.renew()

    def flush(self) -> None:
        for message in self.hub.outgoing(self.gateway.clock.monotonic()):
            if not self.is_muted:
                self._take(message)

    def next_deadline(self) -> float | None:
        at = self.hub.next_deadline(self.gateway.clock.monotonic())
        return self._beat_at if at is None else min(at, self._beat_at)

    def say(self, message: ViewToKernel) -> None:
        for command in self._received(message):
            self.gateway.take(command)
        self.gateway.settle()

    def _received(self, message: ViewToKernel) -> list[Command]:
        return self.hub.receive(message, self.gateway.clock.monotonic())

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    # --- the page

    def mount(self) -> None:
        self.revision, self._waits = None, True
        self.say(Hello(client=self.client, seq=self._next(), protocol_version=1))

    def key(self) -> None:
        self.say(KeystrokeNoted(client=self.client, seq=self._next()))

    def see(self, ids: tuple[str, ...]) -> None:
        self.say(MessagesSeen(client=self.client, seq=self._next(), ids=ids))

    @property
    def messages(self) -> list[ViewMessage]:
        return [self.shown[index] for index in sorted(self.shown)]

    def _take(self, message: KernelToView) -> None:
        match message:
            case Snapshot():
                self.revision, self._waits = message.revision, False
                self.shown = dict(enumerate(message.messages, message.first_index))
                self.total, self.typing, self.unread = message.total, message.typing, message.unread_count
            case Deltas():
                self._deltas(message)
            case Page() if message.revision == self.revision:
                self.shown |= dict(enumerate(message.messages, message.first_index))
            case _:
                revision = getattr(message, "revision", self.revision)
                if revision != self.revision and not self._waits:
                    self._resync()

    def _deltas(self, batch: Deltas) -> None:
        if self.revision is None:
            return
        if batch.revision > self.revision + 1:
            self._resync()
            return
        for number, delta in enumerate(batch.deltas, batch.revision):
            if number <= self.revision:
                continue
            self.revision = number
            match delta:
                case MessagePlacedDelta(message=message, index=index, former_index=former):
                    if former is not None:
                        self._remove(former)
                    self._insert(index, message)
                case MessageRemovedDelta(index=index):
                    self._remove(index)
                case MessageStatusDelta(index=index) if index in self.shown:
                    names = [name for name in delta.__struct_fields__ if name not in ("id", "index")]
                    changes = {name: getattr(delta, name) for name in names}
                    self.shown[index] = msgspec.structs.replace(self.shown[index], **changes)
                case MessagesSkippedDelta(index=index, count=count):
                    self.shown = {i + count * (i >= index): each for i, each in self.shown.items()}
                    self.total += count
                case HistoryPrependedDelta(count=count):
                    self.shown = {index + count: each for index, each in self.shown.items()}
                    self.total += count
                case TypingDelta(names=names):
                    self.typing = names
                case UnreadDelta(count=count):
                    self.unread = count
                case _:
                    pass

    def _resync(self) -> None:
        self.resyncs += 1
        self._waits, self.revision = True, None
        # Another turn of the loop: the kernel is in the middle of its step.
        self.gateway.call_soon(self.mount)

    def _insert(self, index: int, message: ViewMessage) -> None:
        self.shown = {i + (i >= index): each for i, each in self.shown.items()}
        self.shown[index] = message
        self.total += 1

    def _remove(self, index: int) -> None:
        self.shown.pop(index, None)
        self.shown = {i - (i > index): each for i, each in self.shown.items()}
        self.total -= 1

    # --- what is wrong with it

    def difference(self) -> str | None:
        """In what the page shows something else than the kernel has."""
        session = self.gateway.session
        timeline = session.conversation.timeline.copy()
        if self.total != len(timeline):
            return f"the page counts {self.total} messages, the kernel has {len(timeline)}"
        for index, shown in self.shown.items():
            held = view_message(timeline[index])
            if shown != held:
                others = [
                    name for name in held.__struct_fields__ if getattr(shown, name) != getattr(held, name)
                ]
                return f"the page shows another {' and '.join(others)} at {index}"
        if self.typing != session.conversation.typing_names:
            return "the page shows other people typing"
        if self.unread != session.conversation.timeline.unread_count:
            return f"the page counts {self.unread} unread messages"
        return None
