"""From which message on some may be missing yet."""

from __future__ import annotations

from ipygenesys._core.model.inputs import Connect, LoadOlder, Send
from ipygenesys._core.model.operations import FetchHistory, FetchMessage, PostMessage
from ipygenesys._core.model.platform_events import ConversationCleared
from tests import examples as eg
from tests.core.relay.relays import RelayDriver


def connected(*numbers: int, has_more: bool = False, **profile: object) -> RelayDriver:
    relay = RelayDriver(eg.profile(**profile) if profile else None)
    relay.connect(*(eg.arrived(number) for number in numbers), has_more=has_more)
    return relay


def unsettled(relay: RelayDriver) -> str | None:
    told = [published.state for published in relay.published if published.state is not None]
    return told[-1].unsettled_after


def test_a_message_without_content_unsettles_what_comes_after_the_one_before_it() -> None:
    relay = connected(1)
    assert unsettled(relay) is None
    relay.hears(eg.bare(2, time_ms=eg.arrived(2).time_ms), eg.arrived(3))
    assert unsettled(relay) == "m1"
    relay.succeed(FetchMessage, eg.arrived(2))
    assert unsettled(relay) is None


def test_where_it_is_the_first_one_nothing_is_settled() -> None:
    relay = connected()
    relay.hears(eg.bare(2, time_ms=eg.arrived(2).time_ms), eg.arrived(3))
    assert unsettled(relay) == ""
    relay.hears(ConversationCleared(by_us=False))
    assert unsettled(relay) is None


def test_a_send_that_only_its_answer_tells_from_others_unsettles_what_comes_after_it_was_sent() -> None:
    for is_idempotent, told in ((False, "m1"), (True, None)):
        relay = connected(1, is_send_idempotent=is_idempotent)
        relay.step(Send("d1", "hello"))
        relay.hears(eg.arrived(3))
        assert unsettled(relay) == told
        relay.fail(PostMessage, eg.failure("lost"))
        assert unsettled(relay) == told
        relay.succeed(FetchHistory, eg.history(eg.own_arrived(2, text="hello"), eg.arrived(3)))
        assert unsettled(relay) is None


def test_what_a_stream_has_missed_unsettles_what_it_brings_until_history_is_read() -> None:
    relay = connected(1)
    relay.lose()
    relay.wait(5)
    relay.open()
    relay.hears(eg.arrived(3))
    assert unsettled(relay) == "m1"
    relay.succeed(FetchHistory, eg.history(eg.arrived(2), eg.arrived(3)))
    assert unsettled(relay) is None


def test_a_hole_that_is_filled_back_unsettles_what_comes_after_it() -> None:
    relay = connected(1)
    relay.lose()
    relay.wait(5)
    relay.open()
    relay.fail(FetchHistory, eg.failure("not_found"))
    relay.succeed(FetchHistory, eg.history(eg.arrived(8), eg.arrived(9), has_more=True))
    assert unsettled(relay) == "m1"
    relay.succeed(FetchHistory, eg.history(eg.arrived(1), eg.arrived(7)))
    assert unsettled(relay) is None


def test_an_older_page_may_have_messages_without_content_too() -> None:
    relay = connected(5, has_more=True)
    relay.step(LoadOlder(200))
    relay.succeed(FetchHistory, eg.history(eg.arrived(1), eg.bare(2, time_ms=eg.arrived(2).time_ms)))
    assert unsettled(relay) == "m1"
    relay.succeed(FetchMessage, eg.arrived(2))
    assert unsettled(relay) is None


def test_where_there_is_no_history_nothing_is_waited_for() -> None:
    relay = RelayDriver()
    relay.step(Connect())
    relay.open()
    assert unsettled(relay) == ""
    relay.fail(FetchHistory, eg.failure("not_found"))
    relay.hears(eg.arrived(1))
    assert unsettled(relay) is None
