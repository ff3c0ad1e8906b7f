"""Notification channels, their topics and lifetimes, and an agent's deliveries, on a made-up clock."""

from __future__ import annotations

import itertools

import pytest

from ipygenesys.simulator.agent_messaging.topics import MAX_COMBINED_CHARACTERS, judge
from ipygenesys.simulator.state.accounts import Accounts, OAuthClient, Token
from ipygenesys.simulator.state.channels import Channel, Channels, TooManyTopics, expanded
from ipygenesys.simulator.state.deliveries import Deliveries
from ipygenesys.simulator.state.pkce import challenge_of

DAY = 24 * 3600.0


def token(user: str | None = "U", value: str = "t") -> Token:
    return Token(value, "client", frozenset(), 1e9, user)


def channels() -> Channels:
    numbers = itertools.count(1)
    return Channels(lambda: f"c{next(numbers)}")


def create(c: Channels, now: float = 0, who: Token | None = None) -> tuple[Channel, list[Channel]]:
    return c.create(who or token(), now, life_s=DAY, at_most=20)


def test_a_channel_lives_a_day_and_a_subscription_gives_it_another() -> None:
    c = channels()
    channel, _ = create(c)
    assert c.find(channel.id, DAY - 1) is channel
    c.subscribe(channel, ["x"], DAY - 1, life_s=DAY, at_most=10, replace=False)
    assert c.next_deadline() == 2 * DAY - 1
    assert c.find(channel.id, DAY) is channel
    assert c.find(channel.id, 2 * DAY) is None
    assert c.expire(2 * DAY) == [channel]
    assert channel.has_ended
    assert c.next_deadline() is None


def test_the_twenty_first_channel_evicts_the_oldest_one_that_nobody_is_connected_to() -> None:
    c = channels()
    made = [create(c, now)[0] for now in range(20)]
    made[0].stream = 1
    _, evicted = create(c, 20)
    assert evicted == [made[1]]
    for channel in made:
        channel.stream = 1
    for channel in c.of(made[0].owner, 20):
        channel.stream = 1
    _, evicted = create(c, 21)
    assert evicted == [made[0]]


def test_channels_are_counted_for_each_user_and_app() -> None:
    c = channels()
    for _ in range(20):
        create(c)
    assert create(c, who=token("V"))[1] == []
    assert create(c, who=token(None))[1] == []


def test_topics_are_added_or_replaced_up_to_the_limit() -> None:
    c = channels()
    channel, _ = create(c)
    c.subscribe(channel, ["a", "b", "a"], 0, life_s=DAY, at_most=3, replace=False)
    c.subscribe(channel, ["c"], 0, life_s=DAY, at_most=3, replace=False)
    with pytest.raises(TooManyTopics):
        c.subscribe(channel, ["d"], 0, life_s=DAY, at_most=3, replace=False)
    assert list(channel.topics) == ["a", "b", "c"]
    c.subscribe(channel, ["d"], 0, life_s=DAY, at_most=3, replace=True)
    assert list(channel.topics) == ["d"]


def test_the_combined_form_stands_for_several_topics() -> None:
    assert list(expanded("v2.users.U?presence&routingStatus")) == [
        "v2.users.U.presence",
        "v2.users.U.routingStatus",
    ]
    assert list(expanded("v2.users.U.presence")) == ["v2.users.U.presence"]


def test_the_combined_form_counts_as_one_topic_and_hears_the_events_of_all_its_names() -> None:
    c = channels()
    channel, _ = create(c)
    combined = "v2.users.U?presence&routingStatus"
    c.subscribe(channel, [combined], 0, life_s=DAY, at_most=1, replace=False)
    assert channel.topics == (combined,)
    assert channel.names == {"v2.users.U.presence", "v2.users.U.routingStatus"}


def test_the_combined_form_is_had_whole_or_not_at_all() -> None:
    def judged(topic: str) -> tuple[bool, bool]:
        verdict = judge(topic, user_id="U", permissions=(), forbidden=())
        return verdict.is_known, verdict.reason is None

    assert judged("v2.users.U?presence&conversations.messages") == (True, True)
    assert judged("v2.users.V?presence&conversations.messages") == (True, False)
    assert judged("v2.users.U?presence&holograms") == (False, False)
    name = "v2.users.U?" + "&".join(["presence"] * 30)
    assert (len(name) > MAX_COMBINED_CHARACTERS, judged(name)) == (True, (False, False))


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


def test_no_repr_shows_a_channels_id() -> None:
    channel, _ = create(channels())
    assert channel.id not in repr(channel)


# --- deliveries, logins


def test_a_message_is_sent_and_then_delivered() -> None:
    d = Deliveries()
    d.start("m", 10, 0.5)
    d.start("n", 10.1, 0.5)
    assert d.next_deadline() == 10.5
    assert d.due(10.4) == []
    assert d.due(11.05) == [("m", "sent"), ("n", "sent"), ("m", "delivered")]
    assert d.due(20) == [("n", "delivered")]
    assert d.next_deadline() is None


def accounts() -> Accounts:
    numbers = itertools.count(1)
    return Accounts(OAuthClient("id", "hush", ()), lifetime_s=60, new_token=lambda: f"t{next(numbers)}")


def test_a_login_code_is_good_once_for_its_redirect_and_its_verifier() -> None:
    a = accounts()
    code = a.authorize("u", challenge_of("v"), 0)
    assert [a.exchange(code, "u", "v", 1) for _ in range(2)] == [True, False]
    for redirect, verifier, now in (("w", "v", 1), ("u", "w", 1), ("u", None, 1), ("u", "v", 301)):
        assert not a.exchange(a.authorize("u", challenge_of("v"), 0), redirect, verifier, now)
    assert a.exchange(a.authorize("u", None, 0), "u", None, 1)


def test_a_refresh_token_is_good_once_and_outlives_the_access_token() -> None:
    a = accounts()
    access, refresh = a.issue_user("U", frozenset(), 0)
    a.expire_all()
    assert a.check(access.value, 1) is None
    assert [a.use_refresh(refresh) for _ in range(2)] == [True, False]


def test_calls_of_a_user_count_together_and_those_of_client_credentials_by_token() -> None:
    assert token("U", "a").limit_key == token("U", "b").limit_key
    assert token(None, "a").limit_key != token(None, "b").limit_key
