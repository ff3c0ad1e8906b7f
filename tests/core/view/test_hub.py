"""The views of one widget: what they are told, what they ask for, and when they are gone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from ipygenesys._core.machines.conversation import blocks
from ipygenesys._core.model.content import (
    Answer,
    Form,
    FormEntry,
    FormField,
    FormPage,
    QuickReplies,
    QuickReply,
)
from ipygenesys._core.model.events import UploadProgressed
from ipygenesys._core.model.inputs import (
    Command,
    Connect,
    Discard,
    NoteKeystroke,
    NoteSeen,
    ReconnectNow,
    RefreshAttachments,
    Retry,
    Send,
    StartNew,
    StopComposing,
    Tick,
)
from ipygenesys._core.model.messages import OutgoingFile, Role, UploadRules
from ipygenesys._core.model.operations import PostMessage
from ipygenesys._core.model.platform_events import CapabilitiesLearned
from ipygenesys._core.view import files as view_files
from ipygenesys._core.view.files import ForgetFile
from ipygenesys._core.view.protocol import (
    KERNEL_HEARTBEAT_S,
    AnswerRequested,
    CapabilitiesDelta,
    ComposingStopped,
    Deltas,
    DiscardRequested,
    ErrorDelta,
    FieldValue,
    FileChunk,
    FileOffered,
    FileRefused,
    FileWanted,
    FromView,
    Goodbye,
    Hello,
    KernelHeartbeat,
    KeystrokeNoted,
    LinksRequested,
    MessagesSeen,
    MessagesSkippedDelta,
    NewConversationRequested,
    ReconnectRequested,
    RetryRequested,
    SendRequested,
    Snapshot,
    TypingDelta,
    UploadProgress,
    ViewHeartbeat,
    encode_to_view,
)
from tests import examples as eg
from tests.core.desk import Desk, MirrorView
from tests.core.machine import SessionMachine

# --- answers ----------------------------------------------------------------------------------------------


def answers(desk: Desk, **fields: object) -> list[Command]:
    known: dict[str, Any] = {"draft_id": "d1", "message_id": "m1", "part": 0, "picks": (1,), "text": "No"}
    return desk.says(AnswerRequested, **{**known, **fields})


def test_what_is_picked_goes_out_with_what_the_message_has_for_it(desk: Desk) -> None:
    replies = (QuickReply(text="Yes", payload="y"), QuickReply(text="No", payload="n"))
    desk.hears(eg.arrived(1, content=(QuickReplies(replies=replies),)))

    answer = Answer(text="No", payloads=("n",), type="quick-reply", message_id="m1")
    assert answers(desk) == [StopComposing(), Send("d1", "No", answer)]


@pytest.mark.parametrize("request_", [{"part": 1}, {"picks": ()}, {"message_id": "m9"}], ids=str)
def test_what_is_offered_no_more_is_said_in_words(desk: Desk, request_: dict[str, object]) -> None:
    replies = (QuickReply(text="Yes", payload="y"),)
    desk.hears(eg.arrived(1, content=(QuickReplies(replies=replies),)))

    assert answers(desk, **request_) == [StopComposing(), Send("d1", "No")]
    assert answers(desk, **request_, text=" ") == [StopComposing()]


def test_a_form_goes_out_as_it_was_filled_in_or_not_at_all(desk: Desk) -> None:
    name = FormField(id="n", type="text", title="Name", is_required=True)
    desk.hears(eg.arrived(1, content=(Form(pages=(FormPage(fields=(name,)),)),)))

    filled = (FieldValue(field="n", values=("Ann",)),)
    entry = FormEntry(field="n", text="Ann", payload="Ann")
    answer = Answer(text="Name: Ann", type="form", message_id="m1", entries=(entry,))
    assert answers(desk, picks=(), text="Name: Ann", filled=filled) == [
        StopComposing(),
        Send("d1", "Name: Ann", answer),
    ]
    assert answers(desk, picks=(), text="Name: ", filled=()) == [StopComposing()]


@pytest.mark.parametrize(("role", "can"), [("customer", True), ("agent", False)])
def test_only_customers_can_answer(role: Role, can: bool) -> None:
    desk = Desk(own_role=role)

    assert desk.hello().can_answer is can


# --- files ------------------------------------------------------------------------------------------------

FILE: dict[str, Any] = {
    "draft_id": "draft-001",
    "name": "a.png",
    "media_type": "image/png",
    "size_bytes": 4,
    "text": "see",
}
SENT = Send(
    "draft-001",
    "see",
    file=OutgoingFile(path="/draft-001", name="a.png", media_type="image/png", size_bytes=4),
)


def desk_for_files() -> Desk:
    desk = Desk(uploads=UploadRules(max_bytes=10))
    desk.connect()
    desk.hello()
    return desk


def chunk(desk: Desk, offset: int, data: bytes) -> list[Command]:
    return desk.says(FileChunk, draft_id="draft-001", offset=offset, data=data)


def test_a_file_of_a_page_becomes_a_message_once_all_of_it_is_there() -> None:
    desk = desk_for_files()
    desk.says(KeystrokeNoted)

    assert desk.says(FileOffered, **FILE) == []
    assert chunk(desk, 0, b"ab") == []
    assert [type(m) for m in desk.flush()] == [FileWanted, FileWanted]
    assert chunk(desk, 2, b"cd") == [StopComposing(), SENT]
    assert chunk(desk, 2, b"cd") == desk.says(FileOffered, **FILE) == []

    assert desk.timeline[0].attachments[0].name == "a.png"
    assert not [m for m in desk.flush() if isinstance(m, FileWanted | FileRefused)]
    desk.succeed(PostMessage, eg.own_arrived(1, draft_id="draft-001"))
    assert desk.hub.files.work[2:] == [ForgetFile("draft-001")]


def test_a_file_can_be_stopped_before_and_after_all_of_it_is_there() -> None:
    desk = desk_for_files()
    desk.says(FileOffered, **FILE)
    desk.says(DiscardRequested, draft_id="draft-001")
    assert desk.hub.files.work == [ForgetFile("draft-001")]

    desk.says(FileOffered, **{**FILE, "draft_id": "draft-002", "size_bytes": 1})
    desk.says(FileChunk, draft_id="draft-002", offset=0, data=b"a")
    desk.fail(PostMessage, eg.failure("rejected"))
    assert ForgetFile("draft-002") not in desk.hub.files.work
    desk.says(DiscardRequested, draft_id="draft-002")
    assert desk.hub.files.work[-1] == ForgetFile("draft-002")


def test_where_no_files_can_be_sent_none_is_taken() -> None:
    desk = Desk(uploads=UploadRules(), capabilities=frozenset({"history"}))
    desk.connect()
    assert desk.hello().uploads is None

    desk.says(FileOffered, **FILE)

    assert [type(m) for m in desk.flush()] == [FileRefused]


def test_a_file_that_cannot_be_kept_is_refused() -> None:
    desk = desk_for_files()
    desk.says(FileOffered, **FILE)
    desk.flush()

    desk.hub.file_failed("draft-001")
    desk.hub.file_failed("draft-001")

    assert [type(m) for m in desk.flush()] == [FileRefused]


def test_an_upload_is_told_in_percent_and_files_that_stop_coming_are_forgotten() -> None:
    desk = desk_for_files()
    for sent in range(0, 1001):
        desk.hear(UploadProgressed(draft_id="d1", sent_bytes=sent, total_bytes=1000))
    told = [m for m in desk.flush() if isinstance(m, UploadProgress)]
    assert (len(told), told[-1].sent_bytes) == (101, 1000)

    desk.says(FileOffered, **FILE)
    desk.rest(view_files.SILENCE_S)
    assert desk.hub.files.work == [ForgetFile("draft-001")]


def test_the_rules_for_files_follow_the_server() -> None:
    rules = UploadRules(types=("image/png",), max_bytes=3)
    desk = desk_for_files()

    desk.hears(CapabilitiesLearned(eg.ALL_CAPABILITIES, rules))
    assert desk.flush()[-1].deltas[-1] == CapabilitiesDelta(  # type: ignore[union-attr]
        capabilities=tuple(sorted(eg.ALL_CAPABILITIES)), uploads=rules
    )
    desk.hears(CapabilitiesLearned(eg.ALL_CAPABILITIES))
    assert desk.hello().uploads == rules


def test_new_links_are_asked_for(desk: Desk) -> None:
    assert desk.says(LinksRequested, message_id="m1") == [RefreshAttachments("m1")]


# --- hello and snapshot -----------------------------------------------------------------------------------


def test_the_first_hello_connects_and_is_answered_with_a_snapshot() -> None:
    desk = Desk()
    assert not desk.has_views()
    assert desk.hub.next_deadline(desk.clock.monotonic) is None
    assert desk.says(Hello, protocol_version=1) == [Connect(by_call=False)]
    assert desk.has_views()
    snapshot = desk.flush()[0]
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.to, snapshot.epoch, snapshot.total) == ("c", "e", 0)
    assert (snapshot.title, snapshot.locale, snapshot.words) == ("Title", "en", None)


def test_a_hello_to_a_connected_session_only_asks_for_the_snapshot(desk: Desk) -> None:
    assert desk.says(Hello, protocol_version=1) == []


def test_it_is_seen_from_the_first_hello_to_the_last_goodbye(desk: Desk) -> None:
    desk.says(Goodbye)
    assert not desk.has_views()
    desk.hello("b")
    assert desk.has_views()


def test_deltas_before_a_snapshot_go_out_before_it(desk: Desk) -> None:
    desk.hello("a")
    desk.hears(eg.arrived(1))
    desk.says(Hello, "b", protocol_version=1)
    deltas, snapshot = desk.flush()
    assert isinstance(deltas, Deltas)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.revision == deltas.revision + len(deltas.deltas) - 1


def test_with_nobody_looking_nothing_is_sent_and_the_revisions_go_on(desk: Desk) -> None:
    before = desk.hello().revision
    desk.says(Goodbye)
    desk.hears(eg.arrived(1))
    assert desk.flush() == []
    assert desk.hello().revision > before


# --- what views say ---------------------------------------------------------------------------------------


def test_what_a_view_says_becomes_a_command(desk: Desk) -> None:
    desk.hello()
    assert desk.says(KeystrokeNoted) == [NoteKeystroke()]
    assert desk.says(ComposingStopped, reason="blurred") == [StopComposing()]
    assert desk.says(SendRequested, draft_id="d1", text="hello") == [StopComposing(), Send("d1", "hello")]
    assert desk.says(RetryRequested, draft_id="d1") == [Retry("d1")]
    assert desk.says(DiscardRequested, draft_id="d1") == [Discard("d1")]
    assert desk.says(MessagesSeen, ids=("m1",)) == [NoteSeen(("m1",))]
    assert desk.says(ReconnectRequested) == [ReconnectNow()]
    assert desk.says(NewConversationRequested) == [StartNew()]
    assert desk.says(ViewHeartbeat) == []


def test_swapped_messages_are_handled_in_order(desk: Desk) -> None:
    desk.hello()
    first = MessagesSeen(client="c", seq=2, ids=("m1",))
    second = MessagesSeen(client="c", seq=3, ids=("m2",))
    assert desk.hub.receive(second, 1000.0) == []
    assert desk.hub.receive(first, 1000.0) == [NoteSeen(("m1",)), NoteSeen(("m2",))]


def test_a_lost_message_holds_up_the_next_for_a_moment_only(desk: Desk) -> None:
    desk.hello()
    desk.hub.receive(ReconnectRequested(client="c", seq=9), desk.clock.monotonic)
    assert desk.rest(0.3) == [ReconnectNow()]


def test_an_error_in_a_handler_can_be_shown_too(desk: Desk) -> None:
    desk.hello()
    desk.hub.report(ErrorDelta(code="handler-failed", message="words"))
    (deltas,) = desk.flush()
    assert isinstance(deltas, Deltas)
    assert deltas.deltas == (ErrorDelta(code="handler-failed", message="words"),)


# --- bursts -----------------------------------------------------------------------------------------------


@pytest.mark.no_cover
def test_a_burst_costs_one_batch_whatever_its_length(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "AT_HAND", 1000)  # The desk compares all messages after each step.
    desk.hears(eg.arrived(1))
    desk.hello()
    for n in range(2, 10_002):
        desk.hears(eg.arrived(n))
    sent = desk.flush()
    assert len(sent) <= 4
    placed = [d for m in sent if isinstance(m, Deltas) for d in m.deltas]
    skipped = [d for d in placed if isinstance(d, MessagesSkippedDelta)]
    assert sum(d.count for d in skipped) == sum(d.others for d in skipped) > 9_800
    assert skipped[0].first_other_id is not None
    assert sum(len(msgspec.json.encode(encode_to_view(m))) for m in sent) < 60_000


# --- presence of views ------------------------------------------------------------------------------------


def test_a_heartbeat_is_sent_when_nothing_else_is(desk: Desk) -> None:
    revision = desk.hello().revision
    desk.rest(KERNEL_HEARTBEAT_S)
    assert desk.sent[-1] == KernelHeartbeat(epoch="e", revision=revision)
    desk.clock.advance(5.0)
    desk.hub.report(TypingDelta(names=()))
    desk.flush()
    assert desk.hub.next_deadline(desk.clock.monotonic) == desk.clock.monotonic + KERNEL_HEARTBEAT_S


def test_a_message_that_the_hub_does_not_know_is_passed_over(desk: Desk) -> None:
    desk.hello()
    assert desk.hub.receive(FromView(client="c", seq=2), 1000.0) == []  # type: ignore[arg-type]


class ViewMachine(SessionMachine):
    """The session's machine with two views over a comm that loses, and mirrors that must show the timeline."""

    driver: Desk

    def make_driver(self, **profile: object) -> Desk:
        desk = Desk(**profile)
        self.views = {"a": MirrorView("a", desk), "b": MirrorView("b", desk)}
        return desk

    @rule(client=st.sampled_from("ab"))
    def mounts(self, client: str) -> None:
        self.views[client].hello()

    @rule(client=st.sampled_from("ab"))
    def leaves(self, client: str) -> None:
        self.views[client].leave()

    @rule(
        client=st.sampled_from("ab"),
        where=st.sampled_from(["before", "after", "around", "oldest", "latest", "first-unread", "time"]),
        at=st.integers(0, 9),
    )
    def asks_for_a_page(self, client: str, where: str, at: int) -> None:
        timeline = self.driver.timeline
        time_ms = timeline[at % len(timeline)].time_ms if len(timeline) else 0
        self.views[client].ask(where, at, time_ms + at % 3 - 1)

    @rule(client=st.sampled_from("ab"), text=st.booleans())
    def composes(self, client: str, text: bool) -> None:
        if self.views[client].is_there:
            self.driver.says(KeystrokeNoted, client)

    @rule(is_lost=st.booleans())
    def comm(self, is_lost: bool) -> None:
        """What the hub sends now arrives at both pages, or at none."""
        self.deliver(is_lost=is_lost)

    def deliver(self, *, is_lost: bool = False) -> None:
        for message in self.driver.flush():
            for view in self.views.values():
                if not is_lost:
                    view.take(message)
        now = self.driver.clock.monotonic
        deadline = self.driver.hub.next_deadline(now)
        if deadline is not None and deadline <= now:
            for command in self.driver.hub.tick(now):
                self.driver.step(command)

    @invariant()
    def views_are_never_wrong_about_what_they_have(self) -> None:
        for view in self.views.values():
            view.check()

    def all_is_well(self) -> None:
        super().all_is_well()
        for view in self.views.values():
            view.hello()
            self.settle_comm()
            while view.is_there and view.has_more:
                before = view.missing
                view.ask()
                self.settle_comm()
                assert view.missing < before or not view.has_more, "no page came"
            view.check()
            assert [m.id for m in view.shown] == self.driver.ids, "the view shows another conversation"
            assert view.unread_count == self.driver.told_unread
            assert view.status == self.driver.told.status

    def settle_comm(self) -> None:
        for _ in range(20):
            self.deliver()
            while self.driver.calls:
                self.carry_out(0)
            self.driver.clock.advance(0.2)
            self.driver.step(Tick())


TestViews = ViewMachine.TestCase
