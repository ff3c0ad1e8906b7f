"""A thousand schedules of faults violate no invariant, and the checker would notice if they did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from ipygenesys._core.catch_up import CatchUp
from ipygenesys._core.conversation import Conversation
from ipygenesys._core.events import Event, MessageStatusChanged
from ipygenesys._core.model import Message
from ipygenesys._core.outbox import Draft, Outbox
from ipygenesys._core.session import Session
from ipygenesys._core.timeline import Placement, Timeline
from ipygenesys._core.typing_indicator import TypingStatus
from ipygenesys._io.gateway import Gateway
from tests.simulation import campaign
from tests.simulation.schedule import Action, Schedule, schedule_of, shrink
from tests.simulation.world import World

RUNS = 1000
PIECES = 10


@pytest.mark.parametrize("piece", range(PIECES))
def test_no_schedule_of_faults_violates_an_invariant(piece: int) -> None:
    size = RUNS // PIECES
    findings = campaign.run(range(piece * size, (piece + 1) * size))
    explained = [campaign.explain(seed) for seed in list(findings.failed)[:2]]
    assert not findings.failed, "\n\n".join([str(findings.failed), *explained])
    assert findings.runs == size


def test_a_run_follows_from_its_seed() -> None:
    for seed in (3, 4, 7, 11):
        first, second = World(schedule_of(seed)), World(schedule_of(seed))
        first.run()
        second.run()
        assert first.log == second.log
        assert first.server.truth == second.server.truth


def test_schedules_are_of_every_kind() -> None:
    schedules = [schedule_of(seed) for seed in range(500)]
    assert {schedule.protocol for schedule in schedules} == {"tutorial", "guest", "agent"}
    assert len({action.kind for schedule in schedules for action in schedule.actions}) > 35


def test_a_failing_schedule_shrinks_to_what_matters() -> None:
    actions = tuple(Action(at, kind) for at, kind in enumerate(["x", "a", "x", "x", "b", "x", "c", "x", "x"]))
    schedule = Schedule(1, "guest", actions, before=9)

    def fails(candidate: Schedule) -> bool:
        return {"a", "b", "c"} <= {action.kind for action in candidate.actions}

    short = shrink(schedule, fails)
    assert [action.kind for action in short.actions] == ["a", "b", "c"]
    assert short.before == 0
    assert str(short).splitlines()[1:] == ["    1.00 s  a", "    4.00 s  b", "    6.00 s  c"]


# --- the checker can fail ---------------------------------------------------------------------------------


def broken_dedupe(patch: pytest.MonkeyPatch) -> None:
    def always_new(self: Timeline, message: Message) -> Placement:
        return Placement(message=message, index=self._put_in(message, self._new_key(message)))

    patch.setattr(Timeline, "place", always_new)


def broken_backfill(patch: pytest.MonkeyPatch) -> None:
    pump = CatchUp.pump
    patch.setattr(CatchUp, "pump", lambda self, now: [] if self.has_completed else pump(self, now))
    patch.setattr(CatchUp, "next_deadline", lambda self: None)


def broken_order(patch: pytest.MonkeyPatch) -> None:
    def by_arrival(self: Timeline, message: Message) -> tuple[int, int, int, str]:
        self._drafts_made += 1
        return (1 if message.is_draft else 0, self._drafts_made, 0, message.id)

    patch.setattr(Timeline, "_new_key", by_arrival)


def broken_receipts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Session, "_are_all_unread_so_far", lambda self, ids: True)


def broken_statuses(patch: pytest.MonkeyPatch) -> None:
    arrived = Conversation.receipt_arrived

    def goes_back(self: Conversation, *about: Any) -> list[Event]:
        events = arrived(self, *about)
        for event in tuple(events):
            if isinstance(event, MessageStatusChanged):
                message = msgspec.structs.replace(event.message, status="sent")
                events.append(MessageStatusChanged(message=message, index=event.index))
        return events

    patch.setattr(Conversation, "receipt_arrived", goes_back)


def broken_outbox(patch: pytest.MonkeyPatch) -> None:
    def send_again(self: Outbox, draft: Draft, now: float) -> None:
        draft.state, draft.not_before = "queued", now + 1.0

    patch.setattr(Outbox, "_check", send_again)


def broken_typing_expiry(patch: pytest.MonkeyPatch) -> None:
    started = TypingStatus.started
    patch.setattr(TypingStatus, "started", lambda self, who, now, _=None: started(self, who, now + 9.0))


def broken_close(patch: pytest.MonkeyPatch) -> None:
    async def close(self: Gateway) -> None:
        self._is_over = True

    patch.setattr(Gateway, "close", close)


def leaking_repr(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Message, "__repr__", lambda self: f"<Message {self.text}>")


def raising_receipts(patch: pytest.MonkeyPatch) -> None:
    def oops(self: Conversation, *_: Any) -> None:
        raise LookupError

    patch.setattr(Conversation, "receipt_arrived", oops)


BROKEN: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "I1": (broken_backfill, "guest"),
    "I2": (broken_dedupe, "tutorial"),
    "I3": (broken_order, "tutorial"),
    "I4": (broken_receipts, "tutorial"),
    "I5": (broken_statuses, "tutorial"),
    "I6": (broken_outbox, "agent"),
    "I7": (broken_typing_expiry, "guest"),
    "I8": (broken_close, "agent"),
    "I9": (leaking_repr, "guest"),
    "I10": (raising_receipts, "tutorial"),
}


@pytest.mark.parametrize("invariant", BROKEN)
def test_the_checker_notices_a_broken_client(invariant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    breaks, protocol = BROKEN[invariant]
    breaks(monkeypatch)
    found: set[str] = set()
    for seed in range(300):
        found |= campaign.invariants(campaign.violations(schedule_of(seed, protocol)))
        if invariant in found:
            return
    raise AssertionError(f"300 schedules found no more than {sorted(found)}")
