"""A session and an honest server with a bad network between them, for stateful tests."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ipygenesys._core.model.failures import FailureKind
from ipygenesys._core.model.inputs import (
    CallFailed,
    CallSucceeded,
    Command,
    Connect,
    Discard,
    Disconnect,
    FrameReceived,
    HoldTyping,
    Input,
    LoadOlder,
    MarkAllRead,
    NoteKeystroke,
    NoteSeen,
    ReconnectNow,
    Retry,
    Send,
    StopComposing,
    StreamLost,
    StreamOpened,
    TokenRenewed,
    ViewsGone,
)
from ipygenesys._core.model.messages import Capability
from ipygenesys._core.model.operations import (
    CheckHealth,
    ClearConversation,
    FetchHistory,
    FetchMessage,
    FetchMessages,
    MarkRead,
    MarkReadUpTo,
    Operation,
    PostMessage,
    RefreshAttachment,
    SetTyping,
    StartNewConversation,
)
from ipygenesys._core.model.platform_events import (
    CapabilitiesLearned,
    ConversationChanged,
    ConversationEnded,
    FrameIgnored,
    History,
    MessageArrived,
    MoveRequested,
    PlatformEvent,
    SessionLifeLearned,
    StreamRefused,
)
from ipygenesys._core.model.profile import LifeRules, TypingRules
from ipygenesys._core.model.stream_loss import StreamLoss
from tests import examples as eg
from tests.core.driver import Driver

PAGE = 3
"""The server's pages are short, so that there are many."""
FAILURES: tuple[FailureKind, ...] = (
    "authentication",
    "permission",
    "not_found",
    "unsupported",
    "rate_limited",
    "rejected",
    "unavailable",
    "unreachable",
    "lost",
    "protocol",
)
CAPABILITIES: list[frozenset[Capability]] = [
    eg.ALL_CAPABILITIES,
    eg.ALL_CAPABILITIES - {"send_read", "send_typing"},
    frozenset({"history", "send_read"}),
    frozenset({"send", "send_typing"}),
]
PLATFORMS: dict[str, dict[str, object]] = {
    "tutorial": {},
    "guest": {
        "max_sends_per_s": 2,
        "typing_rules": TypingRules(refresh_s=5.0, spacing_s=5.0, has_off=False),
        "life_rules": LifeRules(health_check_s=30.0),
    },
    "agent": {"fetches_in_bulk": True, "silence_s": 60.0},
}
"""What the protocols say of their platforms, as far as it changes the rules."""


class SessionMachine(RuleBasedStateMachine):
    """Commands, frames, answers and losses in any order."""

    def make_driver(self, **profile: object) -> Driver:
        return Driver(eg.profile(**profile))

    @initialize(
        capabilities=st.sampled_from(CAPABILITIES),
        is_idempotent=st.booleans(),
        platform=st.sampled_from(sorted(PLATFORMS)),
        before=st.integers(0, 7),
        is_connected=st.booleans(),
    )
    def start(
        self,
        capabilities: frozenset[Capability],
        is_idempotent: bool,
        platform: str,
        before: int,
        is_connected: bool,
    ) -> None:
        self.capabilities, self.is_idempotent = capabilities, is_idempotent
        self.driver = self.make_driver(
            capabilities=capabilities, is_send_idempotent=is_idempotent, **PLATFORMS[platform]
        )
        self.driver.clock.jitter = 0.3
        self.server: list[MessageArrived] = []
        self.drafts = 0
        self.of_draft: dict[str, MessageArrived] = {}
        self.carried_out: list[PostMessage] = []
        self.insisted: set[str] = set()
        self.noted: set[str] = set()
        self.acknowledged: list[str] = []
        self.has_trouble = False
        """Something was refused for good, so not all that was wanted can have happened."""
        for _ in range(before):
            self.stores(eg.arrived(1))
        if is_connected:
            self.command(Connect())
            self.open()
            if self.driver.calls:
                self.carry_out(0)

    # --- the user -----------------------------------------------------------------------------------------

    @rule(
        command=st.sampled_from(
            [
                Connect(),
                Connect(by_call=False),
                ReconnectNow(),
                NoteKeystroke(),
                StopComposing(),
                HoldTyping(),
                LoadOlder(2),
            ]
        )
    )
    def command(self, command: Command) -> None:
        self.driver.step(command)

    @rule(what=st.sampled_from([Disconnect(), ViewsGone(), TokenRenewed(), "learns", "ends"]))
    def seldom(self, what: Input | str) -> None:
        """What should not take up most of a run."""
        if what == "learns":
            self.says(CapabilitiesLearned(self.driver.session.capabilities))
        elif what == "ends":
            self.says(ConversationEnded(eg.failure("rejected")))
        elif not isinstance(what, str):
            self.driver.step(what)

    @rule()
    def send(self) -> None:
        self.drafts += 1
        self.driver.step(Send(f"d{self.drafts}", f"own text {self.drafts}"))

    @precondition(lambda self: self.drafts > 0)
    @rule(data=st.data(), verb=st.sampled_from([Retry, Discard]))
    def decide(self, data: st.DataObject, verb: type[Retry] | type[Discard]) -> None:
        draft = f"d{data.draw(st.integers(1, self.drafts))}"
        if verb is Retry:
            self.insisted.add(draft)
        self.driver.step(verb(draft))

    @precondition(lambda self: bool(self.driver.timeline))
    @rule(data=st.data())
    def see(self, data: st.DataObject) -> None:
        seen = data.draw(st.lists(st.sampled_from(self.driver.ids), max_size=4))
        self.noted.update(seen)
        self.driver.step(NoteSeen(tuple(seen)))

    @rule()
    def mark_all_read(self) -> None:
        self.noted.update(self.driver.session.conversation.timeline.unread_ids())
        self.driver.step(MarkAllRead())

    # --- the server ---------------------------------------------------------------------------------------

    def stores(self, message: MessageArrived) -> MessageArrived:
        number = len(self.server) + 1
        message = msgspec.structs.replace(
            message, id=f"m{number}", sequence=number, time_ms=eg.START_MS + number * 1000
        )
        self.server.append(message)
        return message

    def says(self, *events: PlatformEvent) -> None:
        generations = [generation for generation, is_open in self.driver.streams.items() if is_open]
        for generation in generations:
            self.driver.step(FrameReceived(generation, events))

    @rule(count=st.integers(1, 5), how=st.sampled_from(["full", "bare", "partial", "lost", "reversed"]))
    def agent_says(self, count: int, how: str) -> None:
        new = [self.stores(eg.arrived(1, text=f"text {len(self.server)}")) for _ in range(count)]
        self.tell(new, how)

    @precondition(lambda self: self.server)
    @rule(data=st.data(), how=st.sampled_from(["full", "bare", "partial"]))
    def says_again(self, data: st.DataObject, how: str) -> None:
        self.tell([data.draw(st.sampled_from(self.server))], how)

    def tell(self, messages: list[MessageArrived], how: str) -> None:
        told = {
            "full": messages,
            "bare": [eg.bare(1, id=m.id, participant_id=m.participant_id) for m in messages],
            "partial": [
                msgspec.structs.replace(m, time_ms=None, sequence=None, sender=None) for m in messages
            ],
            "reversed": messages[::-1],
            "lost": [],
        }[how]
        if told:
            self.says(*told)

    @rule(
        event=st.sampled_from(
            [
                eg.typing(),
                eg.typing(False),
                eg.typing(participant_id=None, duration_s=60.0),
                eg.typing(participant_id=eg.CUSTOMER),
                eg.presence(name="Ann", role="agent"),
                eg.presence(has_joined=False),
                ConversationChanged(False),
                ConversationChanged(True),
                FrameIgnored("malformed"),
                FrameIgnored("oversized"),
                MoveRequested(),
                MoveRequested(5.0),
                SessionLifeLearned(400.0),
                StreamRefused(eg.failure("authentication")),
            ]
        )
    )
    def happens(self, event: PlatformEvent) -> None:
        self.says(event)

    @rule(
        number=st.integers(1, 40),
        status=st.sampled_from(["delivered", "read", "failed"]),
        is_ours=st.booleans(),
    )
    def receipt(self, number: int, status: str, is_ours: bool) -> None:
        who = eg.CUSTOMER if is_ours else eg.AGENT
        self.says(eg.receipt(f"m{number}", status, who))  # type: ignore[arg-type]

    # --- the network --------------------------------------------------------------------------------------

    @precondition(lambda self: not all(self.driver.streams.values()))
    @rule()
    def open(self) -> None:
        generation = next(g for g, is_open in self.driver.streams.items() if not is_open)
        self.driver.streams[generation] = True
        self.driver.step(StreamOpened(generation))

    @precondition(lambda self: self.driver.streams)
    @rule(
        data=st.data(),
        code=st.sampled_from([None, 1000, 1006, 1009, 4001, 4401, 4999]),
        kind=st.one_of(st.none(), st.sampled_from(["unreachable", "rate_limited", "authentication"])),
    )
    def lose(self, data: st.DataObject, code: int | None, kind: FailureKind | None) -> None:
        generation = data.draw(st.sampled_from(sorted(self.driver.streams)))
        del self.driver.streams[generation]
        failure = None if kind is None else eg.failure(kind)
        self.driver.step(StreamLost(generation, StreamLoss(close_code=code, failure=failure)))

    @precondition(lambda self: self.driver.calls)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        self.carry_out(data.draw(st.integers(0, len(self.driver.calls) - 1)))

    @precondition(lambda self: any(isinstance(call, PostMessage) for call in self.driver.calls))
    @rule(names_draft=st.booleans())
    def echo_before_the_answer(self, names_draft: bool) -> None:
        post = self.driver.call(PostMessage)
        assert isinstance(post, PostMessage)
        stored = self.accepts(post)
        if names_draft and self.is_idempotent:
            self.says(stored)
        else:
            self.says(eg.bare(1, id=stored.id, participant_id=eg.CUSTOMER))

    @precondition(lambda self: self.driver.calls)
    @rule(data=st.data(), kind=st.sampled_from(FAILURES), was_carried_out=st.booleans())
    def fail(self, data: st.DataObject, kind: FailureKind, was_carried_out: bool) -> None:
        call = self.driver.calls[data.draw(st.integers(0, len(self.driver.calls) - 1))]
        if any(call is other for other in self.carried_out):
            kind = "lost"
        if kind == "lost" and was_carried_out and isinstance(call, PostMessage):
            self.accepts(call)
        if kind not in ("lost", "unavailable", "unreachable", "rate_limited"):
            self.has_trouble = True
        self.driver.calls.remove(call)
        self.driver.step(CallFailed(call, eg.failure(kind)))

    @precondition(lambda self: self.driver.calls)
    @rule(data=st.data())
    def answer_with_nothing(self, data: st.DataObject) -> None:
        call = self.driver.calls[data.draw(st.integers(0, len(self.driver.calls) - 1))]
        if isinstance(call, PostMessage):
            self.accepts(call)
        if isinstance(call, PostMessage | FetchHistory | FetchMessage | FetchMessages):
            self.driver.calls.remove(call)
            self.driver.step(CallSucceeded(call))

    @rule(seconds=st.floats(0.01, 200))
    def wait(self, seconds: float) -> None:
        self.driver.wait(seconds)

    # --- carrying calls out -------------------------------------------------------------------------------

    def accepts(self, post: PostMessage) -> MessageArrived:
        known = self.of_draft.get(post.draft_id)
        if known is not None and (self.is_idempotent or any(post is other for other in self.carried_out)):
            return known
        self.carried_out.append(post)
        assert known is None or post.draft_id in self.insisted, "sent twice"
        draft_id = post.draft_id if self.is_idempotent else None
        stored = self.stores(eg.own_arrived(1, text=post.text, draft_id=draft_id))
        self.of_draft[post.draft_id] = stored
        return stored

    def carry_out(self, which: int) -> None:
        call = self.driver.calls.pop(which)
        self.driver.step(CallSucceeded(call, self.result_of(call)))

    def result_of(self, call: Operation) -> MessageArrived | History | None:
        match call:
            case PostMessage():
                return self.accepts(call)
            case FetchMessage(message_id):
                return next(message for message in self.server if message.id == message_id)
            case FetchHistory():
                return self.page(call)
            case MarkRead(message_id):
                self.acknowledges((message_id,))
            case MarkReadUpTo(message_id, batch):
                self.acknowledges(batch)
                others = [m for m in self.server if m.participant_id == eg.AGENT]
                shown = set(self.driver.ids)
                covered = [m.id for m in others if number(m.id) <= number(message_id) and m.id in shown]
                unread = set(covered) - set(self.acknowledged)
                status = {message.id: message.status for message in self.driver.timeline}
                assert all(status[id_] == "read" for id_ in unread), "acknowledged what nobody saw"
            case FetchMessages(message_ids):
                wanted = [message for message in self.server if message.id in message_ids]
                return History(tuple(wanted), has_more=False)
            case (
                SetTyping()
                | CheckHealth()
                | StartNewConversation()
                | ClearConversation()
                | RefreshAttachment()
            ):
                pass
        return None

    def acknowledges(self, ids: tuple[str, ...]) -> None:
        for id_ in ids:
            assert id_ in self.noted, "acknowledged what nobody saw"
            assert id_ not in self.acknowledged, "acknowledged twice"
            assert self.server[number(id_) - 1].participant_id == eg.AGENT, "acknowledged our own"
            self.acknowledged.append(id_)

    def page(self, call: FetchHistory) -> History:
        if call.after is not None:
            rest = self.server[number(call.after) :]
            return History(tuple(rest[:PAGE]), len(rest) > PAGE)
        rest = self.server if call.before is None else self.server[: number(call.before) - 1]
        return History(tuple(rest[-PAGE:]), len(rest) > PAGE)

    # --- what must hold -----------------------------------------------------------------------------------

    @invariant()
    def calls_are_within_their_bounds(self) -> None:
        calls = self.driver.calls
        assert sum(isinstance(call, SetTyping) for call in calls) <= 1
        assert sum(isinstance(call, MarkRead | MarkReadUpTo) for call in calls) <= 4
        waiting = [
            c for c in calls if isinstance(c, PostMessage) and c.draft_id in self.driver.session.outbox
        ]
        assert len(waiting) <= 1

    @invariant()
    def nothing_is_begun_once_it_is_over(self) -> None:
        if self.driver.session.connection.status not in ("closed", "failed", "idle"):
            return
        assert not self.driver.streams
        if self.driver.session.connection.status != "failed":
            assert self.driver.session.catch_up.next_deadline() is None, "history is read after the end"

    def teardown(self) -> None:
        if not hasattr(self, "driver"):
            return
        driver = self.driver
        driver.step(StopComposing())
        driver.step(TokenRenewed())  # Whatever was refused on this stream is tried again on the next.
        for _ in range(4 + len(self.server) + 4 * self.drafts):
            driver.step(Connect())
            for generation, is_open in list(driver.streams.items()):
                if not is_open:
                    driver.streams[generation] = True
                    driver.step(StreamOpened(generation))
            if driver.session.catch_up.has_older:
                driver.step(LoadOlder(200))
            while driver.calls:
                self.carry_out(0)
            driver.wait(130.0)
        self.all_is_well()

    def all_is_well(self) -> None:
        driver = self.driver
        assert driver.session.is_settled, "something is stuck"
        if "history" not in driver.session.capabilities:
            return
        held = [message for message in driver.timeline if not message.is_draft]
        ids = [message.id for message in held]
        assert ids == [message.id for message in self.server], f"lost or out of order: {ids}"
        assert all(message.text is not None or message.is_unavailable for message in held)
        for draft in (message for message in driver.timeline if message.is_draft):
            assert draft.status in ("failed", "unknown")
            assert self.has_trouble or draft.id not in self.of_draft or not self.is_idempotent
        if not self.has_trouble and "send_read" in self.capabilities:
            assert not [m.id for m in driver.timeline if m.id in self.noted and m.status == "unread"], (
                "lost receipts"
            )


def number(message_id: str) -> int:
    return int(message_id[1:])
