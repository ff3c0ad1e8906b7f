"""Calls and streams go the same way, by whatever proxy the environment names."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest

from ipygenesys._core.model.failures import ErrorDetails, Failure
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.host.proxies import CURE, proxy_of
from ipygenesys._io.rest.client import RestClient
from ipygenesys._io.rest.http_client import http_client
from ipygenesys._io.stream.websocket import Stream, StreamError
from ipygenesys._protocols.flow import CallError
from tests.io.servers import answer, answering, raw_server

HOST = "api.example.invalid"


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SimpleNamespace]:
    """A proxy that wants a password, and an environment that names none yet."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    heads: list[bytes] = []
    async with raw_server(answering(answer(407), seen=heads)) as port:
        yield SimpleNamespace(address=f"127.0.0.1:{port}", heads=heads)


async def opened() -> Failure:
    with pytest.raises(StreamError) as caught:
        await Stream.open(f"wss://{HOST}/", headers={}, first_frames=(), now_epoch=0.0)
    failure = caught.value.loss.failure
    assert failure is not None
    return failure


async def called() -> None:
    async with http_client(is_local=False) as client:
        with pytest.raises(httpx.TransportError):
            await client.get(f"https://{HOST}/")


@pytest.mark.parametrize(
    ("environment", "is_by_proxy"),
    [
        ({}, False),
        ({"HTTPS_PROXY": "http://{}"}, True),
        ({"https_proxy": "{}"}, True),
        ({"ALL_PROXY": "http://{}"}, True),
        ({"HTTP_PROXY": "http://{}"}, False),
        ({"HTTPS_PROXY": "http://{}", "NO_PROXY": "example.invalid"}, False),
        ({"HTTPS_PROXY": "http://{}", "NO_PROXY": ".example.invalid"}, False),
        ({"HTTPS_PROXY": "http://{}", "NO_PROXY": "localhost, *"}, False),
        ({"HTTPS_PROXY": "http://{}", "NO_PROXY": "api.example.invalid:8443,example.org"}, True),
    ],
    ids=lambda value: "&".join(value) if isinstance(value, dict) else None,
)
async def test_a_stream_takes_the_proxy_that_a_call_takes(
    proxy: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], is_by_proxy: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(proxy.address))

    await called()
    by_proxy = bool(proxy.heads)
    proxy.heads.clear()
    await opened()

    assert (by_proxy, bool(proxy.heads)) == (is_by_proxy, is_by_proxy)
    assert (proxy_of(f"https://{HOST}") is not None) == is_by_proxy


async def test_a_proxy_that_refuses_is_named_and_nothing_was_sent(
    proxy: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:canary-secret@{proxy.address}")

    by_stream = await opened()
    client = RestClient(f"https://{HOST}", clock=SystemClock(), decode_error=lambda _: ErrorDetails())
    with pytest.raises(CallError) as caught:
        await client.send("POST", f"https://{HOST}/", what="Sending a message")
    await client.aclose()

    for failure in (by_stream, caught.value.failure):
        assert failure.kind == "unreachable"
        assert CURE in failure.message and "canary" not in failure.message


async def test_a_socks_proxy_says_which_package_it_takes(
    proxy: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "python_socks", None)

    assert "pip install python-socks" in (await opened()).message


def test_a_stream_may_have_a_proxy_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("WSS_PROXY", "http://127.0.0.1:2")

    assert proxy_of(f"https://{HOST}/a") == "http://127.0.0.1:1"
    assert proxy_of(f"wss://{HOST}/a") == "http://127.0.0.1:2"
    assert proxy_of("ws://127.0.0.1:8000/") is None
