"""The guest's messages over real sockets: echo, typing, presence, limits, error codes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.simulator.clients.guest import GuestClient, visiting

FAST = {"messages_per_s": 1000}


@pytest_asyncio.fixture
async def guest() -> AsyncIterator[GuestClient]:
    async with visiting(guest_limits=FAST) as guest:
        yield guest


async def test_an_own_message_comes_back_inbound_with_its_tracing_id(guest: GuestClient) -> None:
    socket = await guest.connect()
    frame = await socket.text("hi")
    assert (frame["type"], frame["class"], frame["code"]) == ("message", "StructuredMessage", 200)
    body = frame["body"]
    assert (body["type"], body["text"], body["direction"]) == ("Text", "hi", "Inbound")
    assert len(body["id"]) == 32
    assert body["channel"]["messageId"].replace("-", "") == body["id"]
    [entry] = guest.received("send")
    assert (entry["protocol"], entry["text"], entry["tracing_id"], entry["message_id"]) == (
        "web-messaging",
        "hi",
        frame["tracingId"],
        body["id"],
    )


async def test_another_connection_of_the_session_gets_the_message_without_a_tracing_id(
    guest: GuestClient,
) -> None:
    one, other = await guest.connect(), await guest.connect()
    await one.text("hi")
    [echo] = await other.wait_for("StructuredMessage")
    assert "tracingId" not in echo


async def test_the_agents_messages_are_outbound_with_a_name(guest: GuestClient) -> None:
    socket = await guest.connect()
    [message_id] = guest.sim.agent_say("Hello")
    guest.sim.agent_say("beep", name="Robo", role="bot")
    assert await socket.texts(2) == ["Hello", "beep"]
    human, bot = socket.messages()
    assert (human["id"], human["direction"], human["originatingEntity"]) == (message_id, "Outbound", "Human")
    assert human["channel"]["from"]["nickname"] == "Ann"
    assert (bot["originatingEntity"], bot["channel"]["from"]["nickname"]) == ("Bot", "Robo")


async def test_quick_replies_of_the_agent_arrive_and_their_answer_is_echoed(guest: GuestClient) -> None:
    socket = await guest.connect()
    offer = [
        {"contentType": "QuickReply", "quickReply": {"text": "Yes", "payload": "yes", "action": "Message"}}
    ]
    guest.sim.agent_say("Sure?", content=offer)
    await socket.texts(1)
    assert (socket.messages()[0]["type"], socket.messages()[0]["content"]) == ("Structured", offer)
    picked = [
        {
            "contentType": "ButtonResponse",
            "buttonResponse": {"text": "Yes", "payload": "yes", "type": "QuickReply"},
        }
    ]
    assert (await socket.text("Yes", content=picked))["body"]["content"] == picked
    answer = await socket.ask("onMessage", message={"type": "Structured", "text": "Yes", "content": picked})
    assert answer["body"]["text"] == "Yes"
    bare = await socket.ask("onMessage", message={"type": "Text", "text": "", "content": picked})
    assert bare["body"]["type"] == "Structured" and "text" not in bare["body"]
    assert bare["body"]["channel"]["from"] == {}


async def test_agent_typing_lasts_five_seconds_and_its_end_is_not_said(guest: GuestClient) -> None:
    socket = await guest.connect()
    for typing in (True, False, True):
        guest.sim.agent_typing(typing)
    await socket.settled()
    assert [b["events"] for b in socket.events("Typing")] == [
        [{"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}]
    ] * 2
    assert all(b["direction"] == "Outbound" for b in socket.events("Typing"))


async def test_agent_typing_arrives_only_if_the_deployment_shows_it(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.set_deployment(show_agent_typing_indicator=False)
    guest.sim.agent_typing(True)
    await socket.settled()
    assert socket.events("Typing") == []


async def test_own_typing_is_taken_without_an_answer(guest: GuestClient) -> None:
    socket = await guest.connect()
    await socket.typing()
    await socket.settled()
    assert socket.of("StructuredMessage") == []
    [entry] = guest.received("typing")
    assert (entry["typing"], entry["protocol"], entry["status"]) == (True, "web-messaging", 200)
    hub = guest.sim._running().hub
    assert hub.platform.is_typing(guest.sim.conversation_id, hub.conversation().customer)
    hub.publish(hub.platform.expire(hub.clock.now() + 5.1))
    assert not hub.platform.is_typing(guest.sim.conversation_id, hub.conversation().customer)
    assert guest.received("typing_expired") == [], "a guest cannot say that it has stopped"


async def test_own_typing_can_be_echoed() -> None:
    async with visiting(echo_typing=True) as guest:
        socket = await guest.connect()
        await socket.typing()
        await socket.until(lambda: bool(socket.events("Typing")))
        assert socket.events("Typing")[0]["direction"] == "Inbound"


async def test_typing_is_403_where_it_is_switched_off(guest: GuestClient) -> None:
    guest.sim.set_deployment(show_user_typing_indicator=False)
    socket = await guest.connect()
    tracing_id = await socket.typing()
    [frame] = await socket.wait_for("string")
    assert (frame["code"], frame["tracingId"]) == (403, tracing_id)
    assert frame["body"] == "Turn on the Feature Toggle or fix the configuration."
    [entry] = guest.received("typing")
    assert (entry["rejected"], entry["status"]) == (True, 403)


async def test_join_is_echoed(guest: GuestClient) -> None:
    socket = await guest.connect()
    tracing_id = await socket.event("Presence", "Join")
    [frame] = await socket.wait_for("StructuredMessage")
    assert frame["tracingId"] == tracing_id
    assert frame["body"]["direction"] == "Inbound"
    assert frame["body"]["events"] == [{"eventType": "Presence", "presence": {"type": "Join"}}]


async def test_clear_is_echoed_then_the_session_is_cleared_then_the_connection_ends(
    guest: GuestClient,
) -> None:
    socket, other = await guest.connect(), await guest.connect()
    await socket.text("old")
    await socket.event("Presence", "Clear")
    assert (await socket.closed(), await other.closed()) == (1000, 1000)
    tail = [f["class"] for f in socket.frames[-3:]]
    assert tail == ["StructuredMessage", "SessionClearedEvent", "ConnectionClosedEvent"]
    assert socket.frames[-3]["body"]["events"][0]["presence"] == {"type": "Clear"}
    assert socket.frames[-1]["body"] == {}
    fresh = await guest.open()
    assert (await fresh.configure())["body"]["newSession"]
    assert (await guest.history(await guest.jwt(fresh))).json()["entities"] == []


async def test_clear_is_403_where_it_is_switched_off(guest: GuestClient) -> None:
    guest.sim.set_deployment(conversation_clear=False)
    socket = await guest.connect()
    await socket.event("Presence", "Clear")
    [frame] = await socket.wait_for("string")
    assert (frame["code"], frame["body"]) == (403, "Presence events Conversation Clear are not supported")
    assert (await socket.text("still here"))["code"] == 200


async def test_a_receipt_is_taken_silently(guest: GuestClient) -> None:
    socket = await guest.connect()
    await socket.send("onMessage", message={"type": "Receipt", "id": "m", "status": "Read"})
    await socket.settled()
    assert len(socket.frames) == 2
    assert guest.received("receipt")[0]["message_id"] == "m"


# --- custom attributes


@pytest.mark.parametrize("place", ["message", "top"])
async def test_custom_attributes_are_taken_from_both_places(guest: GuestClient, place: str) -> None:
    socket = await guest.connect()
    channel = {"metadata": {"customAttributes": {"plan": "gold"}}}
    message: dict[str, Any] = {"type": "Text", "text": "hi"}
    if place == "message":
        await socket.ask("onMessage", message={**message, "channel": channel})
    else:
        await socket.ask("onMessage", message=message, channel=channel)
    assert guest.received("send")[0]["custom_attributes"] == {"plan": "gold"}


async def test_custom_attributes_over_2048_bytes_are_4013(guest: GuestClient) -> None:
    socket = await guest.connect()

    async def answer(size: int) -> int:
        attributes = {"k": "x" * (size - len('{"k":""}'))}
        frame = await socket.text("hi", channel={"metadata": {"customAttributes": attributes}})
        return int(frame["code"])

    assert [await answer(2048), await answer(2049)] == [200, 4013]


# --- refusals


async def test_a_text_over_4096_bytes_is_4011_which_names_the_number(guest: GuestClient) -> None:
    socket = await guest.connect()
    assert (await socket.text("é" * 2048))["code"] == 200
    frame = await socket.text("é" * 2049)
    assert (frame["type"], frame["class"], frame["code"]) == ("response", "string", 4011)
    assert "4096" in frame["body"]
    [_, entry] = guest.received("send")
    assert (entry["rejected"], entry["status"]) == (True, 4011)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", 400),
        ("[]", 400),
        ('{"action":"onMessage"}', 4020),
        ('{"token":"T"}', 4020),
        ('{"action":"fly","token":"T"}', 400),
        ('{"action":"onMessage","token":"TOKEN","message":{"type":"Text"}}', 4020),
        ('{"action":"onMessage","token":"TOKEN","message":{"type":"Text","text":5}}', 400),
        ('{"action":"onMessage","token":"TOKEN","message":{"type":"Text","text":"\\ud800"}}', 400),
        ('{"action":"onMessage","token":"TOKEN","message":{"type":"Hologram"}}', 400),
        ('{"action":"onMessage","token":"nobody","message":{"type":"Text","text":"hi"}}', 4007),
        ('{"action":"getJwt","token":"nobody"}', 4007),
        ('{"action":"echo","token":"nobody"}', 4007),
        ('{"action":"closeSession","token":"nobody"}', 4007),
        ('{"action":"configureSession","token":"TOKEN","deploymentId":"elsewhere"}', 4007),
    ],
)
async def test_a_wrong_request_is_answered_with_its_code(guest: GuestClient, frame: str, code: int) -> None:
    socket = await guest.connect()
    await socket.socket.send(frame.replace("TOKEN", guest.token))
    [answer] = await socket.wait_for("string")
    assert (answer["type"], answer["code"]) == ("response", code)
    assert (await socket.text("still fine"))["code"] == 200


async def test_two_messages_a_second_and_then_too_many_requests() -> None:
    async with visiting(guest_limits={"messages_per_s": 2, "retry_after_s": 3}) as guest:
        socket = await guest.connect()
        await socket.typing()
        await socket.text("one")
        frame = await socket.text("two")
        assert (frame["class"], frame["code"]) == ("TooManyRequestsErrorMessage", 429)
        assert frame["body"] == {
            "retryAfter": 3,
            "errorCode": 429,
            "errorMessage": "Message rate too high for this session",
        }
        assert [e.get("rejected", False) for e in guest.received("send")] == [False, True]


async def test_the_sixty_first_configure_is_refused() -> None:
    async with visiting(guest_limits={"configures_per_min": 3}) as guest:
        socket = await guest.connect()
        answers = [await socket.configure() for _ in range(3)]
        assert [a["class"] for a in answers] == ["SessionResponse"] * 2 + ["TooManyRequestsErrorMessage"]
        assert answers[-1]["body"]["errorMessage"] == "ConfigureSession rate too high for this session"
        assert 1 <= answers[-1]["body"]["retryAfter"] <= 60


async def test_time_and_md5_may_be_missing_and_unknown_fields_are_ignored(guest: GuestClient) -> None:
    socket = await guest.connect()
    answer = await socket.ask(
        "onMessage", time="2026", message={"type": "Text", "text": "hi", "hologram": 1}, x=[1]
    )
    assert answer["code"] == 200


# --- small actions


async def test_a_health_check_is_echoed_with_the_sessions_lifetime_as_strings(guest: GuestClient) -> None:
    socket = await guest.connect()
    frame = await socket.ask(
        "echo", tracingId="SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=", message={"type": "Text", "text": "ping"}
    )
    assert (frame["type"], frame["class"], frame["body"]["text"]) == ("response", "StructuredMessage", "ping")
    assert frame["body"]["metadata"]["durationSeconds"] == "259200"
    assert int(frame["body"]["metadata"]["expirationDate"]) > 1_700_000_000
    assert guest.sim.log()["sent"] == [], "a health check is no message"


async def test_the_configuration_says_what_is_allowed(guest: GuestClient) -> None:
    socket = await guest.connect()
    body = (await socket.ask("getConfiguration"))["body"]
    assert (body["maxCustomDataBytes"], body["sessionDurationSeconds"]) == (2048, 259200)
    assert body["allowedMedia"]["inbound"]["maxFileSizeKB"] == 10240
    assert body["blockedExtensions"] == [".exe"]


async def test_the_history_is_newest_first_without_typing_and_in_pages(guest: GuestClient) -> None:
    socket = await guest.connect()
    await socket.event("Presence", "Join")
    await socket.typing()
    await socket.text("one")
    guest.sim.agent_typing(True)
    guest.sim.agent_say("two")
    await socket.texts(2)
    jwt = await guest.jwt(socket)
    page = (await guest.history(jwt, pageNumber=1, pageSize=2)).json()
    assert [e["text"] for e in page["entities"]] == ["two", "one"]
    assert {k: page[k] for k in ("pageSize", "pageNumber", "total", "pageCount")} == {
        "pageSize": 2,
        "pageNumber": 1,
        "total": 3,
        "pageCount": 2,
    }
    [join] = (await guest.history(jwt, pageNumber=2, pageSize=2)).json()["entities"]
    assert join["events"][0]["presence"]["type"] == "Join"
    assert (await guest.history(jwt, pageNumber=3, pageSize=2)).json()["entities"] == []
    assert (await guest.history(jwt, pageNumber=0)).status_code == 400


async def test_the_history_wants_a_jwt_that_is_alive() -> None:
    limits = {"history_jwt_lifetime_s": 0.05, "history_pages_per_min": 10_000}
    async with visiting(guest_limits=limits) as guest:
        socket = await guest.connect()
        jwt = await guest.jwt(socket)
        while (answer := await guest.history(jwt)).status_code == 200:
            pass
        assert (answer.status_code, answer.json()["code"]) == (401, "bad.credentials")
        assert (await guest.history("nobody's")).status_code == 401


async def test_the_history_is_given_ten_times_a_minute(guest: GuestClient) -> None:
    socket = await guest.connect()
    jwt = await guest.jwt(socket)
    answers = [await guest.history(jwt) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


async def test_config_json_shows_every_toggle_and_follows_the_control_plane(guest: GuestClient) -> None:
    path = f"/webdeployments/v1/deployments/{guest.sim.deployment_id}/config.json"
    config = (await guest.http.get(path)).json()
    app = config["messenger"]["apps"]["conversations"]
    assert (config["status"], app["showUserTypingIndicator"], app["autoStart"]) == (
        "Active",
        True,
        {"enabled": False},
    )
    assert app["conversationDisconnect"] == {"enabled": True, "type": "ReadOnly"}
    assert config["messenger"]["fileUpload"]["modes"][0]["maxFileSizeKB"] == 10240
    guest.sim.set_deployment(
        status="Inactive",
        show_user_typing_indicator=False,
        auto_start=True,
        conversation_clear=False,
        conversation_disconnect=None,
        markdown=True,
        file_types=[],
        auth_enabled=True,
        allow_session_upgrade=True,
    )
    config = (await guest.http.get(path)).json()
    app = config["messenger"]["apps"]["conversations"]
    assert (config["status"], config["auth"]) == ("Inactive", {"enabled": True, "allowSessionUpgrade": True})
    assert [
        app[k]["enabled"] for k in ("autoStart", "conversationClear", "conversationDisconnect", "markdown")
    ] == [
        True,
        False,
        False,
        True,
    ]
    assert config["messenger"]["fileUpload"] == {"modes": []}
    assert (await guest.http.get(path.replace(guest.sim.deployment_id, "nobody"))).status_code == 404


async def test_a_reset_brings_toggles_and_limits_back(guest: GuestClient) -> None:
    guest.sim.set_deployment(markdown=True)
    guest.sim.set_guest_limits(configures_per_min=1)
    guest.sim.reset()
    assert not guest.sim.set_deployment()["markdown"]
    assert guest.sim.set_guest_limits()["configures_per_min"] == 60
    assert guest.sim.set_guest_limits()["messages_per_s"] == FAST["messages_per_s"]


@pytest.mark.parametrize(
    ("group", "change"),
    [
        ("deployment", {"markdwn": True}),
        ("deployment", {"status": "Sleepy"}),
        ("guest_limits", {"messages_per_s": 0}),
        ("agent_api", {"permissions": "all"}),
    ],
)
async def test_a_setting_that_does_not_exist_is_an_error(
    guest: GuestClient, group: str, change: object
) -> None:
    answer = await guest.http.post(f"{guest.sim.control_url}/{group}", content=json.dumps(change))
    assert answer.status_code == 400
    assert answer.json()["error"]
