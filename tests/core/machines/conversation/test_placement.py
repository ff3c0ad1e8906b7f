"""Where a message stands is told as it was found."""

from __future__ import annotations

from ipygenesys._core.machines.conversation.placement import Placement
from ipygenesys._core.model.events import MessagePlaced
from tests import examples as eg


def test_a_message_that_came_anew_has_no_former_place() -> None:
    message = eg.message()

    assert Placement(message=message, index=3).event() == MessagePlaced(
        message=message, index=3, former_index=None, former_id=None
    )


def test_a_message_that_stood_there_under_another_name_says_where_and_as_what() -> None:
    message, draft = eg.own_message(), eg.draft_message()

    event = Placement(message=message, index=3, former=draft, former_index=1).event()

    assert (event.former_index, event.former_id) == (1, draft.id)
