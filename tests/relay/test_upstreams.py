"""The protocols that a relay.toml names."""

from __future__ import annotations

import pytest

import ipygenesys as ig
from ipygenesys._relay.address import SettingsError
from ipygenesys._relay.reading import settings_of
from ipygenesys._relay.upstreams import protocols_of
from tests.relay.examples import ENVIRONMENT, RELAY_TOML

ONE_OF_EACH = """
[[upstreams]]
name = "a"
protocol = "agent-user"
domain = "mypurecloud.ie"
access_token_env = "TOKEN"
[[upstreams]]
name = "b"
protocol = "messaging-events"
environment = "us-east-1"
conversation_ids = ["b-1"]
access_token_env = "TOKEN"
[[upstreams]]
name = "c"
protocol = "web-messaging"
base_url = "http://127.0.0.1:1"
deployment_id = "d-1"
conversation_id = "guest"
session_token_env = "SESSION"
"""


def test_each_is_made_with_what_the_environment_holds() -> None:
    made = protocols_of(settings_of(ONE_OF_EACH).upstreams, {"TOKEN": "token", "SESSION": "session"})
    assert {name: type(each) for name, each in made.items()} == {
        "inbox:a": ig.AgentUser,
        "b-1": ig.MessagingEvents,
        "guest": ig.WebMessaging,
    }
    assert made["guest"].session_token == ig.Secret("session")
    assert made["b-1"].credentials is made["inbox:a"].credentials, "one token for both"


def test_those_of_one_app_share_a_token_and_a_channel() -> None:
    made = protocols_of(settings_of(RELAY_TOML).upstreams, ENVIRONMENT)
    assert made["inbox:support"].queue_ids == ("q1", "q2")
    assert made["inbox:support"].credentials is made["c-1"].credentials is made["c-2"].credentials
    assert [made[name].conversation_id for name in ("c-1", "c-2")] == ["c-1", "c-2"]
    assert made["c-1"].credentials.client_secret == ig.Secret("client's secret")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('region = "eu_west_1"\nqueue', 'region = "eu_west_9"\nqueue', r"upstreams\[0\]: Unknown region"),
        ('region = "eu_west_1"\nconv', "conv", r"upstreams\[1\]: Give exactly one of region="),
        ("GENESYS_CLIENT_ID", "NOT_THERE", r"upstreams\[0\]\.client_id_env: the environment variable NOT_THERE is not"),
    ],
)  # fmt: skip
def test_one_that_cannot_be_made_is_named(old: str, new: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        protocols_of(settings_of(RELAY_TOML.replace(old, new)).upstreams, ENVIRONMENT)


def test_a_recording_that_is_not_there_is_named() -> None:
    text = '[[upstreams]]\nname = "old"\nprotocol = "replay"\nconversation_id = "old"\npath = "gone.jsonl"\n'
    with pytest.raises(SettingsError, match=r"upstreams\[0\]: .*gone\.jsonl"):
        protocols_of(settings_of(text).upstreams, {})


def test_a_guests_conversation_is_the_same_for_each_relay_that_leads_it() -> None:
    without = ONE_OF_EACH.replace('session_token_env = "SESSION"\n', "")
    with pytest.raises(SettingsError, match="session_token_env"):
        settings_of(without)
