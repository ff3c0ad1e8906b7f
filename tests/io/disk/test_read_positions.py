"""The file of read positions: what survives a restart, and what does not harm."""

from __future__ import annotations

import asyncio
import json
import logging
import stat
from pathlib import Path

import pytest

from ipygenesys._core.model.events import ReadPositionMoved
from ipygenesys._io.conversation.gateway import Gateway
from ipygenesys._io.disk import read_positions
from ipygenesys._io.disk.read_positions import ReadPositions
from ipygenesys._protocols.web_messaging.protocol import WebMessaging

KEY = "conversation-1"


@pytest.fixture
def positions(tmp_path: Path) -> ReadPositions:
    return ReadPositions(tmp_path / "state")


def test_what_was_never_read_is_unknown(positions: ReadPositions) -> None:
    assert positions.load(KEY) == 0


def test_a_position_is_found_again(positions: ReadPositions, tmp_path: Path) -> None:
    assert positions.save(KEY, 1_800_000_000_000)

    assert ReadPositions(tmp_path / "state").load(KEY) == 1_800_000_000_000
    assert positions.load("conversation-2") == 0


def test_a_position_only_moves_forward(positions: ReadPositions) -> None:
    positions.save(KEY, 200)
    positions.save(KEY, 100)

    assert positions.load(KEY) == 200


def test_the_file_names_no_conversation_and_only_its_owner_reads_it(positions: ReadPositions) -> None:
    positions.save(KEY, 200)

    assert KEY not in positions.path.read_text("utf-8")
    assert stat.S_IMODE(positions.path.stat().st_mode) == 0o600
    assert [path.name for path in positions.path.parent.iterdir()] == ["read-positions.json"]


def test_what_moved_longest_ago_is_forgotten_first(
    positions: ReadPositions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_positions, "MAX_KEPT", 2)
    for key, at in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        positions.save(key, at)

    assert [positions.load(key) for key in "abc"] == [3, 0, 4]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": "b"}', "[" * 100_000, "\xff", '{"a": true}'])
def test_a_broken_file_counts_as_empty_and_is_replaced(positions: ReadPositions, text: str) -> None:
    positions.path.parent.mkdir()
    positions.path.write_text(text, "latin-1")

    assert positions.load(KEY) == 0
    assert positions.save(KEY, 5)
    assert list(json.loads(positions.path.read_text("utf-8")).values()) == [5]


def test_a_directory_that_cannot_be_written_is_said_and_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    positions = ReadPositions(tmp_path / "file")

    with caplog.at_level(logging.WARNING, "ipygenesys.read_positions"):
        assert not positions.save(KEY, 5)
    assert positions.load(KEY) == 0
    assert "could not be kept" in caplog.text
    assert str(tmp_path) not in caplog.text


def test_a_write_that_fails_half_way_leaves_the_old_file(
    positions: ReadPositions, monkeypatch: pytest.MonkeyPatch
) -> None:
    positions.save(KEY, 5)

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("ipygenesys._io.disk.read_positions.os.fsync", full)

    assert not positions.save(KEY, 6)
    assert positions.load(KEY) == 5
    assert [path.name for path in positions.path.parent.iterdir()] == ["read-positions.json"]


def test_without_a_directory_of_its_own_it_is_the_users(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("platformdirs.user_state_path", lambda name, appauthor: tmp_path / name)

    assert ReadPositions().path == tmp_path / "ipygenesys" / "read-positions.json"


# --- in the gateway ---------------------------------------------------------------------------------------


def protocol(token: str | None = "TOKEN") -> WebMessaging:
    return WebMessaging(base_url="http://127.0.0.1:9", deployment_id="d", session_token=token)


async def test_a_gateway_keeps_what_it_is_told_and_knows_it_the_next_time(positions: ReadPositions) -> None:
    gateway = Gateway(protocol(), read_positions=positions)
    gateway.bind(asyncio.get_running_loop())
    for time_ms in (100, 200, 300):
        gateway.tell(ReadPositionMoved(time_ms))
    assert positions.load(_key()) == 0  # Many moves are written once.
    await gateway.close()

    again = Gateway(protocol(), read_positions=positions)

    assert positions.load(_key()) == 300
    assert again.session.conversation._read_up_to_ms == 300


async def test_a_gateway_writes_soon_and_not_only_in_the_end(
    positions: ReadPositions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipygenesys._io.disk.read_positions.KEEP_AFTER_S", 0.0)
    gateway = Gateway(protocol(), read_positions=positions)
    gateway.bind(asyncio.get_running_loop())
    gateway.tell(ReadPositionMoved(100))
    while gateway._tasks:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.01)

    assert positions.load(_key()) == 100
    await gateway.close()


async def test_what_cannot_be_kept_is_counted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    gateway = Gateway(protocol(), read_positions=ReadPositions(tmp_path / "file"))
    gateway.bind(asyncio.get_running_loop())
    gateway.tell(ReadPositionMoved(100))
    await gateway.close()

    assert gateway.session.conversation.counters["read_position_not_kept"] == 1


async def test_who_opts_out_and_who_has_no_name_yet_leaves_no_file(positions: ReadPositions) -> None:
    for gateway in (Gateway(protocol()), Gateway(protocol(None), read_positions=positions)):
        gateway.bind(asyncio.get_running_loop())
        gateway.tell(ReadPositionMoved(100))
        await gateway.close()

    assert not positions.path.exists()


def _key() -> str:
    key = protocol().profile.conversation_key
    assert key is not None
    return key
