"""What is in entries and in the state beside them."""

from __future__ import annotations

import msgspec
import pytest

from ipygenesys._core.model.platform_events import CapabilitiesLearned, ConversationCleared
from ipygenesys._core.relay import entries
from ipygenesys._core.relay.entries import Reached, RelayState, Renewed, UpstreamTold, own_part
from ipygenesys._core.relay.positions import Position
from tests import examples as eg


def test_an_entry_comes_back_as_it_was() -> None:
    said = (eg.arrived(1), eg.receipt("m1"), eg.presence(), ConversationCleared(by_us=False), Renewed())
    assert entries.entry_of(entries.encoded(said)) == said
    passing = (entries.Reached(Position(5, 2)), eg.typing())
    assert entries.passing_of(entries.encoded(passing)) == passing
    assert entries.passing_of(b"[]") == ()
    assert entries.message_of(entries.encoded(eg.arrived(1))) == eg.arrived(1)


def test_a_sign_of_life_tells_how_far_the_entries_go_once_there_are_some() -> None:
    assert entries.passing_of(entries.sign_of_life(Position(5, 3))) == (Reached(Position(5, 3)),)
    assert entries.passing_of(entries.sign_of_life(Position(5, 0))) == ()


def test_a_state_comes_back_as_it_was() -> None:
    state = RelayState(
        run="r",
        own=own_part(("p1",), "customer"),
        able=CapabilitiesLearned(frozenset({"send"})),
        upstream=UpstreamTold("reconnecting", eg.failure()),
        people=(eg.presence(name="Ann", role="agent"),),
        has_older=True,
        unsettled_after="m1",
    )
    assert entries.state_of(entries.encoded(state)) == state


@pytest.mark.parametrize("read", [entries.entry_of, entries.state_of, entries.passing_of, entries.message_of])
def test_what_cannot_be_read_is_an_error(read: object) -> None:
    with pytest.raises(msgspec.DecodeError):
        read(b'{"type": "Later"}')  # type: ignore[operator]
