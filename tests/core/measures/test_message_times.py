"""Receipts, typing and the coming of agents, as they are heard."""

from __future__ import annotations

import pytest

from ipygenesys._core.measures import message_times
from ipygenesys._core.measures.message_times import AgentCame, MessageTimes, Times
from ipygenesys._core.model.inputs import HoldTyping, NoteKeystroke, ReconnectNow, Send, StopComposing
from ipygenesys._core.model.platform_events import (
    ConversationChanged,
    MessageArrived,
    PlatformEvent,
    PresenceChanged,
    ReceiptArrived,
    TypingNoticed,
)

NOW_MS = 1_800_000_000_000


def receipt(status: str, time_ms: int | None = None, id_: str = "m1") -> ReceiptArrived:
    return ReceiptArrived(message_id=id_, participant_id="p", status=status, time_ms=time_ms)  # type: ignore[arg-type]


def typing(is_typing: bool = True, who: str | None = "ann", duration_s: float | None = None) -> TypingNoticed:
    return TypingNoticed(participant_id=who, is_typing=is_typing, duration_s=duration_s)


def message(id_: str = "m1", who: str | None = "ann", **fields: object) -> MessageArrived:
    return MessageArrived(id=id_, participant_id=who, **fields)  # type: ignore[arg-type]


def told(*events: tuple[float, PlatformEvent], times: MessageTimes | None = None) -> MessageTimes:
    times = times or MessageTimes()
    for at, event in events:
        times.heard(event, at, NOW_MS + int(at * 1000))
    return times


def test_the_first_receipt_of_a_kind_tells_when() -> None:
    times = told(
        (1, receipt("delivered", 5_000)),
        (2, receipt("delivered", 9_000)),
        (3, receipt("read")),
        (4, receipt("read", 4_000)),
        (5, receipt("failed")),
    )

    assert times.of("m1") == Times(delivered_ms=5_000, read_ms=NOW_MS + 3_000)
    assert times.of("m2") == Times()


def test_typing_leads_to_the_authors_next_message() -> None:
    times = told(
        (0, typing()), (3, typing()), (4, typing(who="ben")), (7, message()), (8, message("m2", "ben"))
    )

    assert times.of("m1").typing_before_s == 7.0
    assert times.of("m2").typing_before_s == 4.0


def test_pauses_are_left_out() -> None:
    times = told((0, typing()), (2, typing(False)), (60, typing()), (63, message()), (64, message("m2")))

    assert times.of("m1").typing_before_s == 5.0
    assert times.of("m2").typing_before_s is None


@pytest.mark.parametrize(
    ("duration_s", "typed_s"), [(None, 5.0), (3.0, 3.0), (99.0, 15.0), (-1.0, 5.0), (float("nan"), 5.0)]
)
def test_what_is_not_heard_of_again_has_ended_by_itself(duration_s: float | None, typed_s: float) -> None:
    times = told((0, typing(duration_s=duration_s)), (40, typing(duration_s=2.0)), (41, message()))

    assert times.of("m1").typing_before_s == typed_s + 1.0


def test_unnamed_typing_is_of_whoever_of_the_others_writes_next() -> None:
    times = told(
        (0, typing(who=None)),
        (1, message("ours", None, role="customer")),
        (1, message("draft", None, draft_id="d")),
        (4, message("theirs", "a7", role="agent")),
        (5, message("next", "a7", role="agent")),
    )

    assert [times.of(id_).typing_before_s for id_ in ("ours", "draft", "theirs", "next")] == [
        None,
        None,
        4.0,
        None,
    ]


def test_a_message_that_is_listed_again_takes_no_typing() -> None:
    times = told((0, message()), (1, typing()), (3, message()), (5, message("m2")))

    assert times.of("m1").typing_before_s is None
    assert times.of("m2").typing_before_s == 4.0


def test_a_message_from_before_we_came_takes_no_typing() -> None:
    times = told((0, typing()))
    times.heard(message(), 3, NOW_MS, is_live=False)
    told((4, message("m2")), times=times)

    assert times.of("m1").typing_before_s is None
    assert times.of("m2").typing_before_s == 4.0


def test_our_own_keys_lead_to_our_own_message_which_is_known_by_its_draft() -> None:
    times = MessageTimes()
    for at, command in (
        (0.0, NoteKeystroke()),
        (4.0, NoteKeystroke()),
        (6.0, StopComposing()),
        (10.0, HoldTyping()),
        (70.0, ReconnectNow()),
        (72.0, Send("d1", "hi")),
        (73.0, Send("d2", "ho")),
    ):
        times.commanded(command, at)
    told((74, receipt("read", 1_000)), times=times)

    assert times.of("m1", "d1") == Times(typing_before_s=68.0, read_ms=1_000)
    assert times.of("m2", "d2").typing_before_s is None


def test_agents_who_come_while_we_listen_are_known_with_their_time() -> None:
    times = told(
        (1, PresenceChanged(participant_id="a", has_joined=True, name="Ann", role="agent")),
        (2, PresenceChanged(participant_id="a", has_joined=True, name="Ann", role="agent")),
        (3, PresenceChanged(participant_id="b", has_joined=True, role="agent")),
        (4, PresenceChanged(participant_id="c", has_joined=True, role="customer")),
        (5, PresenceChanged(participant_id=None, has_joined=True, role="agent")),
        (6, PresenceChanged(participant_id="d", has_joined=False, role="agent")),
        (7, ConversationChanged(is_open=True)),
    )
    times.heard(PresenceChanged(participant_id="e", has_joined=True, role="agent"), 8, 0, is_live=False)

    assert times.agents_came == (
        AgentCame(sender="Ann", time_ms=NOW_MS + 1_000),
        AgentCame(sender="Agent", time_ms=NOW_MS + 3_000),
    )


def test_notes_are_bounded_and_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_times, "MAX_MESSAGES", 2)
    times = told(*((number, receipt("read", number, f"m{number}")) for number in (1, 2, 3)))

    assert [times.of(f"m{number}").read_ms for number in (1, 2, 3)] == [None, 2, 3]
