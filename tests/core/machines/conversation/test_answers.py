"""Offers that are answered: by us, by another device, before or after their message is known."""

from __future__ import annotations

from typing import Any

import pytest

from ipygenesys._core.machines.conversation import answers
from ipygenesys._core.model.content import Answer, Content, QuickReplies, QuickReply
from ipygenesys._core.model.events import HistoryPrepended, MessagePlaced
from ipygenesys._core.model.inputs import Discard, LoadOlder, Send
from ipygenesys._core.model.operations import FetchHistory, PostMessage
from ipygenesys._core.model.platform_events import ConversationCleared, History
from tests import examples as eg
from tests.core.driver import Driver

OFFER = QuickReplies(replies=(QuickReply(text="Yes", payload="yes"), QuickReply(text="No", payload="no")))
DRAFT = "d1"


def yes(message_id: str | None = "m1") -> Answer:
    return Answer(text="Yes", payloads=("yes",), type="quick-reply", message_id=message_id)


def offered(number: int = 1, **fields: Any) -> Any:
    return eg.arrived(number, content=(OFFER,), **fields)


def own(number: int, answer: Answer, **fields: Any) -> Any:
    return eg.arrived(
        number, role="customer", participant_id=eg.CUSTOMER, text="Yes", content=(answer,), **fields
    )


def picked(driver: Driver, id_: str = "m1") -> tuple[int, ...] | None:
    message = driver.session.conversation.timeline.get(id_)
    assert message is not None
    part: Content = message.content[0]
    assert isinstance(part, QuickReplies)
    return part.picked


@pytest.fixture
def driver() -> Driver:
    driver = Driver()
    driver.connect()
    return driver


def test_what_we_answer_is_picked_at_once_and_stays_so(driver: Driver) -> None:
    driver.hears(offered())

    driver.step(Send(DRAFT, "Yes", yes()))
    assert picked(driver) == (0,)

    driver.succeed(PostMessage, eg.arrived(2, role="customer", participant_id=eg.CUSTOMER, text="Yes"))
    assert picked(driver) == (0,)
    sent = driver.timeline[1]
    assert (sent.id, sent.content) == ("m2", (yes(),))


def test_an_answer_that_is_given_up_leaves_the_offer_open(driver: Driver) -> None:
    driver.hears(offered())
    driver.step(Send(DRAFT, "Yes", yes()))
    driver.fail(PostMessage, eg.failure("rejected"))
    assert picked(driver) == (0,)

    driver.step(Discard(DRAFT))

    assert picked(driver) is None


def test_an_answer_from_elsewhere_is_tied_to_the_nearest_offer_that_has_it(driver: Driver) -> None:
    driver.hears(offered(1), eg.arrived(2), offered(3), own(4, yes(None)))

    assert (picked(driver, "m1"), picked(driver, "m3")) == (None, (0,))


def test_an_offer_is_answered_once(driver: Driver) -> None:
    no = Answer(text="No", payloads=("no",), type="quick-reply", message_id="m1")

    driver.hears(offered(1), own(2, yes()), own(3, no))
    driver.hears(own(2, yes(), status="delivered"))

    assert picked(driver) == (0,)


@pytest.mark.parametrize("name", [None, "m1", "m-1"], ids=["unnamed", "named", "named with dashes"])
def test_history_may_bring_the_answer_before_the_offer(driver: Driver, name: str | None) -> None:
    driver.hears(own(5, yes(name)), eg.arrived(6))
    driver.hears(offered(7))
    assert picked(driver, "m7") is None

    driver.hears(eg.arrived(4), offered(1))

    assert picked(driver) == (0,)
    driver.hears(offered(2))
    assert picked(driver, "m2") is None


def test_an_answer_to_nothing_that_is_there_waits_for_no_other_offer(driver: Driver) -> None:
    other = Answer(text="Perhaps", payloads=("perhaps",), type="quick-reply")

    driver.hears(offered(1), own(2, other), offered(0))

    assert picked(driver) is None


def test_no_more_answers_wait_than_can_be_borne(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_WAITING", 1)

    driver.hears(own(4, yes("m1")), own(5, yes("m2")))
    driver.hears(offered(1), offered(2))

    assert (picked(driver, "m1"), picked(driver, "m2")) == (None, (0,))


def test_a_cleared_conversation_leaves_no_answers_behind(driver: Driver) -> None:
    driver.hears(own(5, yes("m1")))
    driver.hears(ConversationCleared(by_us=False))

    driver.hears(offered(1))

    assert picked(driver) is None


@pytest.mark.parametrize(
    "is_answer_held", [False, True], ids=["both in the page", "the answer was held before"]
)
def test_an_older_page_is_one_block_also_where_it_holds_what_was_answered(is_answer_held: bool) -> None:
    driver = Driver()
    driver.connect(own(5, yes(None)) if is_answer_held else eg.arrived(5), has_more=True)
    driver.step(LoadOlder(10))
    page = [eg.arrived(1), offered(2), eg.arrived(3), eg.arrived(4) if is_answer_held else own(4, yes("m2"))]
    driver.events.clear()

    driver.succeed(FetchHistory, History(tuple(page), has_more=False))

    assert [type(event) for event in driver.events[:2]] == [HistoryPrepended, MessagePlaced]
    assert driver.events[0] == HistoryPrepended(count=4, has_older=False)
    assert picked(driver, "m2") == (0,)
