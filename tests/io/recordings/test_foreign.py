"""Recordings that other tools made, opened from disk and led through a session."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ipygenesys._core.model.inputs import CallSucceeded, FrameReceived, NoteKeystroke
from ipygenesys._core.model.messages import Message
from ipygenesys._core.model.platform_events import TypingNoticed
from ipygenesys._core.session.session import Session
from ipygenesys._io.recordings import foreign
from ipygenesys._io.recordings.foreign import read_foreign
from ipygenesys._recordings.coding import NoRecording
from ipygenesys._recordings.entries import (
    AnyEntry,
    CallEnded,
    Ended,
    FrameIn,
    FrameOut,
    Header,
    InputTaken,
    StreamBegan,
    StreamEnded,
)
from tests.recordings.foreign import captures
from tests.recordings.foreign.captures import (
    FIRST,
    SECOND,
    START_MS,
    TEXTS,
    URL,
    entry,
    har,
    iso,
    message,
    text,
)
from tests.tools.paths import recordings_folder

FORMS: dict[str, Callable[[], bytes]] = {
    "chrome.har": captures.chrome,
    "playwright.har": captures.playwright,
    "minimal.har": captures.minimal,
    "mitmproxy.har": captures.mitmproxy,
    "devtools.jsonl": captures.devtools,
    "bot.transcript": captures.bot_framework,
}


def read(data: bytes, folder: Path, name: str = "x.har") -> list[AnyEntry]:
    path = folder / name
    path.write_bytes(data)
    return list(read_foreign(path))


def replayed(entries: list[AnyEntry]) -> Session:
    """A session that is told nothing but the inputs."""
    assert isinstance(entries[0], Header)
    session = Session(entries[0].profile)
    for each in entries:
        if isinstance(each, InputTaken):
            session.step(each.input, each.now)
    return session


def messages_of(entries: list[AnyEntry]) -> list[Message]:
    return list(replayed(entries).conversation.timeline.copy())


def kinds(entries: list[AnyEntry], *of: type[Any]) -> list[Any]:
    return [each for each in entries if isinstance(each, of)]


@pytest.mark.parametrize("name", FORMS)
def test_every_tools_form_replays_to_the_same_transcript(tmp_path: Path, name: str) -> None:
    entries = read(FORMS[name](), tmp_path, name)

    assert [(m.text, m.role in ("agent", "bot")) for m in messages_of(entries)] == [
        (TEXTS[0], False),
        (TEXTS[1], True),
        (TEXTS[2], False),
        (TEXTS[3], True),
    ]
    assert isinstance(entries[-1], Ended)
    times = [each.at_s for each in entries]
    assert times == sorted(times)
    assert START_MS / 1000 <= times[0] <= times[-1] <= START_MS / 1000 + 12


@pytest.mark.parametrize("name", FORMS)
def test_the_other_sides_typing_is_there(tmp_path: Path, name: str) -> None:
    entries = read(FORMS[name](), tmp_path, name)
    heard = [each.input for each in kinds(entries, InputTaken) if isinstance(each.input, FrameReceived)]

    assert [TypingNoticed in map(type, each.events) for each in heard].count(True) == 1


@pytest.mark.parametrize("name", [name for name in FORMS if name != "bot.transcript"])
def test_two_sockets_of_one_page_are_one_conversation_with_a_reconnect(tmp_path: Path, name: str) -> None:
    entries = read(FORMS[name](), tmp_path, name)

    assert [each.stream for each in kinds(entries, StreamBegan)] == [1, 2]
    assert [each.code for each in kinds(entries, StreamEnded)] == [1006, 1006]
    assert [each.data for each in kinds(entries, FrameIn, FrameOut)] == [
        data for _, _, data, _ in [*FIRST, *SECOND]
    ]
    assert [each.is_base64 for each in kinds(entries, FrameIn)].count(True) == 1
    assert [NoteKeystroke() for each in kinds(entries, InputTaken) if each.input == NoteKeystroke()] == [
        NoteKeystroke()
    ]
    assert replayed(entries).connection.status == "closed"


def test_a_har_with_its_files_is_read_from_its_folder_and_from_a_zip(tmp_path: Path) -> None:
    folder, archive = tmp_path / "attach", tmp_path / "attach.zip"
    folder.mkdir()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in captures.attached().items():
            (folder / name).write_bytes(data)
            packed.writestr(name, data)

    for path in (folder, folder / "recording.har", archive):
        assert [m.text for m in messages_of(list(read_foreign(path)))] == TEXTS


@pytest.mark.parametrize("name", FORMS)
def test_gzip_is_unpacked_whatever_its_name(tmp_path: Path, name: str) -> None:
    assert [m.text for m in messages_of(read(gzip.compress(FORMS[name]()), tmp_path))] == TEXTS


def test_answers_of_calls_are_history(tmp_path: Path) -> None:
    old = text(0.0, 50, "Outbound", "Yesterday's words")
    entries = read(
        har(captures.history(0.3, old), entry(URL, iso(0.05), [message(line) for line in FIRST])), tmp_path
    )

    assert [m.text for m in messages_of(entries)] == ["Yesterday's words", *TEXTS[:2]]
    (answer,) = kinds(entries, CallEnded)
    assert answer.status == 200 and "Yesterday" in answer.body
    assert [type(each.input) for each in kinds(entries, InputTaken)].count(CallSucceeded) >= 1


@pytest.mark.parametrize("encoding", ["base64", None])
def test_a_body_may_be_packed_or_not_be_there(tmp_path: Path, encoding: str | None) -> None:
    import base64

    call = captures.history(0.3, text(0.0, 50, "Outbound", "old"))
    content = call["response"]["content"]
    content.update({"text": base64.b64encode(content["text"].encode()).decode(), "encoding": "base64"})
    if encoding is None:
        content.update({"text": None})
    entries = read(har(call, entry(URL, iso(0.05), [message(line) for line in FIRST])), tmp_path)

    assert [m.text for m in messages_of(entries)] == [*(["old"] if encoding else []), *TEXTS[:2]]


def test_times_that_go_back_keep_the_order_of_the_file(tmp_path: Path) -> None:
    said = [message(line) for line in FIRST]
    said[6]["time"] = said[0]["time"] - 3_600
    entries = read(har(entry(URL, iso(0.05), said)), tmp_path)
    times = [each.at_s for each in entries]

    assert times == sorted(times)
    assert [each.data for each in kinds(entries, FrameIn, FrameOut)] == [data for _, _, data, _ in FIRST]


@pytest.mark.parametrize("time", [-1, 0, None, "soon", 1408.2136, float("1e25"), True])
@pytest.mark.parametrize("started", ["1970-01-01T00:23:26.000Z", None, 7, "never"])
def test_what_is_no_time_is_taken_from_the_messages(tmp_path: Path, time: Any, started: Any) -> None:
    said = [{**message(line), "time": time} for line in FIRST]
    entries = read(har(entry(URL, started, said)), tmp_path)

    assert [m.text for m in messages_of(entries)] == TEXTS[:2]
    assert entries[0].at_s == pytest.approx(START_MS / 1000 + 1.1)


@pytest.mark.parametrize("unit", [1.0, 1e3, 1e6, 1e9])
def test_the_size_of_a_time_tells_its_unit(tmp_path: Path, unit: float) -> None:
    entries = read(har(entry(URL, None, [message(line, unit) for line in FIRST])), tmp_path)
    said = [each.at_s - START_MS / 1000 for each in kinds(entries, FrameIn, FrameOut)]

    assert said == pytest.approx([second for _, second, _, _ in FIRST], abs=1e-3)


@pytest.mark.parametrize("name", FORMS)
def test_the_mark_that_windows_editors_put_first_is_none_of_the_file(tmp_path: Path, name: str) -> None:
    entries = read(b"\xef\xbb\xbf" + FORMS[name](), tmp_path, name)

    assert [m.text for m in messages_of(entries)] == TEXTS


def events() -> list[dict[str, Any]]:
    return [json.loads(line) for line in captures.devtools().splitlines()]


EVENTS: dict[str, Callable[[], bytes]] = {
    "array": lambda: json.dumps(events(), indent=2).encode(),
    "windows": lambda: captures.devtools().replace(b"\n", b"\r\n"),
    "sessions": lambda: b"\n".join(json.dumps({"sessionId": "A1", **each}).encode() for each in events()),
    "answers": lambda: b'{"id": 1, "result": {}}\n' + captures.devtools(),
    "long": lambda: (
        b'{"method": "Network.requestWillBeSent", "params": {"x": "'
        + b"y" * 9000
        + b'"}}\n'
        + captures.devtools()
    ),
    "performance log": lambda: json.dumps(
        [
            {
                "level": "INFO",
                "message": json.dumps({"message": each, "webview": "A1"}),
                "timestamp": START_MS,
            }
            for each in events()
        ]
    ).encode(),
}
"""What programs that listen to the protocol make of its events."""


@pytest.mark.parametrize("form", EVENTS)
def test_events_of_the_protocol_are_read_however_they_are_written_down(tmp_path: Path, form: str) -> None:
    entries = read(EVENTS[form](), tmp_path, "events.json")

    assert [m.text for m in messages_of(entries)] == TEXTS
    assert len(kinds(entries, StreamBegan)) == 2


def test_a_socket_that_was_open_before_is_timed_by_another_requests_clock(tmp_path: Path) -> None:
    without = [
        each for each in events() if not each["method"].endswith(("Created", "WillSendHandshakeRequest"))
    ]
    other = {"requestId": "9", "timestamp": 1403.0, "wallTime": START_MS / 1000 + 3.0}
    lines = [*without, {"method": "Network.requestWillBeSent", "params": other}]
    entries = read(b"\n".join(json.dumps(each).encode() for each in lines), tmp_path, "x.jsonl")

    assert [m.text for m in messages_of(entries)] == TEXTS
    ours = [each.at_s - START_MS / 1000 for each in kinds(entries, FrameOut)]
    assert ours == pytest.approx([0.1, 0.5, 1.0, 3.2, 6.0], abs=1e-3)


def test_a_connection_that_failed_is_no_stream(tmp_path: Path) -> None:
    failed = {"type": "error", "time": 1408.2, "opcode": -1, "data": "Connection refused"}
    entries = read(
        har(
            entry(URL, "1970-01-01T00:23:26.000Z", [failed], response={"status": 0}),
            entry(URL, iso(0.05), [message(line) for line in FIRST]),
        ),
        tmp_path,
    )

    assert [m.text for m in messages_of(entries)] == TEXTS[:2]
    assert len(kinds(entries, StreamBegan)) == 1


def test_two_hundred_sockets_are_one_conversation(tmp_path: Path) -> None:
    sockets = [
        entry(
            URL,
            iso(0.2 * number),
            [message(SECOND[0]), message(text(0.2 * number, number, "Outbound", f"text {number}"))],
        )
        for number in range(200)
    ]
    entries = read(har(*sockets), tmp_path)

    assert [m.text for m in messages_of(entries)] == [f"text {number}" for number in range(200)]


def test_of_several_conversations_the_longest_one_is_read_and_the_others_are_told_of(tmp_path: Path) -> None:
    other = json.loads(
        json.dumps([message(line) for line in SECOND]).replace(captures.TOKEN, "another-token")
    )
    hmr = entry(
        "ws://localhost:5173/",
        iso(0.0),
        [{"type": "receive", "time": 0, "opcode": 1, "data": '{"type":"connected"}'}],
    )
    entries = read(
        har(hmr, entry(URL, iso(0.01), other), entry(URL, iso(0.05), [message(line) for line in FIRST])),
        tmp_path,
    )

    assert [m.text for m in messages_of(entries)] == TEXTS[:2]
    assert entries[0].title == "1 of 2 conversations of the file"  # type: ignore[union-attr]


def test_a_socket_that_was_cut_off_before_its_first_words_is_the_one_guests(tmp_path: Path) -> None:
    late = entry(URL, iso(5.9), [message(line) for line in SECOND[1:]])
    entries = read(har(entry(URL, iso(0.05), [message(line) for line in FIRST]), late), tmp_path)

    assert [m.text for m in messages_of(entries)] == TEXTS


def test_the_tutorials_frames_are_read_with_their_history(tmp_path: Path) -> None:
    def frame(second: float, kind: str, **fields: Any) -> dict[str, Any]:
        data = json.dumps({"event_type": kind, "conversation_id": "c1", **fields})
        return message(("receive", second, data, 1))

    said = frame(2, "message", message_id="m2", participant_id="a", payload={"text": "live"})
    old = {"id": "m1", "text": "old", "participant_id": "a", "timestamp": iso(0)}
    call = captures.history(0.5)
    call["request"]["url"] = (
        "https://x.example/api/v2/conversations/messaging/conversations/c1/messages?limit=200"
    )
    call["response"]["content"]["text"] = json.dumps({"messages": [old], "has_more": False})
    entries = read(
        har(
            call,
            entry("wss://x.example/stream", iso(0), [frame(1, "typing", payload={"typing": True}), said]),
        ),
        tmp_path,
    )

    assert entries[0].protocol == "MessagingEvents"  # type: ignore[union-attr]
    assert [m.text for m in messages_of(entries)] == ["old", "live"]


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        ("Firefox", "Firefox exports no WebSocket messages"),
        ("Playwright", "record_har_content"),
        ("Insomnia", "Chrome or Edge"),
    ],
)
def test_a_har_without_messages_says_who_made_it_and_what_to_do(
    tmp_path: Path, tool: str, words: str
) -> None:
    with pytest.raises(NoRecording, match=f"made by {tool} 1, holds 2 WebSockets, but none") as caught:
        read(har(entry(URL, iso(0), None), entry(URL, iso(1), None), tool=tool), tmp_path)
    assert words in str(caught.value)


def test_a_har_without_any_socket_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoRecording, match="holds no WebSocket at all"):
        read(har(captures.history(0.0)), tmp_path)


def test_sockets_that_speak_something_else_are_named_by_their_hosts(tmp_path: Path) -> None:
    said = [
        {"type": "receive", "time": START_MS, "opcode": 1, "data": data}
        for data in ("{}", "[1]", "hello", "7")
    ]
    with pytest.raises(NoRecording, match=r"none that speaks Genesys messaging: they go to other\.example"):
        read(har(entry("wss://other.example/x", iso(0), said)), tmp_path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no recording"),
        (b"hello", "is no recording"),
        (b'{"a": 1}', "is no recording"),
        (b"[1, 2]", "is no recording"),
        (b'{"log": {"entries": [', "damaged"),
        (captures.chrome()[:2000], "damaged"),
        (captures.bot_framework()[:200], "damaged"),
        (b'[{"type": "event", "from": {}}]', "no activity in it is a message"),
        (b'{"method": "Network.enable", "params": {}}\n', "none of a WebSocket's messages"),
        (b"\xd4\xc3\xb2\xa1\x02\x00", "network capture"),
        (b'{"type":"send","time":1,"opcode":1,"data":""}\n', "Give the HAR beside it"),
        (b"5218:9:websocket;0:~8:response;12:7:version;2:21#", "mitmdump"),
        (gzip.compress(b"{}" * 5000, mtime=0)[:-9], "damaged"),
        (b"PK\x03\x04nonsense", "no whole .zip"),
        ('{"method": "Network.enable"}'.encode("utf-16"), "Out-File -Encoding utf8"),
        (b'[{"method": "Network.enable"}, ', "not a whole JSON array of events"),
    ],
)
def test_what_is_none_says_why_not(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(NoRecording, match=words):
        read(data, tmp_path)


def test_entries_and_messages_of_another_shape_are_skipped(tmp_path: Path) -> None:
    odd: list[Any] = [7, None, {"request": 7}, {**entry(URL, iso(0), None), "_webSocketMessages": 7}]
    said: list[Any] = [7, None, {"type": "send", "data": 8}, {}, *(message(line) for line in FIRST)]
    entries = read(har(*odd, entry(URL, iso(0.05), said)), tmp_path)

    assert [m.text for m in messages_of(entries)] == TEXTS[:2]


def test_foreign_lines_among_events_are_skipped(tmp_path: Path) -> None:
    lines = captures.devtools().split(b"\n")
    data = b"\n".join(
        [lines[0], b"nonsense", b'{"method": "Network.webSocketCreated", "params": 7}', *lines[1:-2]]
    )
    entries = read(data + b'\n{"method": "Network.webS', tmp_path)

    assert [m.text for m in messages_of(entries)] == TEXTS


def test_gzip_that_unpacks_to_far_more_than_it_is_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "MIN_BOUND", 1 << 20)
    bomb = gzip.compress(b'{"log": ' + b" " * (8 << 20))

    with pytest.raises(NoRecording, match="more than any recording of its size"):
        read(bomb, tmp_path)


def test_a_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "MAX_UNPACKED", 1000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.har", captures.chrome())

    with pytest.raises(NoRecording, match="cannot be unpacked, or is larger"):
        read(packed.getvalue(), tmp_path, "x.zip")


def test_side_files_are_of_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_bytes(captures.attached()["a1.jsonl"])
    (tmp_path / "in").mkdir()
    socket = entry(URL, iso(0), None)
    socket["response"]["content"]["_file"] = "../secret.jsonl"

    with pytest.raises(NoRecording, match=r"not its messages"):
        read(har(socket), tmp_path / "in")


@pytest.mark.parametrize("names", [[], ["a.har", "b.har"]])
def test_a_folder_has_to_hold_one_har(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_bytes(captures.chrome())

    with pytest.raises(NoRecording, match="one is wanted"):
        read_foreign(tmp_path)


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_foreign(tmp_path / "nothing.har")


SAID = ["My parcel is late. Wo ist es? 📦", "Let me look.", "It leaves the depot today, in three pieces."]
LATER = ["Are you there?", "I am back.", "Welcome back."]
REFUSED = {
    "firefox-153.8esr.har": "Firefox",
    "mitmproxy-12.3.1.flow": "mitmdump",
    "tshark-4.0.17.pcap": "network capture",
}
FOLDER = recordings_folder()
REAL = [] if FOLDER is None else sorted(path for path in FOLDER.iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_what_the_tools_really_write_replays_to_the_conversation_that_was_held(path: Path) -> None:
    if path.name in REFUSED:
        with pytest.raises(NoRecording, match=REFUSED[path.name]):
            list(read_foreign(path))
        return
    texts = [m.text or "" for m in messages_of(list(read_foreign(path)))]

    assert texts[:3] == SAID and texts[-3:] == LATER
    assert [len(text) for text in texts[3:-3]] == ([70_003] if "large" in path.name else [])
