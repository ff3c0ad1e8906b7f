"""The SDK's ways to a token, against the simulator."""

from __future__ import annotations

import urllib.parse
from typing import Any

import httpx
import pytest

from tests.conformance.conftest import Sdk

REDIRECT = "http://127.0.0.1:1/callback"


def log_in_by_browser(sdk: Sdk, **extra: str) -> str:
    """What a browser would do: the code of the redirect."""
    query = {
        "response_type": "code",
        "client_id": sdk.sim.client_id,
        "redirect_uri": REDIRECT,
        "state": "s",
        **extra,
    }
    answer = httpx.get(f"{sdk.sim.base_url}/oauth/authorize", params=query, trust_env=False)
    assert answer.status_code == 302
    location = urllib.parse.urlsplit(answer.headers["Location"])
    assert location.geturl().startswith(REDIRECT)
    found = dict(urllib.parse.parse_qsl(location.query))
    assert found["state"] == "s"
    return found["code"]


def test_client_credentials_get_a_token_that_has_no_user(sdk: Sdk) -> None:
    sdk.client.get_client_credentials_token(sdk.sim.client_id, sdk.sim.client_secret)
    info = sdk.checked(sdk.tokens.get_tokens_me())
    assert info.o_auth_client.authorized_grant_type == "CLIENT-CREDENTIALS"
    with pytest.raises(sdk.module.rest.ApiException) as caught:
        sdk.users.get_users_me()
    assert caught.value.status == 400
    assert "user context" in caught.value.body


def test_client_credentials_can_watch_but_neither_type_nor_send(sdk: Sdk) -> None:
    sdk.client.get_client_credentials_token(sdk.sim.client_id, sdk.sim.client_secret)
    conversation = sdk.checked(sdk.conversations.get_conversation(sdk.sim.conversation_id))
    communication_id = sdk.communication_id()
    assert sdk.checked(sdk.notifications.post_notifications_channels()).id
    with pytest.raises(sdk.module.rest.ApiException):
        sdk.conversations.post_conversations_message_communication_typing(
            conversation.id, communication_id, {"typing": {"type": "On"}}
        )


def test_a_wrong_secret_is_an_error(sdk: Sdk) -> None:
    with pytest.raises(sdk.module.rest.ApiException) as caught:
        sdk.client.get_client_credentials_token(sdk.sim.client_id, "wrong")
    assert caught.value.status in (400, 401)
    assert "invalid_client" in caught.value.body


def test_an_authorization_code_becomes_a_users_token_and_is_refreshed(sdk: Sdk) -> None:
    code = log_in_by_browser(sdk)
    _, data = sdk.client.get_code_authorization_token(
        sdk.sim.client_id, sdk.sim.client_secret, code, REDIRECT
    )
    assert data["refresh_token"]
    assert sdk.checked(sdk.users.get_users_me()).id == sdk.sim.user_id
    sdk.sim.fault("expire_token")
    assert sdk.users.get_users_me().id == sdk.sim.user_id, "the SDK refreshes by itself"


def test_a_code_with_pkce_needs_no_secret(sdk: Sdk) -> None:
    verifier = sdk.client.generate_pkce_code_verifier(64)
    challenge = sdk.client.compute_pkce_code_challenge(verifier)
    code = log_in_by_browser(sdk, code_challenge=challenge, code_challenge_method="S256")
    sdk.client.get_pkce_token(sdk.sim.client_id, verifier, code, REDIRECT)
    me = sdk.checked(sdk.users.get_users_me())
    assert (me.id, me.name, me.state) == (sdk.sim.user_id, "Ann", "active")


def test_the_permissions_of_the_user_can_be_asked_for(sdk: Sdk) -> None:
    sdk.sim.set_agent_api(permissions=["conversation:message:view"])
    me = sdk.checked(sdk.users.get_users_me(expand=["authorization"]))
    assert me.authorization.permissions == ["conversation:message:view"]


def test_a_wrong_verifier_gets_nothing(sdk: Sdk) -> None:
    challenge = sdk.client.compute_pkce_code_challenge("v" * 50)
    code = log_in_by_browser(sdk, code_challenge=challenge, code_challenge_method="S256")
    with pytest.raises(sdk.module.rest.ApiException) as caught:
        sdk.client.get_pkce_token(sdk.sim.client_id, "w" * 50, code, REDIRECT)
    assert "invalid_grant" in caught.value.body


def test_a_deleted_token_is_good_no_more(sdk: Sdk) -> None:
    sdk.tokens.delete_tokens_me()
    with pytest.raises(sdk.module.rest.ApiException) as caught:
        sdk.users.get_users_me()
    assert caught.value.status == 401


def requests_of(sdk: Sdk, path: str) -> list[dict[str, Any]]:
    return [r for r in sdk.sim.requests() if r["path"] == path]


def test_a_429_with_retry_after_is_repeated_by_the_sdk_and_one_without_is_not(sdk: Sdk) -> None:
    sdk.sim.fault("rate_limit", path="/users/me", count=2, retry_after=0)
    assert sdk.users.get_users_me().id == sdk.sim.user_id
    assert [r["status"] for r in requests_of(sdk, "/api/v2/users/me")] == [429, 429, 200]
    sdk.sim.fault("rate_limit", path="/users/me", count=1, retry_after=None)
    with pytest.raises(sdk.module.rest.ApiException) as caught:
        sdk.users.get_users_me()
    assert caught.value.status == 429
    assert len(requests_of(sdk, "/api/v2/users/me")) == 4


def test_a_send_whose_answer_is_lost_is_posted_again_by_the_sdk_and_the_log_counts_it(sdk: Sdk) -> None:
    communication_id = sdk.communication_id()
    sdk.sim.fault("lose_answer", path="/messages", method="POST", count=2)
    sdk.conversations.post_conversations_message_communication_messages(
        sdk.sim.conversation_id, communication_id, {"textBody": "once?"}
    )
    sends = [e for e in sdk.sim.log()["received"] if e["kind"] == "send"]
    assert [(e["repeats"], e.get("lost", False)) for e in sends] == [(0, True), (1, True), (2, False)]
