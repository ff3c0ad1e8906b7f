"""The ground truth, against conversations whose figures are worked out by hand."""

from __future__ import annotations

import dataclasses

import pytest

from ipygenesys.simulator.org.figures import COUNTED, Truth
from ipygenesys.simulator.org.parts import parts_of
from ipygenesys.simulator.org.plan import Queue
from ipygenesys.simulator.org.truth import truth
from ipygenesys.simulator.state.conversation import Conversation, Message, Part, Participant
from tests.simulator.org.hours import BEGIN, hour, played

QUEUES = (Queue("q1", "Cards", "", 20.0), Queue("q2", "Travel", "", 30.0))
ADA = Participant("p-ada", "Ada", "customer")
BOT = Participant("p-bot", "Assistant", "bot")
BEN = Participant("p-ben", "Ben", "agent")
MIA = Participant("p-mia", "Mia", "agent")


def said(c: Conversation, at: float, who: Participant, *, error: str | None = None) -> None:
    number = len(c.messages) + 1
    message = Message(f"{c.id}-{number}", c.id, who, "…", BEGIN + at, number, status="delivered", error=error)
    c.messages.append(message)


def acd(queue_id: str, begin: float, end: float | None = None, why: str = "transfer") -> Part:
    part = Part(Participant(f"p-{queue_id}", "", "system"), "acd", "connected", BEGIN + begin, BEGIN + begin)
    part.queue_id = queue_id
    if end is not None:
        part.end(BEGIN + end, why)
    return part


def agent(who: Participant, queue_id: str, alerted: float, answered: float | None) -> Part:
    part = Part(who, "agent", "alerting", BEGIN + alerted, user_id=f"u-{who.name}", queue_id=queue_id)
    if answered is not None:
        part.state, part.connected_s = "connected", BEGIN + answered
    return part


def conversation(*parts: Part, id: str = "c1") -> Conversation:
    c = Conversation(id, BEN, ADA, opened_s=BEGIN)
    c.parts = [Part(ADA, "customer", "connected", BEGIN, BEGIN), *parts]
    return c


def true(*conversations: Conversation, at: float, since: float | None = None, **options: list[str]) -> Truth:
    begin = None if since is None else BEGIN + since
    return truth(
        conversations,
        lambda c: parts_of(c, user_id="u", queue_id="q1"),
        QUEUES,
        BEGIN + at,
        since=begin,
        **options,
    )


def waiting() -> Conversation:
    c = conversation(acd("q1", 3))
    said(c, 2, ADA)
    said(c, 9, ADA)
    return c


def handed_over() -> Conversation:
    """A bot, a wait of 12 s, Ben (parked for 60 s), a transfer, a wait of 40 s, Mia with after-call work."""
    bot = Part(BOT, "bot", "connected", BEGIN, BEGIN)
    bot.end(BEGIN + 10, "transfer")
    ben, mia = agent(BEN, "q1", 18, 22), agent(MIA, "q2", 300, 341)
    ben.parked_s, ben.resumed_s = BEGIN + 100, BEGIN + 160
    ben.end(BEGIN + 301, "transfer")
    mia.end(BEGIN + 400, "client")
    mia.acw_started_s, mia.acw_ended_s = BEGIN + 400, BEGIN + 415
    c = conversation(bot, acd("q1", 10, 22), ben, acd("q2", 301, 341), mia)
    for at, who in (
        (1, ADA),
        (3, BOT),
        (7, ADA),
        (9, BOT),
        (15, ADA),
        (30, BEN),
        (31, BEN),
        (50, ADA),
        (55, ADA),
    ):
        said(c, at, who)
    said(c, 70, BEN, error="no")
    said(c, 290, ADA)
    said(c, 350, MIA)
    c.state = "disconnected"
    c.parts[0].end(BEGIN + 400, "client")
    return c


def values(found: Truth, name: str) -> list[tuple[str, float]]:
    return [(v.name, v.ms / 1000) for v in getattr(found, name)]


def test_who_waits_how_long_and_until_when_the_target_allows_it() -> None:
    found = true(waiting(), at=18)
    assert (found.waiting, found.longest_wait_ms) == (1, 15_000)
    [row] = found.rows
    assert (row.state, row.due_ms, row.queue_id) == ("waiting", round((BEGIN + 23) * 1000), "q1")
    assert (found.sla_met, found.sla_missed) == (0, 0)
    assert true(waiting(), at=23.001).sla_missed == 1


def test_a_question_is_open_since_the_first_message_that_no_agent_has_answered() -> None:
    found = true(waiting(), at=18)
    assert (found.unanswered, found.longest_unanswered_ms) == (1, 16_000)


def test_whoever_is_offered_still_waits_and_whoever_is_answered_does_not() -> None:
    c = waiting()
    c.parts.append(agent(BEN, "q1", 5, None))
    assert true(c, at=6).waiting == 1
    c.parts[-1].state, c.parts[-1].connected_s = "connected", BEGIN + 7
    c.parts[1].end(BEGIN + 7, "transfer")
    found = true(c, at=8)
    assert found.waiting == 0
    assert [(row.state, row.agent, row.due_ms) for row in found.rows] == [("agent", "Ben", None)]
    assert values(found, "time_to_engage") == [("Ben", 2.0)]
    assert found.handle_time == []


def test_a_whole_life_has_all_figures() -> None:
    found = true(handed_over(), at=500)
    assert values(found, "first_response") == [("Ben", 29.0)]
    assert values(found, "handover_first_response") == [("Ben", 8.0)]
    assert values(found, "response") == [("Ben", 29.0), ("Ben", 20.0), ("Mia", 60.0)]
    assert values(found, "handover_response") == [("Ben", 8.0), ("Ben", 20.0), ("Mia", 9.0)]
    assert values(found, "bot_response") == [("Assistant", 2.0), ("Assistant", 2.0)]
    assert values(found, "time_to_engage") == [("Ben", 4.0), ("Mia", 41.0)]
    assert values(found, "handle_time") == [("Ben", 219.0), ("Mia", 74.0)]
    assert [(w.ms, w.outcome, w.is_late) for w in found.waits] == [
        (12_000, "answered", False),
        (40_000, "answered", True),
    ]
    assert (found.sla_met, found.sla_missed) == (1, 1)
    assert (found.live, found.unanswered, found.undelivered) == (0, 0, 0)
    [row] = found.rows
    assert (row.state, row.undelivered, row.last_role) == ("ended", 1, "agent")


def test_after_call_work_that_goes_on_is_not_handled_yet() -> None:
    c = handed_over()
    c.parts[-1].acw_ended_s = None
    assert values(true(c, at=405), "handle_time") == [("Ben", 219.0)]


def test_parked_is_a_state_of_its_own_since_it_was_parked() -> None:
    c = conversation(acd("q1", 3, 7), agent(BEN, "q1", 5, 7))
    c.parts[-1].state, c.parts[-1].parked_s, c.parts[-1].resumed_s = "parked", BEGIN + 50, BEGIN + 90
    [row] = true(c, at=60).rows
    assert (row.state, row.since_ms) == ("parked", round((BEGIN + 50) * 1000))
    c.parts[-1].state = "connected"
    [row] = true(c, at=95).rows
    assert (row.state, row.since_ms) == ("agent", round((BEGIN + 90) * 1000))


def test_a_wait_that_the_customer_ended_is_abandoned() -> None:
    c = conversation(acd("q1", 3, 63, "endpoint"))
    c.state = "disconnected"
    c.parts[0].end(BEGIN + 63, "endpoint")
    found = true(c, at=70)
    assert [(w.outcome, w.ms) for w in found.waits] == [("abandoned", 60_000)]
    assert (found.sla_met, found.sla_missed) == (0, 1)


def test_each_value_belongs_to_the_queue_of_its_part() -> None:
    found = true(handed_over(), waiting(), at=500, queue_ids=["q2"])
    assert values(found, "response") == [("Mia", 60.0)]
    assert [w.queue_id for w in found.waits] == ["q2"]
    assert [row.queue_id for row in found.rows] == ["q2"]


def test_whoever_began_to_look_later_cannot_know_what_had_ended() -> None:
    assert true(handed_over(), at=500, since=416).rows == []
    assert len(true(handed_over(), at=500, since=414).rows) == 1


def test_who_has_only_met_the_bot_is_in_no_queue() -> None:
    bot = Part(BOT, "bot", "connected", BEGIN, BEGIN)
    assert true(conversation(bot), at=5).rows == []


@pytest.mark.parametrize("seed", range(3))
def test_at_every_minute_of_a_busy_hour_the_figures_agree_with_each_other(seed: int) -> None:
    org = hour(20, seed=seed)
    for minute in range(1, 31):
        for _ in played(org, minute * 60):
            pass
        found = truth(
            org.platform.conversations.values(), lambda c: c.parts, org.plan.queues, BEGIN + minute * 60
        )
        states = ("waiting", "agent", "parked", "bot", "open", "ended")
        assert sum(len(found.in_state(state)) for state in states) == len(found.rows)
        assert found.live <= 20
        assert sum(w.outcome == "waiting" for w in found.waits) == found.waiting
        assert found.sla_met + found.sla_missed <= len(found.waits)
        assert len(found.first_response) <= len(found.response)
        for name in ("first_response", "response", "time_to_engage", "handle_time"):
            assert all(0 <= v.ms <= minute * 60_000 for v in getattr(found, name))
        by_queue = [
            truth(
                org.platform.conversations.values(),
                lambda c: c.parts,
                org.plan.queues,
                BEGIN + minute * 60,
                queue_ids=[queue.id],
            )
            for queue in org.plan.queues
        ]
        assert sum(len(part.response) for part in by_queue) == len(found.response)
    assert found.handle_time
    assert found.as_dict().keys() == {*COUNTED, *(f.name for f in dataclasses.fields(found))}
