"""A session of an agent: frames hold no text, no draft ids come back, and a role does not say who we are."""

from __future__ import annotations

from typing import Any

from ipygenesys._core.model.platform_events import MessageArrived, OwnPartLearned
from tests import examples as eg
from tests.core.driver import Driver

ME, COLLEAGUE, GUEST = "agent-me", "agent-other", "customer-1"


def agent(**changes: Any) -> Driver:
    options: dict[str, Any] = {
        "own_role": "agent",
        "own_participant_id": None,
        "is_role_own": False,
        "is_send_idempotent": False,
        "fetches_in_bulk": True,
        "capabilities": eg.ALL_CAPABILITIES - {"send_read"},
    }
    return Driver(eg.profile(**{**options, **changes}))


def connected_agent() -> Driver:
    driver = agent()
    driver.connect()
    driver.hears(OwnPartLearned((ME,)))
    return driver


def from_guest(number: int, **changes: Any) -> MessageArrived:
    return eg.arrived(number, **{"participant_id": GUEST, "role": "customer", "sequence": None, **changes})


def from_me(number: int, **changes: Any) -> MessageArrived:
    return eg.arrived(number, **{"participant_id": ME, "role": "agent", "sequence": None, **changes})


def without_text(arrived: MessageArrived) -> MessageArrived:
    return MessageArrived(
        id=arrived.id,
        has_content=False,
        participant_id=arrived.participant_id,
        role=arrived.role,
        time_ms=arrived.time_ms,
    )
