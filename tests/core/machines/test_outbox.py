"""Messages on their way out: in order, one at a time, never twice, never lost in silence."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ipygenesys._core.machines.outbox import LAG_S, MAX_ATTEMPTS, MAX_LOST_ANSWERS, STALE_MS, TOTAL_S, Outbox
from ipygenesys._core.machines.rest_budget import HELD_BACK
from ipygenesys._core.model.draft import CLOCKS_DIFFER_MS, SERVERS_DIFFER_MS, Draft
from ipygenesys._core.model.failures import FailureKind
from ipygenesys._core.model.messages import Attachment, OutgoingFile
from ipygenesys._core.model.operations import PostMessage
from ipygenesys._core.model.platform_events import MessageArrived
from tests import examples as eg


def outbox_with(*draft_ids: str, is_idempotent: bool = True) -> Outbox:
    outbox = Outbox(is_idempotent=is_idempotent)
    for draft_id in draft_ids:
        outbox.submit(draft_id, f"text of {draft_id}", 100.0)
    return outbox


def post(draft_id: str) -> PostMessage:
    return PostMessage(draft_id, f"text of {draft_id}")


def state_of(outbox: Outbox, draft_id: str) -> str:
    draft = outbox.get(draft_id)
    return "gone" if draft is None else draft.state


def test_messages_go_out_in_order_and_one_at_a_time() -> None:
    outbox = outbox_with("a", "b")
    assert outbox.next_deadline() == 0.0
    assert outbox.pump(100.0) == [post("a")]
    assert outbox.pump(100.0) == []
    assert outbox.next_deadline() is None
    assert outbox.accepted("a")
    assert outbox.pump(100.0) == [post("b")]
    assert outbox.accepted("b")
    assert outbox.is_settled
    assert outbox.next_deadline() is None


def test_the_same_draft_is_not_queued_twice() -> None:
    outbox = outbox_with("a", "a")
    outbox.pump(100.0)
    outbox.accepted("a")
    assert outbox.pump(100.0) == []


def test_accepting_an_unknown_draft_changes_nothing() -> None:
    assert not outbox_with().accepted("a")


def test_a_draft_is_known_until_it_is_accepted() -> None:
    outbox = outbox_with("a")
    assert "a" in outbox
    outbox.accepted("a")
    assert "a" not in outbox


def test_a_send_that_was_surely_not_carried_out_is_tried_again() -> None:
    outbox = outbox_with("a", "b")
    outbox.pump(100.0)
    draft = outbox.failed("a", eg.failure("unreachable"), 100.0, 0.5)
    assert draft is not None
    assert draft.state == "queued"
    assert outbox.next_deadline() == 101.5
    assert outbox.pump(101.4) == []
    assert outbox.pump(101.5) == [post("a")]


def test_a_send_that_our_own_budget_held_back_was_never_made() -> None:
    outbox = outbox_with("a")
    (call,) = outbox.pump(100.0)
    outbox.failed("a", HELD_BACK, 100.0, 0.5)
    assert outbox.next_deadline() == 100.0 + 2.0 * 1.125
    (call,) = outbox.pump(103.0)
    assert not outbox.is_again(call)
    outbox.failed("a", eg.failure("unavailable", status=503), 103.0, 0.0)
    (call,) = outbox.pump(110.0)
    assert outbox.is_again(call)
    outbox.failed("a", HELD_BACK, 110.0, 0.0)
    (call,) = outbox.pump(113.0)
    assert outbox.is_again(call)


def test_a_send_that_cannot_be_handed_over_in_time_fails_and_lets_the_next_one_go() -> None:
    outbox = outbox_with("a", "b")
    outbox.pump(100.0)
    draft = outbox.failed("a", eg.failure("rate_limited", retry_after_s=TOTAL_S + 1), 100.0, 0.0)
    assert draft is not None
    assert draft.state == "failed"
    assert outbox.pump(100.0) == [post("b")]


@pytest.mark.parametrize("kind", ["rejected", "permission", "not_found", "authentication", "protocol"])
def test_a_refused_send_fails_at_once(kind: FailureKind) -> None:
    outbox = outbox_with("a")
    outbox.pump(100.0)
    draft = outbox.failed("a", eg.failure(kind), 100.0, 0.5)
    assert draft is not None
    assert draft.state == "failed"
    assert draft.failure == eg.failure(kind)
    assert outbox.is_settled


def lost(outbox: Outbox, draft_id: str, now: float = 100.0) -> None:
    """Handed over, and the answer lost."""
    assert [call.draft_id for call in outbox.pump(now)] == [draft_id]
    outbox.failed(draft_id, eg.failure("lost"), now, 0.5)
    assert state_of(outbox, draft_id) == "checking"


def test_a_send_whose_answer_was_lost_is_checked_and_not_sent_again_by_itself() -> None:
    outbox = outbox_with("a", is_idempotent=False)
    lost(outbox, "a")
    assert outbox.is_checking
    assert outbox.reconciled(100.5) == []
    assert state_of(outbox, "a") == "checking"
    assert outbox.pump(100.5) == []
    assert outbox.accepted("a")
    assert not outbox.is_checking


def test_history_may_lag_behind_what_the_server_has_taken() -> None:
    outbox = outbox_with("a", is_idempotent=False)
    lost(outbox, "a")
    looks, now = [], 100.0
    while state_of(outbox, "a") == "checking":
        check = outbox.next_check()
        assert check is not None
        now = max(now, check)
        assert outbox.is_check_due(now)
        assert not outbox.is_check_due(now)
        looks.append(now)
        outbox.reconciled(now)
    assert looks == [100.0, 101.0, 103.0, 107.0, 111.0]
    assert looks[-2] < 100.0 + LAG_S <= looks[-1]
    assert state_of(outbox, "a") == "unknown"
    assert outbox.next_check() is None


def test_where_there_is_no_history_nothing_is_waited_for() -> None:
    outbox = outbox_with("a", is_idempotent=False)
    lost(outbox, "a")
    assert [draft.state for draft in outbox.reconciled(100.0, is_final=True)] == ["unknown"]


def test_what_could_not_be_checked_in_time_is_the_users_to_decide_and_goes_nowhere_by_itself() -> None:
    outbox = outbox_with("a")
    lost(outbox, "a")
    assert outbox.undecided(100.0 + TOTAL_S - 0.1) == []
    assert [draft.draft_id for draft in outbox.undecided(100.0 + TOTAL_S)] == ["a"]
    assert outbox.reconciled(200.0) == []
    assert outbox.pump(200.0) == []


def test_a_draft_goes_out_again_where_the_server_recognises_it_and_history_lacks_it() -> None:
    outbox = outbox_with("a")
    lost(outbox, "a")
    assert outbox.pump(101.0) == []
    assert [draft.draft_id for draft in outbox.reconciled(101.0)] == ["a"]
    assert outbox.pump(101.0) == [post("a")]


def test_after_three_lost_answers_the_user_decides() -> None:
    outbox = outbox_with("a")
    for _ in range(MAX_LOST_ANSWERS):
        lost(outbox, "a")
        again = outbox.reconciled(100.0)
    assert again == []
    outbox.reconciled(100.0 + LAG_S)
    assert state_of(outbox, "a") == "unknown"
    assert outbox.retry("a", 200.0) is not None
    assert outbox.pump(200.0) == [post("a")]


def test_an_echo_overtakes_the_failure_of_its_call() -> None:
    outbox = outbox_with("a")
    outbox.pump(100.0)
    outbox.accepted("a")
    assert outbox.failed("a", eg.failure("lost"), 101.0, 0.5) is None


def test_a_draft_that_waits_can_be_discarded_and_only_one_that_is_stuck_be_retried() -> None:
    outbox = outbox_with("a", "b")
    assert outbox.retry("b", 100.0) is None
    assert outbox.discard("b")
    assert outbox.retry("nobody", 100.0) is None
    assert not outbox.discard("nobody")
    outbox.pump(100.0)
    assert not outbox.discard("a")
    assert not outbox.cancel("a")
    outbox.failed("a", eg.failure("rejected"), 100.0, 0.5)
    assert outbox.discard("a")
    assert state_of(outbox, "a") == "gone"


FILE = OutgoingFile(path="/tmp/a.png", name="a.png", media_type="image/png", size_bytes=1)


def with_file_under_way(*, is_idempotent: bool = False) -> Outbox:
    outbox = Outbox(is_idempotent=is_idempotent)
    outbox.submit("a", "", 100.0, file=FILE)
    assert not outbox.cancel("a")
    outbox.pump(100.0)
    assert outbox.cancel("a")
    return outbox


def test_a_draft_whose_file_is_under_way_is_given_up_once_its_call_has_come_to_nothing() -> None:
    outbox = with_file_under_way()
    assert not outbox.cancel("a")
    assert state_of(outbox, "a") == "in_flight"
    assert outbox.is_given_up("a", eg.failure("cancelled"))
    assert state_of(outbox, "a") == "gone"
    assert not outbox.is_given_up("a", eg.failure("cancelled"))


@pytest.mark.parametrize("kind", ["unreachable", "rejected", "rate_limited"])
def test_a_draft_that_was_given_up_is_gone_whatever_its_call_failed_of(kind: FailureKind) -> None:
    assert with_file_under_way().is_given_up("a", eg.failure(kind))


@pytest.mark.parametrize("is_idempotent", [True, False])
def test_a_draft_that_was_given_up_too_late_stays_unknown_and_is_not_sent_again(is_idempotent: bool) -> None:
    outbox = with_file_under_way(is_idempotent=is_idempotent)
    assert not outbox.is_given_up("a", eg.failure("lost"))
    outbox.failed("a", eg.failure("lost"), 101.0, 0.5)
    assert outbox.reconciled(102.0) == []
    outbox.reconciled(101.0 + LAG_S)
    assert state_of(outbox, "a") == "unknown"
    outbox.retry("a", 103.0)
    outbox.pump(103.0)
    assert not outbox.is_given_up("a", eg.failure("rejected"))


def test_a_failure_of_a_draft_that_nobody_gave_up_gives_nothing_up() -> None:
    outbox = outbox_with("a")
    outbox.pump(100.0)
    assert not outbox.is_given_up("a", eg.failure("rejected"))


def test_a_retried_draft_has_its_whole_time_again() -> None:
    outbox = outbox_with("a")
    outbox.pump(100.0)
    outbox.failed("a", eg.failure("rejected"), 100.0, 0.5)
    draft = outbox.retry("a", 500.0)
    assert draft is not None
    assert (draft.state, draft.since, draft.failure) == ("queued", 500.0, None)
    assert outbox.pump(500.0) == [post("a")]
    retried = outbox.failed("a", eg.failure("unreachable"), 501.0, 0.5)
    assert retried is not None
    assert retried.state == "queued"


def test_the_order_is_kept_while_a_lost_send_may_have_to_go_out_again() -> None:
    outbox = outbox_with("a", "b")
    lost(outbox, "a")
    assert outbox.pump(100.0) == []
    assert outbox.next_deadline() is None
    assert not outbox.is_settled
    outbox.reconciled(100.0)
    assert outbox.pump(100.0) == [post("a")]
    outbox.accepted("a")
    assert outbox.pump(100.0) == [post("b")]


def test_a_lost_send_that_will_not_go_out_again_holds_up_only_its_like() -> None:
    outbox = outbox_with("a", "b", is_idempotent=False)
    outbox.submit("c", " text  of b ", 100.0)
    lost(outbox, "a")
    assert outbox.pump(100.0) == [post("b")]
    outbox.failed("b", eg.failure("lost"), 100.0, 0.5)
    assert outbox.pump(100.0) == []
    outbox.accepted("b")
    assert [call.draft_id for call in outbox.pump(100.0)] == ["c"]


@pytest.mark.parametrize("kind", ["rejected", "unreachable"])
def test_what_may_lie_at_the_server_is_never_called_failed(kind: FailureKind) -> None:
    outbox = outbox_with("a")
    lost(outbox, "a")
    outbox.reconciled(100.0)
    outbox.pump(100.0)
    draft = outbox.failed("a", eg.failure(kind), 100.0 + TOTAL_S, 0.5)
    assert draft is not None
    assert (draft.state, draft.failure) == ("unknown", eg.failure(kind))
    outbox.retry("a", 200.0)
    assert [d.state for d in outbox.give_up(eg.failure("unreachable"))] == ["unknown"]


# --- which message a lost send is -------------------------------------------------------------------------


def arrived(text: str = "text of a", **changes: object) -> MessageArrived:
    return eg.own_arrived(1, **{"text": text, "time_ms": 1_000_000, "draft_id": None, **changes})


def test_a_lost_send_is_recognised_by_its_words_however_the_server_trims_them() -> None:
    outbox = outbox_with("a", "b", is_idempotent=False)
    lost(outbox, "a")
    assert outbox.lost_as(arrived("  text of\ta\n")) == "a"
    assert outbox.lost_as(arrived("text of b")) is None
    assert outbox.lost_as(arrived("text of b", time_ms=None)) is None
    assert outbox.lost_as(arrived("text of a", time_ms=None)) == "a"


def test_two_lost_sends_of_the_same_words_are_two_messages() -> None:
    outbox = Outbox(is_idempotent=False)
    for draft_id in ("a", "b"):
        outbox.submit(draft_id, "yes", 100.0)
        lost(outbox, draft_id)
        outbox.reconciled(100.0 + LAG_S)
    assert outbox.lost_as(arrived("yes")) == "a"
    outbox.accepted("a")
    assert outbox.lost_as(arrived("yes")) == "b"
    outbox.accepted("b")
    assert outbox.lost_as(arrived("yes")) is None


def test_a_message_that_was_another_send_of_the_same_words_is_not_taken_for_a_lost_one_by_the_next_run() -> (
    None
):
    outbox = Outbox(is_idempotent=False)
    for draft_id, text in (("a", "yes"), ("b", "yes"), ("c", "no")):
        outbox.submit(draft_id, text, 100.0)
        lost(outbox, draft_id)
        outbox.reconciled(100.0 + LAG_S)
    outbox.touched.clear()
    assert outbox.accepted("b", "m1")
    assert list(outbox.touched) == ["b", "a"]
    drafts = [outbox.get("a"), outbox.get("c")]
    next_run = Outbox(is_idempotent=False)
    for draft in drafts:
        assert draft is not None
        next_run.restore(draft, 200.0, 0)
    assert next_run.lost_as(arrived("yes", id="m1")) is None
    assert next_run.lost_as(arrived("yes", id="m2")) == "a"


def test_a_second_try_that_fails_does_not_hide_that_the_first_one_arrived() -> None:
    outbox = outbox_with("a", is_idempotent=False)
    lost(outbox, "a")
    outbox.reconciled(100.0 + LAG_S)
    outbox.retry("a", 120.0)
    assert outbox.lost_as(arrived()) == "a"
    outbox.pump(120.0)
    assert outbox.lost_as(arrived()) is None  # Its answer will tell.
    outbox.failed("a", eg.failure("unreachable"), 120.0, 0.5)
    assert outbox.lost_as(arrived()) == "a"


def test_a_lost_send_stands_after_what_was_known_when_it_was_handed_over_whatever_our_clock_says() -> None:
    outbox = Outbox(is_idempotent=False)
    outbox.submit("a", "yes", 100.0, created_ms=99_000_000_000)
    outbox.pump(100.0, (1_000_000, "m9"))
    outbox.failed("a", eg.failure("lost"), 100.0, 0.5)
    assert outbox.earliest_checked_ms == 1_000_000 - SERVERS_DIFFER_MS
    assert outbox.lost_as(arrived("yes", time_ms=1_000_000 - SERVERS_DIFFER_MS)) == "a"
    assert outbox.lost_as(arrived("yes", time_ms=1_000_000 - SERVERS_DIFFER_MS - 1)) is None
    assert outbox.lost_as(arrived("yes", id="m9")) is None


def test_with_nothing_known_our_clock_has_to_do() -> None:
    outbox = Outbox(is_idempotent=False)
    outbox.submit("a", "yes", 100.0, created_ms=5_000_000)
    lost(outbox, "a")
    assert outbox.lost_as(arrived("yes", time_ms=5_000_000 - CLOCKS_DIFFER_MS)) == "a"
    assert outbox.lost_as(arrived("yes", time_ms=5_000_000 - CLOCKS_DIFFER_MS - 1)) is None


def test_the_first_try_counts_for_where_a_send_may_stand() -> None:
    outbox = outbox_with("a", is_idempotent=False)
    outbox.pump(100.0, (1_000, "m1"))
    outbox.failed("a", eg.failure("unreachable"), 100.0, 0.0)
    outbox.pump(101.0, (2_000, "m2"))
    draft = outbox.get("a")
    assert draft is not None
    assert draft.after == (1_000, "m1")


@pytest.mark.parametrize("name", ["A_1.png", "file"])
def test_a_lost_file_is_recognised_by_its_name_as_far_as_the_server_tells_it(name: str) -> None:
    outbox = Outbox(is_idempotent=False)
    for draft_id, own in (("b", "b 1.png"), ("a", "a 1.png")):
        file = OutgoingFile(path="/tmp/x.png", name=own, media_type="image/png", size_bytes=3)
        outbox.submit(draft_id, "", 100.0, file=file)
        lost(outbox, draft_id)
        outbox.reconciled(100.0 + LAG_S)
    expected = "a" if name != "file" else "b"
    assert outbox.lost_as(arrived("", attachments=(Attachment(name=name),))) == expected
    assert outbox.lost_as(arrived("", attachments=(Attachment(name="other.png"),))) is None


def test_a_lost_file_is_recognised_by_being_one() -> None:
    file = OutgoingFile(path="/tmp/a.png", name="a.png", media_type="image/png", size_bytes=3)
    outbox = Outbox(is_idempotent=False)
    outbox.submit("a", "", 100.0, file=file)
    lost(outbox, "a")
    assert outbox.lost_as(arrived("")) is None
    assert outbox.lost_as(arrived("", attachments=(Attachment(name="a.png"),))) == "a"


# --- what an earlier run has left behind ------------------------------------------------------------------


def left_behind(state: str, age_ms: int = 0, *, is_idempotent: bool = True) -> tuple[Outbox, Draft]:
    outbox = Outbox(is_idempotent=is_idempotent)
    draft = Draft(draft_id="a", text="text of a", since=9_999.0, created_ms=10_000_000)
    draft.state = state  # type: ignore[assignment]
    return outbox, outbox.restore(draft, 100.0, 10_000_000 + age_ms)


def test_what_was_never_handed_over_goes_out_in_the_next_run() -> None:
    outbox, draft = left_behind("queued")
    assert outbox.pump(100.0) == [post("a")]
    assert draft.since == 100.0


def test_what_was_left_behind_long_ago_waits_for_the_user() -> None:
    outbox, draft = left_behind("queued", STALE_MS + 1)
    assert outbox.pump(100.0) == []
    assert (draft.state, draft.failure is not None) == ("failed", True)


@pytest.mark.parametrize("state", ["in_flight", "checking"])
def test_what_was_under_way_is_checked_in_the_next_run_and_never_just_sent(state: str) -> None:
    outbox, draft = left_behind(state)
    assert draft.state == "checking"
    assert outbox.pump(100.0) == []
    assert outbox.reconciled(100.0) == [draft]
    assert outbox.pump(100.0) == [post("a")]


def test_a_server_may_have_forgotten_the_id_of_what_was_under_way_long_ago() -> None:
    outbox, draft = left_behind("in_flight", STALE_MS + 1)
    assert outbox.reconciled(100.0) == []
    outbox.reconciled(100.0 + LAG_S)
    assert draft.state == "unknown"


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_what_the_user_has_not_decided_waits_in_the_next_run_too(state: str) -> None:
    outbox, draft = left_behind(state, STALE_MS + 1)
    assert draft.state == state
    assert outbox.pump(100.0) == []


def test_in_another_run_even_a_moment_before_is_before() -> None:
    outbox, draft = left_behind("in_flight", is_idempotent=False)
    draft.after = (1_000_000, "m9")
    assert outbox.lost_as(arrived(id="m9")) is None
    assert outbox.lost_as(arrived(time_ms=999_999)) is None
    assert outbox.lost_as(arrived()) == "a"


class OutboxMachine(RuleBasedStateMachine):
    """Sends, answers, echoes and lost answers in any order, against a server that knows what it has."""

    @initialize(is_idempotent=st.booleans())
    def start(self, is_idempotent: bool) -> None:
        self.is_idempotent = is_idempotent
        self.outbox = Outbox(is_idempotent=is_idempotent)
        self.now = 1000.0
        self.made = 0
        self.in_flight: list[str] = []
        self.at_server: list[str] = []
        self.user_insisted: set[str] = set()
        self.discarded: set[str] = set()
        self.left_to_the_user: set[str] = set()

    def pump(self) -> None:
        for call in self.outbox.pump(self.now):
            draft = call.draft_id
            assert not self.unanswered(), "two in flight"
            assert draft not in self.discarded
            assert draft not in self.left_to_the_user, "sent after the user was told to decide"
            if draft in self.at_server:
                assert self.is_idempotent or draft in self.user_insisted, "sent twice"
            earlier = [
                d for d in self.known() if number(d) < number(draft) and state_of(self.outbox, d) == "queued"
            ]
            assert not earlier, "out of order"
            self.in_flight.append(draft)
        deadline = self.outbox.next_deadline()
        assert deadline is None or deadline > self.now, "a deadline that never passes"

    def unanswered(self) -> list[str]:
        return [draft for draft in self.in_flight if draft in self.outbox]

    def known(self) -> list[str]:
        return [f"d{n}" for n in range(self.made) if f"d{n}" in self.outbox]

    @rule()
    def send(self) -> None:
        self.outbox.submit(f"d{self.made}", "text", self.now)
        self.made += 1
        self.pump()

    @rule(seconds=st.floats(0.1, 20))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.pump()

    @precondition(lambda self: self.in_flight)
    @rule()
    def answer(self) -> None:
        draft = self.take()
        self.arrives(draft)
        self.outbox.accepted(draft)
        self.pump()

    @precondition(lambda self: self.in_flight)
    @rule()
    def echo_before_the_answer(self) -> None:
        self.arrives(self.in_flight[0])
        self.outbox.accepted(self.in_flight[0])
        self.pump()

    @precondition(lambda self: self.in_flight)
    @rule(has_arrived=st.booleans())
    def lose_the_answer(self, has_arrived: bool) -> None:
        draft = self.take()
        if has_arrived:
            self.arrives(draft)
        self.outbox.failed(draft, eg.failure("lost"), self.now, 0.5)
        if draft in self.outbox:
            assert state_of(self.outbox, draft) == "checking"
        self.pump()

    @precondition(lambda self: self.in_flight)
    @rule(kind=st.sampled_from(["unreachable", "unavailable", "rate_limited", "rejected", "permission"]))
    def refuse(self, kind: FailureKind) -> None:
        self.outbox.failed(self.take(), eg.failure(kind), self.now, 0.5)
        self.pump()

    @rule()
    def read_history(self) -> None:
        for draft in self.known():
            if draft in self.at_server:
                self.outbox.accepted(draft)
        self.decided(self.outbox.reconciled(self.now))
        self.pump()

    @rule()
    def history_cannot_be_read(self) -> None:
        self.decided(self.outbox.undecided(self.now))
        self.pump()

    def decided(self, drafts: list[Draft]) -> None:
        self.left_to_the_user.update(draft.draft_id for draft in drafts if draft.state == "unknown")

    @rule(data=st.data())
    def user_decides(self, data: st.DataObject) -> None:
        idle = [d for d in self.known() if state_of(self.outbox, d) not in ("in_flight", "checking")]
        if not idle:
            return
        draft = data.draw(st.sampled_from(idle))
        self.left_to_the_user.discard(draft)
        if state_of(self.outbox, draft) != "queued" and data.draw(st.booleans()):
            self.user_insisted.add(draft)
            assert self.outbox.retry(draft, self.now)
        else:
            self.discarded.add(draft)
            assert self.outbox.discard(draft)
        self.pump()

    def take(self) -> str:
        return self.in_flight.pop(0)

    def arrives(self, draft: str) -> None:
        if draft not in self.at_server:
            self.at_server.append(draft)

    @invariant()
    def nothing_is_lost_in_silence(self) -> None:
        for n in range(self.made):
            draft = f"d{n}"
            assert draft in self.outbox or draft in self.at_server or draft in self.discarded

    def teardown(self) -> None:
        for _ in range(3 * getattr(self, "made", 0) + 3):
            self.now += 31.0
            self.pump()
            while self.in_flight:
                self.answer()
            self.read_history()
        assert self.outbox.is_settled


def number(draft_id: str) -> int:
    return int(draft_id[1:])


TestOutbox = OutboxMachine.TestCase


def test_a_retried_draft_waits_for_the_one_in_flight() -> None:
    outbox = outbox_with("a", "b", "c")
    outbox.pump(100.0)
    outbox.failed("a", eg.failure("rejected"), 100.0, 0.5)
    assert outbox.pump(100.0) == [post("b")]
    outbox.retry("a", 100.0)
    assert outbox.pump(100.0) == []
    assert outbox.next_deadline() is None
    outbox.accepted("b")
    assert outbox.pump(100.0) == [post("a")]


@pytest.mark.parametrize(
    ("status", "state"),
    [(500, "checking"), (507, "checking"), (503, "queued"), (408, "queued"), (None, "queued")],
)
def test_a_send_is_repeated_only_if_the_server_surely_has_not_taken_it(
    status: int | None, state: str
) -> None:
    outbox = outbox_with("a", is_idempotent=False)
    outbox.pump(100.0)
    outbox.failed("a", eg.failure("unavailable", status=status), 100.0, 0.5)
    assert state_of(outbox, "a") == state


# --- waits, limits and what a store has to hear -----------------------------------------------------------


def waits_of(outbox: Outbox, kind: FailureKind, count: int) -> list[float]:
    """How long a draft waits after each failure, as long as may be."""
    now, waits = 100.0, list[float]()
    for _ in range(count):
        outbox.pump(now)
        draft = outbox.failed("a", eg.failure(kind), now, 1.0)
        assert draft is not None
        waits.append(draft.not_before - now)
        now = draft.not_before
    return waits


def test_the_wait_grows_from_one_try_to_the_next() -> None:
    assert waits_of(outbox_with("a"), "unreachable", 5) == [3.0, 3.0, 3.0, 4.0, 8.0]


def test_a_wait_may_end_with_the_time_that_a_draft_has() -> None:
    outbox = outbox_with("a")
    outbox.pump(100.0)
    outbox.failed("a", eg.failure("rate_limited", retry_after_s=TOTAL_S), 100.0, 0.0)
    assert outbox.next_deadline() == 100.0 + TOTAL_S
    outbox = outbox_with("a")
    outbox.pump(100.0)
    outbox.failed("a", eg.failure("rate_limited", retry_after_s=TOTAL_S + 0.1), 100.0, 0.0)
    assert state_of(outbox, "a") == "failed"


def test_what_the_server_has_refused_three_times_waits_for_the_user_and_begins_anew_then() -> None:
    outbox = outbox_with("a")
    for _ in range(2):
        for attempt in range(MAX_ATTEMPTS):
            outbox.pump(200.0 + attempt)
            outbox.failed("a", eg.failure("rate_limited"), 100.0, 0.0)
            assert state_of(outbox, "a") == ("queued" if attempt < MAX_ATTEMPTS - 1 else "failed")
        draft = outbox.retry("a", 100.0)
        assert draft is not None
        assert draft.attempts == 0


def test_a_draft_remembers_why_it_waits() -> None:
    outbox = outbox_with("a")
    outbox.pump(100.0)
    draft = outbox.failed("a", eg.failure("unavailable"), 100.0, 0.5)
    assert draft is not None
    assert draft.failure == eg.failure("unavailable")


def test_where_a_draft_was_first_handed_over_stays_known_when_the_user_tries_again() -> None:
    outbox = outbox_with("a")
    outbox.pump(100.0, after=(1, "m1"))
    outbox.failed("a", eg.failure("permission"), 100.0, 0.5)
    outbox.retry("a", 101.0)
    outbox.pump(101.0, after=(2, "m2"))
    draft = outbox.get("a")
    assert draft is not None
    assert draft.after == (1, "m1")


def test_the_nearest_of_several_checks_and_the_furthest_of_several_places_count() -> None:
    outbox = Outbox(is_idempotent=False)
    for number, draft_id in enumerate(("a", "b")):
        outbox.submit(draft_id, f"text of {draft_id}", 100.0, eg.START_MS + number * 1000)
        outbox.pump(100.0 + number)
        outbox.failed(draft_id, eg.failure("lost"), 100.0 + number, 0.5)
    assert outbox.next_check() == 100.0
    assert outbox.earliest_checked_ms == eg.START_MS - CLOCKS_DIFFER_MS
    assert outbox.is_check_due(100.5)
    assert outbox.next_check() == 101.0


def test_what_was_left_behind_for_just_ten_minutes_still_goes_out() -> None:
    assert left_behind("queued", STALE_MS)[1].state == "queued"
    assert left_behind("queued", STALE_MS + 1)[1].state == "failed"


def test_what_was_under_way_when_the_program_ended_says_so_and_counts_as_one_lost_answer() -> None:
    draft = left_behind("in_flight", 1000)[1]
    assert draft.lost_answers == 1
    assert draft.failure is not None
    assert "ended before the answer" in draft.failure.message


def sent_file() -> OutgoingFile:
    return OutgoingFile(path="/f", name="f", media_type="text/plain", size_bytes=1)


@pytest.mark.parametrize(
    "what",
    ["restored", "failed", "given up", "retried", "cancelled", "never sent", "undecided", "reconciled"],
)
def test_a_store_hears_of_every_change(what: str) -> None:
    outbox = Outbox(is_idempotent=what == "reconciled")
    outbox.submit("a", "text of a", 100.0, file=sent_file())
    if what not in ("restored", "given up"):
        outbox.pump(100.0)
    if what == "retried":
        outbox.failed("a", eg.failure("permission"), 100.0, 0.5)
    if what == "never sent":
        outbox.cancel("a")
    if what in ("undecided", "reconciled"):
        outbox.failed("a", eg.failure("lost"), 100.0, 0.5)
    outbox.touched.clear()
    match what:
        case "restored":
            outbox.restore(left_behind("queued", 1000)[1], 100.0, eg.START_MS)
        case "failed":
            outbox.failed("a", eg.failure("unavailable"), 100.0, 0.5)
        case "given up":
            outbox.give_up(eg.failure("unreachable"))
        case "retried":
            outbox.retry("a", 101.0)
        case "cancelled":
            outbox.cancel("a")
        case "never sent":
            outbox.is_given_up("a", eg.failure("permission"))
        case "undecided":
            outbox.undecided(100.0 + TOTAL_S)
        case _:
            outbox.reconciled(101.0)
    assert list(outbox.touched) == ["a"]
