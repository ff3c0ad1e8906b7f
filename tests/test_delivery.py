"""What a delivery says of its message, whatever becomes of it."""

from __future__ import annotations

import pytest

from ipygenesys import Delivery, DeliveryFailed, DeliveryUnknown, DraftUnresolved, Message, MessagePlaced
from ipygenesys._core.model.draft import Draft, DraftState
from tests import examples as eg

DRAFT = "d1"


def delivery(draft: Draft | None = None) -> Delivery:
    return Delivery(DRAFT, lambda _: None, lambda _: draft)


def placed(message: Message) -> MessagePlaced:
    return MessagePlaced(message=message, index=0)


def draft(status: str) -> Message:
    return eg.draft_message(1, id=DRAFT, draft_id=DRAFT, status=status)


def accepted() -> Message:
    return eg.draft_message(1, id="m1", draft_id=DRAFT, status="sent")


def unresolved() -> Delivery:
    told = delivery()
    told.hear(placed(draft("unknown")))
    told.hear(DraftUnresolved(DRAFT))
    with pytest.raises(DeliveryUnknown):
        told.wait(0)
    assert told.status == "unknown"
    return told


def test_a_message_that_turns_up_after_all_was_sent() -> None:
    told = unresolved()
    told.hear(placed(accepted()))
    assert told.wait(0).id == "m1"
    assert told.status == "sent"


def test_a_message_that_is_tried_again_is_waited_for_again() -> None:
    told = unresolved()
    told.hear(placed(draft("sending")))
    with pytest.raises(TimeoutError):
        told.wait(0)
    told.hear(placed(accepted()))
    assert told.wait(0).id == "m1"


def test_what_was_accepted_stays_accepted() -> None:
    told = delivery()
    told.hear(placed(accepted()))
    told.hear(DraftUnresolved(DRAFT))
    told.end(is_kept=False)
    assert told.wait(0).id == "m1"


@pytest.mark.parametrize(
    ("state", "may_be_at_server", "is_kept", "error"),
    [
        ("in_flight", False, False, DeliveryUnknown),
        ("checking", True, False, DeliveryUnknown),
        ("queued", True, False, DeliveryUnknown),
        ("queued", False, True, DeliveryUnknown),
        ("queued", False, False, DeliveryFailed),
    ],
)
def test_the_end_of_the_conversation_says_what_is_known(
    state: DraftState, may_be_at_server: bool, is_kept: bool, error: type[Exception]
) -> None:
    left = Draft(draft_id=DRAFT, text="hello", since=0.0, created_ms=0, state=state)
    left.may_be_at_server = may_be_at_server
    told = delivery(left)
    told.end(is_kept=is_kept)
    with pytest.raises(error):
        told.wait(0)


def test_a_message_that_never_came_as_far_as_the_outbox_was_not_sent() -> None:
    told = delivery()
    told.end(is_kept=True)
    with pytest.raises(DeliveryFailed):
        told.wait(0)
