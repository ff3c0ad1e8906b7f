from __future__ import annotations

from itertools import permutations

import pytest

from ipygenesys._core.inbox import talk as module
from ipygenesys._core.inbox.leg import Leg
from ipygenesys._core.inbox.talk import Talk
from ipygenesys._core.inbox.told import ConversationListed, ConversationTold, Part, Said
from tests.core.inbox.examples import agent, bot, customer, queue, said, told

STORY = [
    told(customer(1, 2), bot(3), closes_at_ms=92_000),
    told(customer(1, 2), bot(3), queue(4), closes_at_ms=92_000),
    told(customer(1, 2, 6), bot(3), queue(4, 10), agent(8, 10), closes_at_ms=96_000),
    told(customer(1, 2, 6), bot(3), queue(4, 10), agent(8, 10, 15), closes_at_ms=105_000),
    told(customer(1, 2, 6, 20, ended_ms=50_000), queue(4, 10), agent(8, 10, 15, 30, ended_ms=50_000)),
]


def talk_of(*events: ConversationTold) -> Talk:
    talk = Talk("1")
    for event in events:
        talk.told(event)
    return talk


def test_whatever_order_frames_come_in_and_however_often_the_values_are_the_same() -> None:
    in_order = talk_of(*STORY)

    for order in permutations(STORY):
        talk = talk_of(*order, *order[:1])
        assert sorted(talk.values) == sorted(in_order.values)
        assert (talk.last, talk.unread, talk.holder()[0]) == (in_order.last, in_order.unread, "ended")
        assert talk.closes_at_ms == 105_000


def test_values_are_those_of_the_whole_conversation() -> None:
    values = {(value.name, value.ms) for value in talk_of(*STORY).values}

    assert values == {
        ("time_to_engage_s", 2000),
        ("handle_time_s", 40_000),
        ("answered_wait_s", 6000),
        ("bot_response_time_s", 2000),
        ("first_response_s", 14_000),
        ("handover_first_response_s", 5000),
        ("response_time_s", 14_000),
        ("handover_response_time_s", 5000),
        ("response_time_s", 10_000),
        ("handover_response_time_s", 10_000),
    }


def test_what_the_customer_has_said_since_the_last_answer_is_unread_until_somebody_looks() -> None:
    talk = talk_of(told(customer(1, 2), agent(0, 0)))
    assert talk.unread == 2

    talk.look()
    assert talk.unread == 0
    talk.told(told(customer(1, 2, 5)))
    assert talk.unread == 1
    talk.told(told(agent(0, 0, 9)))
    assert talk.unread == 0


def test_looking_at_a_conversation_without_messages_reads_nothing() -> None:
    talk = talk_of(told(customer()))
    talk.look()
    talk.told(told(customer(1)))

    assert talk.unread == 1


def test_a_part_whose_role_is_told_later_has_said_what_it_has_said() -> None:
    unknown = Part(id="a", said=said(9, by="a"))
    talk = talk_of(told(customer(1), unknown))
    assert talk.unread == 1

    talk.told(told(agent(0, 0)))

    assert talk.unread == 0
    assert ("first_response_s", 8000) in {(value.name, value.ms) for value in talk.values}


def test_events_and_messages_without_a_time_are_no_messages() -> None:
    talk = talk_of(told(Part(id="c", role="customer", said=(Said("m1", None), Said("m2", 5, kind="event")))))

    assert talk.last is None


def test_messages_that_reached_nobody_are_counted_until_they_have() -> None:
    talk = talk_of(told(agent(0, 0), Part(id="a", said=said(3, by="a", status="failed", error="Blocked"))))
    assert talk.undelivered == {"a3": "Blocked"}

    talk.told(told(Part(id="a", said=said(3, by="a", status="failed"))))
    talk.told(told(Part(id="a", said=said(3, by="a", status="sent"))))
    assert talk.undelivered == {"a3": "Blocked"}
    talk.told(told(Part(id="a", said=said(3, by="a", status="delivered"))))
    assert talk.undelivered == {}


def test_that_a_customers_message_failed_is_nothing_of_ours() -> None:
    assert not talk_of(told(Part(id="c", role="customer", said=said(3, status="failed")))).undelivered


def known(talk: Talk) -> str:
    return talk.known


# --- what is known, and what may be missing -----------------------------------------------------------------


def test_a_conversation_whose_newest_messages_are_all_is_known_wholly() -> None:
    assert talk_of(told(customer(1), newest=2)).known == "wholly"
    assert talk_of(told(customer(1, 2), newest=2)).known == "partly"
    assert talk_of(told(customer(1, 2), newest=2), told(customer(0.5, 1, 2))).known == "wholly"


def test_messages_that_do_not_go_on_from_what_is_known_show_a_gap() -> None:
    talk = talk_of(told(customer(1), newest=2), told(customer(1, 2), newest=2))
    assert known(talk) == "wholly"

    talk.told(told(customer(5, 6), newest=2))

    assert known(talk) == "partly"


def test_after_a_loss_an_event_that_goes_on_from_what_is_known_closes_the_gap() -> None:
    talk = talk_of(told(customer(1), newest=2), told(customer(1, 2), newest=2))
    talk.doubt()
    assert known(talk) == "doubtful"

    talk.told(told(customer(2, 3), newest=2))

    assert known(talk) == "wholly"


def test_what_was_known_in_part_is_not_known_better_for_a_loss() -> None:
    talk = talk_of(told(customer(1, 2), newest=2))
    talk.doubt()
    talk.told(told(customer(2, 3), newest=2))

    assert known(talk) == "partly"


def test_old_messages_have_had_their_effect_and_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 4)
    both = [told(customer(second), agent(0, 0, second + 0.5), newest=3) for second in range(1, 40)]
    kept, plain = (
        talk_of(*both),
        talk_of(told(customer(*range(1, 40)), agent(0, 0, *(n + 0.5 for n in range(1, 40))))),
    )

    assert len(kept._said) <= 8
    assert sorted(kept.values) == sorted(plain.values)
    again = kept.values
    kept.told(both[0])
    assert kept.values == again
    kept.told(told(agent(0, 0), Part(id="c", said=said(39.2))))
    assert kept.unread == 0
    assert kept.last == plain.last


def test_a_conversation_that_was_only_listed_is_in_the_state_that_the_list_says() -> None:
    talk = Talk("1")
    assert (talk.holder(), talk.queue_id) == (("open", None), None)

    talk.listed = ConversationListed(conversation_id="1", state="waiting", queue_id="sales")
    assert (talk.holder(), talk.queue_id) == (("waiting", None), "sales")

    talk.is_gone = True
    assert talk.holder() == ("ended", None)


def test_a_part_that_has_only_said_something_is_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talk_of(told(customer(1, 2), queue(4), agent(8, 10)))
    heard: list[str] = []
    listen = Leg.told

    def counted(leg: Leg, part: Part) -> None:
        heard.append(part.id)
        listen(leg, part)

    monkeypatch.setattr(Leg, "told", counted)
    talk.told(told(customer(1, 2), queue(4), agent(8, 10, 15)))
    talk.told(told(customer(1, 2, 20), queue(4), agent(8, 10, 15)))
    assert (heard, talk.unread) == ([], 1)
    talk.told(told(customer(1, 2, 20), queue(4, 10), agent(8, 10, 15)))
    assert heard == [queue(4).id]


def test_whether_anything_shows_is_said() -> None:
    talk, begun = Talk("1"), told(customer(1), agent(0, 0, 2), closes_at_ms=9000)
    sent, delivered, failed = (
        told(customer(1), Part(id="a", said=said(2, by="a", status=status)), closes_at_ms=9000)
        for status in ("sent", "delivered", "failed")
    )

    assert talk.told(begun)
    assert talk.told(sent), "a part that says less of itself is another"
    assert [talk.told(event) for event in (sent, delivered, failed, failed)] == [False, False, True, False]
    assert talk.told(told(customer(1), bot())), "somebody has come"
    assert talk.told(told(customer(1), closes_at_ms=9500))
    assert not talk.told(told(customer(1), closes_at_ms=9000))
    talk.is_gone = True
    assert talk.told(told(customer(1)))
