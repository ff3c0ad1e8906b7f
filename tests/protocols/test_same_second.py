"""Messages of one second: on every wire the platform's order decides, live, from history and after a reload."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from ipygenesys import AccessToken, MessagingEvents
from ipygenesys._core.model.inputs import Connect
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._protocols.base import Adapter
from tests import examples as eg
from tests.core.driver import Driver
from tests.protocols import test_agent_messaging as agents
from tests.protocols import test_web_messaging as guests

LISTED = ["ffff", "aaaa", "cccc"]
"""As the platform lists them; by their ids they would stand otherwise."""
SECOND = "2026-11-22T10:00:00Z"


class Tutorial:
    """The tutorial's contract, where nothing is numbered."""

    def adapter(self) -> Adapter:
        return MessagingEvents(
            base_url="https://sim.example", conversation_id="c", credentials=AccessToken("t")
        )

    def live(self, adapter: Adapter, ids: Iterable[str]) -> tuple[PlatformEvent, ...]:
        frames = (
            {"event_type": "message", "conversation_id": "c", "message_id": id_, "payload": _payload(id_)}
            for id_ in ids
        )
        return tuple(event for frame in frames for event in adapter.decode_frame(json.dumps(frame)))

    def history(self, adapter: Adapter, ids: Iterable[str], **bounds: Any) -> History:
        body = {"messages": [{"id": id_, **_payload(id_)} for id_ in ids], "has_more": False}
        page: History = agents.run(
            adapter.perform(FetchHistory(**bounds)),
            {"GET /api/v2/conversations/messaging/conversations/c/messages": body},
        )[0]
        return page


def _payload(id_: str) -> dict[str, Any]:
    return {"text": id_, "timestamp": SECOND, "sender": {"name": "Ann", "role": "agent"}}


class Guest:
    """Newest first in history."""

    def adapter(self) -> Adapter:
        return guests.opened()[0]

    def live(self, adapter: Adapter, ids: Iterable[str]) -> tuple[PlatformEvent, ...]:
        frames = (guests.frame("StructuredMessage", self._body(id_)) for id_ in ids)
        return tuple(event for frame in frames for event in adapter.decode_frame(frame))

    def history(self, adapter: Adapter, ids: Iterable[str], **bounds: Any) -> History:
        entities = [self._body(id_) for id_ in ids][::-1]
        body = {"entities": entities, "pageNumber": 1, "pageCount": 1}
        page: History = guests.Server(messages=body).run(adapter.perform(FetchHistory(**bounds)))
        return page

    def _body(self, id_: str) -> dict[str, Any]:
        return guests.text_body(id_, channel={"time": SECOND, "type": "Private"})


class Agent:
    """A notification names the newest messages of each participant, oldest first."""

    def adapter(self) -> Adapter:
        adapter = agents.protocol()
        agents.opened(adapter)
        return adapter

    def live(self, adapter: Adapter, ids: Iterable[str]) -> tuple[PlatformEvent, ...]:
        named = [{"message": {"id": id_}, "messageTime": SECOND} for id_ in ids]
        body = {"id": agents.C, "participants": [self._customer(named)]}
        return adapter.decode_frame(json.dumps({"topicName": agents.MESSAGES_TOPIC, "eventBody": body}))

    def history(self, adapter: Adapter, ids: Iterable[str], **bounds: Any) -> History:
        ids = list(ids)
        named = self._customer([{"messageId": id_, "messageTime": SECOND} for id_ in ids])
        bulk = [agents.message_data(id_, id_, timestamp=SECOND) for id_ in sorted(ids)]
        conversation = {"id": agents.C, "participants": [named]}
        script = {agents.MEDIA: conversation, agents.BULK: {"entities": bulk}}
        page: History = agents.run(adapter.perform(FetchHistory(**bounds)), script)[0]
        return page

    def _customer(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": agents.GUEST, "purpose": "customer", "state": "connected", "messages": messages}


Wire = Tutorial | Guest | Agent


@pytest.fixture(params=[Tutorial, Guest, Agent], ids=lambda wire: wire.__name__)
def wire(request: pytest.FixtureRequest) -> Wire:
    made: Wire = request.param()
    return made


@pytest.fixture
def session(wire: Wire) -> Driver:
    return Driver(eg.profile(own_role="agent" if isinstance(wire, Agent) else "customer", is_role_own=False))


def hear(session: Driver, events: Iterable[PlatformEvent]) -> None:
    session.hears(*(event for event in events if isinstance(event, MessageArrived)))


def test_live_the_order_of_arrival_decides(wire: Wire, session: Driver) -> None:
    session.connect()
    adapter = wire.adapter()
    for number in range(1, 4):
        hear(
            session, wire.live(adapter, LISTED[:number] if isinstance(wire, Agent) else [LISTED[number - 1]])
        )
    assert session.ids == LISTED


def test_from_history_its_order_decides(wire: Wire, session: Driver) -> None:
    session.connect(*wire.history(wire.adapter(), LISTED).messages)
    assert session.ids == LISTED


def test_history_puts_in_order_what_overtook_each_other_on_the_stream(wire: Wire, session: Driver) -> None:
    session.connect(*wire.history(wire.adapter(), []).messages)
    adapter = wire.adapter()
    hear(session, wire.live(adapter, ["cccc"]))
    hear(session, wire.live(adapter, ["ffff"]))
    session.lose()
    session.wait(3.0)
    session.open()
    session.succeed(FetchHistory, wire.history(wire.adapter(), LISTED))
    assert session.ids == LISTED


def test_what_is_read_on_stands_after_what_it_goes_on_from(wire: Wire, session: Driver) -> None:
    adapter = wire.adapter()
    session.connect(*wire.history(adapter, LISTED[:1]).messages)
    session.lose()
    session.wait(3.0)
    session.open()
    session.succeed(FetchHistory, wire.history(adapter, LISTED, after=LISTED[0]))
    assert session.ids == LISTED


def test_a_notification_that_names_one_between_two_others_puts_it_there() -> None:
    session, wire = Driver(eg.profile(own_role="agent", is_role_own=False)), Agent()
    session.connect()
    adapter = wire.adapter()
    hear(session, wire.live(adapter, ["ffff", "cccc"]))
    hear(session, wire.live(adapter, LISTED))
    assert session.ids == LISTED


def test_a_notification_that_names_one_before_all_others_of_its_second_puts_it_there() -> None:
    session, wire = Driver(eg.profile(own_role="agent", is_role_own=False)), Agent()
    session.connect()
    adapter = wire.adapter()
    hear(session, wire.live(adapter, ["aaaa", "cccc"]))
    hear(session, wire.live(adapter, LISTED))
    assert session.ids == LISTED


def test_what_history_did_not_name_yet_stays_behind_what_it_moves() -> None:
    """A notification overtakes the first page, which was made before the newest message and reaches further back."""
    session, wire = Driver(eg.profile(own_role="agent", is_role_own=False)), Agent()
    session.step(Connect())
    session.open()
    adapter = wire.adapter()
    hear(session, wire.live(adapter, ["aaaa", "cccc"]))
    session.succeed(FetchHistory, wire.history(adapter, ["ffff", "aaaa"]))
    assert session.ids == LISTED
