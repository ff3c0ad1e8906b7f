"""One table of many conversations."""

from __future__ import annotations

from typing import Any

import pytest

import ipygenesys as ig


def guest(simulator: ig.Simulator) -> ig.WebMessaging:
    return ig.WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)


async def test_a_table_of_two_guests_tells_their_conversations_apart() -> None:
    async with (
        ig.Simulator(scenario="manual") as simulator,
        ig.Client(guest(simulator)) as one,
        ig.Client(guest(simulator)) as other,
    ):
        for client, text in ((one, "first"), (other, "second")):
            await client.connect()
            await client.send(text)
            simulator.agent_say(f"answer to the {text}", conversation_id=client.conversation_id)
            await client.next_message(timeout=30)
        frame = ig.table([one, other])
        assert list(frame["text"]) == ["first", "answer to the first", "second", "answer to the second"]
        names = [one.conversation_id, other.conversation_id]
        assert list(frame["conversation_id"]) == [name for name in names for _ in range(2)]
        assert [c["guest_id"] for c in simulator.conversations()] == names
        assert str(frame["conversation_id"].dtype) == "string"
        assert list(frame.index) == [0, 1, 2, 3]
        assert list(ig.table(one)["text"]) == ["first", "answer to the first"]


def test_a_conversation_says_which_it_is() -> None:
    protocol = ig.MessagingEvents(
        base_url="http://127.0.0.1:9", conversation_id="k-1", credentials=ig.ClientCredentials("a", "b")
    )
    assert ig.Client(protocol).conversation_id == "k-1"
    token = "11111111-1111-1111-1111-111111111111"
    anonymous = ig.WebMessaging(base_url="http://127.0.0.1:9", deployment_id="d")
    known = ig.WebMessaging(base_url="http://127.0.0.1:9", deployment_id="d", session_token=token)
    assert ig.Client(anonymous).conversation_id is None
    name = ig.Client(known).conversation_id
    assert name is not None
    assert name.startswith("guest-")
    assert token not in name


@pytest.mark.parametrize(
    ("chats", "error", "words"),
    [([], ValueError, "no conversation"), ([1], TypeError, "not int"), (["x"], TypeError, "not str")],
)
def test_what_is_no_conversation_makes_no_table(chats: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ig.table(chats)
