from __future__ import annotations

from ipygenesys._core.inbox.fetches import COALESCE_S, MAX_TRIES, PAUSE_S, SPACING_S, Fetches
from ipygenesys._core.inbox.operations import FetchTexts, InboxOperation, ReadConversation
from ipygenesys._core.inbox.talk import Talk
from ipygenesys._core.inbox.talks import Talks
from ipygenesys._core.model.failures import HELD_BACK_CODE, Failure
from tests.core.inbox.examples import customer, told

BUSY = Failure(kind="rate_limited", message="Too many.", retry_after_s=7.0)
HELD_BACK = Failure(kind="rate_limited", message="Held back.", code=HELD_BACK_CODE)
FORBIDDEN = Failure(kind="permission", message="Missing.")
EXPIRED = Failure(kind="authentication", message="Expired.")
LOST = Failure(kind="lost", message="Lost.")
REJECTED = Failure(kind="rejected", message="No.")
GONE = Failure(kind="not_found", message="Unknown.")


class Desk:
    """Conversations, and what is asked about them."""

    def __init__(self, *ids: str, is_whole: bool = True) -> None:
        self.talks = Talks()
        self.fetches = Fetches(self.talks)
        for id_ in ids:
            self.say(id_, 1, newest=0 if is_whole else 1)

    def say(self, id_: str, *times_s: float, newest: int = 0) -> None:
        if (talk := self.talks.get(id_)) is None:
            self.talks.add(talk := Talk(id_))
        talk.told(told(customer(*times_s), id=id_, newest=newest))
        self.fetches.changed(talk)

    def talk(self, id_: str) -> Talk:
        talk = self.talks.get(id_)
        assert talk is not None
        return talk

    def text(self, id_: str) -> None:
        talk = self.talk(id_)
        assert talk.last is not None
        talk.text = (talk.last.id, "Hello")
        self.fetches.changed(talk)

    def pump(self, now: float) -> list[InboxOperation]:
        return [operation for operation, _ in self.fetches.pump(now)]

    def answer(self, operation: InboxOperation) -> None:
        assert isinstance(operation, FetchTexts | ReadConversation)
        if isinstance(operation, FetchTexts):
            self.text(operation.conversation_id)
        else:
            self.say(operation.conversation_id, 1)
        self.fetches.ended(operation)


def asked(id_: str) -> FetchTexts:
    return FetchTexts(id_, ("c1",))


def test_the_selected_one_waits_for_nothing_and_those_in_sight_come_before_the_rest() -> None:
    desk = Desk(*"abcdef")
    desk.fetches.selected, desk.fetches.in_sight = "e", ("f", "d")

    assert desk.pump(0.0) == [asked("e"), asked("f")]
    assert desk.pump(0.1) == []
    assert desk.pump(SPACING_S) == [asked("d")]
    assert desk.pump(10.0) == []
    desk.answer(asked("f"))
    assert desk.pump(10.0) == [asked("a")]


def test_a_call_brings_what_has_gathered_and_comes_at_most_once_a_second() -> None:
    desk = Desk("a")
    desk.fetches.selected = "a"
    assert desk.pump(0.0) == [asked("a")]
    desk.answer(asked("a"))
    desk.say("a", 1, 2)
    desk.say("a", 1, 2, 3)

    assert desk.pump(0.5) == []
    assert desk.fetches.next_deadline() == COALESCE_S
    assert desk.pump(COALESCE_S) == [FetchTexts("a", ("c3",))]


def test_what_is_not_known_wholly_is_read_before_texts_but_for_the_selected_one() -> None:
    desk = Desk("a", "b", is_whole=False)
    desk.fetches.selected = "b"

    assert desk.pump(0.0) == [asked("b"), ReadConversation("a")]
    desk.answer(asked("b"))
    desk.answer(ReadConversation("a"))
    assert desk.pump(2.0) == [ReadConversation("b"), asked("a")]


def test_nothing_is_asked_where_everything_is_known() -> None:
    desk = Desk("a")
    desk.text("a")

    assert desk.pump(0.0) == []
    assert desk.fetches.next_deadline() is None


def test_one_that_always_has_news_does_not_keep_the_others_from_their_turn() -> None:
    desk = Desk(*"abc")
    turns = []
    for second in range(6):
        calls = desk.pump(2.0 * second)
        turns += [call.conversation_id for call in calls if isinstance(call, FetchTexts)]
        for call in calls:
            desk.answer(call)
        desk.say("a", *range(1, second + 3))

    assert turns[:3] == ["a", "b", "c"]


# --- failures -----------------------------------------------------------------------------------------------


def test_after_a_refusal_that_passes_all_wait_and_the_others_come_first() -> None:
    desk = Desk("a", "b", is_whole=False)
    [read] = desk.pump(0.0)
    assert isinstance(read, ReadConversation)
    assert not desk.fetches.failed(read, BUSY, 0.0)

    assert desk.pump(6.0) == []
    assert desk.fetches.next_deadline() == 7.0
    assert desk.fetches.pump(7.0) == [(ReadConversation("b"), False)]
    assert desk.fetches.pump(8.0) == [(ReadConversation("a"), True)]


def test_a_text_that_does_not_come_is_given_up_after_some_tries() -> None:
    desk = Desk("a")
    verdicts = []
    for attempt in range(MAX_TRIES):
        now = 20.0 * attempt
        desk.pump(now)
        verdicts.append(desk.fetches.failed(asked("a"), Failure(kind="lost", message="Lost."), now))
        desk.fetches.failed(asked("a"), HELD_BACK, now)  # It was never made: that is no try.
    assert verdicts == [False] * (MAX_TRIES - 1) + [True]
    assert desk.pump(20.0 * MAX_TRIES - 20 + PAUSE_S) == [asked("a")]


def test_what_may_not_be_read_is_not_asked_for_until_the_next_stream() -> None:
    desk = Desk("a", is_whole=False)
    assert desk.pump(0.0) == [ReadConversation("a")]
    assert desk.fetches.failed(ReadConversation("a"), FORBIDDEN, 0.0)
    assert desk.pump(2.0) == [asked("a")]
    assert desk.fetches.failed(asked("a"), FORBIDDEN, 2.0)

    assert desk.pump(9.0) == []
    assert desk.fetches.next_deadline() is None
    desk.fetches.stream_opened()
    assert desk.pump(9.0) == [ReadConversation("a")]


def test_one_that_may_not_be_read_stops_no_other_where_others_may() -> None:
    desk = Desk(*"abcd", is_whole=False)
    [first] = desk.pump(0.0)
    desk.answer(first)
    assert desk.pump(2.0) == [ReadConversation("b")]
    assert desk.fetches.failed(ReadConversation("b"), FORBIDDEN, 2.0)

    assert desk.pump(4.0) == [ReadConversation("c")]
    assert desk.pump(4.5) == [ReadConversation("d")]
    desk.answer(ReadConversation("c"))
    desk.answer(ReadConversation("d"))
    for id_ in "acd":
        desk.text(id_)
    assert desk.pump(6.0) == [asked("b")]
    desk.fetches.stream_opened()
    desk.fetches.failed(asked("b"), LOST, 6.0)
    assert desk.pump(16.0) == [ReadConversation("b")]


def test_many_that_may_not_be_read_do_not_hide_the_others() -> None:
    desk = Desk(*(str(number) for number in range(9)), is_whole=False)
    [first] = desk.pump(0.0)
    desk.answer(first)
    for number in range(1, 8):
        assert desk.pump(2.0 * number) == [ReadConversation(str(number))]
        desk.fetches.failed(ReadConversation(str(number)), REJECTED, 2.0 * number)

    assert desk.pump(20.0) == [ReadConversation("8")]


def test_a_call_that_works_shows_that_a_refusal_was_not_meant_for_all() -> None:
    desk = Desk("a", "b", "d", is_whole=False)
    assert [*desk.pump(0.0), *desk.pump(0.5)] == [ReadConversation("a"), ReadConversation("b")]
    desk.fetches.failed(ReadConversation("a"), FORBIDDEN, 0.6)
    desk.answer(ReadConversation("b"))

    assert desk.pump(2.0) == [ReadConversation("a")]


def test_a_token_that_is_refused_holds_up_all_and_is_held_against_none() -> None:
    desk = Desk("a", "b")
    desk.fetches.selected = "b"
    for attempt in range(2 * MAX_TRIES):
        now = 20.0 * attempt
        assert asked("b") in desk.pump(now)
        assert not desk.fetches.failed(asked("b"), EXPIRED, now)
        desk.fetches.failed(asked("a"), EXPIRED, now)
        assert desk.pump(now + PAUSE_S - 0.5) == []
        assert desk.fetches.next_deadline() == now + PAUSE_S


def test_a_second_failure_does_not_shorten_what_the_first_asked_for() -> None:
    desk = Desk("a", "b")
    assert [*desk.pump(0.0), *desk.pump(0.5)] == [asked("a"), asked("b")]
    desk.fetches.failed(asked("a"), BUSY, 1.0)
    desk.fetches.failed(asked("b"), LOST, 1.1)

    assert desk.pump(7.9) == []
    assert desk.pump(8.0) == [asked("a")]


def test_reads_that_fail_are_no_tries_of_texts_and_a_new_text_has_all_of_its_own() -> None:
    desk = Desk("a")
    for _ in range(MAX_TRIES):
        assert not desk.fetches.failed(ReadConversation("a"), LOST, 0.0)
    tries = [desk.fetches.failed(asked("a"), LOST, 0.0) for _ in range(2 * MAX_TRIES)]

    assert tries == 2 * [*[False] * (MAX_TRIES - 1), True]


def test_a_text_that_was_given_up_is_awaited_again_with_the_next_stream() -> None:
    desk = Desk("a")
    desk.talk("a").text = ("c1", None)
    desk.fetches.changed(desk.talk("a"))
    for _ in range(MAX_TRIES):
        desk.fetches.failed(asked("a"), LOST, 0.0)
        desk.fetches.failed(asked("gone"), LOST, 0.0)
    assert desk.pump(10.0) == []

    assert desk.fetches.stream_opened() == [desk.talk("a")]
    assert desk.pump(10.0) == [asked("a")]
    assert desk.fetches.stream_opened() == []


def test_what_the_platform_does_not_know_is_final() -> None:
    desk = Desk("a", is_whole=False)
    desk.pump(0.0)

    assert desk.fetches.failed(ReadConversation("a"), GONE, 0.0)


def test_what_is_let_go_is_asked_about_no_more() -> None:
    desk = Desk("a")
    desk.fetches.forget("a")

    assert desk.pump(0.0) == []


def test_one_of_which_nothing_was_said_has_no_text() -> None:
    desk = Desk()
    desk.say("a", newest=0)

    assert desk.pump(0.0) == []


def test_a_minute_of_news_everywhere_stays_within_the_share_of_reading() -> None:
    desk = Desk(*(str(number) for number in range(300)), is_whole=False)
    calls = 0
    for tenth in range(600):
        for call in desk.pump(tenth / 10):
            calls += 1
            desk.answer(call)

    assert 100 <= calls <= 60 / SPACING_S
