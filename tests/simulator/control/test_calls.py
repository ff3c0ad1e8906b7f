"""The control plane over HTTP: what each call does, and that mistakes in it are errors."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from ipygenesys.simulator import Simulator
from tests.simulator.clients.contract import ContractClient


async def test_agent_typing_sends_one_frame_for_each_call(client: ContractClient) -> None:
    stream = await client.connect()
    for typing in (True, True, False):
        assert (await client.control("POST", "/agent/typing", {"typing": typing})).status_code == 200
    frames = await stream.wait_for("typing", 3)
    assert [f["payload"]["typing"] for f in frames] == [True, True, False]
    assert [e["typing"] for e in client.sim.log()["sent"] if e["kind"] == "typing"] == [True, True, False]


async def test_agent_say_sends_one_message_and_tells_its_id(client: ContractClient) -> None:
    stream = await client.connect()
    answer = (await client.control("POST", "/agent/say", {"text": "hello"})).json()
    [frame] = await stream.wait_for("message")
    assert answer == {"message_ids": [frame["message_id"]], "count": 1}
    [entry] = [e for e in client.sim.log()["sent"] if e["kind"] == "message"]
    assert (entry["text"], entry["role"], entry["message_id"]) == ("hello", "agent", frame["message_id"])
    assert abs(entry["time"] - time.time()) < 60


async def test_agent_say_numbers_a_burst(client: ContractClient) -> None:
    stream = await client.connect()
    answer = (await client.control("POST", "/agent/say", {"text": "m", "count": 3})).json()
    assert await stream.texts(3) == ["m 1", "m 2", "m 3"]
    assert answer["message_ids"] == [f["message_id"] for f in stream.of("message")]


async def test_agent_say_keeps_a_rate_in_the_background(client: ContractClient) -> None:
    stream = await client.connect()
    answer = await client.control("POST", "/agent/say", {"text": "m", "count": 11, "rate_per_s": 100})
    assert answer.json() == {"message_ids": [], "count": 11}
    await stream.wait_for("message", 11)
    times = [e["time"] for e in client.sim.log()["sent"] if e["kind"] == "message"]
    assert times[-1] - times[0] == pytest.approx(0.1, abs=0.06)


async def test_other_people_can_type_and_speak(client: ContractClient) -> None:
    stream = await client.connect()
    await client.control("POST", "/agent/typing", {"typing": True, "name": "Ben"})
    await client.control("POST", "/agent/say", {"text": "beep", "name": "Robo", "role": "bot"})
    await client.control("POST", "/agent/leave", {"name": "Ben"})
    presence = [(f["payload"]["name"], f["payload"]["state"]) for f in await stream.wait_for("presence", 5)]
    assert presence[2:] == [("Ben", "joined"), ("Robo", "joined"), ("Ben", "left")]
    assert stream.of("message")[0]["payload"]["sender"] == {"name": "Robo", "role": "bot"}
    assert [f["payload"]["typing"] for f in stream.of("typing")] == [True, False]


async def test_agent_read_takes_one_message_or_all(client: ContractClient) -> None:
    first, second, third = [(await client.send(t)).json()["id"] for t in "abc"]
    one = await client.control("POST", "/agent/read", {"message_id": second})
    assert one.json() == {"message_ids": [second]}
    assert (await client.control("POST", "/agent/read")).json() == {"message_ids": [first, third]}
    assert (await client.control("POST", "/agent/read", {"message_id": "nobody"})).status_code == 404


async def test_the_log_has_its_three_parts_in_order_of_time(client: ContractClient) -> None:
    await client.connect()
    await client.typing(True)
    await client.send("hello")
    await client.typing(False)
    log = (await client.control("GET", "/log")).json()
    assert set(log) == {"sent", "received", "connections"}
    assert [(e["kind"], e["status"]) for e in log["received"]] == [
        ("typing", 202),
        ("send", 201),
        ("typing", 202),
    ]
    for entries in log.values():
        assert [e["time"] for e in entries] == sorted(e["time"] for e in entries)


async def test_reset_forgets_messages_log_and_faults_and_keeps_ids_and_tokens(client: ContractClient) -> None:
    stream = await client.connect()
    [old] = client.sim.agent_say("old")
    client.sim.fault("delay", ms=10_000)
    client.sim.fault("clear")
    client.sim.fault("duplicate")
    assert (await client.control("POST", "/reset")).status_code == 200
    assert await stream.closed() == 1012
    assert (await client.history_texts())[0] == []
    fresh = await client.connect()
    [new] = client.sim.agent_say("new")
    client.sim.agent_say("newer")
    assert await fresh.texts(2) == ["new", "newer"]
    assert new != old
    assert client.sim.log()["received"] == []


async def test_the_agent_leaves_and_comes_back_by_speaking(client: ContractClient) -> None:
    stream = await client.connect()
    client.sim.agent_leave()
    client.sim.agent_say("back")
    states = [f["payload"]["state"] for f in await stream.wait_for("presence", 4)]
    assert states == ["joined", "joined", "left", "joined"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/agent/typing", {"typing": "true"}, 400),
        ("POST", "/agent/say", {"text": ""}, 400),
        ("POST", "/agent/say", {"txt": "x"}, 400),
        ("POST", "/agent/say", {"text": "x", "count": 0}, 400),
        ("POST", "/faults", {"kind": "earthquake"}, 400),
        ("POST", "/faults", [], 400),
        ("POST", "/dialogue", {}, 400),
        ("POST", "/dialogue", {"turns": [["nobody", "x"]]}, 400),
        ("POST", "/dialogue", {"name": "no_such_dialogue"}, 400),
        ("GET", "/agent/say", None, 404),
        ("POST", "/nothing", {}, 404),
    ],
)
async def test_a_wrong_control_call_is_an_error(
    client: ContractClient, method: str, path: str, body: object, status: int
) -> None:
    answer = await client.control(method, path, body)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_over_http_a_dialogue_is_a_packaged_one_never_a_file(
    client: ContractClient, tmp_path: Path
) -> None:
    path = tmp_path / "own.json"
    path.write_text('[["agent", "CANARY"]]', "utf-8")
    for name in (str(path), f"../../{path.name}", "/dev/null", str(tmp_path / "nothing")):
        answer = await client.control("POST", "/dialogue", {"name": name})
        assert answer.status_code == 400
        assert answer.json()["error"].endswith("packaged are bank_card, retail_return, travel_delay")
    client.sim.play(path)
    assert client.sim.dialogue()["playing"]


async def test_who_does_not_know_its_address_controls_nothing(client: ContractClient) -> None:
    base, _, secret = client.sim.control_url.rpartition("/")
    assert base.endswith("/control")
    assert len(secret) == 32
    calls = [(call, path) for call in ("GET", "POST") for path in ("/log", "/agent/say", "/nothing", "")]
    pages = [{}, {"Origin": "http://localhost:1"}, {"Origin": "null"}]
    for wrong in ("", "/", f"/{secret[:-1]}", f"/{secret}x", "/%C3%A9", "/log"):
        for headers, (method, path) in itertools.product(pages, calls):
            answer = await client.http.request(method, f"{base}{wrong}{path}", headers=headers)
            assert answer.status_code in (403, 404)
            assert secret not in answer.text
    assert (await client.http.get(f"{base}/{secret}/log")).status_code == 200


async def test_the_secret_of_the_control_plane_is_not_that_of_the_seed() -> None:
    async with Simulator(seed=1) as one, Simulator(seed=1) as other:
        assert one.client_secret == other.client_secret
        assert one.control_url.rpartition("/")[2] != other.control_url.rpartition("/")[2]
        assert one.control_url not in repr(one)


async def test_text_that_cannot_be_sent_is_the_callers_error(client: ContractClient) -> None:
    stream = await client.connect()
    url = f"{client.sim.control_url}/agent/say"
    assert (await client.http.post(url, content=b'{"text": "\\ud800"}')).status_code == 400
    client.sim.agent_say("fine")
    assert await stream.texts(1) == ["fine"]
