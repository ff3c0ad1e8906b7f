"""`ipygenesys relay`: what it would do, and the file for Redis."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from ipygenesys._relay.tokens import SignedTokens
from ipygenesys.commands.cli import main
from tests.relay.examples import ENVIRONMENT, RELAY_TOML

SECRETS = [value for name, value in ENVIRONMENT.items() if name != "GENESYS_CLIENT_ID"]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "relay.toml"
    path.write_text(RELAY_TOML)
    return path


def test_a_dry_run_says_what_would_be_done_and_writes_the_acl(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["relay", "--config", str(config), "--dry-run"]) == 0
    said = capsys.readouterr().out
    for words in (
        "redis://relay@127.0.0.1:6379/0",
        "support: AgentQueue('mypurecloud.ie', queue_id=['q1', 'q2'])",
        'viewers: ig.Inbox(ig.Relay(…, inbox="support"))',
        'conversation_id="c-1"',
        "2,000 events of each, for 1 h",
        "supervisors (Redis user 'supervisors', ann, group leads) may see everything; send in vip",
        "http://127.0.0.1:9464/metrics",
        "relay.acl: 4 users",
    ):
        assert words in said
    acl = config.with_suffix(".acl")
    assert stat.S_IMODE(acl.stat().st_mode) == 0o600
    assert not [secret for secret in SECRETS if secret in said + acl.read_text()]


def test_the_acl_goes_where_it_is_wanted_and_replaces_an_older_one(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "users.acl"
    out.write_text("old")
    assert main(["relay", "--config", str(config), "--dry-run", "--acl", str(out)]) == 0
    assert out.read_text().startswith("user default reset off\nuser relay reset on #")
    assert not config.with_suffix(".acl").exists()


def test_what_most_do_not_want_is_said(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(RELAY_TOML[: RELAY_TOML.index("[[teams]]")])
    assert main(["relay", "--config", str(config), "--dry-run"]) == 0
    assert "warning   There are no teams" in capsys.readouterr().out
    config.write_text(
        "\n".join(line for line in RELAY_TOML.splitlines() if "S_PASSWORD" not in line).replace(
            'name = "coaches"', 'name = "coaches"\nusers = ["eve"]'
        )
    )
    assert main(["relay", "--config", str(config), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "warning   No team is a user of Redis" in said
    assert "written" not in said


def test_a_token_is_made_for_somebody_who_is_known(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["relay", "--config", str(config), "--token", "ann", "--hours", "1"]) == 0
    tokens = SignedTokens(ENVIRONMENT["RELAY_TOKEN_SECRET"], audience="ipygenesys-relay")
    assert asyncio.run(tokens.person(capsys.readouterr().out.strip())).name == "ann"
    assert main(["relay", "--config", str(config), "--token", "anne"]) == 2
    assert "'anne' is in none of them. Known: ann, ben." in capsys.readouterr().err
    config.write_text(RELAY_TOML.replace('[identities.signed]\nsecret_env = "RELAY_TOKEN_SECRET"\n', ""))
    assert main(["relay", "--config", str(config), "--token", "ann"]) == 2
    assert "no token can be signed" in capsys.readouterr().err


def test_who_writes_the_acl_need_not_have_the_secrets_of_genesys(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GENESYS_CLIENT_ID")
    monkeypatch.setenv("GENESYS_CLIENT_SECRET", " ")
    assert main(["relay", "--config", str(config), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "warning   GENESYS_CLIENT_ID is not set here; the relay needs it." in said
    assert "warning   GENESYS_CLIENT_SECRET is not set here; the relay needs it." in said
    assert config.with_suffix(".acl").exists()


def test_a_wrong_file_is_told_apart_from_a_failure(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(RELAY_TOML.replace("[redis]", "[reddis]"))
    assert main(["relay", "--config", str(config), "--dry-run"]) == 2
    assert "did you mean redis?" in capsys.readouterr().err
