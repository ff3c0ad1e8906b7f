"""What a saved copy holds, and when it is made anew."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.events import MessageReceived, TypingChanged
from ipygenesys._core.model.inputs import Send
from ipygenesys._core.model.messages import Attachment
from ipygenesys._core.model.platform_events import MessageArrived
from ipygenesys._core.view import saved_copy as module
from ipygenesys._core.view.protocol import MAX_SHOWN_CHARACTERS
from ipygenesys._core.view.protocol.locale import SpokenLocale
from ipygenesys._core.view.saved_copy import PAUSE_PER_MESSAGE_S, PAUSE_S, SavedCopy
from ipygenesys._core.view.title import ViewTitle
from tests import examples as eg
from tests.core.driver import Driver

WORDS = {"de": {"send": "Senden"}}


def copy_of(*messages: MessageArrived) -> tuple[SavedCopy, Driver]:
    driver = Driver()
    for message in messages:
        driver.session.conversation.message_arrived(message, eg.START_MS, is_news=True)
    title = ViewTitle(driver.session, given="Ann")
    return SavedCopy(driver.session, title=title, locale=SpokenLocale("de", WORDS)), driver


def test_nothing_is_copied_unless_it_is_asked_for() -> None:
    copy, _ = copy_of(eg.arrived(1))
    copy.ask(0.0)
    assert copy.next_deadline is None
    assert copy.take(100.0) is None


def test_a_change_is_copied_once_a_moment_later_and_the_later_the_longer_the_copy_is() -> None:
    copy, driver = copy_of(*(eg.arrived(number) for number in range(100)))
    copy.is_wanted = True
    events = driver.session.conversation.message_arrived(eg.arrived(200), eg.START_MS, is_news=True)
    for event in events:
        copy.note(event, 5.0)
    copy.note(events[0], 5.1)
    due = 5.0 + PAUSE_S + 101 * PAUSE_PER_MESSAGE_S
    assert copy.next_deadline == due
    assert copy.take(due - 0.01) is None
    made = copy.take(due)
    assert made is not None
    assert (made.total, made.title, made.messages[-1].text) == (101, "Ann", "text 200")
    assert (made.locale, made.words) == ("de", WORDS["de"])
    assert copy.take(due + 100) is None


def test_what_does_not_show_in_the_copy_makes_no_new_one() -> None:
    copy, driver = copy_of(eg.arrived(1))
    copy.is_wanted = True
    copy.note(TypingChanged(("Ann",)), 1.0)
    copy.note(MessageReceived(driver.session.conversation.timeline[0]), 1.0)
    assert copy.next_deadline is None


def test_only_the_newest_messages_are_kept() -> None:
    copy, _ = copy_of(*(eg.arrived(number) for number in range(module.MOST_MESSAGES + 5)))
    made = copy.make()
    assert (made.total, made.first_index, made.has_older) == (module.MOST_MESSAGES, 0, False)
    assert made.messages[0].text == "text 5"


def test_nothing_is_kept_that_needs_a_kernel_or_is_good_for_a_while_only() -> None:
    file = Attachment(name="slip.pdf", url="https://files.example.com/?signature=s")
    long = "x" * (MAX_SHOWN_CHARACTERS + 1)
    copy, driver = copy_of(eg.arrived(1, attachments=(file,)), eg.arrived(2, text=long))
    driver.session.step(Send("d1", "mine"), driver.clock.now)
    first, second, own = copy.make().messages
    assert [each.url for each in first.attachments] == [None]
    assert (second.text, second.full_length) == (long[:-1] + "…", 0)
    assert (own.text, own.draft_id) == ("mine", None)
    assert "signature" not in str(msgspec.to_builtins(copy.make()))
