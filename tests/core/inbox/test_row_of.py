from __future__ import annotations

import pytest

from ipygenesys._core.inbox.row_of import Around, row_of
from ipygenesys._core.inbox.rows import Kind, Row
from ipygenesys._core.inbox.talk import Talk
from ipygenesys._core.inbox.told import ConversationListed, ConversationTold, Part
from tests.core.inbox.examples import agent, customer, queue, said, told

AROUND = Around(
    watched=frozenset({"sales"}),
    targets_ms={"sales": 30_000},
    queue_names={"sales": "Sales", "tech": "Tech"},
    typing_users=frozenset({"user-a"}),
    own_user_id="user-a",
    selected="1",
)


def row(
    *events: ConversationTold, around: Around = AROUND, talk: Talk | None = None, typing: tuple[str, ...] = ()
) -> Row:
    talk = talk or Talk("1")
    for event in events:
        talk.told(event)
    return row_of(talk, around, typing)


def test_a_conversation_that_waits_has_a_time_until_its_queues_target_is_missed() -> None:
    waits = row(told(customer(1), queue(5), closes_at_ms=99_000), typing=("Ada",))

    assert (waits.customer, waits.queue, waits.queue_id, waits.state) == ("Ada", "Sales", "sales", "waiting")
    assert (waits.since_ms, waits.sla_due_ms, waits.began_ms) == (5000, 35_000, 0)
    assert (waits.agent, waits.agent_id) == ("", None)
    assert (waits.unanswered_since_ms, waits.unread, waits.typing) == (1000, 1, ("Ada",))
    assert (waits.is_selected, waits.is_own, waits.knows_typing) == (True, False, False)
    assert waits.closes_at_ms == 99_000


def test_a_conversation_with_an_agent_names_them() -> None:
    has_agent = row(told(customer(1), queue(5, 9), agent(6, 9, 12)))

    assert (has_agent.agent, has_agent.agent_id, has_agent.state) == ("Agent a", "user-a", "agent")
    assert (has_agent.since_ms, has_agent.sla_due_ms, has_agent.unanswered_since_ms) == (9000, None, None)
    assert (has_agent.is_own, has_agent.knows_typing) == (True, True)


def test_one_that_has_ended_names_who_had_it_last() -> None:
    ended = row(told(customer(1, ended_ms=30_000), agent(6, 9, ended_ms=30_000), closes_at_ms=99_000))

    assert (ended.state, ended.since_ms, ended.agent, ended.closes_at_ms) == (
        "ended",
        30_000,
        "Agent a",
        None,
    )
    assert not ended.is_own


def test_one_that_has_gone_to_another_queue_has_ended_here() -> None:
    gone = row(told(customer(1), queue(5, 9), queue(9, id="q2", queue_id="tech")))

    assert (gone.state, gone.queue) == ("ended", "Tech")
    everywhere = Around(frozenset(), {})
    assert row(told(customer(1), queue(9, queue_id="tech")), around=everywhere).state == "waiting"


def test_one_that_is_only_listed_shows_what_the_list_says() -> None:
    talk = Talk("2")
    talk.listed = ConversationListed(
        conversation_id="2", state="agent", since_ms=7000, customer="Bob", queue_id="sales", user_id="user-x"
    )
    listed = row(talk=talk)

    assert (listed.customer, listed.state, listed.since_ms, listed.queue) == ("Bob", "agent", 7000, "Sales")
    assert (listed.agent_id, listed.is_complete, listed.last) == ("user-x", False, None)


def test_the_text_of_the_newest_message_is_awaited_then_here_or_missing() -> None:
    talk = Talk("1")
    talk.told(told(customer(1)))
    last = row(talk=talk).last
    assert last is not None
    assert (last.text_state, last.text, last.sender, last.role) == ("awaited", None, "Ada", "customer")

    talk.text = ("c1", "Hello")
    last = row(talk=talk).last
    assert last is not None and (last.text_state, last.text) == ("here", "Hello")
    talk.text = ("c1", None)
    last = row(talk=talk).last
    assert last is not None and (last.text_state, last.text) == ("missing", None)
    talk.text = ("c0", "Older")
    last = row(talk=talk).last
    assert last is not None and (last.text_state, last.text) == ("awaited", None)


@pytest.mark.parametrize(("kind", "text_state"), [("image", "none"), ("structured", "awaited")])
def test_a_picture_has_no_text_to_wait_for(kind: Kind, text_state: str) -> None:
    last = row(told(Part(id="c", role="customer", said=said(1, kind=kind)))).last

    assert last is not None and (last.kind, last.text_state) == (kind, text_state)


def test_messages_that_reached_nobody_are_told_with_the_reason_of_the_newest() -> None:
    failed = Part(id="a", said=said(3, 4, by="a", status="failed", error="Blocked"))
    undelivered = row(told(agent(0, 0), failed))

    assert (undelivered.undelivered, undelivered.undelivered_why) == (2, "Blocked")
