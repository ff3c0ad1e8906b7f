"""REST: what is repeated, what is not, and what each failure becomes; on a mock transport and on real sockets."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import logging
import threading
from collections.abc import AsyncIterator, Callable
from io import FileIO
from pathlib import Path
from typing import cast

import httpx
import pytest

from ipygenesys._core.model.failures import ErrorDetails
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._io.rest import client as rest
from ipygenesys._io.rest import upload_pieces
from ipygenesys._io.rest.client import RestClient
from ipygenesys._io.rest.tokens import TokenProvider
from ipygenesys._protocols.flow import CallError, Request
from tests.io.clocks import QuickClock, StandingClock
from tests.io.servers import answer, answering, raw_server, read_head, self_signed
from tests.io.watch import eventually

READ = Request(method="GET", path="/thing", what="Reading a thing", needs=("things:read",))
WRITE = Request(
    method="POST", path="/thing", body=b'{"a":1}', what="Writing a thing", needs=("things:write",)
)


class Tokens:
    """Gives out ``token-1``; a refused one is replaced by the next, unless there is none."""

    def __init__(self, *, can_refresh: bool = True) -> None:
        self.number = 1
        self.can_refresh = can_refresh

    async def get(self) -> str:
        return f"token-{self.number}"

    def invalidate(self, token: str) -> bool:
        if self.can_refresh and token == f"token-{self.number}":
            self.number += 1
        return self.can_refresh


def as_provider(tokens: Tokens) -> TokenProvider:
    return cast("TokenProvider", tokens)


Make = Callable[..., RestClient]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Makes REST clients, over a handler instead of a network or to a port of this machine."""
    clients: list[RestClient] = []

    def make_client(
        handler: Callable[[httpx.Request], httpx.Response] | None = None,
        *,
        port: int = 1,
        scheme: str = "http",
        clock: QuickClock | None = None,
    ) -> RestClient:
        client = RestClient(
            f"{scheme}://127.0.0.1:{port}" if handler is None else "https://genesys.example",
            clock=clock or QuickClock(),
            decode_error=lambda body: ErrorDetails(code=body.decode() or None, correlation_id="from-body"),
            transport=None if handler is None else httpx.MockTransport(handler),
        )
        clients.append(client)
        return client

    yield make_client
    for client in clients:
        await client.aclose()


async def failing(client: RestClient, request: Request, tokens: Tokens | None = None) -> CallError:
    with pytest.raises(CallError) as caught:
        await client.call(request, as_provider(tokens or Tokens()))
    return caught.value


# --- one exchange -----------------------------------------------------------------------------------------


async def test_a_call_carries_the_token_and_json_and_gives_the_body(make: Make) -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=b"answer")

    body = await make(handle).call(
        Request(method="PUT", path="/a%2Fb", query={"limit": "5"}, body=b"{}", what="x"),
        as_provider(Tokens()),
    )

    assert body == b"answer"
    (request,) = seen
    assert str(request.url) == "https://genesys.example/a%2Fb?limit=5"
    assert request.headers["Authorization"] == "Bearer token-1"
    assert request.headers["Content-Type"] == "application/json"
    assert request.content == b"{}"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_every_2xx_is_a_success(make: Make, status: int) -> None:
    assert await make(lambda _: httpx.Response(status)).call(WRITE, as_provider(Tokens())) == b""


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, "protocol"),
        (302, "protocol"),
        (307, "protocol"),
        (308, "protocol"),
        (400, "rejected"),
        (401, "authentication"),
        (403, "permission"),
        (404, "not_found"),
        (405, "unsupported"),
        (408, "unavailable"),
        (409, "rejected"),
        (413, "rejected"),
        (422, "rejected"),
        (429, "rate_limited"),
        (500, "unavailable"),
        (502, "lost"),
        (503, "unavailable"),
        (504, "lost"),
    ],
)
async def test_every_other_status_is_a_failure_of_its_kind(make: Make, status: int, kind: str) -> None:
    error = await failing(make(lambda _: httpx.Response(status)), WRITE)

    assert error.failure.kind == kind
    assert error.failure.status == status


async def test_a_failure_says_what_failed_and_which_scope_is_missing(make: Make) -> None:
    error = await failing(make(lambda _: httpx.Response(403)), WRITE)

    assert error.failure.message.startswith("Writing a thing: not allowed (403).")
    assert "things:write" in error.failure.message


async def test_the_correlation_id_of_the_header_wins_over_the_bodys_and_is_bounded(make: Make) -> None:
    from_body = await failing(make(lambda _: httpx.Response(500)), WRITE)
    from_header = await failing(
        make(lambda _: httpx.Response(500, headers={"ININ-Correlation-Id": "c" * 500})), WRITE
    )

    assert from_body.failure.correlation_id == "from-body"
    assert from_header.failure.correlation_id == "c" * 128


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 2.0),
        ("7", 7.0),
        ("1.5", 1.5),
        ("0", 0.5),
        ("-3", 0.5),
        ("1000000000000", 120.0),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2021 08:00:00 GMT", 0.5),
        ("soon", 2.0),
        ("NaN", 2.0),
        ("", 2.0),
    ],
)
async def test_flaw_45_retry_after_is_read_in_every_form(
    make: Make, header: str | None, seconds: float
) -> None:
    headers = {} if header is None else {"Retry-After": header}
    clock = StandingClock(epoch=1_800_000_000.0)  # Fri, 15 Jan 2027 08:00:00 GMT

    error = await failing(make(lambda _: httpx.Response(429, headers=headers), clock=clock), WRITE)

    assert error.failure.retry_after_s == pytest.approx(seconds)


async def test_a_503_may_say_how_long_to_wait_and_a_500_need_not(make: Make) -> None:
    with_header = await failing(make(lambda _: httpx.Response(503, headers={"Retry-After": "9"})), WRITE)
    without = await failing(make(lambda _: httpx.Response(500)), WRITE)

    assert with_header.failure.retry_after_s == 9.0
    assert without.failure.retry_after_s is None


async def test_an_answer_that_is_too_large_is_not_kept(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest, "MAX_ANSWER_BYTES", 1000)
    bomb = gzip.compress(b"x" * 100_000)

    error = await failing(
        make(lambda _: httpx.Response(200, content=bomb, headers={"Content-Encoding": "gzip"})), WRITE
    )

    assert error.failure.kind == "protocol"
    assert "too large" in error.failure.message


async def test_one_encoding_is_asked_for_and_two_are_refused(make: Make) -> None:
    heads: list[bytes] = []
    packed = gzip.compress(gzip.compress(b"answer"))

    async with raw_server(answering(answer(200, packed, Content_Encoding="gzip, gzip"), seen=heads)) as port:
        error = await failing(make(port=port), READ)

    assert b"\r\naccept-encoding: gzip\r\n" in heads[0].lower()
    assert error.failure.kind == "protocol"
    assert "not asked for" in error.failure.message


async def test_a_failure_whose_body_cannot_be_read_is_what_its_status_says(make: Make) -> None:
    async with raw_server(answering(answer(503, b"<html>", Content_Encoding="br"))) as port:
        error = await failing(make(port=port), READ)

    assert error.failure.kind == "unavailable"


# --- again, and not again ---------------------------------------------------------------------------------


class Script:
    """Answers one after the other; an exception is raised instead."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.tokens: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


TROUBLE: list[httpx.Response | Exception] = [
    httpx.Response(408),
    httpx.Response(500),
    httpx.Response(502),
    httpx.Response(503),
    httpx.Response(504),
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("slow"),
    httpx.PoolTimeout("full"),
    httpx.ReadTimeout("slow"),
    httpx.WriteError("broken"),
    httpx.ReadError("broken"),
    httpx.RemoteProtocolError("cut"),
]


@pytest.mark.parametrize("request_", [READ, WRITE], ids=["read", "write"])
@pytest.mark.parametrize("trouble", TROUBLE, ids=repr)
async def test_flaw_43_a_call_is_tried_once_and_whether_it_is_repeated_is_decided_elsewhere(
    make: Make, trouble: httpx.Response | Exception, request_: Request
) -> None:
    script = Script(trouble)

    error = await failing(make(script), request_)

    assert len(script.tokens) == 1
    assert error.failure.is_transient


async def test_flaw_49_a_refused_token_is_replaced_once_and_the_call_repeated_once(make: Make) -> None:
    script = Script(httpx.Response(401), httpx.Response(200, content=b"fine"))

    assert await make(script).call(WRITE, as_provider(Tokens())) == b"fine"
    assert script.tokens == ["token-1", "token-2"]


async def test_a_second_refusal_is_final(make: Make) -> None:
    script = Script(httpx.Response(401))

    error = await failing(make(script), READ)

    assert script.tokens == ["token-1", "token-2"]
    assert error.failure.kind == "authentication"


async def test_a_token_that_cannot_be_replaced_is_tried_once(make: Make) -> None:
    script = Script(httpx.Response(401))

    await failing(make(script), WRITE, Tokens(can_refresh=False))

    assert script.tokens == ["token-1"]


async def test_flaw_47_only_the_status_decides_what_an_answer_means(make: Make) -> None:
    script = Script(httpx.Response(400, content=b"401 unauthorized 429"))

    error = await failing(make(script), WRITE)

    assert error.failure.kind == "rejected"
    assert script.tokens == ["token-1"]


# --- real sockets -----------------------------------------------------------------------------------------


async def test_flaw_46_a_call_without_an_answer_ends_at_its_deadline(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "TOTAL_S", 0.1)

    async def serve(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    async with raw_server(serve) as port:
        error = await failing(make(port=port), READ)

    assert error.failure.kind == "lost"
    assert error.failure.message == "Reading a thing: no answer in time."


async def test_the_question_for_the_time_has_the_deadline_of_all_calls(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "TOTAL_S", 0.1)

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for number in itertools.count():  # Never so slow that a read would time out.
            writer.write(b"X-%d: x\r\n" % number)
            await writer.drain()
            await asyncio.sleep(0.02)

    async with raw_server(drip) as port:
        with pytest.raises(CallError, match="Asking for the time: no answer in time"):
            async with asyncio.timeout(5):
                await make(port=port).server_date()


async def test_a_cancelled_call_ends_at_once(make: Make) -> None:
    asked = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        asked.set()
        await reader.read(-1)

    async with raw_server(serve) as port:
        call = asyncio.create_task(make(port=port).call(WRITE, as_provider(Tokens())))
        await asked.wait()
        call.cancel()
        # Well before a call without an answer is given up.
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(5):
                await call


async def test_an_unreachable_server_is_said_to_be_one(make: Make) -> None:
    async with raw_server(answering(b"")) as port:
        pass

    error = await failing(make(port=port), WRITE)

    assert error.failure.kind == "unreachable"
    assert "cannot be reached" in error.failure.message


@pytest.mark.parametrize(
    "wire", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", b"SSH-2.0-OpenSSH_9\r\n"]
)
async def test_an_answer_that_breaks_off_leaves_a_write_unknown(make: Make, wire: bytes) -> None:
    async with raw_server(answering(wire)) as port:
        error = await failing(make(port=port), WRITE)

    assert error.failure.kind == "lost"


async def test_redirects_are_refused_and_the_token_stays_here(make: Make) -> None:
    elsewhere: list[bytes] = []
    async with raw_server(answering(answer(200), seen=elsewhere)) as other:
        redirect = answer(307, Location=f"http://127.0.0.1:{other}/thing")
        async with raw_server(answering(redirect)) as port:
            error = await failing(make(port=port), READ)

    assert error.failure.kind == "protocol"
    assert "redirects elsewhere" in error.failure.message
    assert elsewhere == []


async def test_a_certificate_that_nobody_vouches_for_is_fatal_and_not_tried_again(
    make: Make, tmp_path: Path
) -> None:
    seen: list[bytes] = []
    async with raw_server(answering(answer(200), seen=seen), tls=self_signed(tmp_path)) as port:
        error = await failing(make(port=port, scheme="https"), READ)

    assert error.is_tls
    assert error.failure.kind == "protocol"
    assert "certificate" in error.failure.message
    assert seen == []


async def test_plain_http_on_a_tls_port_is_lost_not_fatal(make: Make, tmp_path: Path) -> None:
    async with raw_server(answering(answer(200)), tls=self_signed(tmp_path)) as port:
        error = await failing(make(port=port), WRITE)

    assert not error.is_tls


async def test_loopback_is_reached_past_any_proxy(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    async with raw_server(answering(answer(200, b"direct"))) as port:
        assert await make(port=port).call(READ, as_provider(Tokens())) == b"direct"


async def test_logs_hold_neither_token_nor_path_nor_query_nor_bodies(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    request = Request(
        method="POST",
        path="/thing/PATH-CANARY",
        query={"q": "QUERY-CANARY"},
        body=b'"BODY-CANARY"',
        what="Writing",
    )

    async with raw_server(answering(answer(200, b"ANSWER-CANARY"))) as port:
        await make(port=port).call(request, as_provider(Tokens()))

    said = [f"{record.name}: {record.getMessage()}" for record in caplog.records]
    assert said == ["ipygenesys.rest: > POST: Writing", "ipygenesys.rest: < 200, 13 bytes"]
    assert "CANARY" not in repr([record.args for record in caplog.records])


async def test_an_address_that_is_none_is_a_protocol_failure(make: Make) -> None:
    with pytest.raises(CallError) as caught:
        await make().send("GET", "gopher://127.0.0.1/", what="Asking")

    assert caught.value.failure.kind == "protocol"
    assert caught.value.failure.message == "Asking: the address is not valid."


async def test_a_file_whose_upload_is_stopped_while_it_is_opened_is_closed(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"1234")
    file = OutgoingFile(path=str(path), name="a.png", media_type="image/png", size_bytes=4)
    is_opening, is_stopped = threading.Event(), threading.Event()
    files: list[FileIO] = []

    def slow(path: str) -> FileIO:
        is_opening.set()
        is_stopped.wait(10.0)
        files.append(FileIO(path))
        return files[0]

    async def reading(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    monkeypatch.setattr(upload_pieces, "FileIO", slow)
    async with raw_server(reading) as port:
        put = make(port=port).put_file(
            f"http://127.0.0.1:{port}/", file, headers={}, on_progress=lambda _: None
        )
        upload = asyncio.ensure_future(put)
        assert await asyncio.to_thread(is_opening.wait, 10.0)
        upload.cancel()
        with pytest.raises(asyncio.CancelledError):
            await upload
        is_stopped.set()
        await eventually(lambda: files and files[0].closed)
