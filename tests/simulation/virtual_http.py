"""HTTP on virtual time: what stands where ``httpx``, the disk and a login page stand, and puts the client on the network."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx
import msgspec

import ipygenesys as ig
from ipygenesys._io.platform import access as platform
from ipygenesys._io.platform import account, flow_runner
from ipygenesys._io.rest import client as rest
from ipygenesys._io.rest import tokens
from ipygenesys._io.rest.login import Grant
from ipygenesys._io.stream import websocket as stream
from tests.simulation.network import Network, Reply
from tests.simulation.witness import OWNER

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 5.0, 10.0


class _Body(httpx.AsyncByteStream):
    def __init__(self, body: Any) -> None:
        self._body = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


class _HttpResponse:
    def __init__(self, reply: Reply) -> None:
        self.status_code = reply.status
        self.headers = reply.headers  # Spelt as the client asks for them.
        self.is_success = 200 <= reply.status < 300
        self.stream = _Body(reply.body)

    async def aclose(self) -> None:
        pass


class _HttpRequest(NamedTuple):
    method: str
    url: str
    parts: dict[str, Any]


class VirtualHttp:
    """In place of ``httpx.AsyncClient``: what ``RestClient`` uses of it. httpx itself takes 0.5 ms for a call."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def build_request(self, method: str, url: str, **parts: Any) -> _HttpRequest:
        return _HttpRequest(method, url, parts)

    async def aclose(self) -> None:
        pass

    async def send(self, request: _HttpRequest, *, stream: bool, auth: Any = None) -> _HttpResponse:
        witness, (method, url, parts) = OWNER.get(), request
        if auth is not None:
            parts["data"] = {**parts["data"], "client_id": auth[0]}
        try:
            response = await self._exchange(method, url, parts)
        except httpx.HTTPError:
            witness.exchanged(is_done=False)
            raise
        witness.exchanged(is_done=response.is_success)
        return response

    async def _exchange(self, method: str, url: str, parts: dict[str, Any]) -> _HttpResponse:
        network = self._network
        network.requests += 1
        if network.weather["refuse"]:
            await asyncio.sleep(network.latency_s())
            raise httpx.ConnectError("refused")
        if network.weather["blackhole"]:
            await asyncio.sleep(CONNECT_TIMEOUT_S)
            raise httpx.ConnectTimeout("no route")
        if not isinstance(parts.get("content") or b"", bytes):
            parts["content"] = b"".join(
                [await _on_its_way(network, piece) async for piece in parts["content"]]
            )
        outcome: asyncio.Future[Reply] = network.loop.create_future()
        outcome.add_done_callback(lambda done: done.cancelled() or done.exception())
        network.loop.call_later(network.latency_s(), self._arrive, outcome, method, url, parts)
        # What has been sent arrives even if nobody waits for its answer any more.
        return _HttpResponse(await asyncio.shield(outcome))

    def _arrive(self, outcome: asyncio.Future[Reply], method: str, url: str, parts: dict[str, Any]) -> None:
        network = self._network
        if network.strikes("lose_request"):
            self._settle(outcome, network.latency_s(), httpx.ReadError("reset"))
            return
        if (refusal := self._refusal()) is not None:
            self._settle(outcome, network.latency_s(), network.dated(refusal))
            return
        body = parts.get("content") or b""
        if parts.get("data"):
            body = msgspec.json.encode(parts["data"])
        reply = network.server.answer(
            method,
            urlsplit(url).path,
            dict(parts.get("params") or {}),
            dict(parts.get("headers") or {}),
            body,
        )
        reply = network.dated(replace(reply, body=network.spoken(reply.body)))
        if network.strikes("lose_answer"):
            in_time = network.dice.random() < 0.5
            error = httpx.ReadError("reset") if in_time else httpx.ReadTimeout("silence")
            self._settle(outcome, network.latency_s() if in_time else READ_TIMEOUT_S, error)
        elif network.weather["blackhole"]:
            self._settle(outcome, READ_TIMEOUT_S, httpx.ReadTimeout("silence"))
        elif network.strikes("502"):
            self._settle(outcome, network.latency_s(), network.dated(Reply(502, {})))
        else:
            self._settle(outcome, network.latency_s(), reply)

    def _refusal(self) -> Reply | None:
        """An answer of something in front of the server, which has not heard of the call."""
        network = self._network
        if network.strikes("503"):
            return Reply(503, {"message": "", "code": "service.unavailable", "status": 503})
        if network.strikes("429"):
            wait = network.dice.choice(("0", "1", "3", "1.5", "soon", "Fri, 15 Jan 2027 08:20:00 GMT"))
            return Reply(429, {"code": "too.many.requests"}, {"Retry-After": wait})
        return None

    def _settle(self, outcome: asyncio.Future[Reply], wait_s: float, result: Reply | Exception) -> None:
        def settle() -> None:
            if outcome.done():
                return
            if isinstance(result, Exception):
                outcome.set_exception(result)
            else:
                outcome.set_result(result)

        self._network.loop.call_later(wait_s, settle)


async def _on_its_way(network: Network, piece: bytes) -> bytes:
    await asyncio.sleep(network.latency_s())
    return piece


FILE = (b"\x89PNG", b"....")
"""What the pieces of every file that is sent hold."""
SIZE_BYTES = sum(map(len, FILE))


@contextmanager
def _opened(path: str) -> Iterator[Callable[[], Awaitable[bytes]]]:
    """In place of the disk."""
    pieces = [b"", *reversed(FILE)]

    async def read() -> bytes:
        return pieces.pop()

    yield read


async def _logged_in(login: ig.UserLogin, *_: Any) -> Grant:
    """In place of a browser and a person, who takes some seconds."""
    await asyncio.sleep(3.0)
    return Grant(code=f"code-{login.client_id}", verifier="verifier", redirect_uri="http://localhost")


@contextmanager
def installed(network: Network, ids: random.Random) -> Iterator[None]:
    """The shells use this network, and ids that follow from the seed."""

    class Uuid:
        @staticmethod
        def uuid4() -> str:
            digits = f"{ids.getrandbits(128):032x}"
            return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"

    def rest_client(*arguments: Any, **options: Any) -> rest.RestClient:
        client = rest.RestClient(*arguments, **options, transport=_NO_TRANSPORT)
        client._http = VirtualHttp(network)  # type: ignore[assignment]
        return client

    with (
        patch.object(stream, "_Connect", network.connect),
        patch.object(flow_runner, "uuid", Uuid),
        patch.object(platform, "RestClient", rest_client),
        patch.object(account, "RestClient", rest_client),
        patch.object(rest, "reader", _opened),
        patch.object(tokens, "authorize", _logged_in),
    ):
        yield


_NO_TRANSPORT = httpx.MockTransport(lambda _: httpx.Response(500))
