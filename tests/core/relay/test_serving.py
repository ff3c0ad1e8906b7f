"""What becomes of viewers' commands."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.model.inputs import Connect, StopComposing
from ipygenesys._core.model.messages import Attachment, OutgoingFile
from ipygenesys._core.model.operations import (
    FetchHistory,
    MarkRead,
    MarkReadUpTo,
    PostMessage,
    RefreshAttachment,
    SetTyping,
)
from ipygenesys._core.relay.commands import (
    Answer,
    Command,
    Greet,
    LookAt,
    OpenConversation,
    Wanted,
    put_off,
    refused,
)
from ipygenesys._core.relay.rights import Refused
from ipygenesys._core.relay.serving import TYPING_S
from tests import examples as eg
from tests.core.relay.relays import RelayDriver


class Viewers(RelayDriver):
    """Some of them, by one relay."""

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def asks(self, wanted: Wanted, viewer: str = "v1", **options: Any) -> int:
        self.number += 1
        command = Command(viewer=viewer, number=self.number, wanted=wanted)
        work = self.serving.take("ann", command, self.clock.monotonic, **options)
        self.replies += work.replies
        for each in work.inputs:
            self.step(each)
        return self.number

    def answer(self, number: int) -> Answer | None:
        """To that command; None: not yet. Each is answered once."""
        answers = [reply.answer for reply in self.replies if reply.answer.number == number]
        assert len(answers) <= 1
        return answers[0] if answers else None

    def posts(self) -> int:
        return sum(isinstance(call, PostMessage) for call in self.calls)


def viewers(*numbers: int, has_more: bool = False) -> Viewers:
    relay = Viewers()
    relay.connect(*(eg.arrived(number) for number in numbers), has_more=has_more)
    return relay


def answered(relay: Viewers, number: int) -> Answer:
    answer = relay.answer(number)
    assert answer is not None
    return answer


def test_a_greeting_tells_the_rights() -> None:
    relay = viewers()
    assert answered(relay, relay.asks(Greet(), rights=frozenset({"see"}))).rights == {"see"}


def test_without_the_right_nothing_is_done() -> None:
    relay = viewers()
    failure = answered(relay, relay.asks(PostMessage("d1", "no"), rights=frozenset({"see"}))).failure
    assert failure is not None and failure.kind == "permission"
    assert relay.posts() == 0


@pytest.mark.parametrize(("is_for_now", "kind"), [(False, "authentication"), (True, "unavailable")])
def test_who_is_unknown_is_refused(is_for_now: bool, kind: str) -> None:
    command = Command(viewer="v", number=3, wanted=Greet())
    answer = refused(command, Refused("The token has expired.", is_for_now=is_for_now))
    assert answer.number == 3 and answer.failure is not None and answer.failure.kind == kind
    assert answer.failure.message == "The token has expired."


def test_what_is_too_much_is_tried_again_later() -> None:
    answer = put_off(Command(viewer="v", number=3, wanted=Greet()))
    assert answer.number == 3 and answer.failure is not None and answer.failure.is_transient


def test_a_send_is_answered_when_the_server_has_it() -> None:
    relay = viewers(1)
    number = relay.asks(PostMessage("d1", "hello"))
    assert relay.answer(number) is None
    relay.succeed(PostMessage, eg.own_arrived(2, text="hello"))
    message = answered(relay, number).message
    assert message is not None and (message.id, message.draft_id) == ("m2", "d1")


def test_the_same_send_twice_is_one_whoever_asks_and_whenever() -> None:
    relay = viewers(1)
    first, second = relay.asks(PostMessage("d1", "hello")), relay.asks(PostMessage("d1", "hello"))
    assert relay.posts() == 1
    relay.succeed(PostMessage, eg.own_arrived(2, text="hello"))
    third = relay.asks(PostMessage("d1", "hello"))
    for number in (first, second, third):
        message = answered(relay, number).message
        assert message is not None and message.id == "m2"
    assert relay.posts() == 0


def test_a_send_that_an_earlier_leader_has_made_is_not_made_again() -> None:
    relay = viewers()
    answer = answered(relay, relay.asks(PostMessage("d1", "hello"), remembered=eg.own_arrived(2)))
    assert answer.message == eg.own_arrived(2) and relay.posts() == 0


def test_an_accepted_message_without_content_is_answered_all_the_same() -> None:
    relay = viewers(1)
    number = relay.asks(PostMessage("d1", "hello"))
    relay.succeed(PostMessage, eg.bare(2, participant_id=eg.CUSTOMER))
    message = answered(relay, number).message
    assert message is not None and (message.id, message.draft_id) == ("m2", "d1")


def test_a_send_that_failed_says_why_and_may_be_asked_for_again() -> None:
    relay = viewers()
    number = relay.asks(PostMessage("d1", "hello"))
    relay.fail(PostMessage, eg.failure("rejected"))
    assert answered(relay, number).failure == eg.failure("rejected")
    assert relay.timeline == ()
    relay.asks(PostMessage("d1", "hello"))
    assert relay.posts() == 1


def test_a_send_of_which_nobody_knows_is_not_made_again_whoever_asks() -> None:
    relay = viewers(1)
    number = relay.asks(PostMessage("d1", "hello"))
    for _ in range(200):
        if relay.answer(number) is not None:
            break
        while relay.calls:
            call = relay.calls[0]
            relay.fail(call, eg.failure("lost" if isinstance(call, PostMessage) else "unavailable"))
        relay.wait(1)
    failure = answered(relay, number).failure
    assert failure is not None and failure.kind == "lost"
    before = relay.posts()
    failure = answered(relay, relay.asks(PostMessage("d1", "hello"))).failure
    assert failure is not None and failure.kind == "lost" and relay.posts() == before


def test_files_cannot_be_sent() -> None:
    relay = viewers()
    file = OutgoingFile(path="x", name="x.png", media_type="image/png", size_bytes=1)
    failure = answered(relay, relay.asks(PostMessage("d1", "", file=file))).failure
    assert failure is not None and failure.kind == "unsupported"


def test_typing_of_several_is_one_typing_and_ends_with_the_last() -> None:
    relay = viewers()
    relay.asks(SetTyping(True), "v1")
    relay.asks(SetTyping(True), "v2")
    assert [call for call in relay.calls if isinstance(call, SetTyping)] == [SetTyping(True)]
    relay.succeed(SetTyping)
    relay.asks(SetTyping(False), "v1")
    relay.wait(1)
    assert SetTyping(False) not in relay.calls
    relay.asks(SetTyping(False), "v2")
    relay.wait(1)
    assert SetTyping(False) in relay.calls
    relay.asks(SetTyping(False), "v2")
    assert relay.serving.next_deadline() is None


def test_who_types_and_is_not_heard_of_any_more_types_no_more() -> None:
    relay = viewers()
    relay.asks(SetTyping(True))
    assert relay.serving.next_deadline() == relay.clock.monotonic + TYPING_S
    assert relay.serving.tick(relay.clock.monotonic).inputs == []
    relay.clock.advance(TYPING_S)
    assert relay.serving.tick(relay.clock.monotonic).inputs == [StopComposing()]


def test_what_was_read_is_answered_when_the_server_knows() -> None:
    relay = viewers()
    relay.hears(eg.arrived(1), eg.arrived(2))
    one, two = relay.asks(MarkRead("m1")), relay.asks(MarkReadUpTo("m2", ("m1", "m2")))
    relay.wait(1)
    assert relay.answer(one) is None
    while any(isinstance(call, MarkRead | MarkReadUpTo) for call in relay.calls):
        relay.succeed(next(call for call in relay.calls if isinstance(call, MarkRead | MarkReadUpTo)))
        relay.wait(1)
    assert answered(relay, one).failure is None and answered(relay, two).failure is None
    assert answered(relay, relay.asks(MarkRead("m1"))).failure is None


def test_what_a_viewer_holds_and_the_relay_does_not_is_read_too() -> None:
    relay = viewers()
    number = relay.asks(MarkRead("older"))
    relay.wait(1)
    assert relay.answer(number) is None
    relay.succeed(MarkRead)
    assert answered(relay, number).failure is None


def test_older_messages_are_asked_for_when_it_is_known_whether_there_are_any() -> None:
    for has_more in (True, False):
        relay = Viewers()
        relay.step(Connect())
        relay.open()
        number = relay.asks(FetchHistory(before="m2"))
        assert relay.answer(number) is None and relay.publisher._state().has_older
        relay.succeed(FetchHistory, eg.history(eg.arrived(2), has_more=has_more))
        assert (relay.answer(number) is None) == has_more
        if has_more:
            relay.succeed(FetchHistory, eg.history(eg.arrived(1)))
        assert answered(relay, number).failure is None


def test_what_was_read_before_the_relay_knows_the_conversation_waits_until_it_does() -> None:
    relay = Viewers()
    relay.step(Connect())
    relay.open()
    one, other = relay.asks(MarkRead("m1")), relay.asks(MarkRead("m1"), "v2")
    relay.wait(1)
    assert relay.answer(one) is None
    relay.succeed(FetchHistory, eg.history(eg.arrived(1)))
    relay.wait(1)
    assert relay.answer(one) is None
    relay.succeed(MarkRead)
    assert answered(relay, one).failure is None and answered(relay, other).failure is None


def test_what_the_server_does_not_take_for_read_is_said() -> None:
    relay = viewers()
    relay.hears(eg.arrived(1))
    number = relay.asks(MarkRead("m1"))
    relay.wait(1)
    relay.fail(MarkRead, eg.failure("permission"))
    assert answered(relay, number).failure == eg.failure("permission")

    number = relay.asks(MarkRead("m1"))  # The permission may have been granted meanwhile.
    relay.wait(1)
    assert relay.answer(number) is None
    relay.succeed(MarkRead)
    assert answered(relay, number).failure is None

    relay = viewers()
    relay.hears(eg.arrived(1))
    number = relay.asks(MarkRead("m1"))
    relay.wait(1)
    relay.fail(MarkRead, eg.failure("not_found"))
    failure = answered(relay, number).failure
    assert failure is not None and failure.kind == "rejected"


def test_older_messages_are_asked_for_once_for_all() -> None:
    relay = viewers(5, has_more=True)
    one, two = relay.asks(FetchHistory(before="m5")), relay.asks(FetchHistory(before="m5"), "v2")
    assert sum(isinstance(call, FetchHistory) for call in relay.calls) == 1
    assert relay.answer(one) is None
    relay.succeed(FetchHistory, eg.history(eg.arrived(1)))
    assert answered(relay, one).failure is None and answered(relay, two).failure is None
    assert answered(relay, relay.asks(FetchHistory(before="m1"))).failure is None
    assert not relay.calls


def test_whoever_asks_before_history_could_be_had_waits_for_the_next_try() -> None:
    relay = Viewers()
    relay.step(Connect())
    relay.open()
    number = relay.asks(FetchHistory(before="m2"))
    relay.fail(FetchHistory, eg.failure())
    assert relay.answer(number) is None
    relay.wait(60)
    relay.succeed(FetchHistory, eg.history(eg.arrived(2)))
    assert answered(relay, number).failure is None


def test_a_page_that_has_come_asks_for_no_further_one() -> None:
    relay = viewers(9, has_more=True)
    number = relay.asks(FetchHistory(before="m9"))
    relay.succeed(FetchHistory, eg.history(eg.arrived(5), has_more=True))
    assert answered(relay, number).failure is None
    assert not relay.calls
    relay.asks(FetchHistory(before="m5"))
    assert [type(call) for call in relay.calls] == [FetchHistory]


def test_older_messages_that_cannot_be_had_are_an_error() -> None:
    relay = viewers(5, has_more=True)
    number = relay.asks(FetchHistory(before="m5"))
    relay.fail(FetchHistory, eg.failure())
    assert answered(relay, number).failure == eg.failure()


def test_addresses_of_files_are_asked_for_anew() -> None:
    relay = Viewers()
    file = Attachment(name="x.png", id="a1", url="https://old")
    relay.connect(eg.arrived(1, attachments=(file,)))
    one = relay.asks(RefreshAttachment("m1", "a1"))
    fresh = eg.arrived(1, attachments=(Attachment(name="x.png", id="a1", url="https://new"),))
    relay.succeed(RefreshAttachment, fresh)
    assert answered(relay, one).message == fresh
    two = relay.asks(RefreshAttachment("m1", "a1"))
    relay.fail(RefreshAttachment, eg.failure("not_found"))
    assert answered(relay, two).failure == eg.failure("not_found")
    relay.asks(RefreshAttachment("m1", "a1"))
    relay.succeed(RefreshAttachment)


@pytest.mark.parametrize(("message_id", "file_id"), [("m2", "a1"), ("m1", "a2"), ("m1", "")])
def test_a_file_that_is_not_there_is_waited_for_by_nobody(message_id: str, file_id: str) -> None:
    relay = viewers()
    files = (Attachment(name="x.png", id="a1"), Attachment(name="y.png", id=""), Attachment(name="z.png"))
    relay.connect(eg.arrived(1, attachments=files))
    failure = answered(relay, relay.asks(RefreshAttachment(message_id, file_id))).failure
    assert failure is not None and failure.kind == "not_found"
    assert not any(isinstance(call, RefreshAttachment) for call in relay.calls)


@pytest.mark.parametrize("wanted", [LookAt("c1"), OpenConversation("c1")])
def test_what_is_asked_of_inboxes_is_not_done_here(wanted: Wanted) -> None:
    relay = viewers()
    failure = answered(relay, relay.asks(wanted)).failure
    assert failure is not None and failure.kind == "unsupported"
