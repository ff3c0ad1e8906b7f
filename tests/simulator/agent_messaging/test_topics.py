"""Notification topics: which there are, and who may have them."""

from __future__ import annotations

import pytest

from ipygenesys.simulator.agent_messaging.topics import MAX_COMBINED_CHARACTERS, judge


@pytest.mark.parametrize(
    ("topic", "permissions", "forbidden", "is_permitted"),
    [
        ("v2.users.U.conversations.messages", (), (), True),
        ("v2.users.V.conversations.messages", (), (), False),
        ("v2.users.V.conversations.messages", ("conversation:message:view",), (), True),
        ("v2.users.U.conversations.messages", (), ("v2.users.U.conversations",), False),
        ("v2.routing.queues.Q.conversations.messages", (), (), False),
        ("v2.users.U.presence", (), (), True),
        ("v2.conversations.messages.C", ("conversation:message:view",), (), False),
    ],
)
def test_who_may_have_a_topic(
    topic: str, permissions: tuple[str, ...], forbidden: tuple[str, ...], is_permitted: bool
) -> None:
    verdict = judge(topic, user_id="U", permissions=permissions, forbidden=forbidden)
    assert (verdict.reason is None) is is_permitted


def test_a_refusal_names_the_permissions() -> None:
    verdict = judge("v2.users.V.conversations.messages", user_id="U", permissions=(), forbidden=())
    assert verdict.missing == ("conversation:message:view", "conversation:webmessaging:view")
    assert not judge("v2.holograms", user_id="U", permissions=(), forbidden=()).is_known


def test_the_combined_form_is_had_whole_or_not_at_all() -> None:
    def judged(topic: str) -> tuple[bool, bool]:
        verdict = judge(topic, user_id="U", permissions=(), forbidden=())
        return verdict.is_known, verdict.reason is None

    assert judged("v2.users.U?presence&conversations.messages") == (True, True)
    assert judged("v2.users.V?presence&conversations.messages") == (True, False)
    assert judged("v2.users.U?presence&holograms") == (False, False)
    name = "v2.users.U?" + "&".join(["presence"] * 30)
    assert (len(name) > MAX_COMBINED_CHARACTERS, judged(name)) == (True, (False, False))
