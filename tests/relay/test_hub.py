"""JupyterHub as the one who knows people. Its answers are those of JupyterHub 6.1.1."""

from __future__ import annotations

import asyncio
import json

import pytest

from ipygenesys._core.relay.rights import Refused
from ipygenesys._relay import hub as module
from ipygenesys._relay.address import SettingsError
from ipygenesys._relay.hub import JupyterHub
from ipygenesys._relay.rights import Person
from ipygenesys._relay.settings import HubSettings
from tests.io.clocks import StandingClock
from tests.io.servers import answer, answering, raw_server, read_head

ANN: dict[str, object] = {
    "server": None, "roles": ["user"], "last_activity": "2026-11-30T22:45:30.580431Z", "pending": None, "admin": False,
    "created": "2026-11-30T22:45:25.786781Z", "groups": ["leads"], "name": "ann", "kind": "user", "servers": {},
    "user_info": None, "token_id": "a3", "session_id": None,
    "scopes": ["access:servers!user=ann", "access:services!service=relay", "read:users:name!user=ann"],
}  # fmt: skip
SERVICE: dict[str, object] = {
    "name": "ann",
    "admin": False,
    "kind": "service",
    "token_id": "a1",
    "session_id": None,
    "scopes": [],
}
UNKNOWN = answer(403, b'{"status": 403, "message": null}')
TOKEN = "7499fc5b0ae04c8bb7b35a12178af0fa"


def of(user: dict[str, object]) -> bytes:
    return answer(200, json.dumps(user).encode())


async def test_a_token_is_somebodys_who_is_in_groups() -> None:
    seen: list[bytes] = []
    async with raw_server(answering(of(ANN), seen=seen)) as port:
        hub = JupyterHub(f"http://127.0.0.1:{port}/hub/api/", HubSettings())
        assert await hub.person(TOKEN) == Person("ann", frozenset({"leads"}))
        await hub.aclose()
    assert seen[0].startswith(b"GET /hub/api/user HTTP/1.1\r\n")
    assert f"Authorization: token {TOKEN}".encode() in seen[0]


@pytest.mark.parametrize(
    ("said", "settings", "words"),
    [
        (UNKNOWN, HubSettings(), "does not know this token, or it has expired"),
        (answer(401), HubSettings(), "does not know this token, or it has expired"),
        (of(SERVICE), HubSettings(), "of a service of JupyterHub, not of a person"),
        (of(ANN), HubSettings(scope="access:services!service=other"), "has not the scope access:services!service=other"),
        (answer(500), HubSettings(), "could not be asked"),
        (answer(302, Location="http://example.com/"), HubSettings(), "could not be asked"),
        (answer(200, b"<html>"), HubSettings(), "check identities.jupyterhub.api_url"),
    ],
)  # fmt: skip
async def test_any_other_is_refused_with_the_reason(said: bytes, settings: HubSettings, words: str) -> None:
    async with raw_server(answering(said)) as port:
        hub = JupyterHub(f"http://127.0.0.1:{port}/hub/api", settings)
        with pytest.raises(Refused, match=words) as caught:
            await hub.person(TOKEN)
        await hub.aclose()
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("scope", ["access:services!service=relay", "read:users:name!user=ann"])
async def test_a_scope_may_be_wanted(scope: str) -> None:
    async with raw_server(answering(of(ANN))) as port:
        hub = JupyterHub(f"http://127.0.0.1:{port}/hub/api", HubSettings(scope=scope))
        assert (await hub.person(TOKEN)).name == "ann"
        await hub.aclose()


async def test_what_the_hub_said_is_remembered_for_a_while() -> None:
    seen: list[bytes] = []
    clock = StandingClock()
    async with raw_server(answering(of(ANN), UNKNOWN, of(ANN), seen=seen)) as port:
        hub = JupyterHub(f"http://127.0.0.1:{port}/hub/api", HubSettings(cache_s=60), clock=clock)
        for _ in range(3):
            assert (await hub.person(TOKEN)).name == "ann"
        assert len(seen) == 1
        clock.advance(61)
        for _ in range(3):
            with pytest.raises(Refused):
                await hub.person(TOKEN)
        assert len(seen) == 2, "what is no good is not asked about at each try"
        clock.advance(11)
        assert (await hub.person(TOKEN)).name == "ann"
        await hub.aclose()


async def test_a_hub_that_does_not_answer_is_asked_again() -> None:
    clock = StandingClock()
    async with raw_server(answering(answer(502), of(ANN))) as port:
        hub = JupyterHub(f"http://127.0.0.1:{port}/hub/api", HubSettings(), clock=clock)
        for _ in range(3):
            with pytest.raises(Refused, match="try again") as refused:
                await hub.person(TOKEN)
            assert refused.value.is_for_now
        clock.advance(6)
        assert (await hub.person(TOKEN)).name == "ann"
        await hub.aclose()


async def test_one_that_is_silent_is_given_up_and_asked_once_for_all_who_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "ANSWER_S", 0.3)
    monkeypatch.setattr(module, "AT_ONCE", 2)
    seen: list[bytes] = []
    is_answering = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await read_head(reader))
        await is_answering.wait()
        writer.write(of(ANN))

    async with raw_server(serve) as port:
        hub = JupyterHub(f"http://127.0.0.1:{port}/hub/api", HubSettings())
        tokens = ["a", "a", "b", "c", "d", "a"]
        found = await asyncio.gather(*map(hub.person, tokens), return_exceptions=True)
        assert all(isinstance(each, Refused) and each.is_for_now for each in found)
        assert len(seen) == 2, "of four questions two had no room"
        with pytest.raises(Refused):
            await hub.person("a")
        assert len(seen) == 2, "it is not asked again at once"
        is_answering.set()
        assert (
            await asyncio.gather(*map(hub.person, ["e", "f", "g"]))
            == [Person("ann", frozenset({"leads"}))] * 3
        )
        leaving = asyncio.ensure_future(hub.person("h"))
        await asyncio.sleep(0)
        await hub.aclose()
        with pytest.raises(asyncio.CancelledError):
            await leaving


async def test_no_more_is_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_REMEMBERED", 2)
    seen: list[bytes] = []
    async with raw_server(answering(of(ANN), seen=seen)) as port:
        hub = JupyterHub(f"http://127.0.0.1:{port}/hub/api", HubSettings())
        for token in ("a", "b", "c", "c", "a"):
            await hub.person(token)
        await hub.aclose()
    assert len(seen) == 4


@pytest.mark.parametrize("token", ["a\r\nX-Injected: 1", "naïve", "a\x00b"])
async def test_what_cannot_stand_in_a_header_is_no_token(token: str) -> None:
    hub = JupyterHub("http://127.0.0.1:1/hub/api", HubSettings())
    with pytest.raises(Refused, match="does not know this token"):
        await hub.person(token)
    await hub.aclose()


async def test_where_the_hub_is_the_file_says_or_the_hub() -> None:
    for settings, environment in (
        (HubSettings(api_url="https://hub/hub/api"), {}),
        (HubSettings(), {"JUPYTERHUB_API_URL": "http://127.0.0.1:8081/hub/api"}),
    ):
        await JupyterHub.of(settings, environment).aclose()
    with pytest.raises(SettingsError, match="JUPYTERHUB_API_URL is not set"):
        JupyterHub.of(HubSettings(), {})
