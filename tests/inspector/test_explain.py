"""What became of a frame is said in every language of the view, in the same names and with nothing left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args, get_type_hints

import pytest

from ipygenesys._core.model.effects import Call, Emit
from ipygenesys._core.model.events import (
    Event,
    MessagePlaced,
    MessageReceived,
    MessageRemoved,
    MessageStatusChanged,
    StatusChanged,
    TypingChanged,
    UnreadChanged,
)
from ipygenesys._core.model.messages import ConnectionStatus, MessageStatus, Role
from ipygenesys._core.model.operations import CheckHealth
from ipygenesys._core.model.platform_events import (
    Answered,
    ConversationChanged,
    FrameIgnored,
    MessageArrived,
    PlatformEvent,
    PresenceChanged,
    ReceiptArrived,
    ReceiptStatus,
    TypingNoticed,
)
from ipygenesys._core.view.protocol.locale import LANGUAGES
from ipygenesys._inspector import explain
from ipygenesys._inspector.explain import Told, in_words
from ipygenesys._inspector.languages import explanations
from tests.pictures.talking import message

THE_SAME = {"role.agent", "role.bot", "role.system", "row.pong"}
"""In some of the languages."""
REASONS = get_args(get_type_hints(FrameIgnored)["reason"])
EVENTS: list[PlatformEvent] = [
    *(FrameIgnored(reason) for reason in REASONS),
    *(MessageArrived(id="m1", role=role, text="secret") for role in (*get_args(Role), None)),
    MessageArrived(id="m1"),
    *(
        ReceiptArrived(message_id="m1", participant_id="other", status=status)
        for status in get_args(ReceiptStatus)
    ),
    *(TypingNoticed(participant_id=who, is_typing=on) for who in ("us", "other") for on in (True, False)),
    *(PresenceChanged(participant_id="other", has_joined=joined) for joined in (True, False)),
    ConversationChanged(is_open=True),
    Answered(tracing_id="t1"),
]
CHANGES: list[Event] = [
    *(
        MessageStatusChanged(message=message(1, "Ann", status=status), index=0)
        for status in get_args(MessageStatus)
    ),
    MessagePlaced(message=message(1, "Ann"), index=0),
    MessagePlaced(message=message(1, "Ann"), index=0, former_index=0, former_id="m1"),
    MessagePlaced(message=message(1, "Ann"), index=0, former_index=0, former_id="draft"),
    MessageRemoved(message=message(1, "Ann"), index=0),
    MessageReceived(message(1, "Ann")),
    TypingChanged(()),
    TypingChanged(("Ann",)),
    UnreadChanged(2),
    *(StatusChanged(status=status) for status in get_args(ConnectionStatus)),
]


def everything() -> Iterator[Told]:
    """All that is ever told of an entry's events."""
    yield from map(explain.became, EVENTS)
    yield from explain.changed([*map(Emit, CHANGES), Call(CheckHealth())])
    for events in ([], *([event] for event in EVENTS)):
        for us in ({"us"}, {"other"}):
            for are_duplicates in (True, False):
                told = explain.ignored(
                    events,
                    [],
                    is_us=us.__contains__,
                    is_known={"m1"}.__contains__,
                    are_duplicates=are_duplicates,
                )
                assert told is not None
                yield told


@pytest.mark.parametrize("locale", LANGUAGES)
def test_all_of_it_is_said_in_every_language(locale: str) -> None:
    words = explanations(locale)
    for told in everything():
        said = in_words(told, words)
        assert said and not re.search(r"[{}]", said) and "secret" not in said


@pytest.mark.parametrize("locale", [each for each in LANGUAGES if each != "en"])
def test_each_language_has_the_same_words_with_the_same_values_and_none_of_them_english(locale: str) -> None:
    english, words = explanations("en"), explanations(locale)
    assert words.keys() == english.keys()
    for key, said in words.items():
        assert sorted(re.findall(r"{\w+}", said)) == sorted(re.findall(r"{\w+}", english[key])), key
        has_words = re.search("[a-z]{3}", re.sub(r"{\w+}", "", english[key]))
        assert not has_words or key in THE_SAME or said != english[key], key


def test_names_and_numbers_of_a_value_are_not_looked_into() -> None:
    assert in_words(Told("gone", {"id": "{count}"}), explanations("en")) == "message {count} is gone"
