"""One life of a kernel: a gateway with a page, and an observer that hears every event and checks it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from ipygenesys._core.delta_buffer import SendBudget
from ipygenesys._core.durable import (
    DurableState,
    ForgetDraft,
    ForgetSeen,
    Keep,
    KeepDraft,
    KeepReadPosition,
    KeepSeen,
)
from ipygenesys._core.events import (
    ErrorRaised,
    Event,
    MessagePlaced,
    MessageReceived,
    MessageRemoved,
    MessageStatusChanged,
    ReadPositionMoved,
    StatusChanged,
    TypingChanged,
)
from ipygenesys._core.model import Message
from ipygenesys._core.outbox import Draft
from ipygenesys._core.typing_indicator import DEFAULT_DURATION_S, GRACE_S
from ipygenesys._core.view_hub import ViewHub
from ipygenesys._io.gateway import Gateway
from tests.simulation.browser import Browser

if TYPE_CHECKING:
    from ipygenesys._io.durable_store import DurableStore
    from ipygenesys._io.read_positions import ReadPositions
    from ipygenesys._protocols.base import Adapter
    from tests.simulation.network import Network

Report = Callable[[str, str], None]
Note = Callable[[str], None]
RANK = {"sending": 0, "unknown": 1, "unread": 2, "sent": 2, "failed": 3, "delivered": 4, "read": 5}
LONGEST_TYPING_S = DEFAULT_DURATION_S + GRACE_S


class Positions:
    """Read positions that outlive a kernel."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}

    def load(self, key: str) -> int:
        return self.kept.get(key, 0)

    def save(self, key: str, time_ms: int) -> bool:
        self.kept[key] = max(self.kept.get(key, 0), time_ms)
        return True


class Store:
    """What a durable store keeps, without a disk: as written, so that what cannot be written and read again shows."""

    damaged_copy = None

    def __init__(self) -> None:
        self._drafts: dict[str, bytes] = {}
        self._seen: dict[str, None] = {}
        self._read_up_to_ms = 0

    @property
    def state(self) -> DurableState:
        return DurableState(
            drafts=tuple(msgspec.json.decode(body, type=Draft) for body in self._drafts.values()),
            seen=tuple(self._seen),
            read_up_to_ms=self._read_up_to_ms,
        )

    def write(self, changes: Sequence[Keep]) -> None:
        for change in changes:
            match change:
                case KeepDraft(draft):
                    self._drafts[draft.draft_id] = msgspec.json.encode(draft)
                case ForgetDraft(draft_id):
                    self._drafts.pop(draft_id, None)
                case KeepSeen(ids):
                    self._seen |= dict.fromkeys(ids)
                case ForgetSeen(ids):
                    for id_ in ids:
                        self._seen.pop(id_, None)
                case KeepReadPosition(time_ms):
                    self._read_up_to_ms = max(self._read_up_to_ms, time_ms)

    def close(self) -> None:
        pass


class Kernel:
    """What dies with a kernel."""

    def __init__(
        self,
        network: Network,
        protocol: Adapter,
        positions: ReadPositions,
        number: int,
        report: Report,
        note: Note,
        store: DurableStore | None = None,
    ) -> None:
        self.protocol = protocol
        self.gateway = Gateway(protocol, clock=network.loop.clock, read_positions=positions, store=store)
        self.hub = ViewHub(self.gateway.session, epoch=f"e{number}", budget=SendBudget())
        self.browser = Browser(self.gateway, self.hub, f"page-{number}")
        self.drafts: dict[str, str] = {}
        """Sent by the user in this life: texts by draft id."""
        self.seen: set[str] = set()
        self.received: set[str] = set()
        self.caught_up_at: float | None = None
        self.covered_before_ms = 0
        """Who reads on the newest page has left behind what is older than that page."""
        self._loop = network.loop
        self._network = network
        self._report = report
        self._note = note
        self._rank: dict[str, int] = {}
        self._position_ms = 0
        self._is_typing_shown = False
        self.gateway.add_listener(self.browser.hear)
        self.gateway.add_listener(self._hear)
        self.gateway.add_views(self.browser)
        self.gateway.bind(network.loop)

    @property
    def timeline(self) -> tuple[Message, ...]:
        return self.gateway.session.conversation.timeline.copy()

    @property
    def status(self) -> str:
        return self.gateway.session.connection.status

    def _hear(self, event: Event) -> None:
        self._note(repr(event))
        match event:
            case MessagePlaced(message=message, former_id=former):
                self._advances(message, former)
            case MessageStatusChanged(message=message):
                self._advances(message, message.id)
            case MessageRemoved(message=message):
                self._rank.pop(message.id, None)
            case MessageReceived(message=message):
                if message.is_own:
                    self._report("I1", "a message of our own was received")
                if message.id in self.received:
                    self._report("I2", "a message was received twice")
                self.received.add(message.id)
            case TypingChanged(names):
                self.check_typing()
                self._is_typing_shown = bool(names)
            case ReadPositionMoved(time_ms):
                if time_ms <= self._position_ms:
                    self._report("I5", "the read position moved back")
                self._position_ms = time_ms
                if self.gateway.session.catch_up.has_older:
                    self.covered_before_ms = max(self.covered_before_ms, self.timeline[0].time_ms - 1)
            case ErrorRaised(failure) if failure.code == "internal":
                self._report("I10", failure.message)
            case StatusChanged(status="failed", detail=None):
                self._report("I10", "failed without a word")
            case _:
                pass
        if self.caught_up_at is None and self.gateway.session.catch_up.has_completed:
            self.caught_up_at = self._loop.time()

    def _advances(self, message: Message, former: str | None) -> None:
        """A message's state never goes back, except that a draft is sent again."""
        before = self._rank.pop(former, None) if former is not None else None
        rank = self._rank[message.id] = RANK[message.status]
        if before is not None and rank < before and not message.is_draft and former == message.id:
            self._report("I5", f"a status went back to {message.status}")

    def check_typing(self) -> None:
        """Nobody is shown typing for longer than what was said allows."""
        late_s = self._loop.time() - (self._network.typing_heard_at + LONGEST_TYPING_S)
        if self._is_typing_shown and late_s > 0.01:
            self._report("I7", f"shown typing for {late_s:.1f} s too long")

    async def close(self) -> None:
        await self.gateway.close()

    async def kill(self) -> None:
        """As kill -9: nothing is said, nothing is kept that was not kept before."""
        await asyncio.sleep(0)
        self._network.sever()
        gateway = self.gateway
        for task in asyncio.all_tasks(self._loop) - {asyncio.current_task(self._loop)}:
            task.cancel()
        gateway._is_over = True
        if gateway._timer is not None:
            gateway._timer.cancel()
