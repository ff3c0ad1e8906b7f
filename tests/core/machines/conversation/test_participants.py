"""Who is us, who is on the other side, and what each is called."""

from __future__ import annotations

import pytest

from ipygenesys._core.machines.conversation.participants import Participants
from ipygenesys._core.model.messages import Role
from tests import examples as eg


def people(own_role: Role = "customer", *, is_role_own: bool = True) -> Participants:
    return Participants(own_role=own_role, own_participant_id="me", is_role_own=is_role_own)


def test_we_are_known_by_id_by_role_or_because_it_was_said() -> None:
    participants = people()
    participants.are_us(["also-me"])
    participants.introduce("by-role", None, "customer")
    for participant_id in ("me", "also-me", "by-role"):
        assert participants.has_own_id(participant_id)
        assert participants.is_us(participant_id, "agent")
    assert not participants.is_us("somebody")
    assert participants.is_us("somebody", "customer")
    assert not participants.has_own_id("somebody")


def test_where_a_role_does_not_say_who_we_are_a_colleague_is_not_us() -> None:
    participants = people("agent", is_role_own=False)
    participants.introduce("colleague", "Ben", "agent")
    assert not participants.has_own_id("colleague")
    assert not participants.is_us("colleague")


def test_a_role_that_is_said_now_outweighs_the_one_that_was_known() -> None:
    participants = people("agent")
    participants.introduce("guest", None, "customer")
    assert not participants.is_us("guest")
    assert participants.is_us("guest", "agent")


@pytest.mark.parametrize(
    ("own_role", "counterparts"),
    [("customer", {"agent", None}), ("agent", {"customer", None})],
)
def test_people_talk_to_each_other_and_bots_to_nobody(own_role: Role, counterparts: set[Role | None]) -> None:
    roles: tuple[Role | None, ...] = ("agent", "customer", "bot", "system", None)
    assert {role for role in roles if people(own_role).is_counterpart(role)} == counterparts


def test_our_name_is_the_one_that_is_known_or_what_we_are() -> None:
    participants = people()
    assert participants.own_name == "Customer"
    participants.introduce("me", "Max", None)
    assert participants.own_name == "Max"


def test_what_is_known_of_somebody_is_not_forgotten_by_a_shorter_introduction() -> None:
    participants = people()
    participants.introduce("a", "Ann", "bot")
    participants.introduce("a", None, None)
    participants.introduce("a", "Anna", None)
    participants.introduce("a", None, "agent")
    assert (participants.name_of("a"), participants.role_of("a")) == ("Anna", "agent")
    participants.introduce(None, "Nobody", "customer")
    assert not participants.has_own_id(None)
    assert (participants.name_of(None), participants.role_of(None)) == (None, None)


def test_a_typist_has_a_name_a_role_or_is_who_spoke_last() -> None:
    participants = people()
    assert participants.typist_name("") == "Agent"
    participants.introduce("b", None, "bot")
    assert participants.typist_name("b") == "Bot"
    participants.introduce("b", "Robo", None)
    assert participants.typist_name("b") == "Robo"
    participants.spoke(eg.message(1, sender="Ann"))
    assert participants.typist_name("") == "Ann"
    assert participants.typist_name("unknown") == "Agent"


def test_only_others_with_a_name_speak_and_the_newest_counts() -> None:
    participants = people()
    participants.spoke(eg.message(2, sender="Ann"))
    participants.spoke(eg.message(1, sender="Older"))
    participants.spoke(eg.message(3, sender="Agent"))
    participants.spoke(eg.message(4, sender="Notice", role="system"))
    participants.spoke(eg.message(5, sender="Max", role="customer", is_own=True))
    assert participants.typist_name("") == "Ann"
    participants.spoke(eg.message(2, sender="Same time"))
    assert participants.typist_name("") == "Same time"
