"""What a message shows, of what the platform or a draft of ours says."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.machines.conversation.messages import message_of, message_of_draft
from ipygenesys._core.machines.conversation.participants import Participants
from ipygenesys._core.model.content import Answer
from ipygenesys._core.model.draft import Draft, DraftState
from ipygenesys._core.model.messages import Attachment, Message, MessageStatus, OutgoingFile
from tests import examples as eg


@pytest.fixture
def people() -> Participants:
    participants = Participants(own_role="customer", own_participant_id=eg.CUSTOMER, is_role_own=True)
    participants.introduce(eg.CUSTOMER, "Max", None)
    return participants


def shown(people: Participants, **changes: Any) -> Message:
    options: dict[str, Any] = {"is_own": False, "former": None, "read_up_to_ms": 0}
    options = {name: changes.pop(name, default) for name, default in options.items()}
    return message_of(eg.arrived(1, **changes), people, draft_id=None, time_ms=1000, **options)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("queued", "sending"),
        ("in_flight", "sending"),
        ("checking", "sending"),
        ("failed", "failed"),
        ("unknown", "unknown"),
    ],
)
def test_a_draft_is_being_sent_until_it_has_failed_or_nobody_knows(
    people: Participants, state: DraftState, status: MessageStatus
) -> None:
    failure = eg.failure("lost")
    message = message_of_draft(
        Draft(draft_id="d1", text="hello", since=0.0, created_ms=7, state=state, failure=failure), people
    )
    assert (message.id, message.draft_id, message.text, message.time_ms) == ("d1", "d1", "hello", 7)
    assert (message.sender, message.role, message.is_own) == ("Max", "customer", True)
    assert message.status == status
    assert message.error == (None if status == "sending" else failure.message)


def test_a_draft_shows_its_file_and_what_it_answers(people: Participants) -> None:
    file = OutgoingFile(path="/tmp/a.png", name="a.png", media_type="image/png", size_bytes=3)
    answer = Answer(type="button", text="Yes", payloads=("yes",))
    draft = Draft(draft_id="d1", text="", since=0.0, created_ms=7, file=file, answer=answer)
    message = message_of_draft(draft, people)
    assert message.attachments == (Attachment(name="a.png", media_type="image/png", size_bytes=3),)
    assert message.content == (answer,)


def test_an_author_is_who_the_message_names_or_who_is_known_or_who_it_was_before(
    people: Participants,
) -> None:
    nameless = {"participant_id": "p1", "sender": None, "role": None}
    assert shown(people, **{**nameless, "sender": "Ann", "role": "bot"}).sender == "Ann"
    assert (shown(people, **nameless).sender, shown(people, **nameless).role) == ("Agent", "agent")
    former = shown(people, **{**nameless, "sender": "Ann", "role": "bot"})
    again = shown(people, **nameless, former=former)
    assert (again.sender, again.role) == ("Ann", "bot")
    people.introduce("p1", "Anna", "agent")
    known = shown(people, **nameless, former=former)
    assert (known.sender, known.role) == ("Anna", "agent")


def test_what_turns_out_to_be_ours_is_not_in_the_name_of_somebody_else(people: Participants) -> None:
    former = shown(people, participant_id="p1", sender="Ann", role="agent")
    ours = shown(people, participant_id="p1", sender=None, role=None, is_own=True, former=former)
    assert (ours.sender, ours.role, ours.status) == ("Max", "customer", "sent")


def test_a_message_is_unread_until_something_says_the_opposite(people: Participants) -> None:
    assert shown(people).status == "unread"
    assert shown(people, status="read").status == "read"
    assert shown(people, read_up_to_ms=999).status == "unread"
    assert shown(people, read_up_to_ms=1000).status == "read"
    assert shown(people, role="system").status == "delivered"
    assert shown(people, is_own=True, status="delivered").status == "delivered"


def test_a_message_without_content_is_not_an_empty_one(people: Participants) -> None:
    assert shown(people, has_content=False, text=None).text is None
    assert shown(people, text=None).text == ""
