"""Where the environment names a proxy or certificates that cannot be used, each call says so."""

from __future__ import annotations

import logging
import sys

import httpcore  # noqa: F401 - makes its loggers
import httpx
import pytest

from ipygenesys import Chat, WebMessaging
from ipygenesys._io.rest import http_client
from ipygenesys._protocols.flow import CallError
from tests.io.servers import answer, answering, raw_server

PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    http_client.trusted.cache_clear()
    for name in (*PROXIES, *(name.lower() for name in PROXIES)):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1", "A SOCKS proxy is set"),
        ("HTTPS_PROXY", "foo://me:CANARY@127.0.0.1:1", "must look like http://host:port"),
        ("HTTPS_PROXY", "http://127.0.0.1:port", "must look like http://host:port"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "certificates that the environment names"),
    ],
)
async def test_what_cannot_be_used_is_said_by_each_call(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setitem(sys.modules, "socksio", None)

    async with http_client.http_client(is_local=False) as client:
        with pytest.raises(CallError) as caught:
            await client.get("https://api.example.invalid/")

    assert words in caught.value.failure.message
    assert caught.value.failure.kind == "unreachable"
    assert "CANARY" not in caught.value.failure.message
    http_client.trusted.cache_clear()


async def test_no_proxy_stands_between_this_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "foo://127.0.0.1:1")

    async with http_client.http_client(is_local=True) as client:
        assert client.trust_env is False


def test_whoever_waits_in_vain_hears_why_there_is_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "foo://127.0.0.1:1")
    chat = Chat(WebMessaging(domain="example.invalid", deployment_id="3f0c"), connect=True)
    chat.wait_until(lambda: chat._gateway.session.connection.failure, timeout=10)

    for wait in (
        lambda: chat.connect().wait(0.1),
        lambda: chat.send("hello").wait(0.1),
        lambda: chat.wait_for_message(0.1),
        lambda: chat.wait_until(lambda: False, 0.1),
    ):
        with pytest.raises(
            TimeoutError, match="There is no connection: The proxy that the environment names"
        ):
            wait()
    chat.close()


async def test_the_libraries_log_the_calls_of_others_and_nothing_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)

    async with raw_server(answering(answer(302, Location="/?code=CANARY"))) as port:
        async with http_client.http_client(is_local=True) as ours:
            with http_client.unlogged():
                await ours.get(f"http://127.0.0.1:{port}/CANARY")
            of_ours = list(caplog.records)
        async with httpx.AsyncClient() as theirs:
            await theirs.get(f"http://127.0.0.1:{port}/")

    assert [record for record in of_ours if record.name.startswith("http")] == []
    assert {"httpx", "httpcore.http11"} <= {record.name for record in caplog.records}


def test_no_logger_of_the_libraries_is_forgotten() -> None:
    loggers = logging.root.manager.loggerDict.items()
    theirs = {
        name
        for name, logger in loggers
        if name.split(".")[0] in ("httpx", "httpcore") and isinstance(logger, logging.Logger)
    }

    assert theirs <= set(http_client._LOGGERS)
