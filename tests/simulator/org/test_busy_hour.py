"""A busy hour on virtual time: all that happens in a contact centre happens, the same for the same seed."""

from __future__ import annotations

from collections import Counter

import pytest

from ipygenesys.simulator.org.lines import lines_of, named
from ipygenesys.simulator.org.plan import CAPACITY, Pace
from ipygenesys.simulator.state.conversation import MessagePosted, Part, Rerouted
from tests.simulator.org.hours import BEGIN, hour, played


def told(seed: int, *, speed: float = 1.0) -> list[tuple[float, str, str]]:
    org = hour(8, seed=seed, speed=speed)
    return [(at, type(e).__name__, e.conversation_id) for at, e in played(org, 600 / speed)]


def test_the_same_seed_tells_the_same_story() -> None:
    assert told(1) == told(1)
    assert told(1) != told(2)


def test_ten_times_as_fast_is_the_same_story() -> None:
    slow, fast = told(3), told(3, speed=10.0)
    assert len(fast) == pytest.approx(len(slow), rel=0.05)
    assert [kind for _, kind, _ in fast][:50] == [kind for _, kind, _ in slow][:50]


def test_all_that_happens_in_a_contact_centre_happens() -> None:
    org = hour(60, seed=1)
    for _ in played(org, 2400):
        pass
    parts = [p for c in org.platform.conversations.values() for p in c.parts]
    ends = Counter((p.purpose, p.disconnect_type) for p in parts)
    for end in (
        ("acd", "transfer"),  # answered
        ("acd", "endpoint"),  # abandoned
        ("agent", "transfer"),
        ("agent", "transfer.noanswer"),
        ("agent", "client"),
        ("customer", "inactivity"),
        ("bot", "transfer"),
    ):
        assert ends[end] > 0, end
    assert any(p.parked_s for p in parts)
    messages = [m for c in org.platform.conversations.values() for m in c.messages]
    assert any(m.error for m in messages)
    assert {"customer", "agent", "bot"} == {m.sender.role for m in messages}


def test_as_many_as_planned_are_there_from_the_start() -> None:
    org = hour(100, warm_up_s=720.0)
    for minute in range(1, 6):
        for _ in played(org, 60 * minute):
            pass
        live = [c for c in org.platform.conversations.values() if c.state == "connected"]
        assert 85 <= len(live) <= 100


def test_each_part_has_its_times_in_order_and_in_whole_milliseconds() -> None:
    org = hour(30, seed=2)
    for _ in played(org, 1200):
        pass
    for c in org.platform.conversations.values():
        for p in c.parts:
            times = [
                p.started_s,
                p.connected_s,
                p.parked_s,
                p.resumed_s,
                p.ended_s,
                p.acw_started_s,
                p.acw_ended_s,
            ]
            known = [t for t in times if t is not None]
            assert known == sorted(known), p
            assert all(t == round(t, 3) for t in known)
        if c.state == "disconnected":
            assert all(p.state == "disconnected" for p in c.parts)
            assert c.inactive_at_s is None


def test_nobody_has_more_than_they_can_do_but_by_what_they_had_parked() -> None:
    org = hour(60, seed=4)
    for _at, event in played(org, 900):
        if not isinstance(event, Rerouted):
            continue
        busy: Counter[str] = Counter()
        for c in org.platform.conversations.values():
            for p in c.parts:
                if p.user_id is not None and p.is_live and p.state != "parked" and p.parked_s is None:
                    busy[p.user_id] += 1
        assert max(busy.values(), default=0) <= CAPACITY


def test_first_come_first_served_in_each_queue() -> None:
    org = hour(60, seed=5, pace=Pace(no_answer=0.0))
    for _ in played(org, 900):
        pass
    offered: dict[str, list[tuple[float, Part]]] = {}
    for c in org.platform.conversations.values():
        waits = [p for p in c.parts if p.purpose == "acd"]
        for part in (p for p in c.parts if p.purpose == "agent"):
            wait = next(w for w in reversed(waits) if w.started_s <= part.started_s)
            assert wait.queue_id is not None
            offered.setdefault(wait.queue_id, []).append((part.started_s, wait))
    for pairs in offered.values():
        begun = [wait.started_s for _, wait in sorted(pairs, key=lambda pair: (pair[0], pair[1].started_s))]
        assert begun == sorted(begun)


def test_only_agents_of_a_queue_answer_in_it() -> None:
    org = hour(40, seed=6)
    queues_of = {agent.user_id: agent.queue_ids for agent in org.plan.agents}
    for _ in played(org, 600):
        pass
    agents = [p for c in org.platform.conversations.values() for p in c.parts if p.user_id is not None]
    assert agents
    assert all(p.queue_id in queues_of[p.user_id or ""] for p in agents)


def test_a_real_agent_takes_over_and_the_customer_goes_on() -> None:
    org = hour(6, seed=7, pace=Pace(transfer=0, park=0, leave=0, silence=0, no_answer=0, nudge=0, slow=0))
    conversation = None
    for _at, event in played(org, 600):
        if isinstance(event, MessagePosted) and event.message.sender.role == "agent":
            conversation = org.platform.conversation(event.conversation_id)
            break
    assert conversation is not None
    org.stand_down(conversation.id)
    now = org.next_deadline() or BEGIN
    sent = len(conversation.messages)
    org.platform.post(conversation.id, conversation.agent, "I am real.", now)
    org.hear(conversation.id, now)
    for _ in played(org, now - BEGIN + 300):
        pass
    roles = [m.sender.role for m in conversation.messages[sent + 1 :]]
    assert roles
    assert set(roles) == {"customer"}
    org.end(conversation.id, now + 301)
    assert conversation.state == "disconnected"
    assert org.end(conversation.id, now + 302) == []


def test_a_dialogue_begins_with_the_customer_who_cannot_know_the_agents_name_yet() -> None:
    lines = lines_of("retail_return")
    assert lines[0] == ("customer", "Hi, I bought a raincoat last week and the zip is already broken.")
    assert lines[1][0] == "agent"
    assert named("Hello, this is Ann.", "Ben") == "Hello, this is Ben."
