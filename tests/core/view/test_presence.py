"""Which pages are there: a goodbye, a silence, a reload, and whose composer is the last to stop."""

from __future__ import annotations

from ipygenesys._core.model.inputs import (
    Command,
    NoteKeystroke,
    ReconnectNow,
    StopComposing,
    ViewsGone,
)
from ipygenesys._core.view.presence import MAX_CLIENTS, ViewPresence
from ipygenesys._core.view.protocol import (
    VIEW_SILENCE_S,
    ComposingStopped,
    Goodbye,
    Hello,
    KeystrokeNoted,
    ReconnectRequested,
    Snapshot,
    ViewHeartbeat,
)
from tests.core.desk import Desk


def test_our_typing_ends_with_the_last_composer_that_was_busy(desk: Desk) -> None:
    desk.hello("a")
    desk.hello("b")
    desk.says(KeystrokeNoted, "a")
    desk.says(KeystrokeNoted, "b")
    assert desk.says(ComposingStopped, "a", reason="hidden") == []
    assert desk.says(ComposingStopped, "b", reason="hidden") == [StopComposing()]


def test_a_page_that_goes_while_composing_ends_our_typing(desk: Desk) -> None:
    desk.hello("a")
    desk.says(KeystrokeNoted, "a")
    assert desk.says(Goodbye, "a") == [StopComposing()]


def test_a_goodbye_is_believed_only_after_a_silence(desk: Desk) -> None:
    desk.hello()
    desk.says(Goodbye)
    assert not desk.has_views()
    assert desk.rest(VIEW_SILENCE_S - 0.1) == []
    assert desk.rest(0.2) == [ViewsGone()]
    assert desk.rest(1000.0) == []


def test_a_page_that_reloads_is_back_before_anybody_is_gone(desk: Desk) -> None:
    desk.hello("a")
    desk.says(Goodbye, "a")
    desk.rest(3.0)
    desk.hello("b")
    commands = list[Command]()
    for _ in range(20):
        commands += desk.rest(20.0)
        desk.says(ViewHeartbeat, "b")
    assert commands == []


def test_a_view_that_falls_silent_is_gone_after_a_hundred_and_fifty_seconds(desk: Desk) -> None:
    desk.hello()
    assert desk.rest(VIEW_SILENCE_S - 0.1) == []
    assert desk.has_views()
    assert desk.rest(0.2) == [ViewsGone()]
    assert not desk.has_views()


def test_a_view_that_falls_silent_while_composing_ends_our_typing(desk: Desk) -> None:
    desk.hello()
    desk.says(KeystrokeNoted)
    assert desk.rest(VIEW_SILENCE_S) == [StopComposing(), ViewsGone()]


def test_one_of_two_views_that_goes_leaves_the_other(desk: Desk) -> None:
    desk.hello("a")
    desk.hello("b")
    desk.says(Goodbye, "a")
    assert desk.has_views()
    desk.rest(100.0)
    desk.says(ViewHeartbeat, "b")
    assert desk.rest(100.0) == []


def test_a_goodbye_from_nobody_changes_nothing(desk: Desk) -> None:
    desk.hello("a")
    assert desk.says(Goodbye, "b") == []
    assert desk.has_views()


def test_a_key_behind_a_goodbye_is_ignored(desk: Desk) -> None:
    desk.hello()
    assert desk.hub.receive(KeystrokeNoted(client="c", seq=3), desk.clock.monotonic) == []
    assert desk.hub.receive(Goodbye(client="c", seq=2), desk.clock.monotonic) == []
    assert not desk.has_views()


def test_a_first_hello_that_is_overtaken_is_not_lost(desk: Desk) -> None:
    now = desk.clock.monotonic
    assert desk.hub.receive(KeystrokeNoted(client="c", seq=2), now) == []
    assert desk.hub.receive(Hello(client="c", seq=1, protocol_version=1), now) == [NoteKeystroke()]
    assert any(isinstance(message, Snapshot) for message in desk.flush())


def test_a_page_that_was_forgotten_is_known_again_when_it_speaks(desk: Desk) -> None:
    desk.hello()
    desk.rest(VIEW_SILENCE_S)
    desk.seqs["c"] = 57
    desk.says(ViewHeartbeat)
    assert desk.has_views()
    desk.rest(0.3)
    assert desk.says(ReconnectRequested) == [ReconnectNow()]
    desk.rest(VIEW_SILENCE_S)
    desk.hello()


def test_a_hello_right_behind_a_goodbye_is_answered(desk: Desk) -> None:
    desk.hello()
    now = desk.clock.monotonic
    assert desk.hub.receive(Hello(client="c", seq=3, protocol_version=1), now) == []
    assert desk.hub.receive(Goodbye(client="c", seq=2), now) == []
    assert desk.has_views()
    assert any(isinstance(message, Snapshot) for message in desk.flush())
    assert desk.rest(VIEW_SILENCE_S - 1) == []
    assert desk.hub.receive(KeystrokeNoted(client="c", seq=4), desk.clock.monotonic) == [NoteKeystroke()]


def test_what_comes_behind_a_goodbye_does_no_harm(desk: Desk) -> None:
    desk.hello()
    now = desk.clock.monotonic
    desk.hub.receive(ComposingStopped(client="c", seq=4, reason="closed"), now)
    desk.hub.receive(Goodbye(client="c", seq=3), now)
    assert desk.hub.receive(Goodbye(client="c", seq=2), now) == [StopComposing()]
    assert not desk.has_views()


def test_of_too_many_pages_the_one_heard_of_longest_ago_is_forgotten_until_it_speaks() -> None:
    presence = ViewPresence()
    for number in range(MAX_CLIENTS):
        presence.heard(ViewHeartbeat(client=f"page {number}", seq=1), float(number))
    presence.heard(ViewHeartbeat(client="page 0", seq=2), 1000.0)

    assert presence.crowded_out_by("page 5") is None
    assert presence.crowded_out_by("another") == "page 1"


def test_a_thousand_names_are_a_bounded_number_of_pages(desk: Desk) -> None:
    desk.hello("first")
    desk.says(KeystrokeNoted, "first")
    commands = list[Command]()
    for number in range(1000):
        commands += desk.says(Hello, f"page {number}", protocol_version=1)

    assert len(desk.hub._presence.clients) == MAX_CLIENTS
    assert commands == [StopComposing()]
    desk.says(ViewHeartbeat, "first")
    assert "first" in dict(desk.hub._presence.clients)


def test_pages_that_cannot_be_reached_are_forgotten_one_or_all_and_back_with_a_hello(desk: Desk) -> None:
    for name in ("a", "b"):
        desk.hello(name)
    desk.says(KeystrokeNoted, "b")

    desk.hub.unreachable("a")
    assert [name for name, _ in desk.hub._presence.clients] == ["b"]
    desk.hub.unreachable(None)
    assert not desk.has_views()

    assert desk.rest(0.0) == [StopComposing()]
    desk.hello("a")
    assert desk.has_views()
