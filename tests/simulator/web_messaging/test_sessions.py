"""The guest's handshake, sessions and their ends, over real sockets."""

from __future__ import annotations

import asyncio
import urllib.parse
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import websockets

from ipygenesys.simulator.state.pkce import challenge_of
from tests.simulator.clients.guest import GuestClient, visiting


@pytest_asyncio.fixture
async def guest() -> AsyncIterator[GuestClient]:
    async with visiting(guest_limits={"messages_per_s": 1000}) as guest:
        yield guest


# --- handshake


@pytest.mark.parametrize(
    ("query", "status"), [("", 400), ("deploymentId=", 400), ("deploymentId=nobody", 404)]
)
async def test_a_socket_wants_a_deployment_that_exists(guest: GuestClient, query: str, status: int) -> None:
    with pytest.raises(websockets.InvalidStatus) as caught:
        await guest.open(query=query)
    assert caught.value.response.status_code == status
    [entry] = guest.sim.log()["connections"]
    assert (entry["kind"], entry["protocol"], entry["status"]) == ("refused", "web-messaging", status)


async def test_an_origin_that_the_deployment_does_not_list_is_403(guest: GuestClient) -> None:
    guest.sim.set_deployment(allowed_origins=["http://localhost:8888"])
    await guest.open(origin="http://localhost:8888")
    for origin in ("http://localhost:9999", None, "https://example.com"):
        with pytest.raises(websockets.InvalidStatus) as caught:
            await guest.open(origin=origin)
        assert caught.value.response.status_code == 403


async def test_an_inactive_deployment_takes_no_sockets(guest: GuestClient) -> None:
    guest.sim.set_deployment(status="Inactive")
    with pytest.raises(websockets.InvalidStatus) as caught:
        await guest.open()
    assert caught.value.response.status_code == 403


# --- sessions


async def test_a_new_session_is_told_its_rules(guest: GuestClient) -> None:
    socket = await guest.open()
    frame = await socket.configure(tracingId="first")
    assert (frame["type"], frame["class"], frame["code"]) == ("response", "SessionResponse", 200)
    assert frame["body"] | {"expirationDate": 0} == {
        "connected": True,
        "newSession": True,
        "readOnly": False,
        "clearedExistingSession": False,
        "maxCustomDataBytes": 2048,
        "durationSeconds": 259200,
        "expirationDate": 0,
        "autoStarted": False,
        "allowedMedia": {
            "inbound": {
                "fileTypes": [
                    {"type": t} for t in ("image/png", "image/jpeg", "application/pdf", "text/plain")
                ],
                "maxFileSizeKB": 10240,
            }
        },
        "blockedExtensions": [".exe"],
    }
    assert [e["kind"] for e in guest.sim.log()["connections"]] == ["opened", "authenticated"]


async def test_the_same_token_finds_the_session_again_with_its_history(guest: GuestClient) -> None:
    first = await guest.connect()
    await first.text("hello")
    await first.close()
    second = await guest.open()
    assert not (await second.configure())["body"]["newSession"]
    page = (await guest.history(await guest.jwt(second))).json()
    assert [e["text"] for e in page["entities"]] == ["hello"]


async def test_nothing_arrives_before_a_session_is_configured(guest: GuestClient) -> None:
    socket = await guest.open()
    guest.sim.agent_say("too early")
    await socket.configure()
    guest.sim.agent_say("now")
    assert await socket.texts(1) == ["now"]


async def test_a_new_session_does_not_see_what_was_said_before_it(guest: GuestClient) -> None:
    first = await guest.connect()
    await first.text("old")
    fresh = await guest.connect(token="11111111-1111-1111-1111-111111111111")
    page = (await guest.history(await guest.jwt(fresh))).json()
    assert page["entities"] == []


async def test_the_agents_end_makes_the_session_read_only_and_starting_new_opens_it(
    guest: GuestClient,
) -> None:
    socket = await guest.connect()
    await socket.text("hello")
    guest.sim.set_conversation("disconnected")
    await socket.until(lambda: bool(socket.events("Presence")))
    [end] = socket.events("Presence")
    assert end["events"][0]["presence"] == {"type": "Disconnect"}
    assert (end["metadata"]["readOnly"], end["direction"]) == ("true", "Outbound")
    assert (await socket.text("more"))["code"] == 409
    assert (await socket.configure())["body"]["readOnly"]
    closed = await socket.ask("closeSession", closeAllConnections=True)
    assert (closed["class"], closed["body"]["connected"]) == ("SessionResponse", False)
    fresh = await socket.configure(startNew=True)
    assert (fresh["body"]["newSession"], fresh["body"]["readOnly"]) == (True, False)
    assert (await socket.text("again"))["code"] == 200


async def test_where_a_guest_may_go_on_its_next_message_opens_the_conversation_again(
    guest: GuestClient,
) -> None:
    guest.sim.set_deployment(conversation_disconnect="Send")
    socket = await guest.connect()
    guest.sim.set_conversation("disconnected")
    await socket.until(lambda: bool(socket.events("Presence")))
    assert socket.events("Presence")[0]["metadata"]["readOnly"] == "false"
    assert (await socket.text("more"))["code"] == 200
    assert [e["state"] for e in guest.sent("conversation")] == ["disconnected", "connected"]


async def test_where_the_end_is_not_shown_nothing_is_sent(guest: GuestClient) -> None:
    guest.sim.set_deployment(conversation_disconnect=None)
    socket = await guest.connect()
    guest.sim.set_conversation("disconnected")
    await socket.settled()
    assert socket.events("Presence") == []


async def test_starting_new_on_a_live_session_clears_it_for_its_other_connections(guest: GuestClient) -> None:
    one, other = await guest.connect(), await guest.connect()
    answer = await one.configure(startNew=True)
    assert (answer["body"]["newSession"], answer["body"]["clearedExistingSession"]) == (True, True)
    assert await other.closed() == 1000
    assert [f["class"] for f in other.frames[-2:]] == ["SessionClearedEvent", "ConnectionClosedEvent"]


async def test_closing_a_session_can_close_its_other_connections(guest: GuestClient) -> None:
    one, other = await guest.connect(), await guest.connect()
    await one.ask("closeSession", closeAllConnections=True)
    assert await other.closed() == 1000
    assert other.frames[-1]["class"] == "ConnectionClosedEvent"
    assert (await one.text("gone"))["code"] == 4007


async def test_one_connection_too_many_ends_the_oldest(guest: GuestClient) -> None:
    guest.sim.set_guest_limits(connections=2, messages_per_s=1000)
    oldest, middle, newest = [await guest.connect() for _ in range(3)]
    assert await oldest.closed() == 1000
    assert (oldest.frames[-1]["class"], oldest.frames[-1]["body"]) == ("ConnectionClosedEvent", {})
    for socket in (middle, newest):
        assert (await socket.text("here"))["code"] == 200


async def test_a_session_expires_and_says_so_once() -> None:
    async with visiting(guest_limits={"session_duration_s": 0.1}) as guest:
        socket = await guest.connect()
        [frame] = await socket.wait_for("SessionExpiredEvent")
        assert (frame["code"], frame["body"]) == (200, {})
        assert (await socket.text("late"))["code"] == 4006
        assert (await socket.configure())["code"] == 4006
        assert (await socket.configure(startNew=True))["body"]["newSession"]


async def test_disconnecting_ends_the_conversation(guest: GuestClient) -> None:
    socket = await guest.connect()
    await socket.send("disconnectCustomer")
    await socket.until(lambda: bool(socket.events("Presence")))
    assert [e["state"] for e in guest.sent("conversation")] == ["disconnected"]


async def test_nobody_speaks_to_a_guest_who_has_neither_joined_nor_written() -> None:
    async with visiting(scenario="greeting") as guest:
        socket = await guest.connect()
        await socket.typing()
        await socket.settled()
        hub = guest.sim._running().hub
        assert not hub.stage.players(guest.sim.conversation_id).are_started


@pytest.mark.parametrize("begins", ["joins", "writes", "by itself"])
async def test_the_person_greets_a_guest_who_joins_or_writes_or_for_whom_the_conversation_starts_by_itself(
    begins: str,
) -> None:
    async with visiting(
        scenario="greeting", speed=1000, deployment={"auto_start": begins == "by itself"}
    ) as guest:
        socket = await guest.open()
        answer = await socket.configure()
        assert answer["body"]["autoStarted"] is (begins == "by itself")
        if begins == "joins":
            await socket.event("Presence", "Join")
        if begins == "writes":
            await socket.text("Hello?")
        assert (await socket.texts(1, "Outbound"))[0].startswith("Hi, this is Ann")


async def test_a_dialogue_is_played_at_once_to_a_guest_who_is_connected(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.play([["agent", "Good morning."]])
    assert await socket.texts(1, "Outbound") == ["Good morning."]


async def test_auto_start_shows_once_the_guest_has_joined(guest: GuestClient) -> None:
    guest.sim.set_deployment(auto_start=True)
    socket = await guest.connect()
    await socket.event("Presence", "Join")
    assert (await socket.configure())["body"]["autoStarted"]


# --- faults and events of the service


@pytest.mark.parametrize(
    ("kind", "options", "last"),
    [
        ("session_cleared", {}, ["SessionClearedEvent", "ConnectionClosedEvent"]),
        ("connection_closed", {}, ["ConnectionClosedEvent"]),
        ("connection_closed", {"reason": "signedIn"}, ["ConnectionClosedEvent"]),
    ],
)
async def test_the_service_can_end_connections(
    guest: GuestClient, kind: str, options: dict[str, str], last: list[str]
) -> None:
    socket = await guest.connect()
    guest.sim.fault(kind, **options)
    assert await socket.closed() == 1000
    assert [f["class"] for f in socket.frames[1:]] == last
    reason = options.get("reason")
    assert socket.frames[-1]["body"] == ({"reason": reason, "reasonCode": reason} if reason else {})


async def test_the_service_can_expire_sessions(guest: GuestClient) -> None:
    socket = await guest.connect()
    guest.sim.fault("session_expired")
    await socket.wait_for("SessionExpiredEvent")
    assert (await socket.text("late"))["code"] == 4006


# --- signed-in guests


async def sign_in(guest: GuestClient, user: str = "bo", verifier: str = "v" * 43) -> dict[str, str]:
    """What a browser and a client do: the identity provider's code becomes a JWT."""
    redirect_uri = "http://127.0.0.1:1/back"
    query = {
        "redirect_uri": redirect_uri,
        "state": "s",
        "login_hint": user,
        "code_challenge": challenge_of(verifier),
    }
    answer = await guest.http.get("/idp/authorize", params=query)
    found = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["Location"]).query))
    assert found["state"] == "s"
    oauth = {"code": found["code"], "redirectUri": redirect_uri, "codeVerifier": verifier}
    answer = await guest.http.post(
        "/api/v2/webdeployments/token/oauthcodegrantjwtexchange",
        json={"deploymentId": guest.sim.deployment_id, "oauth": oauth},
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, str] = answer.json()
    return body


@pytest_asyncio.fixture
async def member() -> AsyncIterator[GuestClient]:
    async with visiting(deployment={"auth_enabled": True}, guest_limits={"messages_per_s": 1000}) as guest:
        yield guest


async def test_a_guest_signs_in_by_code_and_pkce(member: GuestClient) -> None:
    jwt = (await sign_in(member))["jwt"]
    socket = await member.open()
    answer = await socket.configure(authenticated=jwt)
    assert (answer["class"], answer["body"]["newSession"]) == ("SessionResponse", True)
    assert (await socket.text("hi"))["code"] == 200
    assert (await socket.configure())["code"] == 4017


async def test_a_wrong_jwt_is_401_and_a_refreshed_one_is_good(member: GuestClient) -> None:
    tokens = await sign_in(member)
    member.sim.fault("expire_token")
    socket = await member.open()
    answer = await socket.configure(authenticated=tokens["jwt"])
    assert (answer["code"], answer["body"]) == (401, "Session authentication failed")
    path = "/api/v2/webdeployments/token/refresh"
    fresh = await member.http.post(path, json={"refreshToken": tokens["refreshToken"]})
    assert (await socket.configure(authenticated=fresh.json()["jwt"]))["class"] == "SessionResponse"
    assert (await member.http.post(path, json={"refreshToken": "no"})).status_code == 401


async def test_a_wrong_code_or_verifier_gets_no_jwt(member: GuestClient) -> None:
    path = "/api/v2/webdeployments/token/oauthcodegrantjwtexchange"
    body = {
        "deploymentId": member.sim.deployment_id,
        "oauth": {"code": "no", "redirectUri": "x", "codeVerifier": "v"},
    }
    assert (await member.http.post(path, json=body)).status_code == 401
    assert (await member.http.post(path, json={**body, "deploymentId": "no"})).status_code == 404
    assert (await member.http.post(path, json=[])).status_code == 400


@pytest.mark.parametrize("redirect_uri", ["https://example.com/back", "http://[broken", ""])
async def test_a_login_goes_back_to_this_machine_only(member: GuestClient, redirect_uri: str) -> None:
    answer = await member.http.get("/idp/authorize", params={"redirect_uri": redirect_uri})
    assert answer.status_code == 400


async def test_where_signing_in_is_off_it_is_a_missing_feature(guest: GuestClient) -> None:
    socket = await guest.open()
    assert (await socket.configure(authenticated="any"))["code"] == 4000


async def test_the_same_user_elsewhere_ends_the_first_connection_with_a_reason(member: GuestClient) -> None:
    jwt = (await sign_in(member))["jwt"]
    first = await member.open()
    await first.configure(authenticated=jwt)
    second = await member.open(token="22222222-2222-2222-2222-222222222222")
    await second.configure(authenticated=jwt)
    assert await first.closed() == 1000
    assert first.frames[-1]["body"] == {"reason": "signedIn", "reasonCode": "signedIn"}


async def test_revoking_logs_the_guest_out(member: GuestClient) -> None:
    jwt = (await sign_in(member))["jwt"]
    socket = await member.open()
    await socket.configure(authenticated=jwt)
    path = "/api/v2/webdeployments/token/revoke"
    answer = await member.http.delete(path, headers={"Authorization": f"bearer {jwt}"})
    assert answer.status_code == 204
    await socket.wait_for("LogoutEvent")
    again = await member.http.delete(path, headers={"Authorization": f"bearer {jwt}"})
    assert again.status_code == 401
    member.sim.fault("logout")
    await socket.wait_for("LogoutEvent", 2)


@pytest.mark.parametrize("is_allowed", [True, False])
async def test_an_anonymous_session_becomes_a_signed_in_one_if_the_deployment_allows(
    member: GuestClient, is_allowed: bool
) -> None:
    member.sim.set_deployment(allow_session_upgrade=is_allowed)
    socket = await member.connect()
    answer = await socket.configure(authenticated=(await sign_in(member))["jwt"])
    assert answer["code"] == (200 if is_allowed else 403)


async def test_guests_of_one_session_may_come_at_the_same_time(guest: GuestClient) -> None:
    sockets = await asyncio.gather(*[guest.connect() for _ in range(5)])
    assert sum(s.frames[0]["body"]["newSession"] for s in sockets) == 1
