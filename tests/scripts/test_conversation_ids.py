"""No guest is told its conversation's id: where credentials allow it, the platform is asked, and all reports have it."""

from __future__ import annotations

import functools
import json
import logging
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

from ipygenesys import AccessToken, ClientCredentials, Run, Script, Simulator, UserLogin, WebMessaging
from ipygenesys.commands.cli import main
from ipygenesys.errors import AuthenticationError, PermissionDenied

Factory = functools.partial[WebMessaging]

SCRIPT = Script(
    Script.scenario("greeted").say("hi").expect("this is Ann"),
    Script.scenario("wrong").say("hi").expect("this is Ben", within=0.5),
    Script.scenario("silent"),
)
FILE = "scenarios:\n  greeted:\n    - say: hi\n    - expect: this is Ann\n"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(speed=20) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for prefix in ("GENESYS_", "GENESYSCLOUD_OAUTH"):
        for name in ("CLIENT_ID", "CLIENT_SECRET", "ACCESS_TOKEN"):
            monkeypatch.delenv(f"{prefix}{name}", raising=False)


def guest_of(simulator: Simulator) -> Factory:
    return functools.partial(WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id)


def app_of(simulator: Simulator) -> ClientCredentials:
    return ClientCredentials(simulator.client_id, simulator.client_secret)


def ids(run: Run) -> list[str | None]:
    return [one.conversation_id for one in run.scenarios]


def test_results_have_the_platforms_ids_and_so_do_all_reports(simulator: Simulator, tmp_path: Path) -> None:
    run = SCRIPT.run(guest_of(simulator), parallel=3, credentials=app_of(simulator))

    greeted, wrong, silent = ids(run)
    assert greeted != wrong
    assert {greeted, wrong} <= set(simulator.conversation_ids)
    assert silent is not None and silent.startswith("guest-"), "there is no message to ask by"
    assert list(run.to_pandas()["conversation_id"]) == ids(run)
    told = json.loads(run.json(tmp_path / "r.json").read_text())["scenarios"]
    assert [each["conversation_id"] for each in told] == ids(run)
    cases = ElementTree.parse(run.junit(tmp_path / "r.xml")).iter("testcase")
    found = [case.find("properties/property[@name='conversation_id']") for case in cases]
    assert [None if each is None else each.get("value") for each in found] == ids(run)
    assert f"conversation {wrong}" in run.markdown(tmp_path / "r.md").read_text()


def test_without_credentials_nobody_is_asked(simulator: Simulator) -> None:
    run = SCRIPT.run(guest_of(simulator))
    assert all(each is not None and each.startswith("guest-") for each in ids(run))
    assert not [each for each in simulator.requests() if each["path"].endswith("/details")]


def test_who_may_not_ask_is_told_before_anything_is_played(simulator: Simulator) -> None:
    wrong = ClientCredentials(simulator.client_id, "wrong")
    run = SCRIPT.start(guest_of(simulator), credentials=wrong)
    with pytest.raises(AuthenticationError) as raised:
        run.wait()
    assert [one.words for one in run.scenarios] == [str(raised.value)] * 3
    assert not run.passed

    with Simulator(agent_api={"permissions": ()}) as closed:
        with pytest.raises(PermissionDenied, match="conversation:message:view"):
            SCRIPT.run(guest_of(closed), credentials=app_of(closed))
        assert closed.log()["received"] == []
    with pytest.raises(TypeError, match="credentials must be"):
        SCRIPT.run(guest_of(simulator), credentials=UserLogin(simulator.client_id))


def test_one_that_cannot_be_had_is_said_in_the_log_and_fails_nothing(
    simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    greeted = SCRIPT.scenarios[0]
    breaks = lambda _: simulator.fault("error", status=503, path="/details")  # noqa: E731
    with caplog.at_level(logging.WARNING, "ipygenesys.run"):
        run = Script(greeted, greeted).run(
            guest_of(simulator), credentials=app_of(simulator), on_result=breaks
        )
    assert run.passed
    first, second = ids(run)
    assert first in simulator.conversation_ids
    assert second is not None and second.startswith("guest-")
    assert "Asking for a conversation's id" in caplog.text


@pytest.mark.parametrize("prefix", ["GENESYS_", "GENESYSCLOUD_OAUTH"])
def test_the_command_prints_them(
    simulator: Simulator,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    prefix: str,
) -> None:
    (tmp_path / "a.yml").write_text(FILE)
    command = [
        "test",
        str(tmp_path / "a.yml"),
        "-id",
        simulator.deployment_id,
        "--base-url",
        simulator.base_url,
    ]
    assert main([*command, "--associate-id"]) == 2
    assert "GENESYS_CLIENT_ID" in capsys.readouterr().err

    monkeypatch.setenv(f"{prefix}CLIENT_ID", simulator.client_id)
    monkeypatch.setenv(f"{prefix}CLIENT_SECRET", simulator.client_secret)
    assert main([*command, "-a"]) == 0
    assert f"      conversation {simulator.conversation_ids[-1]}\n" in capsys.readouterr().out

    monkeypatch.setenv(f"{prefix}CLIENT_SECRET", "wrong")
    assert main([*command, "-a"]) == 2
    assert "Traceback" not in (said := capsys.readouterr()).err
    assert "credentials" in said.err
    monkeypatch.setenv("GENESYS_ACCESS_TOKEN", "wrong")
    assert main([*command, "-a"]) == 2


def test_an_access_token_does_too(simulator: Simulator) -> None:
    token = AccessToken(simulator.agent_access_token())
    run = Script(SCRIPT.scenarios[0]).run(guest_of(simulator), credentials=token)
    assert ids(run)[0] in simulator.conversation_ids
