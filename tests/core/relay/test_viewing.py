"""What a viewer makes of what a relay has written."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.messages import Capability
from ipygenesys._core.model.platform_events import CapabilitiesLearned, ConversationChanged, FrameIgnored
from ipygenesys._core.relay.entries import Reached, RelayState, Renewed, UpstreamTold, own_part
from ipygenesys._core.relay.positions import Position
from ipygenesys._core.relay.rights import ALL_RIGHTS
from ipygenesys._core.relay.viewing import MAX_EARLY, UpstreamIsGone, Viewing
from tests import examples as eg

ABLE: frozenset[Capability] = frozenset({"send", "send_typing", "history"})
ANN = eg.presence(name="Ann", role="agent")


def state(run: str = "run", **changes: object) -> RelayState:
    fields: dict[str, object] = {
        "run": run,
        "own": own_part(("p1",), "customer"),
        "able": CapabilitiesLearned(ABLE),
        "upstream": UpstreamTold("connected"),
        "people": (ANN,),
    }
    return RelayState(**{**fields, **changes})  # type: ignore[arg-type]


def viewing(epoch: int = 5, sequence: int = 1) -> Viewing:
    viewing = Viewing()
    viewing.began(state(), ALL_RIGHTS, Position(epoch, sequence))
    return viewing


def test_the_first_look_tells_who_we_are_what_we_can_do_and_who_is_there() -> None:
    viewing = Viewing()
    events = viewing.began(state(), ALL_RIGHTS, Position(5, 1))
    assert events == (
        own_part(("p1",), "customer"),
        CapabilitiesLearned(ABLE),
        ANN,
        ConversationChanged(True),
    )
    assert viewing.capabilities == ABLE


def test_a_later_look_has_history_read_if_something_may_be_missing() -> None:
    assert FrameIgnored("overflow") not in viewing().began(state(), ALL_RIGHTS, Position(5, 9))
    assert FrameIgnored("overflow") in viewing().began(state(), ALL_RIGHTS, Position(6, 1))
    assert FrameIgnored("overflow") in viewing().began(state("another"), ALL_RIGHTS, Position(5, 9))
    assert FrameIgnored("overflow") in viewing().began(state(), ALL_RIGHTS, None)


def test_rights_limit_what_can_be_done_now_and_later() -> None:
    viewing = Viewing()
    viewing.began(state(), frozenset({"see"}), Position(5, 1))
    assert viewing.capabilities == {"history"}
    told = viewing.read(Position(5, 2), (CapabilitiesLearned(ABLE | {"send_read"}),))
    assert told == (CapabilitiesLearned(frozenset({"history"})),)


def test_entries_are_told_in_order_and_once() -> None:
    looking = viewing()
    assert looking.read(Position(5, 2), (eg.arrived(1), eg.receipt("m1"))) == (
        eg.arrived(1),
        eg.receipt("m1"),
    )
    assert looking.read(Position(5, 2), (eg.arrived(1),)) == ()


@pytest.mark.parametrize("entry", [Position(5, 3), Position(6, 1)])
def test_an_entry_that_is_not_the_next_one_has_all_read_anew(entry: Position) -> None:
    looking = viewing()
    assert looking.read(entry, (eg.arrived(1),)) is None
    # Also what seems to go on from where we were.
    assert FrameIgnored("overflow") in looking.began(state(), ALL_RIGHTS, Position(5, 1))


def test_a_relay_that_says_so_has_all_read_anew() -> None:
    assert viewing().read(Position(5, 2), (eg.arrived(1), Renewed())) is None


def test_the_end_of_a_conversation_is_told() -> None:
    why = eg.failure("rejected")
    assert viewing().read(Position(5, 2), (UpstreamTold("read_only", why),)) == (
        ConversationChanged(False, why),
    )
    assert viewing().read(Position(5, 2), (UpstreamTold("connected"),)) == (ConversationChanged(True),)


@pytest.mark.parametrize("status", ["idle", "connecting", "reconnecting", "closed", "failed"])
def test_a_relay_without_a_connection_of_its_own_is_a_lost_stream(status: str) -> None:
    with pytest.raises(UpstreamIsGone) as gone:
        viewing().read(Position(5, 2), (UpstreamTold(status, eg.failure()),))  # type: ignore[arg-type]
    assert gone.value.failure.is_transient
    assert gone.value.failure.message.endswith(eg.failure().message)
    assert UpstreamIsGone(UpstreamTold("closed")).failure.message.endswith("platform.")


def test_what_is_said_in_passing_after_an_entry_waits_for_it() -> None:
    looking = viewing()
    now, later = Reached(Position(5, 1)), Reached(Position(5, 3))
    assert looking.passed((now, eg.typing())) == (now, eg.typing())
    assert looking.passed((later,)) == (later,) and looking.passed(()) == ()
    assert looking.passed((later, eg.typing())) == (later,), "a sign of life does not wait"
    assert looking.read(Position(5, 2), (eg.arrived(1),)) == (eg.arrived(1),)
    assert looking.read(Position(5, 3), (eg.arrived(2),)) == (eg.arrived(2), eg.typing())
    looking.passed((Reached(Position(5, 4)), eg.typing()))
    assert eg.typing() in looking.began(state(), ALL_RIGHTS, Position(6, 1))
    assert eg.typing() not in looking.began(state(), ALL_RIGHTS, Position(6, 1))


def test_typing_that_comes_after_the_message_that_it_led_to_is_over() -> None:
    looking = viewing()
    theirs = eg.arrived(1, participant_id=eg.typing().participant_id)
    looking.read(Position(5, 2), (theirs,))
    before, after, another = (
        Reached(Position(5, 1)),
        Reached(Position(5, 2)),
        eg.typing(participant_id="another"),
    )
    assert looking.passed((before, eg.typing())) == (before,)
    assert looking.passed((before, another)) == (before, another)
    assert looking.passed((after, eg.typing())) == (after, eg.typing())


def test_no_more_of_it_waits_than_a_bound() -> None:
    looking = viewing()
    for number in range(MAX_EARLY + 1):
        looking.passed((Reached(Position(5, 2)), eg.typing(participant_id=f"p{number}")))
    told = looking.read(Position(5, 2), (eg.arrived(1),))
    assert told is not None and len(told) == 1 + MAX_EARLY
