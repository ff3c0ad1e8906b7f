"""REST: one call in, an answer or a Failure out. Only this module and ``http_client`` import httpx.

A call is tried once, or twice if its token was refused. Whether the same is asked for again is decided in the core, and
only there.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import httpx
import msgspec

from ipygenesys._core.machines.backoff import parse_retry_after
from ipygenesys._core.machines.rest_budget import Lane, parse_rate_limit
from ipygenesys._core.model.failures import ErrorDetails, Failure, failure_of_status
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.host.proxies import CURE
from ipygenesys._io.rest.body import UnreadableBody, unpacked
from ipygenesys._io.rest.gate import RestGate
from ipygenesys._io.rest.http_client import http_client, unlogged
from ipygenesys._io.rest.upload_pieces import pieces, reader
from ipygenesys._io.tap import Tap
from ipygenesys._protocols.base import is_loopback
from ipygenesys._protocols.flow import CallError, Request

TOTAL_S = 30.0
"""For one call, a refused token included. Source: reference/realtime.md 5."""
UPLOAD_S = 600.0
"""For one file: upload addresses live about 10 minutes. Source: protocols/genesys.md 1.3."""
MAX_ANSWER_BYTES = 8 << 20
"""Chosen: many times a page of history."""
_CORRELATION_ID = "ININ-Correlation-Id"
_RATE_LIMIT_HEADERS = ("inin-ratelimit-count", "inin-ratelimit-allowed", "inin-ratelimit-reset")

_log = logging.getLogger("ipygenesys.rest")


class Tokens(Protocol):
    """Where calls have their token from."""

    async def get(self) -> str:
        """One that is good for now.

        Raises:
            CallError: there is none to be had.
        """

    def invalidate(self, token: str) -> bool:
        """The server has refused it; True if there may be a better one."""


class RestClient:
    """The REST side of one platform."""

    def __init__(
        self,
        base_url: str,
        *,
        clock: SystemClock,
        decode_error: Callable[[bytes], ErrorDetails],
        gate: RestGate | None = None,
        on_delayed: Callable[[], object] = lambda: None,
        on_headers: Callable[[httpx.Headers], object] = lambda _: None,
        tap: Tap | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Connects to nothing yet.

        Args:
            base_url: the platform's API.
            clock: the time.
            decode_error: reads the body of an error answer.
            gate: where calls wait for their turn; None is one of its own.
            on_delayed: hears of each call that had to wait there.
            on_headers: hears at once of each answer that comes, whatever it says.
            tap: hears of each exchange, if anybody listens to it.
            transport: for tests.
        """
        self._base_url = base_url
        self._clock = clock
        self._decode_error = decode_error
        self._gate = gate or RestGate(clock)
        self._on_delayed = on_delayed
        self._on_headers = on_headers
        self._tap = tap
        self._http = http_client(is_local=is_loopback(base_url), transport=transport)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def call(
        self,
        request: Request,
        tokens: Tokens | None,
        *,
        lane: Lane = "messages",
        is_again: bool = False,
    ) -> bytes:
        """Carry out a request when its turn has come; a refused token is replaced once.

        Raises:
            CallError: it was not carried out, or nobody knows.
        """
        try:
            async with asyncio.timeout(TOTAL_S):
                if await self._gate.turn(lane, is_again=is_again):
                    self._on_delayed()
                if tokens is None or request.is_public:
                    return await self._once(request, {})
                return await self._authorised(request, tokens)
        except TimeoutError:
            raise _lost(request.what, "no answer in time") from None

    async def _authorised(self, request: Request, tokens: Tokens) -> bytes:
        token = await tokens.get()
        try:
            return await self._once(request, _bearer(token))
        except CallError as error:
            if error.failure.kind != "authentication" or not tokens.invalidate(token):
                raise
        return await self._once(request, _bearer(await tokens.get()))

    async def _once(self, request: Request, headers: dict[str, str]) -> bytes:
        return await self.send(
            request.method,
            (request.base_url or self._base_url) + request.path,
            what=request.what,
            needs=request.needs,
            params=request.query or None,
            content=request.body,
            headers={"Content-Type": "application/json", **headers, **request.headers},
        )

    async def send(
        self,
        method: str,
        url: str,
        *,
        what: str,
        needs: tuple[str, ...] = (),
        params: dict[str, str] | None = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> bytes:
        """One HTTP exchange; the body of a 2xx answer.

        Raises:
            CallError: anything else.
        """
        number = 0
        try:
            request = self._http.build_request(
                method, url, params=params, content=content, data=data, headers=headers
            )
            if self._tap:
                number = self._tap.called(what, method, str(request.url), content)
            with unlogged():
                response = await self._http.send(request, stream=True, auth=auth)
                self._on_headers(response.headers)
                try:
                    body = await _body(response, what)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError) as error:
            if self._tap and number:
                self._tap.unanswered(number, type(error).__name__)
            raise _call_error(what, error) from None
        if self._tap and number:
            self._tap.answered(number, response.status_code, response.headers, body)
        self._learn_rate_limit(response.headers)
        _log.debug("> %s: %s", method, what)  # No path: a notification channel's id is a secret.
        _log.debug("< %d, %d bytes", response.status_code, len(body))
        if response.is_success:
            return body
        raise CallError(self._failure(what, needs, response, body))

    async def put_file(
        self, url: str, file: OutgoingFile, *, headers: dict[str, str], on_progress: Callable[[int], object]
    ) -> None:
        """Put a file where the server wants it: without any token of ours, read piece by piece.

        Args:
            url: trusted already.
            file: what to put there.
            headers: what the server wants with it.
            on_progress: hears how many bytes have been sent.

        Raises:
            CallError: it did not arrive, or nobody knows.
        """
        what = "Uploading a file"
        own = {"Content-Type": file.media_type, "Content-Length": str(file.size_bytes)}
        try:
            async with asyncio.timeout(UPLOAD_S):
                with reader(file.path) as read:
                    content = pieces(read, file.size_bytes, on_progress)
                    await self.send("PUT", url, what=what, content=content, headers={**own, **headers})
        except TimeoutError:
            raise _lost(what, "it took too long") from None
        except OSError:
            words = f"{what}: it cannot be read any more, or has changed."
            raise CallError(Failure(kind="rejected", message=words)) from None

    async def server_date(self) -> str | None:
        """What the server takes for the time, from the header of whatever it answers.

        Raises:
            CallError: it does not answer.
        """
        what = "Asking for the time"
        try:
            with unlogged():
                async with asyncio.timeout(TOTAL_S):
                    response = await self._http.request("HEAD", self._base_url + "/")
        except TimeoutError:
            raise _lost(what, "no answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            raise _call_error(what, error) from None
        date: str | None = response.headers.get("Date")
        return date

    def _learn_rate_limit(self, headers: httpx.Headers) -> None:
        said = parse_rate_limit(*(headers.get(name) for name in _RATE_LIMIT_HEADERS))
        if said is not None:
            self._gate.learned(*said)

    def _failure(self, what: str, needs: tuple[str, ...], response: httpx.Response, body: bytes) -> Failure:
        details = self._decode_error(body)
        if correlation_id := response.headers.get(_CORRELATION_ID):
            details = msgspec.structs.replace(details, correlation_id=correlation_id[:128])
        retry_after_s = None
        if response.status_code == 429 or "Retry-After" in response.headers:
            header = response.headers.get("Retry-After")
            retry_after_s = parse_retry_after(header, now_epoch=self._clock.epoch())
        return failure_of_status(
            response.status_code, what=what, details=details, needs=needs, retry_after_s=retry_after_s
        )


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def _body(response: httpx.Response, what: str) -> bytes:
    assert isinstance(response.stream, httpx.AsyncByteStream)
    encoding = response.headers.get("Content-Encoding", "")
    try:
        return await unpacked(response.stream, encoding, MAX_ANSWER_BYTES)
    except UnreadableBody as why:
        if not response.is_success:
            return b""  # Its status says enough.
        raise CallError(Failure(kind="protocol", message=f"{what}: the answer {why}.")) from None


def _call_error(what: str, error: Exception) -> CallError:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        if isinstance(error.__cause__, ssl.SSLError) or "CERTIFICATE" in str(error).upper():
            words = f"{what}: the server's TLS certificate was not accepted."
            return CallError(Failure(kind="protocol", message=words), is_tls=True)
        words = f"{what}: the server cannot be reached. Check the network and the host name."
        return CallError(Failure(kind="unreachable", message=words))
    if isinstance(error, httpx.ProxyError):
        words = f"{what}: the proxy does not let it through. {CURE}"
        return CallError(Failure(kind="unreachable", message=words))
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return CallError(Failure(kind="protocol", message=f"{what}: the address is not valid."))
    return _lost(what, "the connection broke before the answer came")


def _lost(what: str, why: str) -> CallError:
    return CallError(Failure(kind="lost", message=f"{what}: {why}."))
