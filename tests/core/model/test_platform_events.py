"""A page of history as the platform lists it."""

from __future__ import annotations

from ipygenesys._core.model.platform_events import History, MessageArrived


def test_in_the_platforms_own_list_each_message_follows_the_one_before_it() -> None:
    page = History.listed((MessageArrived(id=id_) for id_ in ("m1", "m2", "m3")), has_more=True)
    assert [(each.id, each.follows) for each in page.messages] == [("m1", None), ("m2", "m1"), ("m3", "m2")]
    assert page.has_more
