"""Notification channels, their topics and lifetimes, on a made-up clock."""

from __future__ import annotations

import itertools

import pytest

from ipygenesys.simulator.state.accounts import Token
from ipygenesys.simulator.state.channels import Channel, Channels, TooManyTopics, expanded

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


def test_no_repr_shows_a_channels_id() -> None:
    channel, _ = create(channels())
    assert channel.id not in repr(channel)
