"""Our own transcripts, read back: JSON and CSV hold all columns, HTML and Markdown what people read.

JSON and CSV also where programs that work with tables have written them again; each has its own words for true and for a list.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, cast

from ipygenesys._core.model.messages import Role
from ipygenesys._transcripts.frame import DTYPES, TIME_FIELDS
from ipygenesys._transcripts.rows import Row, epoch_ms, objects_in

_ROLES = frozenset({"agent", "customer", "bot", "system"})
_DEFUSED = re.compile(
    r"""(?:(?<=^)|(?<=[;\t\r\n]))([^\S\t\r\n]*|[\t\r]?)'(?=[^\S\t\r\n]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r])"""
)
"""What the export puts before what a spreadsheet would run."""
_ESCAPED = r"\\(?:[\\'nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})"
_STRING = rf"""(?:'(?:[^'\\\r\n]|{_ESCAPED})*'|"(?:[^"\\\r\n]|{_ESCAPED})*")"""
_PYTHON_LIST = re.compile(rf"\[(?:{_STRING}(?:, {_STRING})*)?\]")

# --- JSON, CSV --------------------------------------------------------------------------------------------------------


def is_json_export(document: Any) -> bool:
    """Whether it is ``{"messages": [{"time", "sender", "text", …}]}``, as ``export`` writes it, or the rows alone, as tables do."""
    if isinstance(document, list):
        rows = objects_in(document)
        return bool(rows) and all({"time", "sender", "text"} <= each.keys() for each in rows)
    listed = document.get("messages") if isinstance(document, dict) else None
    return isinstance(listed, list) and all({"time", "text"} <= each.keys() for each in objects_in(listed))


def rows_of_json(document: Any) -> list[Row]:
    """One row a message, with whatever columns that version has written."""
    return [
        _row(each) for each in objects_in(document if isinstance(document, list) else document["messages"])
    ]


def is_csv_export(text: str) -> bool:
    """Whether its first line names our columns."""
    return {"time", "sender", "text"} <= set(next(csv.reader(io.StringIO(text[:4096])), []))


def rows_of_csv(text: str) -> list[Row]:
    """The same; a text that is missing and one that is empty look alike there."""
    rows = []
    for cells in csv.DictReader(io.StringIO(text, newline="")):
        if (cells.get("time") or "").startswith("# "):
            continue  # That the server has older messages.
        values: dict[str, Any] = {
            name: _DEFUSED.sub(r"\1", cell) if DTYPES.get(name) != "bool" else cell.lower() == "true"
            for name, cell in cells.items()
            if isinstance(name, str) and isinstance(cell, str) and (cell or name == "text")
        }
        for name in ("attachments", "content"):
            values[name] = _listed(values[name]) if name in values else []
        if not values.get("text") and not (
            values["attachments"] or values["content"] or values.get("withdrawn")
        ):
            values["text"] = None
        rows.append(_row(values))
    return rows


def _listed(cell: str) -> list[str]:
    """What a cell lists: as ``export`` writes it, or as Python shows it, which is how pandas writes lists."""
    if _PYTHON_LIST.fullmatch(cell):
        try:
            return list(ast.literal_eval(cell))
        except (SyntaxError, ValueError):  # Beyond Unicode, or NUL.
            pass
    return cell.split("; ")


def _row(values: dict[str, Any]) -> Row:
    """From cells by column; what cannot be read is missing."""
    fields: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or name not in DTYPES:
            continue
        if name in TIME_FIELDS:
            fields[TIME_FIELDS[name]] = epoch_ms(value)
        elif (read := _READERS[DTYPES[name]](value)) is not None:
            fields[name] = read
    fields.pop("sent_ms", None)
    if fields.get("role") not in _ROLES:
        fields.pop("role", None)
    return Row(**{"time_ms": None, **fields})


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


_READERS: dict[str, Callable[[Any], Any]] = {
    "bool": lambda value: value if isinstance(value, bool) else None,
    "float64": _number,
    "object": lambda value: [str(each) for each in value] if isinstance(value, list) else None,
    "string[python]": lambda value: value if isinstance(value, str) else None,
}

# --- HTML, Markdown ---------------------------------------------------------------------------------------------------

_STATE = re.compile(r"(?P<status>[a-z]+)(?P<seen>, seen \(inferred\))?(?:: (?P<error>.*))?", re.DOTALL)
_MARKDOWN_HEAD = re.compile(
    r"\*\*(?P<sender>.*)\*\*, (?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC \((?P<state>.*)\)"
)
_MARKDOWN_PERSON = re.compile(r"- (?P<sender>.*): (?P<role>agent|customer|bot|system)(?P<own>, our side)?")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]<>()#+\-.!|~=&$])")


def is_html_export(text: str) -> bool:
    """Whether it is a page of ours."""
    return text.startswith("<!doctype html>") and "<title>Conversation</title>" in text[:1024]


def rows_of_html(text: str) -> list[Row]:
    """One row an article. Its time is whole seconds; what the message held besides its text stands in brackets in it."""
    reader = _Page()
    reader.feed(text)
    return reader.rows


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._part = ""
        self._words: dict[str, str] = {}
        self._attributes: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self._words, self._attributes = {}, dict(attrs)
        if tag in ("b", "time", "header", "p"):
            self._part = tag
            self._words.setdefault(tag, "")
        if tag == "time":
            self._attributes |= dict(attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("b", "time"):
            self._part = "header"
        elif tag in ("header", "p"):
            self._part = ""
        elif tag == "article":
            self.rows.append(self._row())

    def handle_data(self, data: str) -> None:
        if self._part:
            self._words[self._part] += data

    def _row(self) -> Row:
        role = self._attributes.get("data-role")
        written = self._attributes.get("datetime") or _written(self._words.get("time", ""))
        return _read(
            sender=self._words.get("b", ""),
            time=written,
            state=self._words.get("header", "").strip().removeprefix("(").removesuffix(")"),
            text=self._words.get("p", ""),
            role=cast("Role", role) if role in _ROLES else None,
            is_own=self._attributes.get("class") == "own",
            id_=self._attributes.get("data-id"),
        )


def is_markdown_export(text: str) -> bool:
    """Whether it is a transcript of ours."""
    return text.startswith("# Conversation\n")


def rows_of_markdown(text: str) -> list[Row]:
    """One row a message; who is who stands below them."""
    people = {
        _plain(found["sender"]): (cast("Role", found["role"]), found["own"] is not None)
        for found in _MARKDOWN_PERSON.finditer(text.rpartition("\n## Participants\n")[2])
    }
    rows: list[Row] = []
    head, quoted = None, list[str]()
    for line in [*text.split("\n"), ""]:
        if line.startswith(">"):
            quoted.append(line.removeprefix(">").removeprefix(" "))
        elif head is not None and quoted:
            sender = _plain(head["sender"])
            role, is_own = people.get(sender, (None, False))
            rows.append(
                _read(
                    sender=sender,
                    time=_written(head["time"]),
                    state=_plain(head["state"]),
                    text=_plain("\n".join(quoted)),
                    role=role,
                    is_own=is_own,
                )
            )
            head, quoted = None, []
        elif (found := _MARKDOWN_HEAD.fullmatch(line)) is not None:
            head, quoted = found, []
    return rows


def _plain(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)


def _written(time: str) -> str:
    return time.removesuffix(" UTC").replace(" ", "T") + "+00:00"


def _read(
    *, sender: str, time: str, state: str, text: str, role: Role | None, is_own: bool, id_: str | None = None
) -> Row:
    found = _STATE.fullmatch(state)
    return Row(
        time_ms=epoch_ms(time),
        sender=sender,
        text=None if text == "Message unavailable" else "" if text == "Message withdrawn" else text,
        withdrawn=text == "Message withdrawn",
        status=found["status"] if found else None,
        seen_inferred=bool(found and found["seen"]),
        error=found["error"] if found else None,
        role=role,
        is_own=is_own,
        id=id_,
    )
