"""What passes is written down, whole and without secrets, and nothing is kept waiting for it."""

from __future__ import annotations

import gzip
import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

import ipygenesys as ig
from ipygenesys import ErrorRaised, GenesysError, WebMessaging
from ipygenesys._core.model.inputs import Connect, FrameReceived, Input, Now, StreamOpened
from ipygenesys._core.model.platform_events import MessageArrived
from ipygenesys._core.session.session import Session
from ipygenesys._io.host.clock import ServerClock, SystemClock
from ipygenesys._io.recordings import recorder as recorder_module
from ipygenesys._io.recordings.reading import read_entries
from ipygenesys._io.recordings.recorder import Recorder
from ipygenesys._io.tap import Tap
from ipygenesys._protocols.base import Adapter
from ipygenesys._recordings.coding import NoRecording
from ipygenesys._recordings.entries import (
    Ended,
    FrameIn,
    FrameOut,
    Header,
    InputTaken,
    Marked,
    StateChecked,
    StateKept,
)
from ipygenesys._recordings.masking import Masks
from ipygenesys._recordings.state import Moment, digest_of
from ipygenesys._verbs.recording import Recording
from ipygenesys.simulator import Simulator
from tests.examples import profile
from tests.io.watch import Watched, connected, eventually, protocol_for


def text_of(recording: Recording) -> str:
    return Path(recording.path).read_text("utf-8")


def has_marker(path: str) -> bool:
    """As far as it was written: in the beginning there is nothing."""
    try:
        return any(isinstance(entry, Marked) for entry in read_entries(path))
    except NoRecording:
        return False


async def test_a_recording_has_a_header_first_and_an_end_last(simulator: Simulator, tmp_path: Path) -> None:
    client = Watched(protocol_for(simulator))
    with client.record(tmp_path / "talk.jsonl") as recording:
        async with client:
            await client.until_caught_up()
            recording.mark("here")
            simulator.agent_say("hello")
            await client.until(lambda: client.texts[-1:] == ["hello"])
            assert recording.is_running
    entries = list(read_entries(recording.path))
    assert isinstance(entries[0], Header) and isinstance(entries[-1], Ended)
    assert (entries[0].protocol, entries[0].redaction) == ("MessagingEvents", "secrets")
    times = [entry.at_s for entry in entries if isinstance(entry, InputTaken | Marked | Ended)]
    assert times == sorted(times) and times[0] >= entries[0].at_s
    kinds = {type(entry) for entry in entries}
    assert {FrameIn, FrameOut, InputTaken, Marked, StateChecked} <= kinds and StateKept not in kinds
    assert [entry.text for entry in entries if isinstance(entry, Marked)] == ["here"]
    assert repr(recording).endswith("stopped>") and not recording.is_running


async def test_one_that_begins_midway_keeps_the_state(simulator: Simulator, tmp_path: Path) -> None:
    async with connected(simulator) as client:
        with client.record(tmp_path / "talk.jsonl") as recording:
            pass
    assert any(isinstance(entry, StateKept) for entry in read_entries(recording.path))


@pytest.mark.parametrize(
    ("has_news", "checked"), [(True, [200, 1_000, 3_002]), (False, [*range(200, 3_001, 200), 3_002])]
)
def test_a_hash_costs_no_more_than_a_message_or_two_an_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_news: bool, checked: list[int]
) -> None:
    hashed: list[int] = []
    look = digest_of

    def counted(moment: Moment, masks: Masks) -> str:
        hashed.append(len(moment.messages))
        return look(moment, masks)

    monkeypatch.setattr(recorder_module, "digest_of", counted)
    session, tap = Session(profile()), Tap(ServerClock(SystemClock()), lambda *_: pytest.fail("a bug"))
    recorder = Recorder(str(tmp_path / "talk.jsonl"), on_failed=pytest.fail)
    protocol = ig.MessagingEvents(
        base_url="https://a.example", conversation_id="c1", credentials=ig.AccessToken("t")
    )
    recorder.begin(session, tap, protocol, is_new=True)
    said = ((MessageArrived(id=f"m{number}", text="x"),) if has_news else () for number in range(3_000))
    inputs: list[Input] = [Connect(), StreamOpened(1), *(FrameReceived(1, each) for each in said)]
    for number, input_ in enumerate(inputs):
        now = Now(float(number), number * 1000, 0.5)
        tap.took(input_, now, session.step(input_, now))
    assert len(session.conversation.timeline) == 3_000 * has_news
    recorder.end()
    recorder.join()

    checks = [entry.inputs for entry in read_entries(recorder.path) if isinstance(entry, StateChecked)]
    assert checks == checked
    assert sum(hashed) <= 2 * 3_000


async def test_the_end_of_the_conversation_ends_it(simulator: Simulator, tmp_path: Path) -> None:
    async with connected(simulator) as client:
        recording = client.record(tmp_path / "talk.jsonl.gz")
        await client.send("hello")
    assert isinstance(list(read_entries(recording.path))[-1], Ended)
    with gzip.open(recording.path) as file:
        assert json.loads(file.readline())["format"] == "ipygenesys-recording"
    recording.mark("too late")
    recording.stop()
    recording.stop()


async def test_it_is_on_disk_soon_and_can_be_read_while_it_grows(
    simulator: Simulator, tmp_path: Path
) -> None:
    for name in ("talk.jsonl", "talk.jsonl.gz"):
        async with connected(simulator) as client:
            with client.record(tmp_path / name) as recording:
                recording.mark("so far")
                await eventually(lambda path=recording.path: has_marker(path))  # type: ignore[misc]


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
async def test_it_is_for_our_user_alone(simulator: Simulator, tmp_path: Path) -> None:
    async with connected(simulator) as client:
        with client.record(tmp_path / "talk.jsonl") as recording:
            pass
    assert stat.S_IMODE(os.stat(recording.path).st_mode) == 0o600


async def test_no_secret_is_written(simulator: Simulator, tmp_path: Path) -> None:
    guest = WebMessaging(
        base_url=simulator.base_url,
        deployment_id=simulator.deployment_id,
        session_token="CANARY-SESSION-0123456789",
    )
    file = tmp_path / "a.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"x" * 1000)
    written = ""
    protocols: list[Adapter] = [guest, protocol_for(simulator)]
    for number, protocol in enumerate(protocols):
        async with Watched(protocol) as client:
            with client.record(tmp_path / f"{number}.jsonl") as recording:
                await client.until_caught_up()
                await client.send("hello")
                if number == 0:
                    await client.send_file(file)
        written += text_of(recording)
    for secret in {"CANARY-SESSION", simulator.client_secret}:
        assert secret not in written
    assert '\\"token\\":\\"***\\"' in written
    assert "ignature=" not in written


async def test_a_secret_of_the_credentials_is_masked_though_somebody_says_it(
    simulator: Simulator, tmp_path: Path
) -> None:
    """It stands in no field of its own, and was never on the wire before."""
    client = Watched(protocol_for(simulator))
    async with client:
        await client.until_caught_up()
        with client.record(tmp_path / "talk.jsonl") as recording:
            simulator.agent_say(f"Is it {simulator.client_secret}?")
            await client.until(lambda: client.texts[-1:] == [f"Is it {simulator.client_secret}?"])
    assert simulator.client_secret not in text_of(recording) and "Is it ***?" in text_of(recording)


@pytest.mark.parametrize("redact", ["names", "texts"])
async def test_redacted_texts_and_names_are_nowhere(
    simulator: Simulator, tmp_path: Path, redact: Any
) -> None:
    async with connected(simulator) as client:
        simulator.agent_say("CANARYBEFORE words")
        await client.until(lambda: client.texts[-1:] == ["CANARYBEFORE words"])
        name = client.messages[-1].sender
        with client.record(tmp_path / "talk.jsonl", redact=redact) as recording:
            simulator.agent_say("CANARYAFTER words")
            await client.until(lambda: client.texts[-1:] == ["CANARYAFTER words"])
            await client.send("CANARYOWN words")
    written = text_of(recording)
    assert f'"{name}"' not in written and f'\\"{name}' not in written
    assert [word in written for word in ("CANARYBEFORE", "CANARYAFTER", "CANARYOWN")] == [
        redact == "names"
    ] * 3


async def test_nothing_is_overwritten(simulator: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_text("something")
    async with connected(simulator) as client:
        with pytest.raises(FileExistsError, match="overwrites nothing"):
            client.record(path)
        with pytest.raises(FileNotFoundError):
            client.record(tmp_path / "nowhere" / "talk.jsonl")
        with pytest.raises(ValueError, match="redact"):
            client.record(tmp_path / "b.jsonl", redact="everything")  # type: ignore[arg-type]
    assert path.read_text() == "something" and not (tmp_path / "b.jsonl").exists()


async def test_a_full_disk_is_said_and_the_conversation_goes_on(
    simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(recorder_module._Compressed):
        def write(self, data: Any) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(recorder_module, "_Compressed", Full)
    async with connected(simulator) as client:
        recording = client.record(tmp_path / "talk.jsonl.gz")
        await client.until(lambda: any(isinstance(event, ErrorRaised) for event in client.told))
        assert recording.failure is not None and "No space left on device" in recording.failure
        assert not recording.is_running
        simulator.agent_say("hello")
        await client.until(lambda: client.texts[-1:] == ["hello"])
        recording.stop()


async def test_a_replay_is_not_recorded_again(simulator: Simulator, tmp_path: Path) -> None:
    async with connected(simulator) as client:
        _ = client.record(tmp_path / "talk.jsonl")
    async with Watched(ig.Replay(tmp_path / "talk.jsonl")) as replayed:
        with pytest.raises(GenesysError, match="replay"):
            replayed.record(tmp_path / "again.jsonl")
