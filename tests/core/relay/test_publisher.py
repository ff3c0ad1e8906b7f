"""What is published of a conversation."""

from __future__ import annotations

from ipygenesys._core.model.inputs import (
    Connect,
    Disconnect,
    LoadOlder,
    NoteSeen,
    Send,
)
from ipygenesys._core.model.operations import FetchHistory, FetchMessage, MarkRead, PostMessage
from ipygenesys._core.model.platform_events import (
    CapabilitiesLearned,
    ConversationChanged,
    ConversationCleared,
    MessageArrived,
    OwnPartLearned,
    ReceiptArrived,
    SessionLifeLearned,
)
from ipygenesys._core.relay import publisher
from ipygenesys._core.relay.entries import US, Renewed, UpstreamTold
from tests import examples as eg
from tests.core.relay.relays import RelayDriver


def connected(*numbers: int, has_more: bool = False) -> RelayDriver:
    relay = RelayDriver()
    relay.connect(*(eg.arrived(number) for number in numbers), has_more=has_more)
    return relay


def order(relay: RelayDriver) -> list[str]:
    """As viewers find it in Redis."""
    places: dict[str, float] = {}
    for published in relay.published:
        if published.is_whole:
            places = {}
        places |= published.places
        for id_ in published.gone:
            del places[id_]
    return sorted(places, key=lambda id_: places[id_])


def test_nothing_but_the_connection_is_told_before_it_is_known_what_was_said() -> None:
    relay = RelayDriver()
    assert relay.last.events == [Renewed()]
    relay.step(Connect())
    relay.open()
    relay.hears(eg.arrived(2))
    told = [event for published in relay.published[1:] for event in published.events]
    assert told == [UpstreamTold("connecting")]
    assert relay.published[-1].state is None
    relay.succeed(FetchHistory, eg.history(eg.arrived(1), eg.arrived(2), has_more=True))
    assert relay.last.is_whole and list(relay.last.messages) == ["m1", "m2"]
    assert relay.last.state is not None and relay.last.state.has_older
    assert relay.last.events == [Renewed(), UpstreamTold("connected")]


def test_a_message_is_told_in_full_and_kept() -> None:
    relay = connected(1)
    relay.hears(eg.arrived(2))
    (told,) = relay.last.events
    assert told == relay.last.messages["m2"]
    assert relay.publisher.message("m2") == told
    assert (told.id, told.text, told.follows) == ("m2", "text 2", "m1")
    assert relay.publisher.message("unknown") is None


def test_a_message_without_content_is_told_when_it_has_some() -> None:
    relay = connected(1)
    relay.hears(eg.bare(2, time_ms=eg.arrived(2).time_ms))
    assert not relay.last.events
    assert relay.publisher.message("m2") is None
    relay.succeed(FetchMessage, eg.arrived(2))
    assert [event.id for event in relay.last.events] == ["m2"]  # type: ignore[union-attr]


def test_a_message_whose_content_cannot_be_had_is_told_so() -> None:
    relay = connected(1)
    relay.hears(eg.bare(2))
    relay.fail(FetchMessage, eg.failure("not_found"))
    (told,) = relay.last.events
    assert not told.has_content  # type: ignore[union-attr]


def test_messages_are_in_redis_as_they_are_in_the_conversation_whatever_order_they_come_in() -> None:
    relay = connected(5)
    for number in (9, 7, 8, 6, 1):
        relay.hears(eg.arrived(number))
    assert order(relay) == relay.ids == ["m1", "m5", "m6", "m7", "m8", "m9"]


def test_several_messages_of_one_frame_have_their_places() -> None:
    relay = connected(1, 9)
    relay.hears(eg.arrived(4), eg.arrived(3), eg.arrived(2), eg.arrived(12), eg.arrived(11))
    assert order(relay) == relay.ids


def test_where_no_number_is_left_all_get_new_ones(monkeypatch: object) -> None:
    relay = connected(1, 1000)
    for number in range(999, 900, -1):
        relay.hears(eg.arrived(number))
    for number in range(2, 100):
        relay.hears(eg.arrived(number))
    assert order(relay) == relay.ids
    assert any(len(published.places) > 2 for published in relay.published[3:])


def test_older_messages_are_kept_but_not_told() -> None:
    relay = connected(5, 6, has_more=True)
    relay.step(LoadOlder())
    relay.succeed(FetchHistory, eg.history(eg.arrived(1), eg.arrived(2)))
    assert list(relay.last.messages) == ["m1", "m2"]
    assert relay.last.events == []
    assert relay.last.state is not None and not relay.last.state.has_older
    assert order(relay) == ["m1", "m2", "m5", "m6"]


def test_what_we_send_is_told_once_the_server_has_it_and_what_it_became_is_remembered() -> None:
    relay = connected(1)
    relay.step(Send("d1", "hello"))
    assert all(not published.messages for published in relay.published[-1:])
    relay.succeed(PostMessage, eg.own_arrived(2, text="hello"))
    assert relay.last.sent == {"d1": "m2"}
    (told,) = relay.last.events
    assert told.draft_id == "d1" and told.participant_id == eg.CUSTOMER  # type: ignore[union-attr]


def test_what_is_ours_without_a_part_is_still_ours() -> None:
    relay = connected()
    relay.hears(eg.arrived(1, participant_id=None, role="customer", sender=None))
    assert relay.last.messages["m1"].participant_id == US


def test_receipts_are_told_of_ours_and_of_others() -> None:
    relay = connected(1)
    relay.hears(eg.own_arrived(2))
    relay.hears(eg.receipt("m2", "delivered"))
    (told,) = relay.last.events
    assert isinstance(told, ReceiptArrived)
    assert (told.message_id, told.status, told.participant_id) == ("m2", "delivered", None)
    assert relay.last.messages["m2"].status == "delivered"
    relay.step(NoteSeen(("m1",)))
    relay.wait(1)
    relay.succeed(MarkRead)
    (told,) = relay.last.events
    assert isinstance(told, ReceiptArrived)
    assert (told.message_id, told.status, told.participant_id) == ("m1", "read", US)


def test_typing_passes_and_presence_stays() -> None:
    relay = connected()
    relay.hears(eg.typing(), SessionLifeLearned(60.0), eg.presence(name="Ann", role="agent"))
    assert relay.last.passing == [eg.typing(), SessionLifeLearned(60.0)]
    assert relay.last.events == [eg.presence(name="Ann", role="agent")]
    assert relay.last.state is not None and relay.last.state.people == tuple(relay.last.events)


def test_presence_in_history_counts_and_only_the_newest_people_are_kept(monkeypatch: object) -> None:
    relay = RelayDriver()
    relay.step(Connect())
    relay.open()
    page = eg.history(eg.arrived(1))
    learned = tuple(eg.presence(f"p{number}") for number in range(publisher.MAX_PEOPLE + 1))
    relay.succeed(FetchHistory, type(page)(page.messages, page.has_more, learned))
    assert relay.last.state is not None
    assert relay.last.state.people == learned[1:]


def test_a_conversation_that_is_cleared_is_gone_for_all() -> None:
    relay = connected(1, 2)
    relay.hears(ConversationCleared(by_us=False))
    assert sorted(relay.last.gone) == ["m1", "m2"]
    assert ConversationCleared(by_us=False) in relay.last.events
    assert order(relay) == []


def test_a_message_that_turns_out_to_be_a_draft_of_ours_is_not_gone() -> None:
    relay = connected(1)
    relay.step(Send("d1", "hello"))
    relay.hears(eg.own_arrived(2, text="hello"))
    relay.succeed(PostMessage, eg.own_arrived(2, text="hello"))
    assert all(not published.gone for published in relay.published)
    assert order(relay) == ["m1", "m2"]


def test_a_discarded_draft_was_never_there() -> None:
    from ipygenesys._core.model.inputs import Discard

    relay = connected(1)
    relay.step(Send("d1", "hello"))
    relay.fail(PostMessage, eg.failure("rejected"))
    relay.step(Discard("d1"))
    assert not relay.last.gone and not relay.last.events


def test_what_we_can_do_who_we_are_and_how_the_connection_is_are_told_when_they_change() -> None:
    relay = connected()
    relay.hears(CapabilitiesLearned(frozenset({"send", "attachments"})))
    assert CapabilitiesLearned(frozenset({"send"})) in relay.last.events
    relay.hears(OwnPartLearned(("p9",)))
    (told,) = relay.last.events
    assert isinstance(told, OwnPartLearned) and "p9" in told.participant_ids and told.role == "customer"
    relay.hears(ConversationChanged(is_open=False))
    assert relay.last.events == [UpstreamTold("read_only")]
    relay.step(Disconnect())
    assert relay.last.events == [UpstreamTold("closed")]


def test_who_we_are_is_told_before_the_message_that_has_shown_it() -> None:
    relay = RelayDriver(eg.profile(own_participant_id=None))
    relay.connect()
    relay.step(Send("d1", "hello"))
    relay.succeed(PostMessage, eg.own_arrived(1, text="hello"))
    assert [type(event) for event in relay.last.events] == [OwnPartLearned, MessageArrived]


def test_who_leads_again_tells_all_there_is() -> None:
    relay = connected(1, 2)
    published = relay.publisher.begin("another")
    assert published.is_whole and list(published.messages) == ["m1", "m2"]
    assert published.state is not None and published.state.run == "another"
    assert published.events == [Renewed()]


def test_what_was_said_is_told_as_a_whole_once_history_can_be_had_though_others_were_told_before() -> None:
    relay = RelayDriver()
    relay.step(Connect())
    relay.open()
    relay.fail(FetchHistory, eg.failure())
    assert relay.last.is_whole and Renewed() in relay.last.events
    state = relay.publisher._state()
    assert (state.has_older, state.unsettled_after) == (True, ""), "nobody knows"
    relay.hears(eg.arrived(9))
    assert relay.last.events == [relay.publisher.message("m9")]
    relay.wait(5)
    relay.succeed(FetchHistory, eg.history(eg.arrived(8), eg.arrived(9), has_more=True))
    assert (relay.last.is_whole, list(relay.last.messages)) == (True, ["m8", "m9"])
    assert Renewed() in relay.last.events
    relay.hears(eg.arrived(10))
    assert not relay.last.is_whole
