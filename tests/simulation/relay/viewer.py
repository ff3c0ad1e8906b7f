"""Somebody who looks on and writes by a relay, over all the kernels that she has had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipygenesys as ig
from ipygenesys._core.model.inputs import (
    CallSucceeded,
    Connect,
    Discard,
    Disconnect,
    FrameReceived,
    LoadOlder,
    MarkAllRead,
    NoteKeystroke,
    NoteSeen,
    ReconnectNow,
    Retry,
    Send,
    StopComposing,
)
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import TypingNoticed
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._recordings.entries import AnyEntry, InputTaken
from tests.simulation.observer import Observer
from tests.simulation.relay.processes import Process
from tests.simulation.schedule import Action

if TYPE_CHECKING:
    from tests.simulation.relay.world import World


class Kernel(Observer):
    """One life of a viewer."""

    def __init__(self, world: World, process: Process) -> None:
        self.process = process
        protocol = ig.Relay(f"redis://{process.name}/0", conversation_id=world.truth.id)
        gateway = process.run(lambda: Gateway(protocol, clock=world.clock))
        super().__init__(gateway, world.loop, world.report, world.log.append)
        gateway.tap.add(self._passed)
        gateway.add_listener(self.hear)
        process.run(gateway.bind, world.loop)
        self.take(Connect())

    def take(self, command: Any) -> None:
        """Once it is bound, and not while it is stopped."""
        self.process.run(self.gateway.post, command)

    def _passed(self, entry: AnyEntry, effects: object) -> None:
        match entry:
            case InputTaken(input=FrameReceived(events=events)):
                if any(isinstance(event, TypingNoticed) and event.is_typing for event in events):
                    self.typing_was_said()
            case InputTaken(input=CallSucceeded(FetchHistory())):
                self.page_came()
            case _:
                pass


class Viewer:
    """All that she has asked for and seen."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number = world, number
        self.kernels: list[Kernel] = []
        self.sent: dict[str, int] = {}
        """By words: in which of her lives."""
        self.discarded: set[str] = set()
        self.seen: set[str] = set()
        self.boot()

    def boot(self) -> None:
        process = self.world.process(f"viewer-{self.number}-{len(self.kernels)}")
        self.kernels.append(Kernel(self.world, process))

    @property
    def kernel(self) -> Kernel:
        return self.kernels[-1]

    @property
    def life(self) -> int:
        return len(self.kernels)

    def act(self, action: Action) -> bool:
        """Do what an action says, if it is one of hers, and her kernel runs."""
        act = getattr(self, "_" + action.kind.replace(" ", "_"), None)
        if act is None:
            return False
        if not self.kernel.process.is_stopped:
            act(action)
        return True

    # --- writing

    def _we_type(self, action: Action) -> None:
        kernel = self.kernel
        for number in range(int(action.value)):
            self.world.loop.call_later(0.3 * number, kernel.take, NoteKeystroke())

    def _we_stop_typing(self, action: Action) -> None:
        self.kernel.take(StopComposing())

    def _we_send(self, action: Action) -> None:
        words = self.world.text("our")
        self.sent[words] = self.life
        self.kernel.take(Send(f"d{self.number}-{self.life}-{len(self.sent)}", words))

    def _undelivered(self) -> Message | None:
        """The oldest message that she may decide about."""
        drafts = (message for message in self.kernel.timeline if message.is_draft)
        return next((draft for draft in drafts if draft.status in ("failed", "unknown")), None)

    def _we_retry(self, action: Action) -> None:
        if (draft := self._undelivered()) is not None:
            self.kernel.take(Retry(draft.id))

    def _we_discard(self, action: Action) -> None:
        if (draft := self._undelivered()) is not None:
            self.discarded.add(draft.text or "")
            self.kernel.take(Discard(draft.id))

    # --- reading

    def _we_see(self, action: Action) -> None:
        """The newest few of what is shown were in sight for long enough."""
        newest = self.kernel.timeline[-1 - int(action.value) :]
        self._saw(tuple(each.id for each in newest if not each.is_own and each.text is not None))

    def _we_mark_all_read(self, action: Action) -> None:
        self._saw(self.kernel.gateway.session.conversation.timeline.unread_ids())
        self.kernel.take(MarkAllRead())

    def _saw(self, ids: tuple[str, ...]) -> None:
        self.seen.update(ids)
        self.kernel.seen.update(ids)
        self.kernel.take(NoteSeen(ids))

    def _load_older(self, action: Action) -> None:
        self.kernel.take(LoadOlder(1 + int(action.value)))

    # --- beginning and ending

    def _reconnect_now(self, action: Action) -> None:
        self.kernel.take(ReconnectNow())

    def _disconnect(self, action: Action) -> None:
        self.kernel.take(Disconnect())

    def _connect(self, action: Action) -> None:
        self.kernel.take(Connect())

    def come_back(self) -> None:
        self.kernel.take(Connect())
        self.kernel.take(StopComposing())
