"""Logging in as a person: the question, the answer, the wait in between, and the tokens that come of it."""

from __future__ import annotations

import asyncio
import html
import logging
import re
import socket
import stat
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import url2pathname

import pytest

from ipygenesys import AgentMessaging, MessagingEvents, Secret, UserLogin
from ipygenesys._core.model.failures import Failure
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.rest import tokens as tokens_module
from ipygenesys._io.rest.client import RestClient
from ipygenesys._io.rest.login import authorize
from ipygenesys._io.rest.tokens import TokenProvider
from ipygenesys._protocols.flow import CallError
from ipygenesys.simulator import Simulator
from ipygenesys.user_login import REDIRECT_PATH, Challenge, answer_of, login_page

PAGE = "https://login.example/oauth/authorize"
CHALLENGE = Challenge("verifier", "state-1")


def get(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def browser(address: str) -> bool:
    """A person who is logged in already: the page sends the browser straight back."""
    return get(address) == 200


def asked(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def answering(**answer: str) -> Callable[[str], bool]:
    """A login page that sends the browser back with this, and the state."""

    def open_browser(address: str) -> bool:
        query = "&".join(f"{name}={value}" for name, value in answer.items())
        return browser(f"{asked(address)['redirect_uri']}?{query}&state={asked(address)['state']}")

    return open_browser


def login(open_browser: Callable[[str], object] | None = browser, **options: Any) -> UserLogin:
    return UserLogin(
        "client-1",
        **{"redirect_port": 0, "redirect_host": "127.0.0.1", "open_browser": open_browser, **options},
    )


# --- the question and its answer --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"client_id": ""}, ValueError),
        ({"client_id": 7}, TypeError),
        ({"redirect_port": 70000}, ValueError),
        ({"redirect_host": "example.com"}, ValueError),
        ({"timeout_s": 0}, ValueError),
    ],
)
def test_a_wrong_argument_is_refused_at_once(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        UserLogin(**{"client_id": "c", **options})


def test_the_redirect_address_is_what_has_to_be_registered() -> None:
    assert UserLogin("c", redirect_port=9000).redirect_uri == "http://localhost:9000/ipygenesys/login"
    assert "c" in repr(UserLogin("c"))


def test_the_page_is_asked_for_a_code_with_a_challenge() -> None:
    query = asked(login_page(PAGE, login(), CHALLENGE, "http://127.0.0.1:1/x", ("a", "b")))
    assert query == {
        "response_type": "code",
        "client_id": "client-1",
        "redirect_uri": "http://127.0.0.1:1/x",
        "state": "state-1",
        "code_challenge": "iMnq5o6zALKXGivsnlom_0F5_WYda32GHkxlV7mq7hQ",
        "code_challenge_method": "S256",
        "scope": "a b",
    }
    assert "scope" not in asked(login_page(PAGE, login(), CHALLENGE, "http://127.0.0.1:1/x", ()))


def test_the_verifier_shows_nowhere() -> None:
    assert "verifier" not in repr(CHALLENGE)
    assert "=verifier" not in login_page(PAGE, login(), CHALLENGE, "http://127.0.0.1:1/x", ())


def test_a_code_with_our_state_is_the_answer() -> None:
    assert answer_of(f"{REDIRECT_PATH}?code=c-1&state=state-1", CHALLENGE) == "c-1"
    assert answer_of(f"http://localhost:8765{REDIRECT_PATH}?code=c-1&state=state-1", CHALLENGE) == "c-1"


@pytest.mark.parametrize(
    "address",
    [
        f"{REDIRECT_PATH}?code=c-1&state=other",
        f"{REDIRECT_PATH}?code=c-1",
        f"{REDIRECT_PATH}?code=c-1&state=state-1&state=other",
        "/favicon.ico?code=c-1&state=state-1",
        "http://[",
        "",
    ],
)
def test_an_answer_to_another_question_is_none(address: str) -> None:
    assert answer_of(address, CHALLENGE) is None


@pytest.mark.parametrize(
    ("query", "words"),
    [("error=access_denied", "refused"), ("error=server_error", "failed"), ("x=y", "no code")],
)
def test_a_login_that_did_not_work_says_why(query: str, words: str) -> None:
    failure = answer_of(f"{REDIRECT_PATH}?{query}&state=state-1", CHALLENGE)
    assert isinstance(failure, Failure)
    assert words in failure.message
    assert not failure.is_transient


# --- waiting for it ---------------------------------------------------------------------------------------


async def test_the_browser_comes_back_with_the_code() -> None:
    grant = await authorize(login(answering(code="c-1")), PAGE, ("a",))
    assert grant.code == "c-1"
    assert grant.redirect_uri.startswith("http://127.0.0.1:")
    assert len(grant.verifier) >= 43
    assert grant.verifier not in repr(grant)


async def test_each_login_has_secrets_of_its_own() -> None:
    pages: list[str] = []

    def note(address: str) -> bool:
        pages.append(address)
        return answering(code="c")(address)

    for _ in range(2):
        await authorize(login(note), PAGE, ())
    first, second = map(asked, pages)
    assert first["state"] != second["state"]
    assert first["code_challenge"] != second["code_challenge"]


async def test_others_who_knock_are_turned_away_and_the_login_goes_on() -> None:
    statuses: list[int] = []

    def open_browser(address: str) -> bool:
        base = asked(address)["redirect_uri"]
        statuses.extend(get(f"{base}{query}") for query in ("?code=evil&state=guess", "", "?code=evil"))
        statuses.append(get(base.replace(REDIRECT_PATH, "/favicon.ico")))
        parts = urlsplit(base)
        with socket.create_connection((parts.hostname, parts.port)) as raw:
            raw.sendall(b"\x00\xff garbage\r\n\r\n")
            raw.recv(1000)
        return answering(code="good")(address)

    assert (await authorize(login(open_browser), PAGE, ())).code == "good"
    assert statuses == [404] * 4


async def test_a_refused_login_is_an_error() -> None:
    with pytest.raises(CallError, match="refused"):
        await authorize(login(answering(error="access_denied")), PAGE, ())


async def test_nobody_is_waited_for_without_end() -> None:
    with pytest.raises(CallError, match="Nobody logged in"):
        await authorize(login(lambda _: True, timeout_s=0.05), PAGE, ())


async def test_who_had_no_browser_is_told_of_the_other_way() -> None:
    with pytest.raises(CallError, match=r"Nobody logged in .* open_browser=print, .* finish"):
        await authorize(login(lambda _: False, timeout_s=0.05), PAGE, ())


async def test_by_default_the_browser_is_told_by_a_file_which_nobody_else_can_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []

    def open_browser(address: str) -> bool:
        opened.append(address)
        file = Path(url2pathname(urlsplit(address).path))
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        (found,) = re.findall(r'content="0; url=(.*?)"', file.read_text("utf-8"))
        return answering(code="by-file")(html.unescape(found))

    monkeypatch.setattr("webbrowser.open", open_browser)

    assert (await authorize(login(None, timeout_s=10.0), PAGE, ())).code == "by-file"
    assert not any("state" in address for address in opened)


async def test_a_taken_port_is_said_to_be_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CallError, match="redirect_port"):
            await authorize(login(redirect_port=taken.getsockname()[1]), PAGE, ())


@pytest.mark.parametrize("opener", ["none", "fails", "default"])
async def test_without_a_browser_the_address_is_shown_and_the_answer_handed_in(
    opener: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_browser(_: str) -> bool:
        if opener == "fails":
            raise OSError("no display")
        return False

    monkeypatch.setattr("webbrowser.open", no_browser)
    caplog.set_level(logging.DEBUG)
    person = login(None if opener == "default" else no_browser)
    waiting = asyncio.create_task(authorize(person, PAGE, ()))
    said = ""
    while "login.finish(" not in said:
        await asyncio.sleep(0.005)
        said += capsys.readouterr().out
    (address,) = re.findall(r"^https://.*$", said, re.MULTILINE)
    assert asked(address)["state"] not in caplog.text
    with pytest.raises(ValueError, match="not the answer"):
        person.finish("http://localhost/elsewhere")
    person.finish(f"{asked(address)['redirect_uri']}?code=by-hand&state={asked(address)['state']}")
    assert (await waiting).code == "by-hand"
    with pytest.raises(ValueError, match="not the answer"):
        person.finish(address)


# --- tokens -----------------------------------------------------------------------------------------------


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(scenario="manual") as running:
        yield running


class Later(SystemClock):
    """The real time, moved on by hand."""

    ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


class Desk:
    """A token provider for a login at the simulator, and how often the browser was opened."""

    def __init__(self, simulator: Simulator, open_browser: Callable[[str], object] = browser) -> None:
        self.opened = 0
        self.clock = Later()

        def count(address: str) -> object:
            self.opened += 1
            return open_browser(address)

        credentials = UserLogin(
            simulator.client_id, redirect_port=0, redirect_host="127.0.0.1", open_browser=count, timeout_s=5
        )
        protocol = AgentMessaging(base_url=simulator.base_url, conversation_id="c", credentials=credentials)
        self.rest = RestClient(simulator.base_url, clock=self.clock, decode_error=protocol.decode_error)
        self.tokens = TokenProvider(
            credentials,
            rest=self.rest,
            token_url=protocol.endpoints.token_url,
            authorize_url=protocol.endpoints.authorize_url,
            scopes=protocol.scopes,
            clock=self.clock,
            on_renewed=lambda: None,
        )

    async def __aenter__(self) -> Desk:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.tokens.aclose()
        await self.rest.aclose()


async def test_one_login_gives_a_token_to_all_who_ask(simulator: Simulator) -> None:
    async with Desk(simulator) as desk:
        found = await asyncio.gather(*(desk.tokens.get() for _ in range(5)))
        assert len(set(found)) == 1
        assert desk.opened == 1


async def test_a_login_renews_itself_without_asking_again(simulator: Simulator) -> None:
    async with Desk(simulator) as desk:
        first = await desk.tokens.get()
        desk.clock.ahead_s += 86_400
        assert await desk.tokens.get() != first
        desk.tokens.expire()
        assert await desk.tokens.get() != first
        assert desk.opened == 1


async def test_a_login_that_cannot_be_renewed_is_asked_for_again(simulator: Simulator) -> None:
    async with Desk(simulator) as desk:
        await desk.tokens.get()
        desk.tokens._refresh_token = Secret("revoked")
        desk.tokens.expire()
        desk.clock.ahead_s += tokens_module.LOGIN_PAUSE_S
        assert await desk.tokens.get()
        assert desk.opened == 2


async def test_a_renewal_that_fails_for_now_opens_no_browser(simulator: Simulator) -> None:
    async with Desk(simulator) as desk:
        await desk.tokens.get()
        desk.tokens.expire()
        simulator.fault("error", status=503, path="/oauth/token")
        with pytest.raises(CallError):
            await desk.tokens.get()
        assert desk.opened == 1


async def test_a_login_that_has_just_failed_is_not_asked_for_again_by_itself(simulator: Simulator) -> None:
    async with Desk(simulator, answering(error="access_denied")) as desk:
        for _ in range(3):
            with pytest.raises(CallError, match="refused"):
                await desk.tokens.get()
        assert desk.opened == 1
        desk.clock.ahead_s += tokens_module.LOGIN_PAUSE_S
        with pytest.raises(CallError, match="refused"):
            await desk.tokens.get()
        assert desk.opened == 2


async def test_a_code_that_is_not_taken_is_an_error_with_its_cure(simulator: Simulator) -> None:
    async with Desk(simulator, answering(code="invented")) as desk:
        with pytest.raises(CallError, match="PKCE"):
            await desk.tokens.get()


async def test_an_exchange_that_fails_for_now_is_passed_on(simulator: Simulator) -> None:
    async with Desk(simulator) as desk:
        simulator.fault("error", status=503, path="/oauth/token")
        with pytest.raises(CallError) as caught:
            await desk.tokens.get()
        assert caught.value.failure.is_transient


async def test_who_stops_waiting_does_not_stop_the_login(simulator: Simulator) -> None:
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(address: str) -> bool:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(5)
        return browser(address)

    async with Desk(simulator, slow) as desk:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await desk.tokens.get()
        release.set()
        assert await desk.tokens.get()
        assert desk.opened == 1


async def test_a_login_under_way_ends_with_the_provider(simulator: Simulator) -> None:
    async with Desk(simulator, lambda _: True) as desk:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await desk.tokens.get()


async def test_without_a_refresh_token_nobody_is_asked_before_a_token_is_needed(simulator: Simulator) -> None:
    async with Desk(simulator) as desk:
        await desk.tokens.get()
        desk.tokens._refresh_token = None
        desk.clock.ahead_s += 86_400
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await desk.tokens.keep_fresh()
        assert desk.opened == 1


def test_the_tutorials_protocol_takes_no_person() -> None:
    with pytest.raises(TypeError):
        MessagingEvents(conversation_id="c", credentials=UserLogin("c"), environment="us-east-1")
