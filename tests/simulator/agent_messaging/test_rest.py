"""The Platform API as an agent's client uses it: messages, typing, states, permissions, errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.serving.errors import MALFORMED
from tests.simulator.clients.agent import CONVERSATIONS, AgentClient, working
from tests.simulator.serving.test_rest import assert_genesys_error


@pytest_asyncio.fixture
async def agent() -> AsyncIterator[AgentClient]:
    async with working() as agent:
        yield agent


# --- logging in


def authorize(agent: AgentClient, **query: str) -> dict[str, str]:
    base = {"response_type": "code", "client_id": agent.sim.client_id, "redirect_uri": "http://127.0.0.1:1/x"}
    return {**base, **query}


@pytest.mark.parametrize(
    "query",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "https://example.com/x"},
        {"redirect_uri": "http://[broken"},
        {"redirect_uri": ""},
    ],
)
async def test_a_login_for_an_unknown_client_or_place_is_refused(
    agent: AgentClient, query: dict[str, str]
) -> None:
    answer = await agent.http.get("/oauth/authorize", params=authorize(agent, **query))
    assert_genesys_error(answer, 400)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"response_type": "token"}, "invalid_request"),
        ({"code_challenge": "c", "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
async def test_a_wrong_login_request_goes_back_with_an_error(
    agent: AgentClient, query: dict[str, str], error: str
) -> None:
    answer = await agent.http.get("/oauth/authorize", params=authorize(agent, state="s", **query))
    assert answer.headers["Location"] == f"http://127.0.0.1:1/x?error={error}&state=s"


async def test_a_user_may_refuse_to_log_in(agent: AgentClient) -> None:
    agent.sim.set_agent_api(deny_login=True)
    answer = await agent.http.get("/oauth/authorize", params=authorize(agent))
    assert answer.headers["Location"] == "http://127.0.0.1:1/x?error=access_denied"


async def test_a_refresh_wants_the_client_and_a_good_token(agent: AgentClient) -> None:
    async def refresh(**form: str) -> int:
        form = {"grant_type": "refresh_token", **form}
        answer = await agent.http.post("/oauth/token", data=form, headers={"Authorization": ""})
        return answer.status_code

    assert await refresh(refresh_token="no", client_id=agent.sim.client_id) == 400
    assert await refresh(refresh_token="no", client_id="nobody") == 401


# --- messages


async def test_a_message_event_names_ids_and_bulk_brings_the_texts(agent: AgentClient) -> None:
    socket = await agent.watch()
    ids = agent.sim.customer_say("hello", count=3)
    await socket.until(lambda: socket.named() == ids)
    assert "hello" not in "".join(map(str, socket.raw))
    assert await agent.texts(*ids) == ["hello 1", "hello 2", "hello 3"]
    [message] = await agent.bulk(ids[0])
    assert (message["direction"], message["status"]) == ("inbound", "received")
    assert "textBody" not in message


async def test_a_send_is_queued_sent_and_delivered_and_logged(agent: AgentClient) -> None:
    socket = await agent.watch()
    answer = await agent.send("hi")
    body = answer.json()
    assert (answer.status_code, body["status"], body["direction"]) == (200, "queued", "outbound")
    assert body["createdBy"]["id"] == agent.sim.user_id
    await socket.until(lambda: socket.statuses(body["id"]) == ["queued", "sent", "delivery-success"])
    [entry] = agent.received("send")
    assert (entry["protocol"], entry["text"], entry["message_id"], entry["repeats"]) == (
        "agent-messaging",
        "hi",
        body["id"],
        0,
    )
    assert [e["text"] for e in agent.sent("message")] == ["hi"]


async def test_a_read_shows_where_the_provider_reports_it(agent: AgentClient) -> None:
    socket = await agent.watch()
    message_id = (await agent.send("hi")).json()["id"]
    await socket.until(lambda: socket.statuses(message_id)[-1:] == ["delivery-success"])
    assert agent.sim.customer_read() == [message_id]
    assert agent.sim.customer_read(message_id) == []
    await socket.until(lambda: socket.statuses(message_id)[-1:] == ["read"])
    [message] = await agent.bulk(message_id)
    assert [r["status"] for r in message["normalizedReceipts"]] == ["Delivered", "Read"]
    assert [r["isFinalReceipt"] for r in message["normalizedReceipts"]] == [False, True]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"textBody": ""},
        {"textBody": "x", "mediaIds": ["m"]},
        {"messagingTemplate": {"a": 1}},
        {"mediaIds": ["no"]},
    ],
)
async def test_a_send_wants_exactly_one_content(agent: AgentClient, body: dict[str, Any]) -> None:
    assert_genesys_error(await agent.send(**body), 400)
    assert agent.received("send")[0]["rejected"]


async def test_a_text_over_the_limit_is_400(agent: AgentClient) -> None:
    limit = wire.Unverified.MAX_TEXT_CHARACTERS
    assert [(await agent.send("x" * n)).status_code for n in (limit, limit + 1)] == [200, 400]


async def test_at_most_a_thousand_ids_in_bulk_and_unknown_ones_are_left_out(agent: AgentClient) -> None:
    [message_id] = agent.sim.customer_say("hello")
    path = f"{agent.messages}/messages/bulk"
    answer = await agent.http.post(path, json=["nobody"] * 999 + [message_id])
    assert [m["id"] for m in answer.json()["entities"]] == [message_id]
    assert_genesys_error(await agent.http.post(path, json=["x"] * 1001), 400)
    assert (await agent.http.post(path)).json() == {"entities": []}
    assert_genesys_error(await agent.http.post(path, json={"id": "x"}), 400)


async def test_typing_is_204_and_only_on_exists(agent: AgentClient) -> None:
    answer = await agent.typing()
    assert (answer.status_code, answer.content) == (204, b"")
    assert (
        await agent.typing({"typing": {"type": "On", "duration": 2000}, "dateSent": "2026"})
    ).status_code == 204
    assert_genesys_error(await agent.typing({"typing": {"type": "Off"}}), 400)
    entries = agent.received("typing")
    assert [(e["protocol"], e.get("rejected", False)) for e in entries] == [
        ("agent-messaging", False),
        ("agent-messaging", False),
        ("agent-messaging", True),
    ]


async def test_the_customers_typing_is_a_notification_and_its_end_is_none(agent: AgentClient) -> None:
    socket = await agent.watch()
    agent.sim.customer_typing(True)
    agent.sim.customer_typing(False)
    await socket.settled()
    [body] = socket.of("conversations.inbound.typing.event")
    assert body["conversationId"] == agent.sim.conversation_id
    assert body["normalizedMessage"]["events"] == [
        {"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}
    ]


async def test_quick_replies_and_attributes_of_the_customer_are_seen(agent: AgentClient) -> None:
    picked = [
        {
            "contentType": "ButtonResponse",
            "buttonResponse": {"type": "QuickReply", "text": "Yes", "payload": "y"},
        }
    ]
    [message_id] = agent.sim.customer_say("Yes", content=picked)
    [message] = await agent.bulk(message_id)
    assert message["normalizedMessage"]["content"] == picked
    hub = agent.sim._running().hub
    hub.platform.message(message_id).metadata["plan"] = "gold"
    assert (await agent.part("customer"))["attributes"] == {"plan": "gold"}


# --- states


async def test_an_alerting_conversation_is_answered_and_can_then_be_written_in(agent: AgentClient) -> None:
    agent.sim.set_conversation("alerting")
    socket = await agent.watch()
    assert_genesys_error(await agent.send("too early"), 400)
    assert_genesys_error(await agent.typing(), 400)
    assert (await agent.patch("connected", communication=True)).status_code == 202
    await socket.wait_for("conversations.messages")
    states = {p["purpose"]: p["state"] for p in socket.of("conversations.messages")[-1]["participants"]}
    assert states == {"agent": "connected", "customer": "connected"}
    assert (await agent.send("hi")).status_code == 200
    assert [e["kind"] for e in agent.sim.log()["received"] if e["kind"] == "answer"] == ["answer"]


async def test_a_conversation_may_begin_alerting() -> None:
    async with working(agent_api={"state": "alerting"}) as agent:
        assert (await agent.part())["messages"][0]["state"] == "alerting"


async def test_disconnecting_ends_it_and_wrap_up_follows(agent: AgentClient) -> None:
    socket = await agent.watch()
    part = await agent.part()
    communication = part["messages"][0]["id"]
    assert (await agent.patch("disconnected")).status_code == 202
    await socket.wait_for("conversations.messages")
    assert {p["state"] for p in socket.of("conversations.messages")[-1]["participants"]} == {"disconnected"}
    path = f"{agent.messages}/participants/{part['id']}/communications/{communication}/wrapup"
    assert (await agent.http.post(path, json={"code": "solved", "notes": "n"})).status_code == 204
    assert (await agent.http.get(path)).json() == {"code": "solved", "notes": "n"}
    assert (await agent.part())["wrapup"]["code"] == "solved"
    assert agent.received("wrapup")[0]["code"] == "solved"
    assert (await agent.http.get(CONVERSATIONS)).json()["entities"] == []
    assert_genesys_error(await agent.patch("connected"), 400)
    assert_genesys_error(await agent.http.post(path, json={}), 400)


@pytest.mark.parametrize("state", ["alerting", "asleep"])
async def test_other_states_cannot_be_asked_for(agent: AgentClient, state: str) -> None:
    assert_genesys_error(await agent.patch(state), 400)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"state": 1}'])
async def test_a_patch_whose_body_is_wrong_is_an_error_in_genesys_own_words(
    agent: AgentClient, body: bytes
) -> None:
    part = await agent.part()
    answer = await agent.http.patch(f"{agent.messages}/participants/{part['id']}", content=body)
    assert_genesys_error(answer, 400)
    assert (answer.json()["code"], answer.json()["message"]) == ("bad.request", MALFORMED)


async def test_a_patch_without_a_state_changes_nothing(agent: AgentClient) -> None:
    part = await agent.part()
    answer = await agent.http.patch(f"{agent.messages}/participants/{part['id']}", json={"held": True})
    assert answer.status_code == 202
    assert (await agent.part())["messages"][0]["state"] == "connected"


# --- who may


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v2/users/me"),
        ("GET", CONVERSATIONS),
        ("GET", f"{CONVERSATIONS}/messages"),
        ("POST", "TYPING"),
        ("POST", "MESSAGES"),
        ("PATCH", "PART"),
    ],
)
async def test_client_credentials_have_no_user(agent: AgentClient, method: str, path: str) -> None:
    communication = await agent.communication()
    part = f"{agent.messages}/participants/{(await agent.part())['id']}"
    path = {"TYPING": f"{communication}/typing", "MESSAGES": f"{communication}/messages", "PART": part}.get(
        path, path
    )
    agent.use(await agent.client_credentials())
    answer = await agent.http.request(method, path, json={})
    assert_genesys_error(answer, 400)
    assert "requires a user context" in answer.json()["message"]


@pytest.mark.parametrize(
    ("lost", "call", "named"),
    [
        ("create", "send", "conversation:message:create, conversation:webmessaging:create"),
        ("create", "typing", "conversation:message:create, conversation:webmessaging:create"),
        ("view", "bulk", "conversation:message:view, conversation:webmessaging:view"),
        ("communication:view", "conversation", "conversation:communication:view"),
        ("setting", "settings", "messaging:setting:view"),
    ],
)
async def test_a_missing_permission_is_403_and_named_as_genesys_does(
    agent: AgentClient, lost: str, call: str, named: str
) -> None:
    communication = await agent.communication()
    held = agent.sim.set_agent_api()["permissions"]
    agent.sim.set_agent_api(permissions=[p for p in held if lost not in p])
    method, path, body = {
        "send": ("POST", f"{communication}/messages", {"textBody": "hi"}),
        "typing": ("POST", f"{communication}/typing", {"typing": {"type": "On"}}),
        "bulk": ("POST", f"{agent.messages}/messages/bulk", []),
        "conversation": ("GET", f"{CONVERSATIONS}/{agent.sim.conversation_id}", None),
        "settings": ("GET", f"{CONVERSATIONS}/messaging/settings", None),
    }[call]
    answer = await agent.http.request(method, path, json=body)
    assert_genesys_error(answer, 403)
    assert answer.json()["code"] == "missing.any.permissions"
    assert answer.json()["message"] == (
        "Unable to perform the requested action. You must have at least one of the following permissions "
        f"assigned: {named}"
    )


async def test_no_token_and_a_wrong_token_have_different_words(agent: AgentClient) -> None:
    bare = await agent.http.get("/api/v2/users/me", headers={"Authorization": ""})
    wrong = await agent.http.get("/api/v2/users/me", headers={"Authorization": "bearer wrong"})
    assert [(a.status_code, a.json()["code"]) for a in (bare, wrong)] == [
        (401, "authentication.required"),
        (401, "bad.credentials"),
    ]
    assert bare.json()["message"] == "No authentication bearer token specified in authorization header."


async def test_what_does_not_exist_is_404(agent: AgentClient) -> None:
    communication = await agent.communication()
    for method, path in (
        ("GET", f"{CONVERSATIONS}/nobody"),
        ("GET", f"{CONVERSATIONS}/messages/nobody"),
        ("GET", f"{agent.messages}/messages/nobody"),
        ("GET", f"{CONVERSATIONS}/messages/nobody/details"),
        ("POST", f"{agent.messages}/communications/nobody/messages"),
        ("PATCH", f"{agent.messages}/participants/nobody"),
        ("PATCH", f"{agent.messages}/participants/{(await agent.part())['id']}/communications/nobody"),
        ("GET", f"{communication}/messages/media/nobody"),
    ):
        answer = await agent.http.request(method, path, json={"textBody": "x"})
        assert_genesys_error(answer, 404)
        assert answer.json()["code"] == "not.found", path


async def test_a_message_of_another_conversation_is_not_found_in_this_one(agent: AgentClient) -> None:
    [message_id] = agent.sim.customer_say("hello")
    other = agent.sim.open_conversation()
    answer = await agent.http.get(f"{CONVERSATIONS}/messages/{other}/messages/{message_id}")
    assert_genesys_error(answer, 404)


async def test_all_tokens_of_a_user_share_one_limit() -> None:
    async with working(rate_limit_per_min=3) as agent:
        for _ in range(3):
            agent.use(agent.sim.agent_access_token())
            assert (await agent.http.get("/api/v2/users/me")).status_code == 200
        answer = await agent.http.get("/api/v2/users/me")
        assert_genesys_error(answer, 429)
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        agent.use(await agent.client_credentials())
        assert (await agent.http.get("/api/v2/tokens/me")).status_code == 200


async def test_equal_sends_are_counted(agent: AgentClient) -> None:
    for text in ("a", "a", "b", "a"):
        await agent.send(text)
    assert [e["repeats"] for e in agent.received("send")] == [0, 1, 0, 2]
