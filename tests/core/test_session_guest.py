"""The session, with what a guest's protocol brings: an end, a clearing, another conversation, refusals of typing."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.connection import CloseStream, OpenStream
from ipygenesys._core.content import Answer, QuickReplies, QuickReply
from ipygenesys._core.events import ErrorRaised, MessageRemoved, SessionExpiring
from ipygenesys._core.failures import Failure
from ipygenesys._core.inputs import Clear, Connect, NoteKeystroke, RefreshAttachments, Send, StartNew
from ipygenesys._core.model import Attachment, OutgoingFile
from ipygenesys._core.operations import (
    CheckHealth,
    ClearConversation,
    FetchHistory,
    PostMessage,
    RefreshAttachment,
    SetTyping,
    StartNewConversation,
)
from ipygenesys._core.platform_events import (
    ConversationChanged,
    ConversationCleared,
    History,
    MessageArrived,
    SessionExpired,
    SessionLifeLearned,
    TypingNoticed,
    TypingRefused,
)
from ipygenesys._core.session_life import LifeRules
from ipygenesys._core.typing_indicator import TypingRules
from tests import examples as eg
from tests.core.driver import Driver

EXPIRED = Failure(kind="rejected", message="The session has expired.", code="4006")
LOST = Failure(kind="lost", message="No answer.")
DRAFT = "00000000-0000-4000-8000-000000000001"
NAMELESS = {"participant_id": None}


def guest(**changes: Any) -> Driver:
    """A guest that is connected and has caught up."""
    options: dict[str, Any] = {
        "own_participant_id": None,
        "is_send_idempotent": False,
        "typing_rules": TypingRules(refresh_s=5.0, spacing_s=5.0, has_off=False),
        "life_rules": LifeRules(health_check_s=30.0, notice_s=300.0),
        "capabilities": eg.ALL_CAPABILITIES - {"send_read", "receive_read"},
    }
    driver = Driver(eg.profile(**{**options, **changes}))
    driver.connect()
    return driver


# --- what goes out ----------------------------------------------------------------------------------------


def test_an_answer_and_a_file_go_with_their_message() -> None:
    driver = guest()
    answer = Answer(text="Yes", payloads=("yes",), type="quick-reply")
    file = OutgoingFile(path="a.png", name="a.png", media_type="image/png", size_bytes=3)

    driver.step(Send(DRAFT, "Yes", answer, file))

    assert driver.called() == [PostMessage(DRAFT, "Yes", answer, file)]


def test_the_reprs_of_files_and_answers_show_no_content() -> None:
    file = OutgoingFile(path="secret.png", name="secret.png", media_type="image/png", size_bytes=3)

    assert repr(file) == "<OutgoingFile image/png 3 bytes>"
    assert repr(Answer(text="secret", payloads=("secret",), type="list")) == "<Answer>"
    assert repr(QuickReply(text="secret", payload="secret")) == "<QuickReply 6 characters>"


def test_files_get_other_addresses_and_keep_the_rest() -> None:
    driver = guest()
    files = (Attachment(name="a", url="old", id="A"), Attachment(name="b", url="b"))
    driver.hears(eg.arrived(1, attachments=files))

    driver.step(RefreshAttachments("m1"))
    assert driver.calls == [RefreshAttachment("m1", "A")]
    fresh = Attachment(name="file", url="new", id="A")
    driver.succeed(RefreshAttachment, MessageArrived(id="m1", has_content=False, attachments=(fresh,)))

    assert driver.timeline[0].attachments == (Attachment(name="a", url="new", id="A"), files[1])


def test_addresses_of_what_is_not_there_change_nothing() -> None:
    driver = guest()
    driver.step(RefreshAttachments("m1"))
    assert driver.calls == []

    driver.hears(eg.arrived(1, attachments=(Attachment(name="a", url="old", id="A"),)))
    for answer in (None, MessageArrived(id="m2", has_content=False)):
        driver.step(RefreshAttachments("m1"))
        driver.succeed(RefreshAttachment, answer)
    driver.step(RefreshAttachments("m1"))
    driver.fail(RefreshAttachment, EXPIRED)

    assert driver.emitted(ErrorRaised) == [ErrorRaised(EXPIRED)]
    assert driver.timeline[0].attachments[0].url == "old"


# --- health and end ---------------------------------------------------------------------------------------


def test_a_quiet_session_asks_for_a_sign_of_life() -> None:
    driver = guest()

    driver.wait(30.0)
    assert driver.calls == [CheckHealth()]
    driver.hears()
    driver.succeed(CheckHealth)
    driver.wait(30.0)

    assert driver.calls == [CheckHealth()]


def test_a_server_that_does_not_answer_is_left_for_another_stream() -> None:
    driver = guest()
    driver.wait(30.0)

    effects = driver.fail(CheckHealth, LOST)

    assert OpenStream(2) in effects
    assert driver.session.conversation.counters["health_check_failed"] == 1


def test_a_refused_health_check_says_that_somebody_is_there() -> None:
    driver = guest()
    driver.wait(30.0)

    assert driver.fail(CheckHealth, Failure(kind="rate_limited", message="Too many.")) == []
    assert driver.session.connection.status == "connected"


def test_the_end_of_the_session_is_announced_once() -> None:
    driver = guest()
    driver.hears(SessionLifeLearned(1000.0))

    driver.wait(750.0)

    announced = [event for event in driver.events if isinstance(event, SessionExpiring)]
    assert [round(event.remaining_s) for event in announced] == [300]


def test_a_session_that_expires_can_be_read_and_is_left_alone() -> None:
    driver = guest()
    driver.hears(eg.arrived(1), TypingNoticed(participant_id=None, is_typing=True))

    effects = driver.hears(SessionExpired(EXPIRED))

    assert CloseStream(1) in effects
    assert (driver.told.status, driver.told.detail) == ("read_only", "The session has expired.")
    assert driver.told_typing == ()
    assert driver.session.next_deadline() is None
    assert driver.ids == ["m1"]


def test_why_a_conversation_is_over_is_said() -> None:
    driver = guest()

    driver.hears(ConversationChanged(False, EXPIRED))

    assert (driver.told.status, driver.told.detail) == ("read_only", "The session has expired.")


# --- another conversation ---------------------------------------------------------------------------------


def test_another_conversation_begins_on_another_stream_and_what_was_said_stays() -> None:
    driver = guest()
    driver.hears(eg.arrived(1))
    driver.hears(ConversationChanged(False, EXPIRED))

    driver.step(StartNew())
    assert driver.calls == [StartNewConversation()]
    effects = driver.succeed(StartNewConversation)

    assert [type(effect) for effect in effects[:2]] == [CloseStream, OpenStream]
    driver.open()
    assert driver.called() == [FetchHistory(after=None)]
    driver.succeed(FetchHistory, History((), has_more=False))
    assert driver.ids == ["m1"]
    assert driver.told.status == "connected"


def test_another_conversation_can_be_the_first_one() -> None:
    driver = Driver(eg.profile())

    driver.step(StartNew())
    driver.succeed(StartNewConversation)

    assert driver.told.status == "connecting"
    assert driver.step(Connect()) == []


@pytest.mark.parametrize("command", [StartNew(), Clear()])
def test_what_the_user_asked_for_and_did_not_get_is_an_error(command: StartNew | Clear) -> None:
    driver = guest()
    driver.step(command)

    driver.fail(driver.calls[0], LOST)

    assert driver.emitted(ErrorRaised) == [ErrorRaised(LOST)]
    assert driver.session.last_error == LOST


def test_a_cleared_conversation_is_empty_and_another_one_begins() -> None:
    driver = guest()
    driver.hears(*(eg.arrived(number) for number in (1, 2)))
    driver.step(Send(DRAFT, "on its way"))
    driver.step(Clear())
    assert ClearConversation() in driver.calls
    driver.succeed(ClearConversation)

    driver.hears(ConversationCleared(by_us=True))

    assert driver.ids == [DRAFT]
    assert len(driver.emitted(MessageRemoved)) == 2
    assert driver.told_unread == 0
    assert driver.told.status == "connecting"


def test_a_conversation_that_others_cleared_is_empty_and_no_more() -> None:
    driver = guest()
    driver.hears(eg.arrived(1))

    driver.hears(ConversationCleared(by_us=False))

    assert driver.ids == []
    assert driver.told.status == "connected"


# --- typing -----------------------------------------------------------------------------------------------


def test_typing_that_is_not_enabled_is_no_error() -> None:
    driver = guest()
    driver.step(NoteKeystroke())
    driver.succeed(SetTyping)

    driver.hears(TypingRefused(Failure(kind="permission", message="Not enabled.", status=403)))

    assert "send_typing" not in driver.session.capabilities
    assert driver.emitted(ErrorRaised) == []
    driver.wait(6.0)
    driver.step(NoteKeystroke())
    assert driver.called() == []


def test_typing_that_came_too_fast_waits() -> None:
    driver = guest()
    driver.step(NoteKeystroke())
    driver.succeed(SetTyping)

    driver.hears(TypingRefused(Failure(kind="rate_limited", message="Too many.", retry_after_s=20.0)))

    assert "send_typing" in driver.session.capabilities
    driver.wait(6.0)
    driver.step(NoteKeystroke())
    assert driver.called() == []


def test_typing_that_names_nobody_is_of_whoever_wrote_last() -> None:
    driver = guest()
    typing = TypingNoticed(participant_id=None, is_typing=True)
    driver.hears(typing)
    assert list(driver.told_typing) == ["Agent"]

    driver.hears(eg.arrived(2, sender="Ann", **NAMELESS))
    assert list(driver.told_typing) == []
    driver.hears(eg.arrived(1, sender="Bot", role="bot", **NAMELESS), typing)
    assert list(driver.told_typing) == ["Ann"]


def test_neither_we_nor_the_system_type_to_us() -> None:
    driver = guest()
    driver.hears(
        eg.arrived(1, sender="Notice", role="system", **NAMELESS),
        eg.arrived(2, sender="Me", role="customer", **NAMELESS),
        eg.arrived(3, sender=None, **NAMELESS),
        TypingNoticed(participant_id=None, is_typing=True),
    )

    assert driver.told_typing == ("Agent",)


def test_offered_answers_stay_with_their_message() -> None:
    replies = (QuickReply(text="Yes", payload="yes"),)
    driver = guest()
    driver.hears(eg.arrived(1, content=(QuickReplies(replies=replies),)))

    driver.hears(eg.arrived(1, attachments=()))

    assert driver.timeline[0].quick_replies == driver.timeline[0].options == replies
