"""The checker notices a client that is broken in any of the ten ways that it looks for, and one that keeps quiet."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.machines.conversation.placement import Placement
from ipygenesys._core.machines.conversation.timeline import Timeline
from ipygenesys._core.machines.outbox import Outbox
from ipygenesys._core.machines.typing_indicator import TypingStatus
from ipygenesys._core.model.draft import Draft
from ipygenesys._core.model.events import Event, MessageStatusChanged
from ipygenesys._core.model.inputs import CallSucceeded, StreamLost
from ipygenesys._core.model.messages import Message
from ipygenesys._core.session.reading import Reading
from ipygenesys._core.session.sending import Sending
from ipygenesys._core.session.step_effects import StepEffects
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.platform.calls import Calls
from ipygenesys._io.rest import tokens
from ipygenesys._protocols.flow import CallError
from ipygenesys._protocols.web_messaging import frames as web_messaging_frames
from ipygenesys._protocols.web_messaging.session import GuestSession
from tests.simulation import campaign
from tests.simulation.checker import are_in_order
from tests.simulation.schedule import schedule_of
from tests.simulation.truth import Said, Truth

Break = Callable[[pytest.MonkeyPatch], None]


def broken_dedupe(patch: pytest.MonkeyPatch) -> None:
    def always_new(self: Timeline, message: Message) -> Placement:
        return Placement(message=message, index=self._put_in(message, self._new_key(message, None)))

    patch.setattr(Timeline, "place", always_new)


def broken_backfill(patch: pytest.MonkeyPatch) -> None:
    pump = CatchUp.pump
    patch.setattr(CatchUp, "pump", lambda self, now: [] if self.has_completed else pump(self, now))
    patch.setattr(CatchUp, "next_deadline", lambda self: None)


def broken_order(patch: pytest.MonkeyPatch) -> None:
    def by_arrival(self: Timeline, message: Message, *_: object) -> tuple[int, int, int, int, str]:
        self._drafts_made += 1
        return (1 if message.is_draft else 0, self._drafts_made, 0, 0, message.id)

    patch.setattr(Timeline, "_new_key", by_arrival)


def broken_receipts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reading, "_are_all_unread_so_far", lambda self, ids: True)


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


BROKEN: dict[str, tuple[Break, str]] = {
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


def test_of_one_second_only_a_list_that_can_still_be_read_tells_the_order() -> None:
    truth = Truth("c", 0)
    a, b, c, d = (truth.add(Said(id_, id_, id_ in "bd", 1000, 1)) for id_ in "abcd")
    assert are_in_order([a, b, c, d], truth, by_side=False)
    assert not are_in_order([b, a, c, d], truth, by_side=False)
    assert are_in_order([b, a, c, d], truth, by_side=True)
    assert not are_in_order([c, b, a, d], truth, by_side=True)
    truth.begin_another()
    e, f = (truth.add(Said(id_, id_, False, time_ms, 1)) for id_, time_ms in (("e", 1000), ("f", 2000)))
    assert are_in_order([b, a, d, c, e, f], truth, by_side=False)
    assert not are_in_order([e, a, b, c, d, f], truth, by_side=False)
    assert not are_in_order([a, b, c, d, f, e], truth, by_side=False)


# --- failures that nobody hears of --------------------------------------------------------------------------


def forgotten_failures(patch: pytest.MonkeyPatch) -> None:
    """The shell lets a call fail and tells the session nothing."""

    async def call(self: Calls, operation: Any, runner: Any) -> None:
        with suppress(CallError):
            self._conversation.take(CallSucceeded(operation, await self._carried_out(operation, runner)))

    patch.setattr(Calls, "_call", call)


def failures_that_pass_for_success(patch: pytest.MonkeyPatch) -> None:
    async def call(self: Calls, operation: Any, runner: Any) -> None:
        result = None
        with suppress(CallError):
            result = await self._carried_out(operation, runner)
        self._conversation.take(CallSucceeded(operation, result))

    patch.setattr(Calls, "_call", call)


def forgotten_losses(patch: pytest.MonkeyPatch) -> None:
    take = Gateway.take
    patch.setattr(
        Gateway, "take", lambda self, input_: None if isinstance(input_, StreamLost) else take(self, input_)
    )


def uncounted_failures(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(StepEffects, "count", lambda self, failure: None)


def uncounted_frames(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(web_messaging_frames, "_MALFORMED", ())


def uncounted_refusals(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Sending, "typing_refused", lambda self, failure, now: None)


def silent_renewals(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tokens, "_log", logging.Logger("nobody"))


def missed_ends(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(GuestSession, "ends_told", lambda self, ends: False)


SILENT: dict[str, tuple[Break, str]] = {
    "a failed call has left no trace": (forgotten_failures, "tutorial"),
    "that failed passes for done": (failures_that_pass_for_success, "tutorial"),
    "a stream was lost, and nobody said so": (forgotten_losses, "guest"),
    "shows nowhere": (uncounted_failures, "agent"),
    "nobody can read was not counted": (uncounted_frames, "guest"),
    "a refusal of typing was not counted": (uncounted_refusals, "guest"),
    "the log has no word of it": (silent_renewals, "tutorial"),
    "after the calm the conversation is connected": (missed_ends, "guest"),
}


FIRST = {
    "the log has no word of it": 350,
    "after the calm the conversation is connected": 250,
}
"""Where to begin looking for those that few schedules show."""


@pytest.mark.parametrize("words", SILENT)
def test_each_kind_of_failure_that_nobody_hears_of_is_noticed(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks, protocol = SILENT[words]
    breaks(monkeypatch)
    first = FIRST.get(words, 0)
    for seed in range(first, first + 600):
        if any(words in found for found in campaign.violations(schedule_of(seed, protocol))):
            return
    raise AssertionError("600 schedules, and nobody noticed")
