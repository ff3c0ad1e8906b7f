"""What viewers ask, what is answered, and what may be asked."""

from __future__ import annotations

import pytest

from ipygenesys._core.model.operations import (
    FetchHistory,
    MarkRead,
    MarkReadUpTo,
    PostMessage,
    RefreshAttachment,
    SetTyping,
)
from ipygenesys._core.relay import commands
from ipygenesys._core.relay.commands import Answer, Command, Greet, able_with, refusal_of
from ipygenesys._core.relay.rights import ALL_RIGHTS
from tests import examples as eg


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
