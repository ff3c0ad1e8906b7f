"""Transcripts read back: ours in all their forms, a corpus, and what is none."""

from __future__ import annotations

import csv
import gzip
import json
import math
import pydoc
from pathlib import Path
from typing import Any

import msgspec
import pytest

import ipygenesys as ig
from ipygenesys import export
from ipygenesys._core.measures.message_times import MessageTimes
from ipygenesys._core.measures.response_times import DEFINITIONS
from ipygenesys._core.model.messages import Attachment, Message
from ipygenesys._core.model.platform_events import PresenceChanged, ReceiptArrived
from ipygenesys._core.session.session import Session
from ipygenesys._io.recordings.foreign import read_foreign
from ipygenesys._recordings.coding import line_of
from ipygenesys._recordings.entries import Header, InputTaken, StateKept
from ipygenesys._recordings.masking import Masks
from ipygenesys._recordings.state import packed
from ipygenesys._transcripts import reading
from ipygenesys._transcripts.frame import DTYPES
from ipygenesys._transcripts.reading import rows_in
from ipygenesys._transcripts.recordings import rows_of_recording
from ipygenesys._transcripts.rows import Row, epoch_ms
from tests import examples as eg
from tests.benchmarks.explore.long import entries
from tests.io.recordings.test_foreign import FORMS
from tests.recordings.foreign import captures

MESSAGES = [
    eg.own_message(1, text="Grüße 🍏\n\n> two *lines*", status="read", sender="Me [x]"),
    eg.message(2, text="=1+1; -x\n+y", sender="Ann"),
    eg.message(3, text="", attachments=(Attachment(name="bill.pdf"),)),
    eg.message(4, text=None, is_unavailable=True),
    eg.message(5, text="", is_withdrawn=True),
    eg.own_message(6, text="x", status="failed", error="Opted (out): yes.", sender="Me [x]"),
    eg.message(9, text="Beep", role="bot", sender="Robo"),
]


def heard() -> MessageTimes:
    times = MessageTimes()
    for status, time_ms in (("delivered", eg.START_MS + 1_200), ("read", eg.START_MS + 1_700)):
        receipt = ReceiptArrived(message_id="m1", participant_id="a", status=status, time_ms=time_ms)  # type: ignore[arg-type]
        times.heard(receipt, 0.0, 0)
    came = PresenceChanged(participant_id="a", has_joined=True, name="Ann", role="agent")
    times.heard(came, 0.0, eg.START_MS + 1_500)
    return times


def fields(row: Row, *left_out: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__ if name not in left_out}


@pytest.mark.parametrize("ending", [".json", ".csv", ".convokit"])
def test_what_holds_all_columns_reads_back_as_it_was(tmp_path: Path, ending: str) -> None:
    path = export.write(MESSAGES, tmp_path / f"t{ending}", heard(), "c1")
    before = export.rows_of(MESSAGES, heard(), "c1")
    left_out = ("text",) if ending == ".convokit" else ()

    assert [fields(row, *left_out) for row in rows_in(path)] == [fields(row, *left_out) for row in before]
    assert [row.text or "" for row in rows_in(path)] == [row.text or "" for row in before]
    assert (before[1].response_time_s, before[1].handover_response_time_s) == (1.0, 0.5)
    assert before[0].delivered_ms == eg.START_MS + 1_200


@pytest.mark.parametrize(("ending", "exact_to_ms"), [(".md", 1000), (".html", 1)])
def test_what_people_read_reads_back_as_far_as_it_tells(
    tmp_path: Path, ending: str, exact_to_ms: int
) -> None:
    rows = rows_in(export.write(MESSAGES, tmp_path / f"t{ending}"))
    told = [(row.time_ms or 0) // exact_to_ms for row in export.rows_of(MESSAGES)]
    assert [(row.time_ms or 0) / exact_to_ms for row in rows] == told
    names = ("sender", "status", "is_own", "role", "withdrawn", "error", "response_time_s")

    assert [[getattr(row, name) for name in names] for row in rows] == [
        [getattr(row, name) for name in names] for row in export.rows_of(MESSAGES)
    ]
    assert [row.text for row in rows] == [
        "Grüße 🍏\n\n> two *lines*",
        "=1+1; -x\n+y",
        "[bill.pdf]",
        None,
        "",
        "x",
        "Beep",
    ]


@pytest.mark.parametrize("ending", [".json", ".csv", ".md", ".html", ".convokit"])
def test_an_empty_transcript_is_an_empty_frame_of_the_same_types(tmp_path: Path, ending: str) -> None:
    frame = ig.read_transcript(export.write([], tmp_path / f"t{ending}"))

    assert len(frame) == 0
    assert frame.dtypes.astype(str).to_dict() == export.to_pandas(MESSAGES).dtypes.astype(str).to_dict()


def test_a_frame_reads_like_the_conversations_own(tmp_path: Path) -> None:
    path = export.write(MESSAGES, tmp_path / "t.json", heard(), "c1")
    frame = ig.read_transcript(path)

    assert frame.equals(export.to_pandas(MESSAGES, heard(), "c1"))
    assert list(frame.columns) == list(DTYPES)
    assert frame["sent_at"].isna().tolist() == [message.status == "failed" for message in MESSAGES]


@pytest.mark.parametrize("name", FORMS)
def test_a_recording_by_another_tool_is_a_transcript_too(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(FORMS[name]())
    rows = rows_in(path)

    assert [row.text for row in rows] == captures.TEXTS
    assert [row.role == "customer" for row in rows] == [True, False, True, False]
    assert rows[1].response_time_s == pytest.approx(2.0, abs=0.15)
    assert rows[1].typing_before_s == pytest.approx(1.5, abs=0.15)


def test_a_folder_with_a_har_and_its_files_is_one_too(tmp_path: Path) -> None:
    for name, data in captures.attached().items():
        (tmp_path / name).write_bytes(data)

    assert [row.text for row in rows_in(tmp_path)] == captures.TEXTS


def test_a_recording_of_ours_is_one_too(tmp_path: Path) -> None:
    (tmp_path / "x.har").write_bytes(captures.chrome())
    lines = [line_of(entry, Masks()) for entry in read_foreign(tmp_path / "x.har")]
    (tmp_path / "talk.jsonl.gz").write_bytes(gzip.compress(b"".join(lines)))

    assert rows_in(tmp_path / "talk.jsonl.gz") == rows_in(tmp_path / "x.har")


def test_a_recording_that_begins_midway_holds_what_was_said_before(tmp_path: Path) -> None:
    header, *rest = entries(40)
    assert isinstance(header, Header)
    session = Session(header.profile)
    for each in rest[:20]:
        if isinstance(each, InputTaken):
            session.step(each.input, each.now)
    kept = StateKept(at_s=rest[20].at_s, state=packed(session))
    of_another_version = StateKept(at_s=rest[20].at_s, state=msgspec.Raw(b'["gone:Session",1,{}]'))

    assert rows_of_recording([header, kept, *rest[20:]]) == rows_of_recording([header, *rest])
    assert rows_of_recording([header, of_another_version, *rest[20:]]) == []


def test_a_packed_recording_of_ours_is_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ipygenesys._io.recordings.reading.MAX_UNPACKED_BYTES", 1_000)
    (tmp_path / "x.har").write_bytes(captures.chrome())
    lines = [line_of(entry, Masks()) for entry in read_foreign(tmp_path / "x.har")]
    (tmp_path / "talk.jsonl.gz").write_bytes(gzip.compress(b"".join(lines)))

    with pytest.raises(ValueError, match="unpacks to more than"):
        rows_in(tmp_path / "talk.jsonl.gz")


WORDS = {"polars and DuckDB": ("true", "false"), "R and LibreOffice": ("TRUE", "FALSE")}


@pytest.mark.parametrize(("true", "false"), WORDS.values(), ids=WORDS)
def test_a_table_that_others_have_written_again_says_the_same(tmp_path: Path, true: str, false: str) -> None:
    path = export.write(MESSAGES, tmp_path / "t.csv", heard(), "c1")
    rows = rows_in(path)
    written = path.read_text("utf-8").replace("True", true).replace("False", false)
    path.write_text(written, encoding="utf-8")

    assert rows_in(path) == rows
    assert [row.is_own for row in rows] == [message.is_own for message in MESSAGES]


FILES = ["bill.pdf", "Ann's photo; back.png", 'a "b" \\ c']


def test_a_frame_that_pandas_has_written_is_read(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    with_files = eg.message(10, text="", attachments=tuple(Attachment(name=name) for name in FILES))
    messages = [*MESSAGES, with_files]
    frame = export.to_pandas(messages, heard(), "c1")
    frame.to_csv(tmp_path / "t.csv")
    frame.to_json(tmp_path / "t.json", orient="records", date_format="iso")
    frame.to_json(tmp_path / "t.jsonl", orient="records", date_format="iso", lines=True)
    rows = rows_in(export.write(messages, tmp_path / "ours.json", heard(), "c1"))

    for name in ("t.csv", "t.json", "t.jsonl"):
        assert rows_in(tmp_path / name) == rows


@pytest.mark.parametrize(
    ("cell", "listed"),
    [
        ("a; b", ["a", "b"]),
        ("[]", []),
        ("['a', \"b's\"]", ["a", "b's"]),
        ("['a'", ["['a'"]),
        ("[['a']]", ["[['a']]"]),
        ("['a\nb']", ["['a\nb']"]),
        ("[1]", ["[1]"]),
        (r"['\d']", [r"['\d']"]),
        (r"['\U00110000']", [r"['\U00110000']"]),
        (r"['\xe9\u2028']", ["é\u2028"]),
    ],
)
def test_a_cell_is_a_list_of_pythons_only_where_it_is_a_whole_one(
    tmp_path: Path, cell: str, listed: list[str]
) -> None:
    with (tmp_path / "t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["time", "sender", "text", "content"], ["2026-11-29T10:00:00Z", "Ann", "x", cell]]
        )

    (row,) = rows_in(tmp_path / "t.csv")

    assert row.content == listed


def test_an_older_export_is_read_and_measured(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    old = {
        "sender": "Bea",
        "status": "sent",
        "is_own": True,
        "role": "customer",
        "attachments": [],
        "id": "m1",
    }
    later = {
        **old,
        "sender": "Ann",
        "role": "agent",
        "is_own": False,
        "id": "m2",
        "time": "2026-11-29T10:00:09Z",
    }
    first = {**old, "time": "2026-11-29T10:00:00+00:00", "text": "a"}
    path.write_text(json.dumps({"messages": [first, {**later, "text": "b"}]}), encoding="utf-8")

    assert [row.response_time_s for row in rows_in(path)] == [None, 9.0]


def test_gzip_is_unpacked_whatever_its_name(tmp_path: Path) -> None:
    path = export.write(MESSAGES, tmp_path / "t.json")
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(path.read_bytes()))

    assert rows_in(packed) == rows_in(path)


def test_two_people_of_one_name_are_two_speakers_of_a_corpus(tmp_path: Path) -> None:
    messages = [
        eg.message(1, sender="Sam"),
        eg.own_message(2, sender="Sam"),
        eg.message(3, sender="Sam", participant_id="other"),
        eg.message(4, sender="Sam"),
    ]
    folder = export.write(messages, tmp_path / "x.convokit")
    speakers = json.loads((folder / "speakers.json").read_text("utf-8"))

    assert list(speakers) == ["Sam", "Sam (customer)", "Sam (agent)"]
    assert [row.participant_id for row in rows_in(folder)] == [each.participant_id for each in messages]


def test_a_corpus_has_the_files_and_fields_that_convokit_wants(tmp_path: Path) -> None:
    folder = export.write(MESSAGES, tmp_path / "x.convokit", None, "c1")
    lines = [json.loads(line) for line in (folder / "utterances.jsonl").read_text("utf-8").splitlines()]

    assert {path.name for path in folder.iterdir()} == {
        "utterances.jsonl",
        "speakers.json",
        "conversations.json",
        "corpus.json",
        "index.json",
    }
    assert [line["reply_to"] for line in lines] == [None, "m1", "m2", "m3", "m4", "m5", "m6"]
    assert {line["conversation_id"] for line in lines} == {lines[0]["id"]}
    assert all({"id", "speaker", "text", "timestamp", "meta"} <= line.keys() for line in lines)
    assert list(json.loads((folder / "conversations.json").read_text("utf-8"))) == ["m1"]


def test_somebody_elses_corpus_is_read(tmp_path: Path) -> None:
    (tmp_path / "utterances.jsonl").write_text(
        '{"id": "u1", "root": "u1", "text": "Hi", "user": "x", "speaker": "s1", "meta": {"status": [1]}, "timestamp": "1795946400"}\n'
        "\n"
        '{"id": "u2", "conversation_id": "u1", "text": null, "speaker": "s2", "timestamp": 17}\n',
        encoding="utf-8",
    )
    (tmp_path / "speakers.json").write_text('{"s1": {"role": "customer"}, "s2": 7}', encoding="utf-8")

    rows = rows_in(tmp_path)

    assert [(row.sender, row.role, row.text, row.time_ms, row.conversation_id) for row in rows] == [
        ("s1", "customer", "Hi", 1_795_946_400_000, "u1"),
        ("s2", None, None, None, "u1"),
    ]


def test_an_old_corpus_is_read(tmp_path: Path) -> None:
    """One array, users, roots; and numbers that Python alone writes."""
    utterances = [
        {"id": "u1", "root": "u1", "user": "x", "text": "Hi", "reply-to": None, "timestamp": 1795946400, "meta": {"score": math.nan}},
        {"id": "u2", "root": "u1", "user": "y", "text": "Hello", "reply-to": "u1", "timestamp": 1795946401, "meta": {}},
    ]  # fmt: skip
    (tmp_path / "utterances.json").write_text(json.dumps(utterances), encoding="utf-8")
    (tmp_path / "users.json").write_text('{"x": {"role": "customer", "age": NaN}}', encoding="utf-8")

    rows = rows_in(tmp_path)

    assert [(row.sender, row.role, row.text, row.conversation_id) for row in rows] == [
        ("x", "customer", "Hi", "u1"),
        ("y", None, "Hello", "u1"),
    ]


@pytest.mark.parametrize(
    ("value", "time_ms"),
    [
        (1_795_946_400, 1_795_946_400_000),
        (1_795_946_400_123_456, 1_795_946_400_123),
        (1_795_946_400_123_456_789, 1_795_946_400_123),
        (1_795_946_400.5, 1_795_946_400_500),
        (1_795_946_400_123, 1_795_946_400_123),
        (1_795_946_400_123.25, 1_795_946_400_123),
        ("2026-11-29T10:00:00Z", 1_795_946_400_000),
        (-1, None),
        (0, None),
        (1408.2136, None),
        (1e300, None),
        (float("nan"), None),
        (True, None),
        (None, None),
        ("soon", None),
    ],
)
def test_the_size_of_a_number_tells_its_unit(value: Any, time_ms: int | None) -> None:
    assert epoch_ms(value) == time_ms


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no transcript"),
        (b"hello", "is no transcript"),
        (b"\x00\xff\xfe", "is no transcript"),
        (b"[]", "an array, empty"),
        (b"{}", "an object, empty"),
        (b'{"who": 1, "what": 2}', "an object with what, who"),
        (b'[{"secret words": 1}]', "an array with secret words"),
        (b"[1, 2]", "an array, empty or of something else"),
        (b"[" * 100_000, "is no transcript"),
        (b"a,b,c\n1,2,3\n", "is no transcript"),
    ],
)
def test_what_is_none_is_refused_with_what_was_expected(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(data)

    with pytest.raises(ValueError, match="messagingTranscript") as caught:
        rows_in(path)
    assert words in str(caught.value)


def test_a_directory_that_is_no_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no utterances\.jsonl"):
        rows_in(tmp_path)


@pytest.mark.parametrize("line", ["[1]", "{}", "nothing", '{"id": "x"}'])
def test_a_line_that_is_no_utterance_is_named(tmp_path: Path, line: str) -> None:
    good = '{"id": "u1", "speaker": "s", "text": "x", "conversation_id": "u1", "timestamp": 1}'
    (tmp_path / "utterances.jsonl").write_text(f"{good}\n{line}\n", encoding="utf-8")

    with pytest.raises(ValueError, match="Utterance 2: expected a JSON object with id"):
        rows_in(tmp_path)


def test_torn_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.json.gz"
    path.write_bytes(gzip.compress(b"{}" * 1000)[:-12])

    with pytest.raises(ValueError, match="damaged"):
        rows_in(path)


def test_gzip_that_unpacks_to_more_than_it_may_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 1 << 20)
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(b"[" + b" " * (4 << 20) + b"]"))

    with pytest.raises(ValueError, match="more than 1 MB"):
        rows_in(path)


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        rows_in(tmp_path / "nothing.json")


@pytest.mark.parametrize("function", [ig.read_transcript, ig.Client.to_pandas])
def test_help_prints_each_column_with_its_type_and_its_definition(function: Any) -> None:
    words = " ".join(pydoc.plain(pydoc.render_doc(function)).split())

    for name, dtype in DTYPES.items():
        assert f"{name} ({dtype}):" in words
    for name in ("response_time_s", "handover_response_time_s", "typing_before_s"):
        assert DEFINITIONS[name] in words


def test_messages_of_a_chat_are_rows_without_being_told_more() -> None:
    message: Message = eg.own_message(1, status="delivered", status_time_ms=7_000)

    (row,) = export.rows_of([message])
    assert (row.delivered_ms, row.read_ms) == (7_000, None)
