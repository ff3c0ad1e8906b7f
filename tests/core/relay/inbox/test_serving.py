from __future__ import annotations

from ipygenesys._core.inbox.inputs import SetInSight
from ipygenesys._core.model.operations import MarkRead
from ipygenesys._core.relay.commands import LOOK_S, Command, Greet, LookAt, OpenConversation, Wanted
from ipygenesys._core.relay.inbox import serving as module
from ipygenesys._core.relay.inbox.serving import RowsServing, RowsWork
from ipygenesys._core.relay.rights import Right

SEE: frozenset[Right] = frozenset({"see"})
ROWS = {"1", "2", "3"}


def ask(
    serving: RowsServing, wanted: Wanted, viewer: str = "v", at: float = 0.0, rights: frozenset[Right] = SEE
) -> RowsWork:
    command = Command(viewer=viewer, number=7, wanted=wanted)
    return serving.take("ann", command, at, rights=rights, rows=ROWS)


def failures(work: RowsWork) -> list[str]:
    return [reply.answer.failure.kind for reply in work.replies if reply.answer.failure is not None]


def test_who_may_see_is_greeted_and_who_may_not_is_refused() -> None:
    serving = RowsServing()
    (reply,) = ask(serving, Greet()).replies
    assert (reply.to.user, reply.to.viewer, reply.answer.number) == ("ann", "v", 7)
    assert reply.answer.rights == SEE
    for wanted in (Greet(), LookAt("1"), OpenConversation("1")):
        assert failures(ask(serving, wanted, rights=frozenset({"send"}))) == ["permission"]
    assert serving.opened == ()


def test_what_viewers_have_selected_comes_before_what_they_see_and_the_newest_first() -> None:
    serving = RowsServing()
    assert ask(serving, LookAt("1", ("2",))).inputs == [SetInSight(("1", "2"))]
    assert ask(serving, LookAt("3", ("1",)), "w").inputs == [SetInSight(("3", "1", "2"))]
    assert ask(serving, LookAt("3", ("1",)), "w").inputs == [], "nothing new"
    assert ask(serving, LookAt(), "w").inputs == [SetInSight(("1", "2"))]
    assert not ask(serving, LookAt("1"), "x").replies


def test_looks_are_so_many_at_most() -> None:
    serving, many = RowsServing(), tuple(str(number) for number in range(2 * module.MAX_LOOKED_AT))
    (look,) = ask(serving, LookAt(None, many)).inputs
    assert len(look.conversation_ids) == module.MAX_LOOKED_AT


def test_who_is_not_heard_of_any_more_looks_at_nothing_and_wants_nothing_open() -> None:
    serving = RowsServing()
    assert serving.next_deadline() is None
    ask(serving, LookAt("1"), at=0.0)
    ask(serving, OpenConversation("2"), at=1.0)
    ask(serving, OpenConversation("2"), "w", at=2.0)
    assert serving.next_deadline() == LOOK_S
    assert serving.tick(LOOK_S).inputs == [SetInSight(())]
    assert list(serving.opened) == ["2"] and serving.next_deadline() == 2.0 + LOOK_S
    serving.tick(2.0 + LOOK_S)
    assert not serving.opened


def test_what_is_not_among_the_rows_is_not_opened_and_what_is_of_a_conversation_not_done() -> None:
    serving = RowsServing()
    assert failures(ask(serving, OpenConversation("elsewhere"))) == ["unavailable"]
    assert serving.opened == ()
    assert failures(ask(serving, MarkRead("m"), rights=frozenset({"read"}))) == ["unsupported"]
