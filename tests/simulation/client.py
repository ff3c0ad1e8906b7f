"""One client: a gateway with a page or without one, and an observer that hears every event and checks it at once."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ipygenesys._core.machines.typing_indicator import DEFAULT_DURATION_S, GRACE_S
from ipygenesys._core.model.events import (
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
from ipygenesys._core.model.inputs import Command, NoteKeystroke, NoteSeen
from ipygenesys._core.model.messages import Message
from ipygenesys._core.view.delta_buffer import SendBudget
from ipygenesys._core.view.hub import ViewHub
from ipygenesys._io.conversation.gateway import Gateway
from tests.simulation.browser import Browser
from tests.simulation.witness import OWNER, Witness

if TYPE_CHECKING:
    from ipygenesys._io.disk.durable_store import DurableStore
    from ipygenesys._io.disk.read_positions import ReadPositions
    from ipygenesys._protocols.base import Adapter
    from tests.simulation.network import Network

Report = Callable[[str, str], None]
Note = Callable[[str], None]
RANK = {"sending": 0, "unknown": 1, "unread": 2, "sent": 2, "failed": 3, "delivered": 4, "read": 5}
LONGEST_TYPING_S = DEFAULT_DURATION_S + GRACE_S


class Client:
    """What dies with a kernel, of one conversation."""

    def __init__(
        self,
        network: Network,
        protocol: Adapter,
        positions: ReadPositions,
        name: str,
        report: Report,
        note: Note,
        store: DurableStore | None = None,
        *,
        has_page: bool = True,
        is_unreadable: Callable[[bytes], bool] = lambda _: False,
        is_refused_typing: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        self.protocol = protocol
        self.gateway = Gateway(protocol, clock=network.loop.clock, read_positions=positions, store=store)
        self.witness = Witness(
            self.gateway,
            report,
            is_unreadable=is_unreadable,
            is_refused_typing=is_refused_typing,
            on_typing=self._typing_was_said,
            on_page=self._page_came,
        )
        self.browser: Browser | None = None
        """The page that shows it, if there is one."""
        self.drafts: dict[str, str] = {}
        """Sent by the user in this life: words by draft id."""
        self.seen: set[str] = set()
        self.received: set[str] = set()
        self.caught_up_at: float | None = None
        self.news_from: str | None = None
        """The oldest message that was here then: what is older is no news."""
        self.covered_to_ms = 0
        """Who reads on the newest page has left behind what is older than that page."""
        self.uncovered: set[str] = set()
        """What was on it, of the same time as the oldest that it left behind may be."""
        self._context = contextvars.copy_context()
        self._context.run(OWNER.set, self.witness)
        self._loop = network.loop
        self._report = report
        self._note = note
        self._rank: dict[str, int] = {}
        self._position_ms = 0
        self._typing_heard_at = 0.0
        self._is_typing_shown = False
        if has_page:
            hub = ViewHub(self.gateway.session, epoch=f"e-{name}", budget=SendBudget())
            self.browser = Browser(self.gateway, hub, f"page-{name}")
            self.gateway.add_listener(self.browser.hear)
            self.gateway.add_views(self.browser)
        self.gateway.add_listener(self._hear)
        spawn = self.gateway.spawn
        # Its tasks are its own, even where another client's has caused them: what they share is looked after by any.
        self.gateway.spawn = lambda coroutine: self._context.copy().run(spawn, coroutine)  # type: ignore[method-assign]
        self._context.run(self.gateway.bind, network.loop)

    @property
    def timeline(self) -> tuple[Message, ...]:
        return tuple(self.gateway.session.conversation.timeline.copy())

    @property
    def status(self) -> str:
        return self.gateway.session.connection.status

    # --- the user

    def take(self, command: Command) -> None:
        self._context.run(self.gateway.take, command)

    def mount(self) -> None:
        """The page is loaded, for the first time or again."""
        if self.browser is not None:
            self._context.run(self.browser.mount)

    def mute(self, is_muted: bool) -> None:
        """What is sent to the page does not arrive."""
        if self.browser is not None:
            self.browser.is_muted = is_muted

    def key(self) -> None:
        if self.browser is not None:
            self._context.run(self.browser.key)
        else:
            self.take(NoteKeystroke())

    def newest(self, count: int) -> tuple[str, ...]:
        """Ids of others' messages among the newest few of what the user has before her."""
        shown: Any = self.timeline if self.browser is None else self.browser.messages
        return tuple(each.id for each in shown[-count:] if not each.is_own and each.text is not None)

    def see(self, ids: tuple[str, ...]) -> None:
        self.seen.update(ids)
        if self.browser is not None:
            self._context.run(self.browser.see, ids)
        else:
            self.take(NoteSeen(ids))

    # --- the observer

    def _typing_was_said(self) -> None:
        """A frame that says that somebody types has come in."""
        self._typing_heard_at = self._loop.time()

    def _page_came(self) -> None:
        """The first one tells the conversation as it was when we came."""
        if self.caught_up_at is None and self.gateway.session.catch_up.has_completed:
            self.caught_up_at = self._loop.time()
            self.news_from = next((each.id for each in self.timeline if not each.is_draft), None)

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
                    first_ms = self.timeline[0].time_ms
                    self.covered_to_ms = max(self.covered_to_ms, first_ms)
                    self.uncovered |= {each.id for each in self.timeline if each.time_ms == first_ms}
            case ErrorRaised(failure) if failure.code == "internal":
                self._report("I10", failure.message)
            case StatusChanged(status="failed", detail=None):
                self._report("I10", "failed without a word")
            case _:
                pass

    def _advances(self, message: Message, former: str | None) -> None:
        """A message's state never goes back, except that a draft is sent again."""
        before = self._rank.pop(former, None) if former is not None else None
        rank = self._rank[message.id] = RANK[message.status]
        if before is not None and rank < before and not message.is_draft and former == message.id:
            self._report("I5", f"a status went back to {message.status}")

    def check_typing(self) -> None:
        """Nobody is shown typing for longer than what was said allows."""
        late_s = self._loop.time() - (self._typing_heard_at + LONGEST_TYPING_S)
        if self._is_typing_shown and late_s > 0.01:
            self._report("I7", f"shown typing for {late_s:.1f} s too long")

    # --- the end

    async def close(self) -> None:
        await self._loop.create_task(self.gateway.close(), context=self._context.copy())

    def kill(self) -> None:
        """As kill -9, once its tasks are gone: nothing is said, nothing is kept that was not kept before."""
        self.gateway._is_over = True
        if self.gateway._timer is not None:
            self.gateway._timer.cancel()
