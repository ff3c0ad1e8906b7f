"""The tutorial's REST contract and its extensions, call by call."""

from __future__ import annotations

import uuid

import pytest

from tests.simulator.clients.contract import BASE, ContractClient, running


async def test_a_typing_call_is_answered_202_with_an_empty_body(client: ContractClient) -> None:
    answer = await client.typing(True)
    assert (answer.status_code, answer.content) == (202, b"")
    [entry] = client.sim.log()["received"]
    assert (entry["kind"], entry["typing"], entry["status"]) == ("typing", True, 202)


@pytest.mark.parametrize("wrong", ["true", 1, 0, None, [True], {}])
async def test_typing_must_be_a_json_boolean(client: ContractClient, wrong: object) -> None:
    answer = await client.typing(wrong)
    assert answer.status_code == 400
    [entry] = client.sim.log()["received"]
    assert (entry["typing"], entry["status"], entry["rejected"]) == (wrong, 400, True)


async def test_a_typing_client_that_goes_silent_stops_typing_on_the_server(client: ContractClient) -> None:
    await client.typing(True)
    hub = client.sim._running().hub
    hub.publish(hub.platform.expire(hub.clock.now() + 11))
    assert [e["kind"] for e in client.sim.log()["received"]] == ["typing", "typing_expired"]


async def test_own_typing_comes_back_only_on_demand() -> None:
    async with running(echo_typing=True) as client:
        stream = await client.connect()
        await client.typing(True)
        [frame] = await stream.wait_for("typing")
        assert frame["payload"] == {"typing": True}


async def test_reading_is_idempotent_and_logged_once(client: ContractClient) -> None:
    [message_id] = client.sim.agent_say("hello")
    answers = [await client.read(message_id), await client.read(message_id)]
    assert [(a.status_code, a.content) for a in answers] == [(204, b""), (204, b"")]
    assert [e["kind"] for e in client.sim.log()["received"]] == ["read", "read_repeated"]


@pytest.mark.parametrize("wrong", [{"read": False}, {"read": "true"}, {"read": 1}, {"x": 1}, [1]])
async def test_a_read_body_must_say_true(client: ContractClient, wrong: object) -> None:
    [message_id] = client.sim.agent_say("hello")
    assert (await client.read(message_id, wrong)).status_code == 400
    [entry] = client.sim.log()["received"]
    assert entry["rejected"]


async def test_an_own_message_never_counts_as_read_by_its_sender(client: ContractClient) -> None:
    own = (await client.send("mine")).json()["id"]
    assert (await client.read(own)).status_code == 204
    assert [e["kind"] for e in client.sim.log()["received"]] == ["send", "read_own"]


async def test_reading_up_to_a_message_marks_all_unread_ones_before_it(client: ContractClient) -> None:
    ids = client.sim.agent_say("text", count=4)
    await client.read(ids[1])
    own = (await client.send("mine")).json()["id"]
    assert (await client.read_up_to(ids[2])).status_code == 204
    reads = [e for e in client.sim.log()["received"] if e["kind"] == "read"]
    assert [(e["message_id"], e.get("via")) for e in reads] == [
        (ids[1], None),
        (ids[0], ids[2]),
        (ids[2], ids[2]),
    ]
    assert (await client.read_up_to(own)).status_code == 204
    assert (await client.read_up_to("nobody")).status_code == 404


async def test_sending_answers_201_and_the_same_client_id_again_200_with_the_same_message(
    client: ContractClient,
) -> None:
    client_id = str(uuid.uuid4())
    first, second = await client.send("hello", client_id), await client.send("hello", client_id)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    body = first.json()
    assert (body["text"], body["client_message_id"], body["sequence"]) == ("hello", client_id, 1)
    assert (body["sender"], body["direction"]) == ({"name": "Customer", "role": "customer"}, "inbound")
    assert (await client.history_texts())[0] == ["hello"]
    sends = client.sim.log()["received"]
    assert [(e["status"], e.get("repeated", False)) for e in sends] == [(201, False), (200, True)]


@pytest.mark.parametrize(
    "body",
    [
        {"text": "", "client_message_id": str(uuid.uuid4())},
        {"text": 5, "client_message_id": str(uuid.uuid4())},
        {"text": "x", "client_message_id": "not-a-uuid"},
        {"text": "x"},
        [],
    ],
)
async def test_a_bad_send_is_refused_and_marked(client: ContractClient, body: object) -> None:
    answer = await client.http.post(f"{client.conversation}/messages", json=body)
    assert answer.status_code == 400
    assert client.sim.log()["received"][0]["rejected"]
    assert (await client.history_texts())[0] == []


@pytest.mark.parametrize("text", ["<b>bold</b> & <script>", "\u202eevil\u2066", "x" * 100_000, "🙂\u0000\n"])
async def test_any_text_comes_back_as_it_was_sent(client: ContractClient, text: str) -> None:
    await client.send(text)
    assert (await client.history_texts())[0] == [text]


async def test_without_after_history_is_the_newest_page_oldest_first(client: ContractClient) -> None:
    client.sim.agent_say("m", count=5)
    assert await client.history_texts(limit=2) == (["m 4", "m 5"], True)
    assert await client.history_texts(limit=5) == (["m 1", "m 2", "m 3", "m 4", "m 5"], False)


async def test_history_pages_forwards_and_backwards(client: ContractClient) -> None:
    ids = client.sim.agent_say("m", count=5)
    assert await client.history_texts(after=ids[0], limit=2) == (["m 2", "m 3"], True)
    assert await client.history_texts(after=ids[2], limit=2) == (["m 4", "m 5"], False)
    assert await client.history_texts(before=ids[3], limit=2) == (["m 2", "m 3"], True)
    assert await client.history_texts(before=ids[2], limit=2) == (["m 1", "m 2"], False)
    assert await client.history_texts(after=ids[0], before=ids[4], limit=2) == (["m 2", "m 3"], True)
    assert await client.history_texts(after=ids[4]) == ([], False)
    assert await client.history_texts(after=ids[4], before=ids[0]) == ([], False)


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"after": "nobody"}])
async def test_a_bad_history_query_is_400(client: ContractClient, query: dict[str, str | int]) -> None:
    assert (await client.history(**query)).status_code == 400


async def test_one_message_can_be_fetched(client: ContractClient) -> None:
    [message_id] = client.sim.agent_say("hello")
    body = (await client.http.get(f"{BASE}/messages/{message_id}")).json()
    assert (body["id"], body["text"], body["sender"]["name"]) == (message_id, "hello", "Ann")


async def test_the_list_of_conversations_has_participants_and_unread_count(client: ContractClient) -> None:
    client.sim.agent_say("m", count=2)
    [listed] = (await client.http.get(f"{BASE}/conversations")).json()["conversations"]
    assert (listed["id"], listed["unread_count"]) == (client.sim.conversation_id, 2)
    assert {p["role"] for p in listed["participants"]} == {"agent", "customer"}
    assert listed["last_message"]["text"] == "m 2"


async def test_an_unknown_conversation_or_message_is_404_in_genesys_shape(client: ContractClient) -> None:
    unknown = f"{BASE}/conversations/{uuid.uuid4()}"
    for answer in (
        await client.http.post(f"{unknown}/typing", json={"typing": True}),
        await client.http.get(f"{unknown}/messages"),
        await client.read(str(uuid.uuid4())),
    ):
        assert answer.status_code == 404
        assert answer.json()["code"] in ("conversation.not.found", "message.not.found")


async def test_a_disconnected_conversation_takes_no_messages(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.set_conversation("disconnected")
    await stream.wait_for("conversation", 2)
    assert (await client.send("hello")).status_code == 409
    client.sim.set_conversation("connected")
    assert (await client.send("hello")).status_code == 201


async def test_a_bare_tutorial_server_has_no_extension_at_all() -> None:
    async with running(extensions=()) as client:
        stream = await client.connect()
        [message_id] = client.sim.agent_say("hello")
        assert (await client.send("x")).status_code == 404
        assert (await client.history()).status_code == 404
        assert (await client.http.get(f"{BASE}/messages/{message_id}")).status_code == 404
        assert (await client.read_up_to(message_id)).status_code == 404
        assert (await client.http.get(f"{BASE}/conversations")).status_code == 404
        assert (await client.typing(True)).status_code == 202
        assert (await client.read(message_id)).status_code == 204
        client.sim.agent_typing(False)
        await stream.wait_for("typing")
        assert [(f["event_type"], f.get("payload")) for f in stream.frames] == [
            ("message", {}),
            ("typing", {"typing": False}),
        ]


async def test_an_extension_that_shares_its_path_with_another_is_405_when_off() -> None:
    async with running(extensions={"history"}) as client:
        assert (await client.send("x")).status_code == 405
        assert (await client.history()).status_code == 200


async def test_a_frame_may_carry_ids_only_while_rest_has_the_text() -> None:
    async with running(extensions={"message", "presence"}) as client:
        stream = await client.connect()
        [message_id] = client.sim.agent_say("hello")
        [frame] = await stream.wait_for("message")
        assert (frame["message_id"], frame["payload"]) == (message_id, {})
        assert (await client.http.get(f"{BASE}/messages/{message_id}")).json()["text"] == "hello"
