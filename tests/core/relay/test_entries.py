"""What travels by Redis: entries, states, commands and answers; and what they are called there."""

from __future__ import annotations

import msgspec
import pytest

from ipygenesys._core.model.operations import (
    FetchHistory,
    MarkRead,
    MarkReadUpTo,
    PostMessage,
    RefreshAttachment,
    SetTyping,
)
from ipygenesys._core.model.platform_events import CapabilitiesLearned, ConversationCleared
from ipygenesys._core.relay import commands, entries
from ipygenesys._core.relay.commands import Answer, Command, Greet, able_with, refusal_of
from ipygenesys._core.relay.entries import RelayState, Renewed, UpstreamTold, own_part
from ipygenesys._core.relay.keys import Keys, inbox_name
from ipygenesys._core.relay.rights import ALL_RIGHTS, Everybody, Refused
from tests import examples as eg


def test_an_entry_comes_back_as_it_was() -> None:
    said = (eg.arrived(1), eg.receipt("m1"), eg.presence(), ConversationCleared(by_us=False), Renewed())
    assert entries.entry_of(entries.encoded(said)) == said
    assert entries.passing_of(entries.encoded((eg.typing(),))) == (eg.typing(),)
    assert entries.passing_of(b"[]") == ()
    assert entries.message_of(entries.encoded(eg.arrived(1))) == eg.arrived(1)


def test_a_state_comes_back_as_it_was() -> None:
    state = RelayState(
        run="r",
        own=own_part(("p1",), "customer"),
        able=CapabilitiesLearned(frozenset({"send"})),
        upstream=UpstreamTold("reconnecting", eg.failure()),
        people=(eg.presence(name="Ann", role="agent"),),
        has_older=True,
    )
    assert entries.state_of(entries.encoded(state)) == state


@pytest.mark.parametrize("read", [entries.entry_of, entries.state_of, entries.passing_of, entries.message_of])
def test_what_cannot_be_read_is_an_error(read: object) -> None:
    with pytest.raises(msgspec.DecodeError):
        read(b'{"type": "Later"}')  # type: ignore[operator]


@pytest.mark.parametrize(
    "wanted",
    [
        Greet(),
        PostMessage("d1", "hello"),
        SetTyping(True),
        MarkRead("m1"),
        MarkReadUpTo("m2", ("m1", "m2")),
        FetchHistory(before="m1"),
        RefreshAttachment("m1", "a1"),
    ],
)
def test_a_command_comes_back_as_it_was(wanted: commands.Wanted) -> None:
    command = Command(viewer="v", number=3, wanted=wanted, token="t")
    assert commands.command_of(commands.encoded(command)) == command


def test_an_answer_comes_back_as_it_was() -> None:
    answer = Answer(number=3, failure=eg.failure(), message=eg.arrived(1), rights=ALL_RIGHTS)
    assert commands.answer_of(commands.encoded(answer)) == answer


def test_a_command_shows_neither_its_token_nor_what_it_says() -> None:
    command = Command(viewer="v", number=3, wanted=PostMessage("d1", "secret words"), token="secret token")
    assert "secret" not in repr(command)


def test_all_keys_of_a_conversation_are_kept_together() -> None:
    keys = Keys("c1")
    names = [
        *keys.lasting,
        keys.lease,
        keys.typing,
        keys.commands("u"),
        keys.answers("u", "v"),
        keys.sent("d"),
    ]
    assert all(name.startswith("ipygenesys:{c1}:") for name in names)
    assert len(set(names)) == len(names)
    assert Keys(inbox_name("support")).lease == "ipygenesys:{inbox:support}:lease"


@pytest.mark.parametrize(
    ("wanted", "right"),
    [
        (Greet(), "see"),
        (FetchHistory(), "see"),
        (RefreshAttachment("m", "a"), "see"),
        (PostMessage("d", "t"), "send"),
        (SetTyping(True), "type"),
        (MarkRead("m"), "read"),
        (MarkReadUpTo("m", ("m",)), "read"),
    ],
)
def test_who_lacks_a_right_is_told_which(wanted: commands.Wanted, right: str) -> None:
    refusal = refusal_of(wanted, frozenset(ALL_RIGHTS - {right}), "ann")
    assert refusal is not None
    assert refusal.kind == "permission" and "'ann'" in refusal.message and repr(right) in refusal.message
    assert refusal_of(wanted, ALL_RIGHTS, "ann") is None


def test_rights_leave_of_what_can_be_done_what_they_allow() -> None:
    able = eg.profile().capabilities
    assert able_with(able, ALL_RIGHTS) == able
    assert able_with(able, frozenset({"see"})).isdisjoint({"send", "send_typing", "send_read"})
    assert "send_typing" in able_with(able, frozenset({"see", "send", "type"}))


async def test_without_rules_everybody_may_do_everything() -> None:
    assert await Everybody().of("u", None, "c") == ALL_RIGHTS
    assert Everybody().users() == ("default",)
    assert Refused("why").words == "why"
