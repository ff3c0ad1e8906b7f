"""What a picture is made of: chats, messages, frames, lists; anything else is refused in words."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import ipygenesys as ig
from ipygenesys import export
from ipygenesys._io.recordings import reading
from ipygenesys._pictures import recorded
from ipygenesys._pictures.recorded import Recorded
from ipygenesys._pictures.sources import Given, sources_of, talks_of_frame, titled
from ipygenesys._pictures.talks import Talk
from tests.benchmarks.explore.long import write
from tests.pictures.talking import LOST_PARCEL, START_MS, message, said, talk

MESSAGES = [message(9, "Ann", status="read", status_time_ms=START_MS + 12_000), message(0, "Cleo")]


def talks_of(given: object) -> list[Talk]:
    return [talk for source in sources_of(given, lambda: None) for talk in source.talks()]


def test_messages_are_one_conversation_in_order_of_time() -> None:
    [made] = talks_of(MESSAGES)

    assert [(each.sender, each.time_ms - START_MS, each.read_ms) for each in made.said] == [
        ("Cleo", 0, None),
        ("Ann", 9_000, START_MS + 12_000),
    ]


def test_a_frame_says_the_same_as_its_messages() -> None:
    [made], [expected] = talks_of_frame(export.to_pandas(MESSAGES)), talks_of(MESSAGES)

    without_receipts = [each._replace(read_ms=None, delivered_ms=None) for each in expected.said]
    assert [each._replace(read_ms=None, delivered_ms=None) for each in made.said] == without_receipts


def test_a_file_says_the_same_as_the_frame_that_is_read_from_it(tmp_path: Path) -> None:
    path = export.write(MESSAGES, tmp_path / "t.json")

    assert talks_of(path) == talks_of(str(path)) == talks_of(ig.read_transcript(path))
    assert len(talks_of([path, path])) == 2
    (tmp_path / "none.txt").write_text("hello")
    with pytest.raises(ValueError, match=r"none\.txt is no transcript"):
        talks_of(tmp_path / "none.txt")


def test_a_recording_says_the_same_as_the_frame_that_is_read_from_it(tmp_path: Path) -> None:
    path = write(tmp_path / "talk.jsonl.gz", 40)

    [source] = sources_of(path, lambda: None)

    assert isinstance(source, Recorded) and source.is_whole
    assert source.talks() == talks_of(ig.read_transcript(path))
    assert len(source.talks()[0].said) == 17


def test_a_long_recording_shows_its_beginning_and_grows_until_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded, "AT_ONCE_S", 0.0)
    monkeypatch.setattr(recorded, "TOGETHER", 10)
    path, grown = write(tmp_path / "talk.jsonl", 200), list[int]()
    is_there = threading.Event()  # The thread may have read all of it before we have the source.

    def has_grown() -> None:
        is_there.wait(10)
        grown.append(len(source.talks()[0].said))

    source = Recorded(path, has_grown)
    is_there.set()
    source.complete()

    assert source.is_whole and grown[-1] == 97
    assert source.talks() == talks_of(ig.read_transcript(path))


def test_what_is_wrong_with_a_recording_is_said_at_once_or_to_whoever_wants_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded, "AT_ONCE_S", 0.0)
    monkeypatch.setattr(recorded, "TOGETHER", 2)
    path = write(tmp_path / "talk.jsonl.gz", 200)
    monkeypatch.setattr(reading, "MAX_UNPACKED_BYTES", 20_000)
    source = Recorded(path, lambda: 1 / 0)

    with pytest.raises(ValueError, match="unpacks to more than"):
        source.complete()
    assert source.is_whole and 0 < len(source.talks()[0].said) < 97
    (tmp_path / "newer.jsonl").write_bytes(
        b'{"kind":"header","at_s":1,"format":"ipygenesys-recording","version":99}\n'
    )
    with pytest.raises(ValueError, match="version 99"):
        sources_of(tmp_path / "newer.jsonl", lambda: None)


def test_a_segment_of_a_conversation_is_no_message() -> None:
    times = pd.to_datetime([START_MS, START_MS], unit="ms", utc=True)
    frame = pd.DataFrame({"time": times, "sender": "Ann", "role": "agent", "kind": ["message", "alert"]})

    assert [len(made.said) for made in talks_of(frame)] == [1]


def test_a_frame_of_several_conversations_is_told_apart_and_what_is_missing_is_none() -> None:
    frame = pd.DataFrame(
        {
            "time": pd.to_datetime([START_MS, START_MS + 5_000, START_MS, None], unit="ms", utc=True),
            "sender": ["Cleo", "Ann", None, "Nobody"],
            "role": ["customer", "agent", "visitor", "agent"],
            "conversation_id": ["one", "one", "two", "two"],
            "read_at": pd.to_datetime([None, START_MS + 7_000, None, None], unit="ms", utc=True),
            "typing_before_s": [float("nan"), 2.5, 0.0, 1.0],
            "is_own": [False, True, False, False],
        }
    )
    one, two = talks_of(frame)

    assert (one.title, two.title) == ("one", "two")
    assert [each.read_ms for each in one.said] == [None, START_MS + 7_000]
    assert [(span.who, span.end_ms and span.end_ms - span.begin_ms) for span in one.spans] == [("Ann", 2_500)]
    assert [(each.sender, each.role) for each in two.said] == [("", "system")]
    assert one.said[1].is_own


def test_a_frame_that_is_none_of_messages_is_refused() -> None:
    with pytest.raises(ValueError, match="no column 'sender'"):
        ig.timeline(pd.DataFrame({"time": [], "role": []}))


@pytest.mark.parametrize("given", [7, None, {"a": 1}, b"bytes", object()])
def test_what_no_picture_can_be_made_of_is_refused(given: Any) -> None:
    with pytest.raises(TypeError, match="a Chat, a Client, messages, a frame"):
        ig.timeline(given)


def test_a_file_that_is_not_there_is_said() -> None:
    with pytest.raises(FileNotFoundError):
        ig.timeline("a name")


def test_a_list_may_mix_them_and_may_be_empty() -> None:
    made = sources_of([MESSAGES, export.to_pandas(MESSAGES)], lambda: None)

    assert [type(each) for each in made] == [Given, Given]
    assert sources_of([], lambda: None) == []


def test_each_conversation_has_a_name_of_its_own() -> None:
    named = titled([LOST_PARCEL, talk(said(0, "Cleo")), talk(said(0, "Cleo")), talk(said(0, "Ann")), talk()])

    assert [each.title for each in named] == ["Parcel", "Cleo 1", "Cleo 2", "Ann", ""]


def test_by_is_checked() -> None:
    with pytest.raises(ValueError, match="'agent' or 'conversation'"):
        ig.response_times([], by="queue")  # type: ignore[arg-type]
