"""A recording comes to the same state at any speed and after any jump, and nothing is sent by it."""

from __future__ import annotations

import asyncio
import gzip
import math
import os
import random
import subprocess
import sys
import textwrap
import tracemalloc
from pathlib import Path
from unittest.mock import Mock

import msgspec
import pytest

from ipygenesys import ErrorRaised, GenesysError, WebMessaging
from ipygenesys._io.recordings import kept_sessions, reading, tape
from ipygenesys._io.recordings.replay import Replay
from ipygenesys._protocols.base import Adapter
from ipygenesys._recordings import coding
from ipygenesys._recordings.coding import NoRecording, line_of
from ipygenesys._recordings.entries import Ended, StateKept
from ipygenesys._recordings.masking import Masks
from ipygenesys._recordings.state import digest_of, moment_of
from ipygenesys.simulator import Simulator
from tests.benchmarks.explore.long import write
from tests.io.watch import Watched, connected, eventually, protocol_for


def digest(client: Watched) -> str:
    return digest_of(moment_of(client._gateway.session), Masks())


def guest_of(simulator: Simulator) -> Adapter:
    return WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)


async def talk(client: Watched, simulator: Simulator) -> None:
    """Messages both ways, typing, a lost stream, a failed send."""
    for number in range(5):
        simulator.agent_say(f"agent {number}")
        await client.until(lambda number=number: f"agent {number}" in client.texts)  # type: ignore[misc]
    simulator.agent_typing(True)
    await client.until(lambda: client.typing)
    await client.send("ours")
    client.mark_read()
    simulator.fault("drop")
    await client.until_status("reconnecting")
    simulator.agent_say("meanwhile")
    await client.until_caught_up()
    await client.until(lambda: "meanwhile" in client.texts)


async def until_over(replay: Replay) -> None:
    await eventually(lambda: replay.is_over)


@pytest.fixture
async def recorded(simulator: Simulator, tmp_path: Path) -> tuple[Path, str]:
    """A recording from the very beginning, and the hash of what it came to."""
    client = Watched(protocol_for(simulator))
    recording = client.record(tmp_path / "talk.jsonl")
    async with client:
        await client.until_caught_up()
        await talk(client, simulator)
        recording.stop()
        return tmp_path / "talk.jsonl", digest(client)


@pytest.mark.parametrize("speed", [10.0, 100.0, math.inf])
@pytest.mark.parametrize("side", [protocol_for, guest_of])
@pytest.mark.parametrize("is_whole", [True, False])
async def test_at_any_speed_it_comes_to_the_recorded_state(
    simulator: Simulator, tmp_path: Path, speed: float, side: object, is_whole: bool
) -> None:
    client = Watched(side(simulator))  # type: ignore[operator]
    path = tmp_path / "talk.jsonl.gz"
    recording = client.record(path) if is_whole else None
    async with client:
        await client.until_caught_up()
        recording = recording or client.record(path)
        await talk(client, simulator)
        recording.stop()
        wanted, texts = digest(client), client.texts
    replay = Replay(path, speed)
    async with Watched(replay) as replayed:
        await until_over(replay)
        assert (digest(replayed), replayed.texts) == (wanted, texts)
        assert replay.checks > 0 and replay.differences == 0
        assert replay.position == pytest.approx(replay.duration)


async def test_a_jump_comes_to_the_same_state_as_playing(
    recorded: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_sessions, "KEEP_EVERY", 7)
    monkeypatch.setattr(kept_sessions, "MAX_KEPT", 4)
    path, wanted = recorded
    replay = Replay(path, math.inf)
    dice, began = random.Random(1), replay._header.at_s
    async with Watched(replay) as client:
        await until_over(replay)
        seen: dict[float, str] = {}
        # Between entries, not between seconds: most of them come together.
        times = sorted({round(entry.at_s - began, 4) for entry in reading.read_entries(path)})
        places = dice.sample(times, 8)
        for place in [*places, *sorted(places), *sorted(places, reverse=True)]:
            replay.seek(place)
            await asyncio.sleep(0)
            await eventually(lambda: not tape_of(replay).is_jumping)
            assert seen.setdefault(place, digest(client)) == digest(client)
            assert replay.position == pytest.approx(place)
        assert len(set(seen.values())) > 3
        replay.play()
        await until_over(replay)
        assert digest(client) == wanted


def noted_of(client: Watched) -> tuple[object, ...]:
    """What tables and pictures are made of besides messages: events with their sizes, and times of messages."""
    noted = client._gateway.noted
    events = [
        (row.event, row.message_id, row.participant_id, row.detail, row.server_ms) for row in noted.events
    ]
    return events, [noted.times.of(message.id, message.draft_id) for message in client.messages]


async def test_what_is_noted_of_a_replay_is_what_was_noted_live(
    simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_sessions, "KEEP_EVERY", 7)
    client = Watched(protocol_for(simulator))
    recording = client.record(tmp_path / "talk.jsonl")
    async with client:
        await client.until_caught_up()
        await talk(client, simulator)
        simulator.agent_read()
        await client.until(lambda: any(message.status == "read" for message in client.messages))
        recording.stop()
        wanted = noted_of(client)
    replay = Replay(recording.path, math.inf)
    async with Watched(replay) as replayed:
        await until_over(replay)
        assert noted_of(replayed) == wanted
        assert any(row.raw_bytes for row in replayed._gateway.noted.events)
        assert any(times.read_ms for times in wanted[1])  # type: ignore[attr-defined]
        seen: dict[float, object] = {}
        for share in (0.5, 0.9, 0.2, 0.5, 0.9, 0.0, 1.0):
            replay.seek(share * replay.duration)
            await asyncio.sleep(0)
            await eventually(lambda: not tape_of(replay).is_jumping)
            assert seen.setdefault(share, noted_of(replayed)) == noted_of(replayed)
        assert noted_of(replayed) == wanted and len(seen[0.2][0]) < len(seen[0.9][0])  # type: ignore[index]


def tape_of(replay: Replay) -> tape.Tape:
    return replay._tapes[-1]


async def test_it_stands_still_while_paused_and_before_it_is_played(recorded: tuple[Path, str]) -> None:
    replay = Replay(recorded[0], speed=0.001)
    assert replay.position == 0 and replay.duration > 0 and not replay.is_playing
    async with Watched(replay) as client:
        await eventually(lambda: replay.is_playing)
        replay.pause()
        await eventually(lambda: not replay.is_playing)
        place = replay.position
        replay.speed = math.inf
        await asyncio.sleep(0.05)
        assert replay.position == place and not replay.is_over
        replay.play()
        await until_over(replay)
        assert digest(client) == recorded[1]
        replay.speed = 0.001
        replay.play()
        await eventually(lambda: not replay.is_over)
        replay.speed = math.inf
        await until_over(replay)
        assert digest(client) == recorded[1]
    assert "over" in repr(replay)


async def test_what_is_asked_for_before_anybody_looks_counts(recorded: tuple[Path, str]) -> None:
    replay = Replay(recorded[0], speed=0.001)
    replay.seek(replay.duration)
    async with Watched(replay) as client:
        await client.until(lambda: "meanwhile" in client.texts)


async def test_nothing_is_sent_and_nothing_can_be_said(
    recorded: tuple[Path, str], simulator: Simulator
) -> None:
    requests, connections = len(simulator.requests()), len(simulator.log()["connections"])
    replay = Replay(recorded[0], math.inf)
    async with Watched(replay, durable=False) as client:
        await until_over(replay)
        with pytest.raises(GenesysError, match="replay"):
            _ = client.send("hello")
        client.mark_read()
        assert not client.can_send and "send" not in client.capabilities
    assert client.status == "closed"
    assert (len(simulator.requests()), len(simulator.log()["connections"])) == (requests, connections)


@pytest.mark.parametrize("cut", [40, 123, 400])
@pytest.mark.parametrize("is_packed", [False, True])
async def test_a_file_that_was_cut_off_is_played_to_its_last_line(
    recorded: tuple[Path, str], cut: int, is_packed: bool
) -> None:
    whole = recorded[0].read_bytes()
    torn = recorded[0].with_suffix(".gz" if is_packed else ".cut")
    data = gzip.compress(whole) if is_packed else whole
    torn.write_bytes(data[:-cut])
    replay = Replay(torn, math.inf)
    async with Watched(replay) as client:
        await until_over(replay)
        assert client.texts and replay.differences == 0 and not replay.is_whole


async def test_the_recording_of_a_kernel_that_was_killed_is_played(tmp_path: Path) -> None:
    path = tmp_path / "killed.jsonl"
    program = textwrap.dedent(
        """
        import asyncio, os, sys
        import ipygenesys as ig
        from ipygenesys._recordings.masking import Masks
        from ipygenesys._recordings.state import digest_of, moment_of

        async def main():
            async with ig.Simulator(scenario="manual") as simulator:
                protocol = ig.MessagingEvents(
                    base_url=simulator.base_url,
                    conversation_id=simulator.conversation_id,
                    credentials=ig.ClientCredentials(simulator.client_id, simulator.client_secret),
                )
                client = ig.Client(protocol)
                client.record(sys.argv[1])
                async with client:
                    simulator.agent_say("hello")
                    await client.until(lambda: len(client.messages) == 1, timeout=30)
                    await asyncio.sleep(1)
                    print(digest_of(moment_of(client._gateway.session), Masks()), flush=True)
                    os.kill(os.getpid(), 9)

        asyncio.run(main())
        """
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(path), stdout=subprocess.PIPE
    )
    out, _ = await process.communicate()
    replay = Replay(path, math.inf)
    async with Watched(replay) as client:
        await until_over(replay)
        assert digest(client) == out.decode().strip()
        assert not replay.is_whole


async def test_foreign_and_newer_lines_are_left_out(recorded: tuple[Path, str]) -> None:
    lines = recorded[0].read_bytes().splitlines(keepends=True)
    lines[3:3] = [b"what is this\n", b'{"kind":"weather","at_s":1.0}\n', b"\n"]
    recorded[0].write_bytes(b"".join(lines))
    replay = Replay(recorded[0], math.inf)
    async with Watched(replay) as client:
        await until_over(replay)
        assert digest(client) == recorded[1]
        file = tape_of(replay)._file
        assert isinstance(file, reading.RecordingFile)
        assert (file.foreign, file.unknown) == (2, 1)


async def test_a_state_of_another_version_is_said(simulator: Simulator, tmp_path: Path) -> None:
    async with connected(simulator) as client:
        recording = client.record(tmp_path / "talk.jsonl")
        simulator.agent_say("hello")
        await client.until(lambda: "hello" in client.texts)
        recording.stop()
    lines = [
        line_of(StateKept(at_s=entry.at_s, state=msgspec.Raw(b"[]")), Masks())
        if isinstance(entry, StateKept)
        else line_of(entry, Masks())
        for entry in reading.read_entries(recording.path)
    ]
    other = tmp_path / "other.jsonl"
    other.write_bytes(b"".join(lines))
    replay = Replay(other, math.inf)
    async with Watched(replay) as replayed:
        await until_over(replay)
        assert "another way" in next(
            each.failure.message for each in replayed.told if isinstance(each, ErrorRaised)
        )
        assert replay.differences > 0


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"{}\n", b"\x1f\x8b\x08", gzip.compress(b"hello\n", mtime=0), b"\x00" * 5000]
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.file"
    path.write_bytes(content)
    with pytest.raises(NoRecording):
        Replay(path)


def test_a_bomb_is_refused(recorded_header: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE_BYTES", 1 << 20)
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb") as file:
        file.write(recorded_header)
        for _ in range(200):
            file.write(b" " * 100_000 + b"\n")
    with pytest.raises(NoRecording, match="unpacks to more"):
        Replay(path).duration  # noqa: B018


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
async def test_what_cannot_be_read_on_is_said_and_is_the_end(
    recorded: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """What stands before it is played; what comes after so much that says nothing is not looked for."""
    monkeypatch.setattr(reading, "MAX_SILENT_LINES", 100)
    path = recorded[0].with_name(f"damaged{ending}")
    content = recorded[0].read_bytes() + b"\n" * 300
    path.write_bytes(gzip.compress(content) if ending == ".jsonl.gz" else content)
    looked = Mock(wraps=coding.entry_of)
    monkeypatch.setattr(reading, "entry_of", looked)
    replay = Replay(path, math.inf)
    async with Watched(replay) as client:
        await until_over(replay)
        assert digest(client) == recorded[1]
        said = [each.failure.message for each in client.told if isinstance(each, ErrorRaised)]
        assert [words for words in said if "ends here" in words] == [
            "This recording cannot be read any further, and ends here. 100 lines of it in a row are no entries of a recording."
        ]
    assert looked.call_count < recorded[0].read_bytes().count(b"\n") + 250


@pytest.fixture
def recorded_header() -> bytes:
    from ipygenesys._recordings.entries import Header
    from tests import examples as eg

    return line_of(Header(at_s=1.0, profile=eg.profile()), Masks())


@pytest.mark.parametrize("speed", [0, -1, math.nan, "fast", True, None])
def test_a_speed_is_a_number_above_0(tmp_path: Path, recorded_header: bytes, speed: object) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(recorded_header + line_of(Ended(at_s=2.0), Masks()))
    with pytest.raises(ValueError, match="speed"):
        Replay(path, speed)  # type: ignore[arg-type]
    replay = Replay(path)
    with pytest.raises(ValueError, match="speed"):
        replay.speed = speed  # type: ignore[assignment]
    for place in (-1, math.inf, math.nan):
        with pytest.raises(ValueError, match="seek"):
            replay.seek(place)
    assert replay.duration == 1.0


async def ipygenesys(*arguments: str) -> tuple[int | None, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ipygenesys", *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_the_command_plays_it_and_writes_the_transcript(
    recorded: tuple[Path, str], tmp_path: Path
) -> None:
    written = tmp_path / "transcript.md"
    code, out, err = await ipygenesys("replay", str(recorded[0]), "--export", str(written))
    assert code == 0
    assert "meanwhile" in out and "all as recorded" in err and "meanwhile" in written.read_text()
    code, out, err = await ipygenesys("replay", os.devnull)
    assert (code, out) == (1, "") and "no recording" in err


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
@pytest.mark.parametrize("tail", [50, 5_000, 1 << 20])
@pytest.mark.parametrize("torn", [0, 9])
def test_the_end_of_a_long_recording_is_found_where_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, tail: int, torn: int
) -> None:
    """50 bytes are less than any line; what is torn off is the end of what was packed, and its last entries with it."""
    path = write(tmp_path / f"long{ending}", 200)
    path.write_bytes(path.read_bytes()[: -torn or None])
    last = max(entry.at_s for entry in reading.read_entries(path))
    looked = Mock(wraps=reading._at_s)
    monkeypatch.setattr(reading, "_TAIL_BYTES", tail)
    monkeypatch.setattr(reading, "_at_s", looked)

    file = reading.RecordingFile(str(path))
    assert file.last_at_s() == last
    file.close()
    assert looked.call_count < 60 or tail != 5_000


def test_a_recording_is_read_without_being_held(tmp_path: Path) -> None:
    path = write(tmp_path / "long.jsonl", 4_000)
    tracemalloc.start()
    count = sum(1 for _ in reading.read_entries(path))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 3_999
    assert most < path.stat().st_size / 10
