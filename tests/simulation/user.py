"""One user in one conversation: what she does, and what she has asked for, seen and acknowledged over all kernels."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

from ipygenesys._core.model.inputs import (
    Clear,
    Connect,
    Discard,
    Disconnect,
    LoadOlder,
    MarkAllRead,
    ReconnectNow,
    Retry,
    Send,
    StartNew,
    StopComposing,
)
from ipygenesys._core.model.messages import Message, OutgoingFile
from ipygenesys._io.disk.durable_store import DurableStore
from ipygenesys._io.disk.read_positions import ReadPositions
from tests.simulation.client import Client
from tests.simulation.protocols import protocol_of
from tests.simulation.schedule import Action
from tests.simulation.stores import Positions, Store
from tests.simulation.truth import Truth
from tests.simulation.virtual_http import SIZE_BYTES

if TYPE_CHECKING:
    from tests.simulation.world import World

PAGES = 3
"""Among the first few conversations most have a page that shows them; of the others, which are many, each tenth one."""

ELSEWHERE = ("4017", "signed.in.elsewhere")
"""Why a guest's session is of no use here any more."""


class User:
    """Our side of one conversation."""

    def __init__(self, world: World, truth: Truth) -> None:
        self.world = world
        self.truth = truth
        self.clients: list[Client] = []
        self.seen: set[str] = set()
        """What was displayed, or acknowledged by the user, in any life."""
        self.acknowledged_up_to_ms = 0
        """The user has marked all read, those that had not arrived yet included."""
        self.sent: Counter[str] = Counter()
        """Sends that the user has asked for, by words, in any life."""
        self.insisted: Counter[str] = Counter()
        """The user's retries of what may have been sent already, by words."""
        self.discarded: set[str] = set()
        self._words: dict[str, str] = {}
        """By draft id, of all lives."""
        self._positions = Positions()
        self._store = Store() if world.schedule.is_durable else None

    @property
    def client(self) -> Client:
        return self.clients[-1]

    @property
    def is_left_behind(self) -> bool:
        """Nothing more can be said in this conversation here, and nothing is amiss: a guest may begin another one."""
        failure = self.client.gateway.session.connection.failure
        return self.client.status == "read_only" or (failure is not None and failure.code in ELSEWHERE)

    def boot(self) -> None:
        """A new kernel has come, and its user connects."""
        world, number, life = self.world, self.truth.number, len(self.clients)
        former = self.clients[-1].protocol if self.clients else None
        self.clients.append(
            Client(
                world.network,
                protocol_of(world.server, number, former),
                cast("ReadPositions", self._positions),
                f"{number}-{life}",
                world.report,
                world.log.append,
                cast("DurableStore | None", self._store),
                has_page=(world.schedule.seed + number) % 4 > 0 if number < PAGES else number % 10 == 0,
                is_unreadable=world.is_garbage,
                is_refused_typing=world.is_refused_typing,
            )
        )
        world.loop.call_soon(self.client.mount)
        world.loop.call_soon(self.take, Connect())

    def take(self, command: Any) -> None:
        self.client.take(command)

    def act(self, action: Action) -> bool:
        """Do what an action says, if it is one of the user's."""
        act = getattr(self, "_" + action.kind.replace(" ", "_"), None)
        if act is None:
            return False
        act(action)
        return True

    def words_of(self, draft: Message) -> str:
        """What tells a draft from others, whichever life it is of."""
        return self._words.get(draft.id) or draft.text or ""

    # --- writing

    def _we_type(self, action: Action) -> None:
        for number in range(int(action.value)):
            self.world.loop.call_later(0.3 * number, self.client.key)

    def _we_stop_typing(self, action: Action) -> None:
        self.take(StopComposing())

    def _we_send(self, action: Action) -> None:
        self._send(self.world.text("our"))

    def _we_send_the_same_again(self, action: Action) -> None:
        texts = [words for words in self.client.drafts.values() if not words.endswith(".png")]
        self._send(texts[-1] if texts else self.world.text("our"))

    def _send(self, text: str) -> None:
        self.take(Send(self._drafted(text), text))

    def _we_send_a_file(self, action: Action) -> None:
        """On its own, or with words where a message may have both."""
        name = self.world.text("file") + ".png"
        text = self.world.text("our") if self.world.schedule.protocol == "guest" and action.value % 2 else ""
        file = OutgoingFile(path="/file", name=name, media_type="image/png", size_bytes=SIZE_BYTES)
        self.take(Send(self._drafted(text or name), text, file=file))

    def _drafted(self, words: str) -> str:
        """Who writes has read what stood before, where nobody is sent a receipt for it."""
        if self.world.schedule.protocol != "tutorial":
            self._acknowledge_all()
        draft_id = f"d{self.truth.number}-{len(self.clients)}-{len(self.client.drafts)}"
        self.client.drafts[draft_id] = self._words[draft_id] = words
        self.sent[words] += 1
        return draft_id

    def _we_cancel(self, action: Action) -> None:
        """Whatever is being sent; it may be too late."""
        draft = next((each for each in self.client.timeline if each.is_draft), None)
        if draft is not None and draft.status == "sending":
            self._discard(draft)

    def _undelivered(self) -> Message | None:
        """The oldest message that the user may decide about."""
        drafts = (message for message in self.client.timeline if message.is_draft)
        return next((draft for draft in drafts if draft.status in ("failed", "unknown")), None)

    def _we_retry(self, action: Action) -> None:
        if (draft := self._undelivered()) is not None:
            self.insisted[self.words_of(draft)] += draft.status == "unknown"
            self.take(Retry(draft.id))

    def _we_discard(self, action: Action) -> None:
        if (draft := self._undelivered()) is not None:
            self._discard(draft)

    def _discard(self, draft: Message) -> None:
        self.discarded.add(self.words_of(draft))
        self.take(Discard(draft.id))

    # --- reading

    def _we_see(self, action: Action) -> None:
        """The newest few of what is shown were in sight for long enough."""
        ids = self.client.newest(1 + int(action.value))
        self.seen.update(ids)
        self.client.see(ids)

    def _we_mark_all_read(self, action: Action) -> None:
        self._acknowledge_all()
        self.take(MarkAllRead())

    def _acknowledge_all(self) -> None:
        ids = self.client.gateway.session.conversation.timeline.unread_ids()
        self.seen.update(ids)
        self.client.seen.update(ids)
        newest = max((said.time_ms for said in self.truth.ever), default=0)
        self.acknowledged_up_to_ms = max(self.acknowledged_up_to_ms, newest)

    def _load_older(self, action: Action) -> None:
        self.take(LoadOlder(1 + int(action.value)))

    def _view_reloads(self, action: Action) -> None:
        self.client.mount()

    def _view_misses(self, action: Action) -> None:
        client = self.client
        client.mute(True)
        self.world.loop.call_later(action.seconds, client.mute, False)

    # --- beginning and ending

    def _reconnect_now(self, action: Action) -> None:
        self.take(ReconnectNow())

    def _disconnect(self, action: Action) -> None:
        self.take(Disconnect())

    def _connect(self, action: Action) -> None:
        self.take(Connect())

    def _we_clear(self, action: Action) -> None:
        self.take(Clear())

    def _we_start_anew(self, action: Action) -> None:
        self.take(StartNew())

    # --- in the end

    def come_back(self) -> None:
        """To a page that works, after a time in which nothing went wrong."""
        client = self.client
        client.mute(False)
        client.mount()
        if self.world.schedule.protocol == "guest" and self.is_left_behind:
            self.take(StartNew())
        self.take(Connect())
        self.take(StopComposing())
