"""Tokens: one refresh at a time, ahead of time, and words that help when there is none."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from ipygenesys._core.model.failures import ErrorDetails
from ipygenesys._io.rest import tokens
from ipygenesys._io.rest.client import RestClient
from ipygenesys._io.rest.tokens import EARLY_S, RETRY_S, TokenProvider
from ipygenesys._protocols.flow import CallError, Request
from ipygenesys.credentials import AccessToken, ClientCredentials, Credentials
from tests.io.clocks import StandingClock
from tests.io.watch import eventually

SCOPES = ("conversations:messaging", "messaging:write")
CREDENTIALS = ClientCredentials("client", "CANARY-SECRET")
READ = Request(method="GET", path="/thing", what="Reading")


class Authority:
    """Gives out CANARY-1, CANARY-2, …, unless told otherwise, and takes a moment for it."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.read_with: list[str] = []
        self.life_s: float = 1000.0
        self.answers: list[httpx.Response | Exception] = []
        self.refused: set[str] = set()
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/oauth/token":
            token = request.headers["Authorization"].removeprefix("Bearer ")
            self.read_with.append(token)
            return httpx.Response(401 if token in self.refused else 200)
        self.asked.append(request)
        number = len(self.asked)
        await self.open.wait()
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer or httpx.Response(
            200, json={"access_token": f"CANARY-{number}", "token_type": "bearer", "expires_in": self.life_s}
        )


class Bench:
    """A token provider, what it talks to, and its time."""

    def __init__(self) -> None:
        self.authority = Authority()
        self.clock = StandingClock()
        self.renewals = 0
        self.rest = RestClient(
            "https://genesys.example",
            clock=self.clock,
            decode_error=lambda _: ErrorDetails(correlation_id="c-1"),
            transport=httpx.MockTransport(self.authority),
        )

    def provider(self, credentials: Credentials = CREDENTIALS) -> TokenProvider:
        def renewed() -> None:
            self.renewals += 1

        return TokenProvider(
            credentials,
            rest=self.rest,
            token_url="https://genesys.example/oauth/token",
            scopes=SCOPES,
            clock=self.clock,
            on_renewed=renewed,
        )


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    await made.rest.aclose()


async def failing(provider: TokenProvider) -> CallError:
    with pytest.raises(CallError) as caught:
        await provider.get()
    return caught.value


async def test_a_token_endpoint_that_never_comes_to_an_end_is_not_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream asks for its token outside of any call, and would never open."""
    monkeypatch.setattr(tokens, "TOTAL_S", 0.05)
    bench.authority.open.clear()

    error = await failing(bench.provider())

    assert (error.failure.kind, error.failure.message) == ("lost", "Getting a token: no answer in time.")


async def test_the_request_is_exactly_the_contracts(bench: Bench) -> None:
    assert await bench.provider().get() == "CANARY-1"

    (request,) = bench.authority.asked
    assert request.method == "POST"
    assert str(request.url) == "https://genesys.example/oauth/token"
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(b"client:CANARY-SECRET").decode()
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["conversations:messaging messaging:write"],
    }


async def test_the_credentials_may_ask_for_scopes_of_their_own(bench: Bench) -> None:
    await bench.provider(ClientCredentials("client", "secret", scopes=("a:b",))).get()

    assert parse_qs(bench.authority.asked[0].content.decode())["scope"] == ["a:b"]


async def test_fifty_callers_at_once_cost_one_request(bench: Bench) -> None:
    provider = bench.provider()
    bench.authority.open.clear()
    callers = [asyncio.create_task(provider.get()) for _ in range(50)]
    await eventually(lambda: bench.authority.asked)

    bench.authority.open.set()

    assert set(await asyncio.gather(*callers)) == {"CANARY-1"}
    assert len(bench.authority.asked) == 1


async def test_fifty_callers_of_an_old_token_cost_one_refresh(bench: Bench) -> None:
    provider = bench.provider()
    await provider.get()
    bench.clock.advance(900)

    tokens = await asyncio.gather(*(provider.get() for _ in range(50)))

    assert set(tokens) == {"CANARY-2"}
    assert len(bench.authority.asked) == 2


async def test_one_caller_that_gives_up_does_not_take_the_others_along(bench: Bench) -> None:
    provider = bench.provider()
    bench.authority.open.clear()
    first, second = asyncio.create_task(provider.get()), asyncio.create_task(provider.get())
    await eventually(lambda: bench.authority.asked)

    first.cancel()
    bench.authority.open.set()

    assert await second == "CANARY-2"


@pytest.mark.parametrize(
    ("life_s", "refreshed_after_s"),
    [(86399, 86399 - EARLY_S), (1500, 1200), (1000, 800), (10, 8), (0, 0.8), (-5, 0.8)],
)
async def test_a_token_is_refreshed_at_80_percent_or_five_minutes_early_whichever_is_later(
    bench: Bench, life_s: float, refreshed_after_s: float
) -> None:
    bench.authority.life_s = life_s
    provider = bench.provider()
    await provider.get()

    bench.clock.advance(refreshed_after_s - 0.01)
    assert await provider.get() == "CANARY-1"

    bench.clock.advance(0.02)
    assert await provider.get() == "CANARY-2"


async def test_the_first_token_is_no_renewal_and_every_later_one_is(bench: Bench) -> None:
    provider = bench.provider()
    await provider.get()
    assert bench.renewals == 0

    bench.clock.advance(900)
    await provider.get()
    assert bench.renewals == 1

    provider.expire()
    await provider.get()
    assert bench.renewals == 2


async def test_it_refreshes_by_itself_ahead_of_time(bench: Bench) -> None:
    provider = bench.provider()
    keeper = asyncio.create_task(provider.keep_fresh())
    await asyncio.sleep(0)
    assert bench.authority.asked == []  # Nobody has needed one yet.

    bench.authority.life_s = 0.0  # It has to be replaced 0.8 s after it was given out, by a clock that
    await provider.get()
    bench.clock.advance(1)  # has already passed that.
    await eventually(lambda: bench.renewals, 5.0)
    keeper.cancel()


async def test_flaw_12_a_refused_token_is_replaced_once_for_all(bench: Bench) -> None:
    provider = bench.provider()
    token = await provider.get()
    bench.authority.refused = {token}

    await asyncio.gather(*(bench.rest.call(READ, provider) for _ in range(10)))

    assert len(bench.authority.asked) == 2
    assert bench.authority.read_with.count("CANARY-2") == 10


async def test_a_refusal_of_a_token_that_was_replaced_already_costs_nothing(bench: Bench) -> None:
    provider = bench.provider()
    old = await provider.get()
    provider.expire()
    new = await provider.get()

    assert provider.invalidate(old)
    assert await provider.get() == new


@pytest.mark.parametrize("status", [400, 401])
async def test_wrong_credentials_are_said_to_be_wrong(bench: Bench, status: int) -> None:
    bench.authority.answers = [httpx.Response(status, json={"error": "invalid_client"})]

    failure = (await failing(bench.provider())).failure

    assert failure.kind == "credentials"
    assert failure.message == "Invalid OAuth credentials. Verify client_id and client_secret."
    assert failure.correlation_id == "c-1"


async def test_missing_scopes_are_named(bench: Bench) -> None:
    bench.authority.answers = [httpx.Response(403)]

    failure = (await failing(bench.provider())).failure

    assert failure.kind == "permission"
    assert failure.message == (
        "The OAuth client lacks required scopes: conversations:messaging, messaging:write."
    )


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_neither_is_tried_again_by_itself(bench: Bench, status: int) -> None:
    bench.authority.answers = [httpx.Response(status)]

    await failing(bench.provider())

    assert len(bench.authority.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"content": b"<html>"},
        {"content": b"[]"},
        {"json": {}},
        {"json": {"access_token": ""}},
        {"json": {"access_token": "two words"}},
        {"json": {"access_token": "line\r\nX-Evil: 1"}},
        {"json": {"access_token": "ümlaut"}},
        {"json": {"access_token": 5}},
        {"json": {"access_token": "t", "expires_in": "soon"}},
        {"content": b"\xff"},
        {"content": b'{"x":' + b"[" * 50_000},
    ],
)
async def test_an_answer_that_is_none_is_a_protocol_failure(bench: Bench, answer: dict[str, Any]) -> None:
    bench.authority.answers = [httpx.Response(200, **answer)]

    failure = (await failing(bench.provider())).failure

    assert failure.kind == "protocol"
    assert failure.message == "Getting a token: the answer is not an OAuth answer. Check the base URL."


async def test_a_redirect_is_refused(bench: Bench) -> None:
    bench.authority.answers = [httpx.Response(302, headers={"Location": "https://evil.example/"})]

    failure = (await failing(bench.provider())).failure

    assert failure.kind == "protocol"
    assert len(bench.authority.asked) == 1


@pytest.mark.parametrize(
    "trouble",
    [httpx.Response(503), httpx.Response(429, headers={"Retry-After": "3"}), httpx.ConnectError("")],
    ids=repr,
)
async def test_an_early_refresh_that_fails_for_now_leaves_the_living_token_in_use(
    bench: Bench, trouble: httpx.Response | Exception
) -> None:
    provider = bench.provider()
    await provider.get()
    bench.clock.advance(810)  # of 1000
    bench.authority.answers = [trouble]

    assert await provider.get() == "CANARY-1"
    assert await provider.get() == "CANARY-1"
    assert len(bench.authority.asked) == 2  # and the authority is left in peace for a moment

    bench.clock.advance(RETRY_S)
    assert await provider.get() == "CANARY-3"


async def test_a_dead_token_is_not_used_however_much_trouble_there_is(bench: Bench) -> None:
    provider = bench.provider()
    await provider.get()
    bench.clock.advance(1001)
    bench.authority.answers = [httpx.Response(503)]

    assert (await failing(provider)).failure.kind == "unavailable"


async def test_credentials_that_were_withdrawn_are_noticed_at_the_early_refresh(bench: Bench) -> None:
    provider = bench.provider()
    await provider.get()
    bench.clock.advance(810)
    bench.authority.answers = [httpx.Response(401)]

    assert (await failing(provider)).failure.kind == "credentials"


async def test_an_access_token_is_used_as_it_is(bench: Bench) -> None:
    provider = bench.provider(AccessToken("GIVEN"))

    assert await provider.get() == "GIVEN"
    assert bench.authority.asked == []


async def test_an_access_token_that_was_refused_is_not_offered_again(bench: Bench) -> None:
    provider = bench.provider(AccessToken("GIVEN"))
    bench.authority.refused = {"GIVEN"}

    with pytest.raises(CallError):
        await bench.rest.call(READ, provider)
    failure = (await failing(provider)).failure

    assert bench.authority.read_with == ["GIVEN"]
    assert failure.kind == "credentials"
    assert "nothing to refresh it with" in failure.message


async def test_no_log_and_no_error_shows_secret_or_token(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider = bench.provider()
    await provider.get()
    provider.expire()
    bench.authority.answers = [httpx.Response(401, text="CANARY-SECRET CANARY-1")]
    error = await failing(provider)

    shown = [str(error), repr(error), repr(error.failure), repr(vars(provider))]
    shown += [f"{record.getMessage()} {record.args!r}" for record in caplog.records]
    assert not [words for words in shown if "CANARY" in words]


async def test_a_token_that_several_say_is_over_is_replaced_once(bench: Bench) -> None:
    provider = bench.provider()
    await provider.get()
    for _ in range(3):
        provider.expire(provider.number)
    assert await provider.get() == "CANARY-2"
    provider.expire(1)
    assert await provider.get() == "CANARY-2"
    assert len(bench.authority.asked) == 2
    assert bench.renewals == 1
