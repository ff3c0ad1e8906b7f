"""What a conversation is called in its views, and that a name that becomes known is told once."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.inputs import Connect
from ipygenesys._core.view.protocol import Deltas, TitleDelta
from ipygenesys._core.view.title import ViewTitle, checked_title
from tests import examples as eg
from tests.core.desk import Desk
from tests.core.driver import Driver

CUSTOMER = "customer-1"


def watching() -> Driver:
    profile = eg.profile(own_role="agent", is_role_own=False, capabilities=frozenset({"history"}))
    return Driver(profile)


def meet(driver: Driver, name: str | None) -> None:
    driver.step(Connect())
    driver.hears(eg.presence(CUSTOMER, name=name, role="customer"))


def test_the_owners_word_comes_before_the_customers_name_and_that_before_the_protocols() -> None:
    driver = watching()
    given = ViewTitle(driver.session, given="Line 3", otherwise="…1234")
    titles = ViewTitle(driver.session, otherwise="…1234")
    assert (given.text, titles.text) == ("Line 3", "…1234")
    meet(driver, "Crystal")
    assert (given.text, titles.text) == ("Line 3", "Crystal")


def test_to_the_customer_their_own_name_says_nothing() -> None:
    taking_part = Driver(eg.profile(own_role="customer"))
    meet(taking_part, "Crystal")
    looking_on = Driver(eg.profile(own_role="customer", own_participant_id=None, capabilities=frozenset()))
    meet(looking_on, "Crystal")
    assert ViewTitle(taking_part.session).text == ""
    assert ViewTitle(looking_on.session).text == "Crystal"


def test_what_is_only_a_role_is_no_name() -> None:
    driver = watching()
    for name in ("Customer", None):
        meet(driver, name)
        assert ViewTitle(driver.session, otherwise="…1234").text == "…1234"


def test_a_name_that_becomes_known_is_news_once() -> None:
    driver = watching()
    title = ViewTitle(driver.session, otherwise="…1234")
    assert title.news() is None
    meet(driver, "Crystal")
    assert title.news() == TitleDelta(title="Crystal")
    assert title.news() is None


def test_pages_are_told_of_it() -> None:
    desk = Desk(own_role="agent", is_role_own=False)
    desk.hub._title._given = ""
    desk.connect()
    assert desk.hello().title == ""
    desk.hears(eg.presence(CUSTOMER, name="Crystal", role="customer"))
    desk.flush()
    desk.rest(1.0)
    told = [delta for sent in desk.sent if isinstance(sent, Deltas) for delta in sent.deltas]
    assert told.count(TitleDelta(title="Crystal")) == 1
    assert desk.hello("another").title == "Crystal"


def test_a_title_that_is_no_text_is_refused() -> None:
    assert (checked_title(None), checked_title(" Line 3 ")) == ("", "Line 3")
    with pytest.raises(TypeError, match="title must be a str, not int"):
        checked_title(3)
