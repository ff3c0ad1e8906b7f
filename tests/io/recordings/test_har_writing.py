"""A recording written as HAR: Chrome's keys, no secrets, and it reads back to the same conversation."""

from __future__ import annotations

import json
from pathlib import Path

from ipygenesys._io.recordings.foreign import read_foreign
from ipygenesys._io.recordings.har import write_har
from ipygenesys._recordings.entries import (
    AnyEntry,
    CallEnded,
    CallMade,
    Ended,
    FrameIn,
    FrameOut,
    Header,
    StreamBegan,
    StreamEnded,
)
from tests.io.recordings.test_foreign import messages_of
from tests.recordings.foreign import captures
from tests.recordings.foreign.captures import FIRST, START_MS, TEXTS, URL, entry, har, iso, message, text


def test_it_reads_back_to_the_same_conversation(tmp_path: Path) -> None:
    old = text(0.0, 50, "Outbound", "old")
    source = tmp_path / "x.har"
    source.write_bytes(
        har(captures.history(0.3, old), entry(URL, iso(0.05), [message(line) for line in FIRST]))
    )
    path = write_har(read_foreign(source), tmp_path / "y.har")
    log = json.loads(path.read_text("utf-8"))["log"]

    assert [m.text for m in messages_of(list(read_foreign(path)))] == ["old", *TEXTS[:2]]
    assert log["creator"]["name"] == "ipygenesys"
    assert [each.get("_resourceType") for each in log["entries"]] == ["websocket", "fetch"]
    assert captures.TOKEN not in path.read_text("utf-8")
    assert list(tmp_path.glob("*.part")) == []


def test_it_has_chromes_keys(tmp_path: Path) -> None:
    source = tmp_path / "x.har"
    source.write_bytes(captures.chrome())
    log = json.loads(write_har(read_foreign(source), tmp_path / "y.har").read_text("utf-8"))["log"]
    first, second = log["entries"]

    assert first["request"]["url"] == URL and first["response"]["status"] == 101
    assert first["request"]["queryString"] == [{"name": "deploymentId", "value": captures.DEPLOYMENT}]
    assert first["startedDateTime"] == iso(0.05) and first["pageref"] == log["pages"][0]["id"]
    said = first["_webSocketMessages"]
    assert [(each["type"], each["opcode"]) for each in said] == [(line[0], line[3]) for line in FIRST]
    assert all(set(each) == {"type", "time", "opcode", "data"} for each in said)
    assert all(1e8 < each["time"] < 1e11 for each in said)
    assert 0 < first["time"] <= 6_000 and len(second["_webSocketMessages"]) == 4


def test_a_recording_that_began_in_the_middle_and_was_cut_off_is_written_too(tmp_path: Path) -> None:
    from ipygenesys._recordings.foreign.bot_framework import PROFILE

    at_s = START_MS / 1000
    entries: list[AnyEntry] = [
        Header(at_s=at_s, protocol="WebMessaging", profile=PROFILE),
        FrameIn(at_s=at_s + 1, stream=3, data="{}"),
        StreamEnded(at_s=at_s + 2, stream=9),
        CallMade(
            at_s=at_s + 2,
            call=1,
            what="x",
            method="POST",
            url="https://x/y?token=abcdefghijk",
            body='{"token":"abcdefghijk"}',
        ),
        CallEnded(at_s=at_s + 3, call=1, error="no answer"),
        CallEnded(at_s=at_s + 3, call=2),
        StreamBegan(at_s=at_s + 4, stream=4),
        FrameOut(at_s=at_s + 5, stream=4, data="hello"),
        Ended(at_s=at_s + 6),
    ]
    log = json.loads(write_har(entries, tmp_path / "y.har").read_text("utf-8"))["log"]

    assert [len(each.get("_webSocketMessages", ())) for each in log["entries"]] == [1, 0, 1]
    assert log["entries"][1]["response"]["status"] == 0
    assert "abcdefghijk" not in json.dumps(log)
