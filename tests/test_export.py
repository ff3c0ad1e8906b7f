"""Transcripts: four formats and a DataFrame, none of which runs what somebody wrote."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ipygenesys import export
from ipygenesys._core.model.content import (
    Answer,
    Button,
    Card,
    Carousel,
    QuickReplies,
    QuickReply,
    Unsupported,
)
from ipygenesys._core.model.messages import Attachment, Message
from tests import examples as eg

MESSAGES = [
    eg.message(1, text="Hello, how can I help?"),
    eg.own_message(2, text="Zwölf große Äpfel 🍏 \u202e", status="read"),
    eg.message(3, text=None, is_unavailable=True),
    eg.message(4, text="", attachments=(Attachment(name="bill.pdf"), Attachment(name="a & b.png"))),
    eg.draft_message(5, text="two\nlines", status="failed"),
]


def written(messages: list[Message], folder: Path, ending: str) -> str:
    path = export.write(messages, folder / f"transcript{ending}")
    return path.read_bytes().decode("utf-8")


def csv_rows(messages: list[Message], folder: Path) -> list[dict[str, str]]:
    path = export.write(messages, folder / "t.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("ending", [".json", ".csv", ".md", ".html", ".JSON", ".Html"])
def test_the_ending_chooses_the_format(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"transcript{ending}"

    assert export.write(MESSAGES, path) == path
    assert "Äpfel" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["t.txt", "t", "t.pdf", "json", ".csv"])
def test_another_ending_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"use \.json, \.csv, \.md or \.html"):
        export.write(MESSAGES, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [".json", ".csv", ".md", ".html"])
def test_an_empty_conversation_can_be_exported(tmp_path: Path, ending: str) -> None:
    assert written([], tmp_path, ending)


def test_a_tilde_is_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert export.write([], Path("~/t.md")) == tmp_path / "t.md"
    assert (tmp_path / "t.md").is_file()


def test_json_keeps_everything(tmp_path: Path) -> None:
    rows = json.loads(written(MESSAGES, tmp_path, ".json"))["messages"]

    assert [row["text"] for row in rows] == [message.text for message in MESSAGES]
    assert tuple(rows[0]) == export.COLUMNS
    assert dt.datetime.fromisoformat(rows[0]["time"]) == MESSAGES[0].time
    assert rows[3]["attachments"] == ["bill.pdf", "a & b.png"]
    assert [row["is_own"] for row in rows] == [False, True, False, False, True]


def test_csv_keeps_text_times_and_line_ends(tmp_path: Path) -> None:
    rows = csv_rows(MESSAGES, tmp_path)

    assert list(rows[0]) == list(export.COLUMNS)
    assert [row["text"] for row in rows] == [message.text or "" for message in MESSAGES]
    assert rows[3]["attachments"] == "bill.pdf; a & b.png"
    assert dt.datetime.fromisoformat(rows[0]["time"]) == MESSAGES[0].time


@pytest.mark.parametrize("milliseconds", [(0, 500), (500, 0)])
def test_pandas_takes_times_for_times_also_where_some_are_whole_seconds(
    tmp_path: Path, milliseconds: tuple[int, int]
) -> None:
    pandas = pytest.importorskip("pandas")
    times = [1_800_000_000_000 + number * 1000 + ms for number, ms in enumerate(milliseconds)]
    export.write([eg.message(1, time_ms=time_ms) for time_ms in times], tmp_path / "t.csv")
    export.write([eg.message(1, time_ms=time_ms) for time_ms in times], tmp_path / "t.json")

    of_csv = pandas.read_csv(tmp_path / "t.csv", parse_dates=["time"])["time"]
    listed = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))["messages"]
    of_json = pandas.to_datetime(pandas.DataFrame(listed)["time"])

    for column in (of_csv, of_json):
        assert [round(time.timestamp() * 1000) for time in column] == times


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r"])
@pytest.mark.parametrize("field", ["text", "sender", "id"])
def test_a_spreadsheet_runs_nothing_that_somebody_wrote(tmp_path: Path, start: str, field: str) -> None:
    formula = f"{start}cmd|' /C calc'!A0"

    (row,) = csv_rows([eg.message(1, **{field: formula})], tmp_path)

    assert row[field] == f"'{formula}"


@pytest.mark.parametrize("before", [";", "\t", "\n", "\r", ' ; "', "x;\u3000", ";\t", "\t\t"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_nor_where_other_signs_separate_cells(tmp_path: Path, before: str, delimiter: str) -> None:
    export.write([eg.message(1, text=f"a{before}=1+1, b;c - d")], tmp_path / "t.csv")

    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file, delimiter=delimiter) for cell in row]

    assert len(cells) > 1
    assert not [cell for cell in cells if cell.lstrip(' "\u3000').startswith("=")]
    assert any("b;c - d" in cell for cell in cells) == (delimiter != ";")


OFFER = QuickReplies(
    replies=(QuickReply(text="Yes", payload="y"), QuickReply(text="No", payload="n")), picked=(1,)
)
CARD = Card(title="Boots", description="Warm", buttons=(Button(text="Buy", payload="b"),))
RICH = [
    eg.message(1, text="Sure?", content=(OFFER,)),
    eg.message(2, text="No", content=(Answer(text="No", payloads=("n",), type="quick-reply"),)),
    eg.message(3, text="", content=(CARD, Unsupported(type="Form"), Carousel(cards=()))),
]


def test_content_is_taken_along_in_words(tmp_path: Path) -> None:
    rows = json.loads(written(RICH, tmp_path, ".json"))["messages"]

    assert [row["content"] for row in rows] == [
        ["quick replies: Yes | No (picked: No)"],
        ["answer: No"],
        ["card: Boots | Warm | Buy", "unsupported content: Form", "carousel"],
    ]
    assert (
        csv_rows(RICH, tmp_path)[2]["content"]
        == "card: Boots | Warm | Buy; unsupported content: Form; carousel"
    )
    page = written(RICH, tmp_path, ".html")
    assert "[quick replies: Yes | No (picked: No)]" in page
    assert "[answer: No]" not in page


def test_an_attachments_name_is_no_formula_either(tmp_path: Path) -> None:
    (row,) = csv_rows([eg.message(1, attachments=(Attachment(name="=1+1"),))], tmp_path)

    assert row["attachments"] == "'=1+1"


def test_csv_quotes_what_would_break_a_row(tmp_path: Path) -> None:
    text = 'a "quoted", comma;\r\nnew line'

    (row,) = csv_rows([eg.message(1, text=text)], tmp_path)

    assert row["text"] == text


class Reader(HTMLParser):
    """Collects tags and text as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


EVIL = """</p></article><script>alert(1)</script><img src=x onerror="alert('1')">&lt;b&gt;"""


@pytest.mark.parametrize("field", ["text", "sender"])
def test_html_shows_markup_as_text(tmp_path: Path, field: str) -> None:
    reader = Reader()

    reader.feed(written([eg.message(1, **{field: EVIL})], tmp_path, ".html"))

    assert EVIL in "".join(reader.words)
    assert set(reader.tags) == {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "article",
        "header",
        "b",
        "bdi",
        "time",
        "p",
    }


def test_html_keeps_names_from_turning_round_what_stands_beside_them(tmp_path: Path) -> None:
    name = "\u202egpj.exe"
    message = eg.message(1, text="שלום", sender=name, attachments=(Attachment(name=name),))

    page = written([message], tmp_path, ".html")

    assert f"<b><bdi>{name}</bdi></b>" in page
    assert f'<p dir="auto">שלום <bdi>[{name}]</bdi></p>' in page


def test_html_shows_an_attachments_name_as_text(tmp_path: Path) -> None:
    page = written([eg.message(1, attachments=(Attachment(name="<svg onload=x>"),))], tmp_path, ".html")

    assert "<svg" not in page
    assert "&lt;svg" in page


def test_html_fetches_nothing(tmp_path: Path) -> None:
    page = written(MESSAGES, tmp_path, ".html")

    assert "http" not in page
    assert "src=" not in page


def test_markdown_shows_markup_as_text(tmp_path: Path) -> None:
    text = "# head *bold* _it_ `code` [link](https://evil) ![i](x) <b> 1. | ~~a~~ &lt; $x^2$"

    page = written([eg.message(1, text=text, sender="*Ann*")], tmp_path, ".md")

    for special in (
        "\\# head",
        "\\*bold\\*",
        "\\_it\\_",
        "\\`code\\`",
        "\\[link\\]",
        "\\!\\[",
        "\\<b\\>",
        "\\&lt;",
        "\\$x",
    ):
        assert special in page
    assert "**\\*Ann\\***" in page


def test_a_name_is_one_line_of_markdown(tmp_path: Path) -> None:
    page = written([eg.message(1, sender="Ann\n\n    code\u2028> Bob\r\x85")], tmp_path, ".md")

    assert page.splitlines()[2].startswith("**Ann code \\> Bob**, ")


def test_markdown_keeps_every_line_inside_its_quote(tmp_path: Path) -> None:
    page = written([eg.message(1, text="one\n\n===\u2028three\r\nfour")], tmp_path, ".md")

    lines = page.splitlines()
    assert lines[4:9] == ["> one", ">", "> \\=\\=\\=", "> three", "> four"]


def test_what_was_only_inferred_to_be_seen_says_so_everywhere(tmp_path: Path) -> None:
    messages = [eg.own_message(1, is_seen_inferred=True), eg.own_message(2)]

    for ending in (".md", ".html"):
        assert "(sent, seen (inferred))" in written(messages[:1], tmp_path, ending)
        assert "seen" not in written(messages[1:], tmp_path, ending)
    rows = json.loads(written(messages, tmp_path, ".json"))["messages"]
    assert [(row["status"], row["seen_inferred"]) for row in rows] == [("sent", True), ("sent", False)]
    assert [row["seen_inferred"] for row in csv_rows(messages, tmp_path)] == ["True", "False"]
    frame = export.to_pandas(messages)
    assert (frame["seen_inferred"].dtype, list(frame["seen_inferred"])) == (bool, [True, False])


@pytest.mark.parametrize("ending", [".md", ".html"])
def test_unavailable_messages_say_so(tmp_path: Path, ending: str) -> None:
    assert "Message unavailable" in written([MESSAGES[2]], tmp_path, ending)


TYPES = {
    **dict.fromkeys(("sender", "text", "status", "role", "id", "error", "kind"), "string"),
    **dict.fromkeys(("participant_id", "conversation_id"), "string"),
    **dict.fromkeys(("is_own", "seen_inferred", "withdrawn"), "bool"),
    **dict.fromkeys(("attachments", "content"), "object"),
    **dict.fromkeys(("time", "sent_at", "delivered_at", "read_at", "ends_at"), "datetime64[us, UTC]"),
    **dict.fromkeys(("typing_before_s", "response_time_s", "handover_response_time_s"), "float64"),
}


def types_of(frame: Any) -> dict[str, str]:
    return {column: str(dtype) for column, dtype in frame.dtypes.items()}


def test_why_a_message_failed_and_that_one_was_withdrawn_is_said_everywhere(tmp_path: Path) -> None:
    messages = [
        eg.own_message(1, status="failed", error="<b>Opted</b> out."),
        eg.message(2, text="", is_withdrawn=True),
    ]

    assert "failed: \\<b\\>Opted\\</b\\> out\\." in written(messages, tmp_path, ".md")
    assert "failed: &lt;b&gt;Opted&lt;/b&gt; out." in written(messages, tmp_path, ".html")
    for ending in (".md", ".html"):
        assert "Message withdrawn" in written(messages, tmp_path, ending)
    rows = json.loads(written(messages, tmp_path, ".json"))["messages"]
    assert [(row["error"], row["withdrawn"]) for row in rows] == [("<b>Opted</b> out.", False), (None, True)]
    frame = export.to_pandas(messages)
    assert list(frame["withdrawn"]) == [False, True]
    assert frame["error"][0] == "<b>Opted</b> out."


def test_a_data_frame_has_one_row_a_message_and_proper_types() -> None:
    frame = export.to_pandas(MESSAGES)

    assert tuple(frame.columns) == export.COLUMNS
    assert len(frame) == len(MESSAGES)
    assert types_of(frame) == TYPES
    assert frame["time"][0].to_pydatetime() == MESSAGES[0].time
    assert frame["text"][1] == MESSAGES[1].text
    assert frame["attachments"][3] == ["bill.pdf", "a & b.png"]
    assert frame["text"].isna().tolist() == [message.text is None for message in MESSAGES]


def test_what_the_server_has_not_taken_is_a_draft_and_no_message() -> None:
    frame = export.to_pandas(MESSAGES)

    assert frame["kind"].tolist() == ["message"] * 4 + ["draft"]
    assert frame["sent_at"].isna().tolist() == [False] * 4 + [True]


def test_an_empty_data_frame_has_the_same_columns_and_types() -> None:
    frame = export.to_pandas([])

    assert tuple(frame.columns) == export.COLUMNS
    assert len(frame) == 0
    assert types_of(frame) == TYPES


@pytest.mark.parametrize("time_ms", [0, 253_402_300_799_000])
def test_times_at_the_calendars_ends_can_be_exported(tmp_path: Path, time_ms: int) -> None:
    messages = [eg.message(1, time_ms=time_ms)]

    for ending in (".json", ".csv", ".md", ".html"):
        written(messages, tmp_path, ending)
    assert len(export.to_pandas(messages)) == 1


def test_without_pandas_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: Any = None
    monkeypatch.setitem(sys.modules, "pandas", nothing)

    with pytest.raises(ImportError, match=r'pip install "ipygenesys\[pandas\]"'):
        export.to_pandas(MESSAGES)
