from __future__ import annotations

from typing import cast

import pytest

from ipygenesys._core.inbox import session as module
from ipygenesys._core.inbox import told as told_of
from ipygenesys._core.inbox.inputs import Ask, InboxEffect, InboxInput, Refused, Select, SetInSight, Told
from ipygenesys._core.inbox.operations import (
    FetchTexts,
    FollowTyping,
    InboxOperation,
    ListConversations,
    ReadConversation,
    ReadQueues,
)
from ipygenesys._core.inbox.session import InboxSession
from ipygenesys._core.model import inputs
from ipygenesys._core.model import platform_events as said
from ipygenesys._core.model.effects import Call, CloseStream, Emit, OpenStream
from ipygenesys._core.model.events import ErrorRaised, StatusChanged
from ipygenesys._core.model.failures import Failure, FailureKind
from ipygenesys._core.model.inputs import Now
from ipygenesys._core.model.operations import CheckHealth
from ipygenesys._core.model.platform_events import PlatformEvent
from ipygenesys._core.model.profile import LifeRules, Profile, TypingRules
from ipygenesys._core.model.stream_loss import StreamLoss
from tests.core.inbox.examples import agent, calls_made, customer, queue, told

PROFILE = Profile(
    own_role="agent",
    capabilities=frozenset(),
    is_send_idempotent=False,
    typing_rules=TypingRules(),
    life_rules=LifeRules(health_check_s=15.0),
    silence_s=35.0,
)
FORBIDDEN = Failure(kind="permission", message="Missing permission: analytics:queueObservation:view.")
EXPIRED = Failure(kind="authentication", message="Expired.")
BUSY = Failure(kind="rate_limited", message="Too many.", retry_after_s=4.0)


class Inbox:
    """A session with its time."""

    def __init__(self) -> None:
        self.session = InboxSession(PROFILE, ("sales",))
        self.now = 0.0
        self.effects: list[InboxEffect] = []

    def step(self, input_: InboxInput, at: float | None = None) -> list[InboxEffect]:
        self.now = self.now if at is None else at
        effects = self.session.step(input_, Now(self.now, round(self.now * 1000), 0.5))
        self.effects += effects
        return effects

    def opened(self) -> list[InboxEffect]:
        self.step(inputs.Connect())
        return self.step(inputs.StreamOpened(1))

    def frame(self, *events: told_of.InboxEvent | PlatformEvent, generation: int = 1) -> list[InboxEffect]:
        return self.step(inputs.FrameReceived(generation, cast("tuple[PlatformEvent, ...]", events)))

    def asked(self) -> list[InboxOperation]:
        return [effect.operation for effect in self.effects if isinstance(effect, Ask)]

    def errors(self) -> list[Failure]:
        return [
            effect.event.failure
            for effect in self.effects
            if isinstance(effect, Emit) and isinstance(effect.event, ErrorRaised)
        ]

    def statuses(self) -> list[str]:
        return [
            effect.event.status
            for effect in self.effects
            if isinstance(effect, Emit) and isinstance(effect.event, StatusChanged)
        ]

    def catches_up(self) -> bool:
        return self.session.is_catching_up

    def state(self, id_: str) -> str:
        return self.session.desk.rows[id_].state


def ready() -> Inbox:
    inbox = Inbox()
    inbox.opened()
    inbox.step(Told(ReadQueues(), (told_of.QueueTold(queue_id="sales", name="Sales", target_ms=20_000),)))
    inbox.step(Told(ListConversations(), (told_of.ListEnded(),)))
    inbox.effects.clear()
    return inbox


def test_a_stream_that_opens_is_followed_by_a_list_and_the_queues() -> None:
    inbox = Inbox()
    inbox.opened()

    assert inbox.asked() == [ListConversations(), ReadQueues()]
    assert inbox.statuses() == ["connecting", "connected"]


def test_a_list_that_is_asked_for_and_not_there_yet_is_still_to_be_caught_up_with() -> None:
    inbox = Inbox()
    inbox.opened()
    inbox.step(Told(ReadQueues(), ()))
    assert inbox.catches_up()
    inbox.step(Refused(ListConversations(), BUSY))
    inbox.step(inputs.Tick(), at=10.0)
    assert inbox.asked()[-1] == ListConversations()
    assert inbox.catches_up()

    inbox.step(Told(ListConversations(), (told_of.ListEnded(),)))

    assert not inbox.catches_up()


def test_what_is_listed_is_read_and_then_known() -> None:
    inbox = Inbox()
    inbox.opened()
    listed = told_of.ConversationListed(conversation_id="1", state="waiting", queue_id="sales")
    inbox.step(Told(ReadQueues(), ()))
    inbox.step(Told(ListConversations(), (listed, told_of.ListEnded())))
    assert inbox.catches_up()
    assert inbox.asked()[-1] == ReadConversation("1")

    inbox.step(Told(ReadConversation("1"), (told(customer(1), queue(2)),)))

    assert not inbox.catches_up()
    assert inbox.state("1") == "waiting"


def test_of_ten_thousand_that_are_listed_a_few_are_asked_about_at_a_time_and_what_is_short_is_said() -> None:
    inbox = Inbox()
    inbox.opened()
    inbox.step(Told(ReadQueues(), ()))
    ids = [str(number) for number in range(10_000)]
    listed = (
        told_of.ConversationListed(conversation_id=id_, state="waiting", queue_id="sales") for id_ in ids
    )
    inbox.step(Told(ListConversations(), (*listed, told_of.ListEnded(truncated=True))))
    assert "figures are short of them" in inbox.errors()[-1].message
    assert [operation for operation in inbox.asked() if isinstance(operation, ReadConversation)] == [
        ReadConversation("0")
    ]
    kpis = inbox.session.desk.pools.kpis(1000)
    assert (kpis.waiting.n, kpis.incomplete) == (10_000, 10_000)

    inbox.frame(told(customer(1), queue(2), id="9999"))
    inbox.step(Told(ReadConversation("0"), (told(customer(1), queue(2), id="0"),)), at=1.0)

    assert inbox.asked()[-1] == ReadConversation("1")
    assert inbox.session.desk.pools.incomplete == 9_998
    inbox.frame(told_of.ListEnded())
    assert "list" not in inbox.session.problems


def test_events_alone_tell_from_then_on() -> None:
    inbox = ready()
    inbox.frame(told(customer(1), queue(2)))
    inbox.frame(told(customer(1), queue(2, 5), agent(4, 5)))
    inbox.frame(told(customer(1, 9), id="2"), generation=7)

    assert inbox.state("1") == "agent"
    assert "2" not in inbox.session.desk.rows
    assert ListConversations() not in inbox.asked()


def test_a_lost_stream_leaves_doubt_until_each_conversation_has_been_told_again() -> None:
    inbox = ready()
    inbox.frame(told(customer(1)), told(customer(1), id="2"))
    inbox.step(inputs.StreamLost(1, StreamLoss(close_code=1006)), at=20.0)
    assert [row.is_complete for row in inbox.session.desk.rows.values()] == [False, False]
    assert inbox.catches_up()

    inbox.effects.clear()
    inbox.step(inputs.Tick(), at=40.0)
    inbox.step(inputs.StreamOpened(2))
    assert inbox.asked()[:2] == [ListConversations(), ReadQueues()]
    inbox.frame(told(customer(1)), generation=2)
    inbox.step(Told(ReadConversation("2"), (told(customer(1, 9), id="2"),)))
    inbox.step(Told(ReadQueues(), ()))
    inbox.step(Told(ListConversations(), (told_of.ListEnded(),)))

    assert not inbox.catches_up()


def test_an_answer_to_what_was_asked_before_a_loss_takes_no_doubt_away() -> None:
    inbox = ready()
    listed = told_of.ConversationListed(conversation_id="1", state="waiting", queue_id="sales")
    inbox.step(Told(ListConversations(), (listed, told_of.ListEnded())))
    assert inbox.asked() == [ReadConversation("1")]
    inbox.step(inputs.StreamLost(1, StreamLoss(close_code=1006)), at=20.0)
    inbox.step(Told(ReadConversation("1"), (told(customer(1)),)))
    assert not inbox.session.desk.rows["1"].is_complete

    inbox.effects.clear()
    inbox.step(inputs.Tick(), at=40.0)
    inbox.step(inputs.StreamOpened(2))
    assert ReadConversation("1") in inbox.asked()
    inbox.step(Told(ReadConversation("1"), (told(customer(1, 9)),)))
    assert inbox.session.desk.rows["1"].is_complete


def test_a_text_that_was_asked_for_before_a_loss_leaves_none() -> None:
    inbox = ready()
    inbox.frame(told(customer(1)))
    [text] = [each for each in inbox.asked() if isinstance(each, FetchTexts)]
    inbox.frame(said.FrameIgnored("overflow"))
    inbox.frame(told(customer(1, 2)))
    inbox.step(Told(text, (told_of.TextsTold("1", dict.fromkeys(text.message_ids, "…")),)))
    assert inbox.session.desk.rows["1"].is_complete


def test_a_planned_move_leaves_none() -> None:
    inbox = ready()
    inbox.frame(told(customer(1)))
    effects = inbox.frame(said.MoveRequested())
    assert OpenStream(2) in effects
    effects = inbox.step(inputs.StreamOpened(2))

    assert CloseStream(1) in effects
    assert inbox.session.desk.rows["1"].is_complete
    assert ListConversations() not in inbox.asked()


def test_a_stream_that_is_refused_or_lost_to_overflow_leaves_doubt_too() -> None:
    inbox = ready()
    inbox.frame(told(customer(1)))
    inbox.frame(said.FrameIgnored("overflow"), said.FrameIgnored("unknown_event"))
    assert not inbox.session.desk.rows["1"].is_complete
    assert (inbox.session.counters["overflow"], inbox.session.counters["unknown_event"]) == (1, 1)
    assert inbox.session.next_deadline() is not None
    inbox.step(inputs.Tick(), at=module.LIST_AGAIN_S)
    assert ListConversations() in inbox.asked()

    revoked = Failure(kind="authentication", message="Revoked.")
    effects = inbox.frame(said.StreamRefused(revoked))
    assert CloseStream(1) in effects


def test_a_close_ends_the_stream_and_a_reconnect_does_not_wait() -> None:
    inbox = ready()
    inbox.step(inputs.StreamLost(1, StreamLoss(close_code=1006)), at=5.0)
    assert "reconnecting" in inbox.statuses()
    inbox.step(inputs.ReconnectNow())
    inbox.step(inputs.TokenRenewed())
    effects = inbox.step(inputs.Disconnect())

    assert type(effects[0]) is CloseStream
    assert inbox.statuses()[-1] == "closed"


def test_the_stream_is_kept_awake() -> None:
    inbox = ready()
    effects = inbox.step(inputs.Tick(), at=15.0)
    assert Call(CheckHealth()) in effects

    inbox.step(inputs.CallSucceeded(CheckHealth(), None))
    inbox.step(inputs.CallFailed(CheckHealth(), Failure(kind="lost", message="Lost.")))
    assert inbox.session.counters["health_check_failed"] == 1


# --- what does not work while the rest does -----------------------------------------------------------------


def test_each_missing_permission_is_said_once_and_stops_nothing_else() -> None:
    inbox = ready()
    inbox.frame(told(customer(1), agent(1, 2)))
    for operation in (ListConversations(), ReadQueues(), FollowTyping(("user-a",))):
        inbox.step(Refused(operation, FORBIDDEN))
        inbox.step(Refused(operation, FORBIDDEN))
    inbox.step(Refused(FetchTexts("1", ("c1",)), FORBIDDEN))
    inbox.step(Refused(ReadConversation("1"), FORBIDDEN))
    inbox.frame(told_of.ProblemFound("topic x", FORBIDDEN))

    assert set(inbox.session.problems) == {"list", "queues", "typing", "texts", "conversations", "topic x"}
    assert len(inbox.errors()) == 6
    assert inbox.state("1") == "agent"


def test_a_problem_that_is_over_is_forgotten() -> None:
    inbox = ready()
    inbox.step(Refused(ReadQueues(), FORBIDDEN))
    inbox.step(Told(ReadQueues(), ()))
    inbox.frame(told(customer(1)))
    inbox.step(Refused(FetchTexts("1", ("c1",)), FORBIDDEN))
    inbox.step(Told(FetchTexts("1", ("c1",)), (told_of.TextsTold("1", {"c1": "Hello"}),)))

    assert inbox.session.problems == {}


def test_a_storm_of_refusals_is_waited_out() -> None:
    inbox = Inbox()
    inbox.opened()
    inbox.effects.clear()
    inbox.step(Refused(ListConversations(), BUSY))
    assert inbox.errors() == []
    assert inbox.session.counters["rate_limited"] == 1
    inbox.step(inputs.Tick(), at=3.9)
    assert inbox.asked() == []
    inbox.step(inputs.Tick(), at=10.0)

    assert [effect for effect in inbox.effects if isinstance(effect, Ask)] == [Ask(ListConversations(), True)]


def test_a_list_that_is_cut_off_is_said_until_one_is_not() -> None:
    inbox = ready()
    inbox.frame(told_of.ListEnded(truncated=True))
    assert inbox.session.problems["list"].code == "truncated"

    inbox.frame(told_of.ListEnded())
    assert inbox.session.problems == {}


def test_a_conversation_that_cannot_be_found_has_ended_and_a_text_that_cannot_is_missing() -> None:
    inbox = ready()
    listed = told_of.ConversationListed(conversation_id="1", state="waiting")
    inbox.frame(listed, told(customer(1), id="2"))
    inbox.step(Refused(ReadConversation("1"), Failure(kind="not_found", message="Unknown.")))
    inbox.step(Refused(FetchTexts("2", ("c1",)), Failure(kind="not_found", message="Unknown.")))
    inbox.step(Refused(FetchTexts("2", ("c1",)), BUSY))

    assert inbox.state("1") == "ended"
    last = inbox.session.desk.rows["2"].last
    assert last is not None and last.text_state == "missing"
    assert inbox.errors() == []


# --- typing, and what users look at -------------------------------------------------------------------------


def test_agents_who_turn_up_are_followed_together() -> None:
    inbox = ready()
    inbox.frame(told(customer(1), agent(1, 2)))
    assert FollowTyping(("user-a",)) in inbox.asked()
    inbox.frame(told(customer(1), agent(1, 2, id="b"), agent(1, 2, id="d"), id="2"))
    inbox.step(Told(FollowTyping(("user-a",)), (told_of.TypingKnown(frozenset({"user-a"})),)))
    inbox.effects.clear()
    assert inbox.session.next_deadline() is not None
    inbox.step(inputs.Tick(), at=module.FOLLOW_EVERY_S)

    assert FollowTyping(("user-a", "user-b", "user-d")) in inbox.asked()
    inbox.step(Refused(FollowTyping(()), BUSY))
    inbox.effects.clear()
    inbox.step(inputs.Tick(), at=3 * module.FOLLOW_EVERY_S)
    assert FollowTyping(("user-a", "user-b", "user-d")) in inbox.asked()


def test_typing_is_seen_in_its_row() -> None:
    inbox = ready()
    inbox.frame(told(customer(1)), told_of.TypingTold(conversation_id="1"), told_of.OwnUserLearned("u"))

    assert inbox.session.desk.rows["1"].typing == ("Ada",)


def test_texts_of_a_conversation_that_nobody_knows_any_more_are_nothing() -> None:
    inbox = ready()
    inbox.step(Told(FetchTexts("9", ("c1",)), (told_of.TextsTold("9", {"c1": "Hello"}),)))

    assert inbox.session.desk.rows == {}


def test_what_users_look_at_comes_first() -> None:
    inbox = ready()
    for id_ in "abcdefgh":
        inbox.frame(told(customer(1), id=id_))
    inbox.effects.clear()
    inbox.step(SetInSight(("g",)))
    inbox.step(Select("h"), at=5.0)

    assert inbox.asked()[0] == FetchTexts("h", ("c1",))
    assert inbox.session.desk.rows["h"].is_selected
    inbox.step(inputs.StopComposing())


def test_an_old_stream_does_not_count_and_one_that_was_closed_is_none() -> None:
    inbox = Inbox()
    inbox.step(inputs.Connect())
    effects = inbox.step(inputs.StreamOpened(9))

    assert CloseStream(9) in effects
    assert inbox.asked() == []


def test_an_event_of_a_single_conversation_is_none_of_an_inbox() -> None:
    inbox = ready()
    inbox.frame(said.SessionLifeLearned(5.0))

    assert inbox.session.desk.rows == {}


def test_what_was_let_go_is_not_asked_about() -> None:
    inbox = ready()
    inbox.frame(told(customer(1, ended_ms=9000)))
    inbox.step(inputs.Tick(), at=9 * 3600.0)

    assert inbox.session.desk.rows == {}


# --- failures that say nothing of a conversation, and those of one alone ------------------------------------


def rows_are_live(inbox: Inbox) -> list[bool]:
    return [row.is_live for row in inbox.session.desk.rows.values()]


@pytest.mark.parametrize("kind", ["authentication", "credentials", "rejected", "protocol", "unsupported"])
def test_a_refusal_that_does_not_say_that_a_conversation_is_gone_ends_none_and_is_said(
    kind: FailureKind,
) -> None:
    inbox = ready()
    for id_ in "12":
        inbox.frame(told(customer(1, 2), newest=2, id=id_))
        inbox.step(Refused(ReadConversation(id_), Failure(kind=kind, message="Refused.")))

    assert rows_are_live(inbox) == [True, True]
    assert [failure.kind for failure in inbox.errors()] == [kind]
    assert inbox.session.problems["conversations"].kind == kind


def test_texts_are_awaited_while_the_token_is_refused_and_come_with_the_next_one() -> None:
    inbox = ready()
    inbox.frame(told(customer(1)))
    for second in range(0, 60, 6):
        inbox.step(inputs.Tick(), at=float(second))
        inbox.step(Refused(FetchTexts("1", ("c1",)), EXPIRED))
    last = inbox.session.desk.rows["1"].last
    assert last is not None and last.text_state == "awaited"
    assert inbox.errors() == [EXPIRED]

    inbox.step(inputs.Tick(), at=70.0)
    inbox.step(Told(FetchTexts("1", ("c1",)), (told_of.TextsTold("1", {"c1": "Hello"}),)))
    last = inbox.session.desk.rows["1"].last
    assert last is not None and last.text_state == "here"
    assert inbox.session.problems == {}


def test_a_text_that_is_refused_is_missing_and_that_is_said() -> None:
    inbox = ready()
    inbox.frame(told(customer(1)))
    refused = Failure(kind="rejected", message="No.")
    inbox.step(Refused(FetchTexts("1", ("c1",)), refused))

    last = inbox.session.desk.rows["1"].last
    assert last is not None and last.text_state == "missing"
    assert inbox.errors() == [refused]


@pytest.mark.parametrize("kind", ["authentication", "rejected", "protocol", "not_found"])
def test_a_list_that_is_refused_for_whatever_reason_is_said(kind: FailureKind) -> None:
    inbox = ready()
    inbox.step(Refused(ListConversations(), Failure(kind=kind, message="Refused.")))

    assert inbox.session.problems["list"].kind == kind


def test_a_text_that_did_not_come_is_asked_for_again_by_the_next_stream() -> None:
    inbox = ready()
    inbox.frame(told(customer(1)))
    for second in range(0, 18, 6):
        inbox.step(inputs.Tick(), at=float(second))
        inbox.step(Refused(FetchTexts("1", ("c1",)), Failure(kind="lost", message="Lost.")))
    last = inbox.session.desk.rows["1"].last
    assert last is not None and last.text_state == "missing"

    inbox.effects.clear()
    inbox.step(inputs.StreamLost(1, StreamLoss(close_code=1006)), at=18.0)
    inbox.step(inputs.Tick(), at=40.0)
    inbox.step(inputs.StreamOpened(2))
    last = inbox.session.desk.rows["1"].last
    assert last is not None and last.text_state == "awaited"
    inbox.step(Told(ReadConversation("1"), (told(customer(1)),)))
    inbox.step(inputs.Tick(), at=45.0)
    assert FetchTexts("1", ("c1",)) in inbox.asked()


def test_a_queue_that_is_there_after_all_is_no_problem_any_more() -> None:
    inbox = ready()
    inbox.frame(told_of.ProblemFound("queue sales", FORBIDDEN))
    inbox.frame(told_of.QueueTold(queue_id="sales"))

    assert inbox.session.problems == {}


def test_a_stream_that_falls_silent_leaves_doubt() -> None:
    inbox = ready()
    inbox.frame(told(customer(1)))
    for second in range(5, 60, 5):
        inbox.step(inputs.Tick(), at=float(second))

    assert not inbox.session.connection.is_open
    assert not inbox.session.desk.rows["1"].is_complete


def test_after_a_loss_only_what_goes_on_is_read_again() -> None:
    inbox = ready()
    for id_ in "123":
        inbox.frame(told(customer(1, ended_ms=9000), id=id_))
    inbox.frame(told(customer(1), id="4"))
    inbox.step(inputs.StreamLost(1, StreamLoss(close_code=1006)), at=20.0)
    inbox.effects.clear()
    inbox.step(inputs.Tick(), at=40.0)
    inbox.step(inputs.StreamOpened(2))
    for second in range(41, 60):
        inbox.step(inputs.Tick(), at=float(second))

    assert [each for each in inbox.asked() if isinstance(each, ReadConversation)] == [ReadConversation("4")]


# --- cost ---------------------------------------------------------------------------------------------------


def calls_of_a_frame(conversations: int) -> int:
    inbox = ready()
    for number in range(conversations):
        inbox.frame(told(customer(1, 3), queue(1, 2), agent(1, 2, 2.5, id=f"a{number % 20}"), id=str(number)))
    some, session = str(conversations // 2), inbox.session

    def work() -> None:
        for second in range(4, 24):
            inbox.now = float(second)
            inbox.frame(told(customer(second), agent(1, 2, second + 0.25, id=f"a{int(some) % 20}"), id=some))
            session.desk.take_changed()
            assert session.next_deadline() is not None and session.is_catching_up is False

    return calls_made(work)


def test_a_frame_costs_with_a_thousand_conversations_what_it_costs_with_ten() -> None:
    assert calls_of_a_frame(1000) <= 1.3 * calls_of_a_frame(10)
