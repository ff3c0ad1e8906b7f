"""Receipts that come before their message: kept for it, within bounds."""

from __future__ import annotations

import msgspec

from ipygenesys._core.machines.conversation.parked_receipts import (
    MAX_MESSAGES,
    MAX_PER_MESSAGE,
    ParkedReceipts,
)
from tests import examples as eg


def test_a_receipt_is_given_out_once() -> None:
    parked = ParkedReceipts()
    parked.park(eg.receipt("m1", "delivered"))
    parked.park(eg.receipt("m1", "read"))
    assert parked.take("m1") == [eg.receipt("m1", "delivered"), eg.receipt("m1", "read")]
    assert parked.take("m1") == []
    assert parked.take("m2") == []


def test_of_the_same_kind_from_the_same_participant_the_first_counts() -> None:
    parked = ParkedReceipts()
    for participant_id, time_ms in (("agent-1", 1), ("agent-1", 2), ("agent-2", 3)):
        receipt = eg.receipt("m1", "read", participant_id)
        parked.park(msgspec.structs.replace(receipt, time_ms=time_ms))
    assert [receipt.time_ms for receipt in parked.take("m1")] == [1, 3]


def test_receipts_are_kept_within_bounds_and_the_oldest_make_room() -> None:
    parked = ParkedReceipts()
    for number in range(MAX_MESSAGES):
        parked.park(eg.receipt(f"m{number}", "read"))
    for number in range(MAX_PER_MESSAGE):
        parked.park(eg.receipt("m7", "delivered", f"agent-{number}"))
    assert len(parked.take("m7")) == MAX_PER_MESSAGE
    for number in range(MAX_MESSAGES, MAX_MESSAGES + 2):
        parked.park(eg.receipt(f"m{number}", "read"))
    assert [number for number in range(MAX_MESSAGES + 2) if parked.take(f"m{number}")] == [
        *range(1, 7),
        *range(8, MAX_MESSAGES + 2),
    ]


def test_nothing_is_kept_for_a_conversation_that_was_cleared() -> None:
    parked = ParkedReceipts()
    parked.park(eg.receipt("m1", "read"))
    parked.clear()
    assert parked.take("m1") == []
