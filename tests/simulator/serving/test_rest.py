"""What every REST call shares: OAuth, scopes, rate limits, error bodies and headers."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from tests.simulator.clients.contract import BASE, SCOPES, ContractClient, running


def assert_genesys_error(answer: httpx.Response, status: int) -> None:
    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert set(body) == {"message", "code", "status", "contextId", "details", "errors"}
    assert answer.headers["ININ-Correlation-Id"] == body["contextId"]


async def test_a_token_has_the_contracts_shape(client: ContractClient) -> None:
    body = (await client.ask_token()).json()
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("bearer", 86399, SCOPES)


async def test_a_wrong_secret_is_401_invalid_client(client: ContractClient) -> None:
    answer = await client.ask_token(secret="wrong")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("header", ["", "Basic", "Basic %%%", "Basic /w==", "Bearer x"])
async def test_malformed_basic_credentials_are_401(client: ContractClient, header: str) -> None:
    answer = await client.http.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": header}
    )
    assert answer.status_code == 401


async def test_another_grant_type_is_400(client: ContractClient) -> None:
    answer = await client.ask_token(grant_type="password")
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


async def test_a_token_without_asked_scopes_has_all_that_the_client_holds(client: ContractClient) -> None:
    form = {"grant_type": "client_credentials"}
    answer = await client.http.post(
        "/oauth/token", data=form, auth=(client.sim.client_id, client.sim.client_secret)
    )
    assert answer.json()["scope"] == SCOPES


async def test_a_missing_scope_is_403_on_the_call_that_needs_it_and_named() -> None:
    async with running(scopes=("conversations:messaging", "conversations:read")) as client:
        [message_id] = client.sim.agent_say("hello")
        assert (await client.typing(True)).status_code == 202
        assert (await client.history()).status_code == 200
        answer = await client.read(message_id)
        assert_genesys_error(answer, 403)
        assert "messaging:write" in answer.json()["message"]
        [_, entry] = client.sim.log()["received"]
        assert (entry["kind"], entry["message_id"], entry["rejected"]) == ("read", message_id, True)


async def test_a_missing_or_wrong_token_is_401_in_genesys_shape(client: ContractClient) -> None:
    for header in ("", "Bearer wrong", f"Basic {client.token}"):
        answer = await client.http.get(f"{BASE}/conversations", headers={"Authorization": header})
        assert_genesys_error(answer, 401)


async def test_a_token_expires_after_its_lifetime() -> None:
    async with running(token_lifetime_s=0.05) as client:
        async with client.http.stream("GET", client.conversation + "/messages"):
            pass
        while (await client.history()).status_code == 200:
            pass
        assert (await client.history()).json()["code"] == "bad.credentials"
        await client.log_in()
        assert (await client.history()).status_code == 200


async def test_every_answer_has_correlation_id_and_rate_limit_headers(client: ContractClient) -> None:
    answers = [await client.typing(True), await client.history(), await client.ask_token(secret="no")]
    answers.append(await client.http.get("/api/v2/no/such/path"))
    for answer in answers:
        assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["ININ-Correlation-Id"])
        assert answer.headers["inin-ratelimit-allowed"] == "300"
        assert int(answer.headers["inin-ratelimit-reset"]) >= 1
    assert [a.headers["inin-ratelimit-count"] for a in answers] == ["1", "2", "0", "0"]


async def test_calls_over_the_limit_are_429_with_retry_after() -> None:
    async with running(rate_limit_per_min=2) as client:
        assert [(await client.history()).status_code for _ in range(2)] == [200, 200]
        answer = await client.typing(True)
        assert_genesys_error(answer, 429)
        assert answer.json()["code"] == "too.many.requests.retry.after"
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert answer.headers["inin-ratelimit-count"] == "2"
        assert client.sim.log()["received"][0]["rejected"]


async def test_the_limit_is_per_token() -> None:
    async with running(rate_limit_per_min=1) as client:
        assert (await client.history()).status_code == 200
        assert (await client.history()).status_code == 429
        await client.log_in()
        assert (await client.history()).status_code == 200


async def test_typing_calls_too_close_together_are_429_when_there_is_such_a_limit() -> None:
    async with running(typing_min_interval_s=60) as client:
        assert (await client.typing(True)).status_code == 202
        answer = await client.typing(False)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        assert (await client.history()).status_code == 200


async def test_a_body_over_a_mebibyte_is_413_in_genesys_shape(client: ContractClient) -> None:
    answer = await client.send("x" * (1024 * 1024))
    assert_genesys_error(answer, 413)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"typing": NaN}'])
async def test_a_body_that_is_not_json_is_400(client: ContractClient, body: bytes) -> None:
    answer = await client.http.post(f"{client.conversation}/typing", content=body)
    assert_genesys_error(answer, 400)


async def test_unknown_paths_and_methods_have_genesys_errors(client: ContractClient) -> None:
    assert_genesys_error(await client.http.get("/api/v2/nothing"), 404)
    assert_genesys_error(await client.http.delete(f"{client.conversation}/messages"), 405)


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Host": "127.0.0.1.evil.example:80"}],
)
async def test_a_foreign_page_cannot_reach_the_simulator(
    client: ContractClient, headers: dict[str, str]
) -> None:
    for url in (f"{client.sim.control_url}/log", f"{client.conversation}/messages"):
        assert (await client.http.get(url, headers=headers)).status_code == 403


async def test_every_rest_call_is_listed_with_its_status(client: ContractClient) -> None:
    await client.history()
    await client.typing("no")
    listed = [(r["method"], r["status"]) for r in client.sim.requests()]
    assert listed == [("POST", 200), ("GET", 200), ("POST", 400)]
    assert client.token not in json.dumps(client.sim.requests())


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"typing": {"type": "On"}}, "typing"),
        ({}, "typing"),
        ([], None),
    ],
)
async def test_an_error_names_the_field_that_is_wrong(
    client: ContractClient, body: object, field: str | None
) -> None:
    answer = await client.http.post(f"{client.conversation}/typing", json=body)
    details = [] if field is None else [{"errorCode": "invalid.value", "fieldName": field}]
    assert_genesys_error(answer, 400)
    assert answer.json()["details"] == details
