"""`ipygenesys doctor`: against the simulator, against nothing, and against what is wrong."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from ipygenesys import AccessToken, AgentMessaging
from ipygenesys._core.model.failures import Failure
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.host.proxies import proxy_of
from ipygenesys._io.rest.client import RestClient
from ipygenesys._protocols.base import Adapter
from ipygenesys._protocols.flow import CallError, Request
from ipygenesys._protocols.regions import platform_of
from ipygenesys.commands import cli
from ipygenesys.commands.doctor import entitlements, reachability
from ipygenesys.commands.doctor.command import credentials_of, protocol_of
from ipygenesys.commands.doctor.entitlements import MANY_CHANNELS
from ipygenesys.commands.doctor.examination import examine, origins_of
from ipygenesys.commands.doctor.findings import Finding
from ipygenesys.commands.doctor.reachability import files
from ipygenesys.simulator import Simulator
from tests.io.servers import answer, answering, raw_server, self_signed

CANARY = "canary-secret"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(scenario="manual", client_secret=CANARY) as running:
        yield running


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GENESYS_ACCESS_TOKEN", "GENESYS_CLIENT_ID", "GENESYS_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, simulator: Simulator) -> None:
    monkeypatch.setenv("GENESYS_CLIENT_ID", simulator.client_id)
    monkeypatch.setenv("GENESYS_CLIENT_SECRET", simulator.client_secret)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, simulator: Simulator) -> str:
    token = simulator.agent_access_token()
    monkeypatch.setenv("GENESYS_ACCESS_TOKEN", token)
    return token


class Report:
    """What the command has said."""

    def __init__(self, code: int, text: str) -> None:
        self.code = code
        self.text = text
        self.found: dict[str, dict[str, Any]] = {each["check"]: each for each in json.loads(text)["findings"]}

    def verdict(self, check: str) -> str:
        return str(self.found[check]["verdict"])


@pytest.fixture
def examined(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str) -> Report:
        code = cli.main(["doctor", "--json", *arguments])
        return Report(code, capsys.readouterr().out)

    return run


def options(*arguments: str) -> Namespace:
    return cli.parser().parse_args(["doctor", *arguments])


# --- against the simulator --------------------------------------------------------------------------------


def test_a_healthy_agent_is_told_so(examined: Any, simulator: Simulator, person: str) -> None:
    report = examined("--base-url", simulator.base_url, "--conversation-id", simulator.conversation_id)
    assert report.code == 0
    assert list(report.found) == [
        "dns",
        "connect",
        "clock",
        "token",
        "scopes",
        "permissions",
        "settings",
        "channels",
        "stream",
        "heartbeat",
        "history",
    ]
    assert {each["verdict"] for each in report.found.values()} == {"ok"}
    assert "send_typing" in report.found["stream"]["found"]
    assert person not in report.text


def test_a_healthy_guest_is_told_so(examined: Any, simulator: Simulator) -> None:
    report = examined("--base-url", simulator.base_url, "--deployment-id", simulator.deployment_id)
    assert report.code == 0
    assert report.verdict("token") == "skipped"
    assert report.verdict("deployment") == "ok"
    assert report.verdict("heartbeat") == "ok"


@pytest.mark.usefixtures("app")
def test_a_healthy_tutorial_conversation_is_told_so(examined: Any, simulator: Simulator) -> None:
    where = ("--protocol", "messaging-events", "--base-url", simulator.base_url)
    report = examined(*where, "--conversation-id", simulator.conversation_id)
    assert report.code == 0
    assert CANARY not in report.text


@pytest.mark.usefixtures("app")
def test_an_app_is_told_that_it_can_only_watch(examined: Any, simulator: Simulator) -> None:
    report = examined("--base-url", simulator.base_url, "--conversation-id", simulator.conversation_id)
    assert report.code == 0
    assert report.verdict("permissions") == "warning"
    assert report.verdict("scopes") == "skipped"
    assert "--login" in report.found["permissions"]["cure"]


@pytest.mark.usefixtures("person")
def test_without_a_conversation_no_stream_is_opened(examined: Any, simulator: Simulator) -> None:
    report = examined("--base-url", simulator.base_url)
    assert report.code == 0
    assert report.verdict("stream") == "skipped"
    assert "--conversation-id" in report.found["stream"]["cure"]


def test_lines_are_for_people(capsys: pytest.CaptureFixture[str], simulator: Simulator) -> None:
    assert cli.main(["doctor", "--base-url", simulator.base_url, "--deployment-id", "unknown"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok      dns")
    (line,) = [line for line in lines if line.startswith("failed  deployment")]
    assert "there is no such deployment (404) (correlation id" in line
    assert lines[-1].startswith("skipped the rest")
    assert any("→" in line for line in lines)


# --- what is wrong ----------------------------------------------------------------------------------------


def test_a_dead_host_is_named_and_the_rest_left_alone(examined: Any) -> None:
    report = examined("--base-url", "http://127.0.0.1:9", "--deployment-id", "x")
    assert report.code == 1
    assert report.verdict("connect") == "failed"
    assert report.verdict("the rest") == "skipped"


def test_a_host_that_does_not_exist_is_named(examined: Any) -> None:
    report = examined("--base-url", "https://nowhere.invalid", "--deployment-id", "x")
    assert report.code == 1
    assert report.verdict("dns") == "failed"
    assert "region" in report.found["dns"]["cure"]


@pytest.mark.parametrize(
    ("address", "tried", "found"),
    [
        ("http://me:canary-secret@127.0.0.1:1", "Connecting to the proxy 127.0.0.1", "nobody answers there"),
        ("canary-secret:canary-secret@", "Connecting to the proxy", "its address is not one"),
    ],
)
def test_a_proxy_is_examined_in_place_of_the_hosts_behind_it(
    examined: Any, monkeypatch: pytest.MonkeyPatch, address: str, tried: str, found: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)

    report = examined("--domain", "example.invalid", "--deployment-id", "x")

    assert report.code == 1
    assert set(report.found) == {"proxy", "the rest"}
    assert (report.found["proxy"]["tried"], report.found["proxy"]["found"]) == (tried, found)
    assert "NO_PROXY" in report.found["proxy"]["cure"]
    assert CANARY not in report.text


async def test_what_lies_behind_a_proxy_that_answers_is_asked_through_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heads: list[bytes] = []
    async with raw_server(answering(b"", answer(502), seen=heads)) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        found = await findings(
            protocol_of(options("--domain", "example.invalid", "--deployment-id", "x"), {})
        )

    assert found["proxy"].verdict == "ok"
    assert any(head.startswith(b"CONNECT api.example.invalid:443 ") for head in heads)
    assert "dns" not in found


def test_a_host_that_is_excepted_is_looked_up_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "example.invalid")

    assert proxy_of("https://api.example.invalid") is None
    assert proxy_of("https://api.example.org") == "http://127.0.0.1:1"
    assert proxy_of("http://127.0.0.1:8000") is None


def test_wrong_credentials_are_named_and_not_shown(
    examined: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESYS_CLIENT_ID", simulator.client_id)
    monkeypatch.setenv("GENESYS_CLIENT_SECRET", "canary-wrong")
    report = examined("--base-url", simulator.base_url)
    assert report.code == 1
    assert report.verdict("token") == "failed"
    assert "correlation id" in report.found["token"]["found"]
    assert "canary" not in report.text


def test_a_token_that_is_not_valid_fails_at_the_first_call(
    examined: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESYS_ACCESS_TOKEN", CANARY)
    report = examined("--base-url", simulator.base_url)
    assert report.code == 1
    assert report.verdict("scopes") == "failed"
    assert "refused (401)" in report.found["scopes"]["found"]
    assert report.verdict("the rest") == "skipped"
    assert CANARY not in report.text


@pytest.mark.usefixtures("person")
def test_a_missing_permission_is_named(examined: Any, simulator: Simulator) -> None:
    simulator.set_agent_api(permissions=["conversation:message:view"])
    report = examined("--base-url", simulator.base_url, "--conversation-id", simulator.conversation_id)
    assert report.code == 1
    for check in ("permissions", "stream"):
        assert report.verdict(check) == "failed"
        assert "conversation:communication:view" in report.found[check]["found"]
    assert "Admin > People & Permissions" in report.found["permissions"]["cure"]
    assert report.verdict("settings") == "skipped"
    assert "messaging:setting:view" in report.found["settings"]["found"]


def test_a_missing_scope_is_a_warning_with_its_place(examined: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with Simulator(scenario="manual", scopes=("conversations:messaging",)) as simulator:
        monkeypatch.setenv("GENESYS_CLIENT_ID", simulator.client_id)
        monkeypatch.setenv("GENESYS_CLIENT_SECRET", simulator.client_secret)
        report = examined("--protocol", "messaging-events", "--base-url", simulator.base_url)
    assert report.verdict("scopes") == "warning"
    assert "messaging:write" in report.found["scopes"]["found"]
    assert "Admin > Integrations > OAuth" in report.found["scopes"]["cure"]


@pytest.mark.usefixtures("person")
def test_typing_that_the_org_does_not_pass_on_is_a_warning(examined: Any, simulator: Simulator) -> None:
    simulator.set_deployment(show_agent_typing_indicator=False)
    report = examined("--base-url", simulator.base_url)
    assert report.verdict("settings") == "warning"
    assert "the agent's typing" in report.found["settings"]["found"]


async def test_a_server_that_tells_neither_scopes_nor_settings_is_no_failure() -> None:
    async def ask(_: Request) -> bytes:
        raise CallError(Failure(kind="not_found", message="x", status=404))

    for finding in (
        await entitlements.scopes(ask, ("conversations",)),
        await entitlements.typing_settings(ask),
    ):
        assert finding.verdict == "skipped"

    async def empty(_: Request) -> bytes:
        return b"{}"

    assert (await entitlements.scopes(empty, ("conversations",))).verdict == "skipped"
    assert (await entitlements.typing_settings(empty)).verdict == "ok"

    async def broken(_: Request) -> bytes:
        raise CallError(Failure(kind="unavailable", message="x", status=503, correlation_id="c-1"))

    for finding in (
        await entitlements.scopes(broken, ("conversations",)),
        await entitlements.typing_settings(broken),
        await entitlements.channels(broken),
    ):
        assert (finding.verdict, "c-1" in finding.found) == ("failed", True)

    async def strange(_: Request) -> bytes:
        return b"<html>"

    assert "not of this protocol" in (await entitlements.channels(strange)).found


def test_a_toggle_that_is_off_is_a_warning_with_its_place(examined: Any, simulator: Simulator) -> None:
    simulator.set_deployment(show_user_typing_indicator=False)
    report = examined("--base-url", simulator.base_url, "--deployment-id", simulator.deployment_id)
    assert report.code == 0
    assert "guest's typing" in report.found["deployment"]["found"]
    assert "Messenger Configurations" in report.found["deployment"]["cure"]


def test_an_inactive_deployment_is_a_failure(examined: Any, simulator: Simulator) -> None:
    simulator.set_deployment(status="Inactive")
    report = examined("--base-url", simulator.base_url, "--deployment-id", simulator.deployment_id)
    assert report.code == 1
    assert report.verdict("deployment") == "failed"


@pytest.mark.usefixtures("person")
def test_many_channels_are_a_warning(examined: Any, simulator: Simulator, person: str) -> None:
    import urllib.request

    for _ in range(MANY_CHANNELS):
        request = urllib.request.Request(
            f"{simulator.base_url}/api/v2/notifications/channels",
            method="POST",
            headers={"Authorization": f"Bearer {person}"},
        )
        urllib.request.urlopen(request, timeout=5).close()
    report = examined("--base-url", simulator.base_url)
    assert report.verdict("channels") == "warning"


def test_a_refused_stream_is_named(examined: Any, simulator: Simulator) -> None:
    simulator.fault("refuse", status=503)
    report = examined("--base-url", simulator.base_url, "--deployment-id", simulator.deployment_id)
    assert report.code == 1
    assert report.verdict("stream") == "failed"
    assert "heartbeat" not in report.found


# --- the clock --------------------------------------------------------------------------------------------


class SlowClock(SystemClock):
    """An hour behind."""

    def epoch(self) -> float:
        return super().epoch() - 3600


async def findings(protocol: Adapter, clock: SystemClock | None = None) -> dict[str, Finding]:
    return {each.check: each async for each in examine(protocol, patience_s=1.0, clock=clock)}


async def test_a_clock_that_is_an_hour_off_is_a_failure_with_its_cure() -> None:
    async with Simulator(scenario="manual") as simulator:
        protocol = protocol_of(
            options("--base-url", simulator.base_url, "--deployment-id", simulator.deployment_id), {}
        )
        found = await findings(protocol, SlowClock())
    assert found["clock"].verdict == "failed"
    assert "60 min behind" in found["clock"].found
    assert "NTP" in (found["clock"].cure or "")


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({}, "skipped"),
        ({"Date": "yesterday"}, "skipped"),
        ({"Date": "now"}, "ok"),
        ({"Date": "Thu, 01 Jan 1970 00:00:00 GMT"}, "failed"),
    ],
    ids=str,
)
async def test_a_server_tells_its_time_or_does_not(headers: dict[str, str], verdict: str) -> None:
    headers = {name: formatdate(usegmt=True) if value == "now" else value for name, value in headers.items()}
    async with raw_server(answering(answer(200, b"", **headers))) as port:
        protocol = protocol_of(options("--base-url", f"http://127.0.0.1:{port}", "--deployment-id", "x"), {})
        found = await findings(protocol)
    assert found["clock"].verdict == verdict
    assert found["deployment"].verdict == "failed", "what answers there is no Genesys"


async def test_a_server_that_is_asked_for_the_time_may_be_gone() -> None:
    from ipygenesys._core.model.failures import ErrorDetails
    from ipygenesys._protocols.flow import CallError

    rest = RestClient("http://127.0.0.1:9", clock=SystemClock(), decode_error=lambda _: ErrorDetails())
    try:
        with pytest.raises(CallError):
            await rest.server_date()
    finally:
        await rest.aclose()


async def test_a_certificate_that_is_not_trusted_is_named_with_its_cure(tmp_path: Path) -> None:
    async with raw_server(answering(answer(200)), tls=self_signed(tmp_path)) as port:
        protocol = protocol_of(options("--base-url", f"https://localhost:{port}", "--deployment-id", "x"), {})
        found = await findings(protocol)
    assert found["tls"].verdict == "failed"
    assert "certificate" in found["tls"].found
    assert "SSL_CERT_FILE" in (found["tls"].cure or "")


async def test_a_stream_on_which_nothing_is_heard_is_a_failure_with_its_cure() -> None:
    async with Simulator(scenario="manual") as simulator:
        protocol = AgentMessaging(
            base_url=simulator.base_url,
            conversation_id=simulator.conversation_id,
            credentials=AccessToken(simulator.agent_access_token()),
        )
        found: dict[str, Finding] = {}
        async for each in examine(protocol, patience_s=0.2):
            found[each.check] = each
            if each.check == "stream":
                simulator.fault("half_open", seconds=1)
    assert found["heartbeat"].verdict == "failed"
    assert "proxy" in (found["heartbeat"].cure or "")


# --- options ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--region", "eu_west_1"), "GENESYS_ACCESS_TOKEN"),
        (("--region", "eu_west_1", "--login"), "GENESYS_CLIENT_ID"),
        (("--protocol", "web-messaging", "--region", "eu_west_1"), "--deployment-id"),
        (("--region", "atlantis", "--deployment-id", "x"), "Unknown region"),
        (("--deployment-id", "x"), "Give one of --region"),
        (("--deployment-id", "…", "--region", "eu_west_1"), "--deployment-id is still the example's"),
        (("--deployment-id", "x", "--region", "mypurecloud.ie"), "Give a domain by --domain. Known:"),
        (("--environment", "us-east-1", "--base-url", "http://127.0.0.1:1"), "needs --environment"),
    ],
)
def test_what_is_missing_is_named(
    examined: Any, arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "--environment" in arguments:
        monkeypatch.setenv("GENESYS_ACCESS_TOKEN", CANARY)
    report = examined(*arguments)
    assert report.code == 1
    assert words in report.found["options"]["found"]


def test_options_that_cannot_be_right_are_said_in_lines_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--deployment-id", "x"]) == 1
    assert "failed  options" in capsys.readouterr().out


def test_the_help_says_where_secrets_come_from(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["doctor", "--help"])
    text = capsys.readouterr().out
    for word in ("GENESYS_CLIENT_SECRET", "--base-url", "--region", "--json", "--protocol"):
        assert word in text


@pytest.mark.parametrize("patience", ["0", "-1", "inf", "x"])
def test_patience_is_a_number_of_seconds(patience: str) -> None:
    with pytest.raises(SystemExit):
        options("--patience", patience)


@pytest.mark.parametrize(
    ("arguments", "protocol"),
    [
        (("--region", "eu_west_1", "--deployment-id", "x"), "WebMessaging"),
        (("--region", "eu_west_1"), "AgentMessaging"),
        (("--domain", "mypurecloud.ie"), "AgentMessaging"),
        (("--environment", "us-east-1"), "MessagingEvents"),
    ],
)
def test_the_protocol_follows_from_what_is_given(arguments: tuple[str, ...], protocol: str) -> None:
    environment = {"GENESYS_ACCESS_TOKEN": "t"}
    assert type(protocol_of(options(*arguments), environment)).__name__ == protocol


def test_a_login_goes_before_a_token_and_a_token_before_an_app() -> None:
    everything = {"GENESYS_CLIENT_ID": "c", "GENESYS_CLIENT_SECRET": "s", "GENESYS_ACCESS_TOKEN": "t"}
    assert type(credentials_of(options("--login"), everything)).__name__ == "UserLogin"
    assert type(credentials_of(options(), everything)).__name__ == "AccessToken"
    del everything["GENESYS_ACCESS_TOKEN"]
    assert type(credentials_of(options(), everything)).__name__ == "ClientCredentials"


def test_every_host_that_will_be_needed_is_looked_up() -> None:
    app = {"GENESYS_CLIENT_ID": "c", "GENESYS_CLIENT_SECRET": "s"}
    assert origins_of(protocol_of(options("--region", "eu_west_1"), app)) == (
        "https://api.mypurecloud.ie",
        "https://login.mypurecloud.ie",
        "https://streaming.mypurecloud.ie",
    )
    guest = protocol_of(options("--region", "eu_west_1", "--deployment-id", "x"), {})
    assert origins_of(guest) == (
        "https://api.mypurecloud.ie",
        "https://api-cdn.mypurecloud.ie",
        "https://webmessaging.mypurecloud.ie",
    )


async def test_a_store_that_cannot_be_reached_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody(origin: str) -> Finding:
        return Finding(
            check="tls", tried=origin, verdict="failed", found="nobody answers there", cure="Look."
        )

    monkeypatch.setattr(reachability, "connect", nobody)
    monkeypatch.setattr(reachability, "proxy_of", lambda _: None)
    (store,) = platform_of(region="eu_west_1").upload_hosts
    finding = await files(store)
    assert store in finding.tried
    assert (finding.check, finding.verdict, finding.cure) == ("files", "warning", "Look.")
    assert "files cannot be sent" in finding.found
