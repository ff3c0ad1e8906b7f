from __future__ import annotations

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.inputs import Recalled, Refused, Told
from ipygenesys._core.inbox.operations import ListConversations, ReadConversation, ReadQueues
from ipygenesys._core.inbox.told import QueueTold, TypingTold
from ipygenesys._core.model import inputs
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._core.relay.entries import Renewed, UpstreamTold
from ipygenesys._core.relay.inbox.entries import RowGone, RowTold, RowTyping
from ipygenesys._core.relay.inbox.publisher import TYPING_AGAIN_S, RowsPublication
from tests.core.inbox.examples import agent, customer, queue, told
from tests.core.relay.inbox.relays import Leader, row

ADA = told(customer(1), queue(0))


def rows_in(published: RowsPublication) -> list[RowTold]:
    return [each for each in published.events if isinstance(each, RowTold)]


def test_nothing_is_published_before_it_is_known_what_is_there() -> None:
    leader = Leader()
    assert leader.state is not None and leader.state.upstream == UpstreamTold("connecting")
    assert not leader.hears(ADA).rows
    published = leader.listed()
    assert published.is_whole and published.events[0] == Renewed()
    assert leader.rows["1"].row.state == "waiting"
    assert leader.state.upstream == UpstreamTold("connected")


def test_where_the_platform_does_not_list_what_is_there_rows_come_with_their_events() -> None:
    leader = Leader(Recalled(row("w", state="agent", since_ms=0, agent_id="user-a")))
    leader.step(Refused(ListConversations(), Failure(kind="unavailable", message="Later.")))
    assert leader.state is not None and leader.state.upstream == UpstreamTold("connecting")
    leader.step(Refused(ListConversations(), Failure(kind="permission", message="No.")))
    assert leader.state.upstream == UpstreamTold("connected")
    assert leader.state.problems["list"].message == "No."
    assert rows_in(leader.hears(ADA)) and set(leader.rows) == {"1"}
    recall = leader.publisher.recall()
    assert recall is not None and set(leader.step(recall).rows) == {"w"}


def test_a_row_that_changes_is_told_and_kept_with_a_higher_number() -> None:
    leader = Leader()
    leader.hears(ADA)
    leader.listed()
    before = leader.rows["1"]
    (told_,) = rows_in(leader.hears(told(customer(1, 2), queue(0))))
    assert told_ == RowTold(before.number + 1, told_.row, None), "its values are as before"
    assert (told_.row.unread, leader.rows["1"].values) == (2, before.values)
    (answered,) = rows_in(leader.hears(told(customer(1, 2), queue(0, 3), agent(3, 4, 5))))
    assert answered.values and answered == leader.rows["1"]
    assert not leader.hears(told(customer(1, 2), queue(0, 3), agent(3, 4, 5)))


def test_a_row_that_is_let_go_is_gone_for_all() -> None:
    leader = Leader()
    leader.hears(told(customer(1, ended_ms=3000, is_over=True)))
    leader.listed()
    published = leader.step(inputs.Tick(), at=9 * 3600.0)
    assert published.gone == ["1"] and RowGone("1") in published.events and not leader.rows


def test_typing_passes_and_is_said_again_for_as_long_as_it_lasts() -> None:
    leader = Leader()
    leader.hears(ADA)
    leader.listed()
    typing = TypingTold(conversation_id="1", duration_s=20.0)
    assert leader.hears(typing).passing == [RowTyping("1", ("Ada",))]
    assert leader.rows["1"].row.typing == ()
    assert leader.publisher.next_deadline() == TYPING_AGAIN_S
    assert not leader.step(inputs.Tick(), at=TYPING_AGAIN_S - 1).passing
    assert leader.step(inputs.Tick(), at=TYPING_AGAIN_S).passing == [RowTyping("1", ("Ada",))]
    published = leader.hears(TypingTold(conversation_id="1", is_typing=False))
    assert published.passing == [RowTyping("1", ())]
    assert leader.publisher.next_deadline() is None


def test_who_types_in_a_conversation_that_is_let_go_types_no_more() -> None:
    leader = Leader()
    leader.hears(told(customer(1, ended_ms=3000, is_over=True)))
    leader.listed()
    leader.hears(TypingTold(conversation_id="1", duration_s=1e6))
    assert leader.step(inputs.Tick(), at=9 * 3600.0).passing == [RowTyping("1", ())]


def test_targets_problems_and_the_connection_are_the_state() -> None:
    leader = Leader()
    leader.listed()
    leader.step(Told(ReadQueues(), (QueueTold(queue_id="sales", name="Sales", target_ms=20_000),)))
    leader.step(Refused(ReadConversation("1"), Failure(kind="permission", message="No.")))
    assert leader.state is not None and leader.state.targets_ms == {"sales": 20_000}
    assert leader.state.problems["conversations"].message == "No."
    lost = Failure(kind="unreachable", message="Gone.")
    published = leader.step(inputs.StreamLost(1, StreamLoss(failure=lost)))
    assert published.state in published.events
    assert leader.state.upstream.status == "reconnecting"


def test_who_leads_again_tells_all_under_the_new_name() -> None:
    leader = Leader()
    leader.hears(ADA)
    leader.listed()
    published = leader.publisher.begin("another")
    assert published.is_whole and list(published.rows) == ["1"] and published.events == [Renewed()]
    assert published.state is not None and published.state.run == "another"


def test_what_an_earlier_leader_has_seen_end_still_counts_and_what_went_on_is_asked_about() -> None:
    value = Value("handle_time_s", 60_000, "user-a", "sales")
    ended = Recalled(row("e", state="ended", since_ms=0, queue_id="sales"), (value,))
    went_on = Recalled(row("w", state="agent", since_ms=0, agent_id="user-a"))
    leader = Leader(ended, went_on, Recalled(row("1", state="bot")))
    leader.hears(ADA)
    assert leader.publisher.recall() is None
    leader.listed()
    recall = leader.publisher.recall()
    assert recall is not None and leader.publisher.recall() is None
    assert set(leader.step(recall).rows) == {"e", "w"}
    assert leader.rows["e"].values == (value,)
    assert leader.rows["w"].row.state == "agent" and not leader.rows["w"].row.is_complete
    assert leader.rows["1"].row.state == "waiting", "it is known better"
    assert Leader().publisher.recall() is None
