"""What queues' topics tell is enough: whoever hears all of it knows what is true, at every moment of a busy hour."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.bodies import Bodies
from ipygenesys.simulator.agent_messaging.told import Telling
from ipygenesys.simulator.org.busy_hour import BusyHour
from ipygenesys.simulator.org.figures import Truth
from ipygenesys.simulator.org.observing import observe
from ipygenesys.simulator.org.truth import truth
from ipygenesys.simulator.state.conversation import Conversation, Message, Part, Participant, Role
from ipygenesys.simulator.state.settings import Identity, Settings
from tests.simulator.org.hours import BEGIN, hour, played

ROLES: dict[str, Role] = {"customer": "customer", "acd": "system", "agent": "agent", "bot": "bot"}


class Listener:
    """Keeps what it was told last of each conversation, and of each message that was ever named."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, Any]] = {}
        self._messages: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {}

    def hear(self, body: dict[str, Any]) -> None:
        self._told[body["id"]] = body
        known = self._messages.setdefault(body["id"], {})
        for participant in body["participants"]:
            for named in participant["messages"]:
                known[message_id(named)] = (participant["id"], named)

    def conversations(self) -> list[Conversation]:
        return [self._conversation(body) for body in self._told.values()]

    def _conversation(self, body: dict[str, Any]) -> Conversation:
        parts = {p["id"]: part(p) for p in body["participants"]}
        customer = next(p for p in parts.values() if p.purpose == "customer")
        c = Conversation(body["id"], customer.who, customer.who)
        c.parts, c.state = list(parts.values()), "connected" if customer.ended_s is None else "disconnected"
        c.inactive_at_s = seconds(body.get("inactivityTimeout"))
        for known_id, (who, named) in self._messages[c.id].items():
            has_failed = named["messageStatus"] == "failed"
            c.messages.append(
                Message(
                    id=known_id,
                    conversation_id=c.id,
                    sender=parts[who].who,
                    text="",
                    time_s=seconds(named["messageTime"]) or 0.0,
                    sequence=0,
                    status="delivered" if has_failed else "sent",
                    error="failed" if has_failed else None,
                )
            )
        c.messages.sort(key=lambda m: m.time_s)
        return c


def part(body: dict[str, Any]) -> Part:
    return Part(
        Participant(body["id"], body["name"], ROLES[body["purpose"]]),
        body["purpose"],
        body["state"],
        seconds(body["startTime"]) or 0.0,
        seconds(body.get("connectedTime")),
        seconds(body.get("endTime")),
        user_id=body.get("user", {}).get("id"),
        queue_id=body.get("queue", {}).get("id"),
        disconnect_type=body.get("disconnectType"),
        parked_s=seconds(body.get("parkTime")),
        resumed_s=seconds(body.get("resumeTime")),
        acw_started_s=seconds(body.get("startAcwTime")),
        acw_ended_s=seconds(body.get("endAcwTime")),
    )


def message_id(named: dict[str, Any]) -> str:
    """An event and REST name a message each in its own way."""
    found: str = named["message"]["id"] if "message" in named else named["messageId"]
    return found


def seconds(time: str | None) -> float | None:
    return None if time is None else datetime.fromisoformat(time).timestamp()


def figures(org: BusyHour, conversations: list[Conversation], now: float) -> Truth:
    found = truth(conversations, lambda c: c.parts, org.plan.queues, now)
    for name, values in vars(found).items():
        if isinstance(values, list):
            setattr(
                found,
                name,
                sorted(values, key=lambda v: (v.conversation_id, getattr(v, "at_ms", 0), repr(v))),
            )
    return found


def all_topics(org: BusyHour) -> frozenset[str]:
    return frozenset(wire.QUEUE_MESSAGES_TOPIC.format(queue_id=q.id) for q in org.plan.queues)


@pytest.mark.parametrize("seed", range(4))
def test_whoever_hears_all_of_it_knows_what_is_true(seed: int) -> None:
    org, listener = hour(12, seed=seed), Listener()
    bodies = Bodies(Identity.of(Settings()), org.platform.conversation)
    topics, compared = all_topics(org), 0
    for moment in range(15, 1500, 15):
        now = BEGIN + moment
        for at, event in played(org, moment):
            for _topic, _kind, body in Telling(event, bodies, at).to(topics):
                listener.hear(json.loads(body))
        told = figures(org, listener.conversations(), now)
        true = figures(org, list(org.platform.conversations.values()), now)
        assert told == true
        compared += len(true.rows)
    assert compared > 1000


@pytest.mark.parametrize("seed", range(2))
def test_whoever_has_missed_something_knows_it_again_by_rest(seed: int) -> None:
    """The streams are gone for 40 s of each minute: who is there is asked for anew, and each of them by itself."""
    org, listener = hour(12, seed=seed), Listener()
    bodies = Bodies(Identity.of(Settings()), org.platform.conversation)
    known: set[str] = set()
    for minute in range(1, 21):
        for at, event in played(org, minute * 60):
            is_lost = (at - BEGIN) % 60 > 20
            for _topic, _kind, body in () if is_lost else Telling(event, bodies, at).to(all_topics(org)):
                listener.hear(json.loads(body))
        now = BEGIN + minute * 60
        there = {o.conversation.id for o in observe(org.platform.conversations.values(), lambda c: c.parts)}
        known |= there | {c.id for c in listener.conversations()}
        for conversation_id in known:
            listener.hear(bodies.message_conversation(org.platform.conversation(conversation_id)))
        true = figures(org, [c for c in org.platform.conversations.values() if c.id in known], now)
        assert figures(org, listener.conversations(), now) == true
    assert len(known) > 50
