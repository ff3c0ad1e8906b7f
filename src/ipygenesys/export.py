"""Transcripts: JSON, CSV, Markdown, HTML and pandas, written only when the user asks for it."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import html
import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ipygenesys._core.measures.message_times import MessageTimes
from ipygenesys._core.model.content import Answer
from ipygenesys._core.model.messages import Message
from ipygenesys._transcripts.convokit import corpus_of
from ipygenesys._transcripts.frame import COLUMNS as COLUMNS
from ipygenesys._transcripts.frame import cells, frame_of, written
from ipygenesys._transcripts.messages import rows_of as rows_of
from ipygenesys._transcripts.messages import words_of_part
from ipygenesys._transcripts.rows import Row

if TYPE_CHECKING:
    import pandas as pd

_CELL_END = r"[;\t\r\n]"
_FORMULA = re.compile(
    rf'^(?=[\t\r])|(?:^|(?<={_CELL_END}))(?:[^\S\t\r\n]|")*(?=[=+\-@\uff1d\uff0b\uff0d\uff20])'
)
"""Before what begins a formula, in whichever cell: where ``;`` or a tab separates cells, a text is more than one."""
_MARKDOWN_SPECIAL = str.maketrans({char: "\\" + char for char in "\\`*_{}[]<>()#+-.!|~=&$"})


def to_pandas(
    messages: Iterable[Message], times: MessageTimes | None = None, conversation_id: str | None = None
) -> pd.DataFrame:
    """One row a message, oldest first, with the columns and types of ``frame.DTYPES``.

    Raises:
        ImportError: pandas is not installed.
    """
    return frame_of(rows_of(messages, times, conversation_id), "to_pandas")


def compressed(messages: Iterable[Message], ending: str) -> bytes:
    """A transcript as gzip-compressed UTF-8; ``ending`` is one of json, csv, md and html."""
    text = _FORMATS[f".{ending}"](list(messages), None, None)
    return gzip.compress(text.encode("utf-8", "replace"), compresslevel=6, mtime=0)


def write(
    messages: Iterable[Message],
    path: Path,
    times: MessageTimes | None = None,
    conversation_id: str | None = None,
    *,
    has_older: bool = False,
) -> Path:
    """Write a transcript in the format that the name's ending says; a ConvoKit corpus is a directory.

    Args:
        messages: oldest first.
        path: of the file.
        times: what was heard of them besides.
        conversation_id: which conversation they are of.
        has_older: these are not all, which a line says: in CSV the last one, which begins with ``#``.

    Raises:
        ValueError: the ending is none of json, csv, md, html and convokit.
        OSError: it cannot be written.
    """
    ending, path = path.suffix.lower(), path.expanduser()
    if ending == ".convokit":
        path.mkdir(exist_ok=True)
        for name, data in corpus_of(rows_of(messages, times, conversation_id)).items():
            (path / name).write_bytes(data)
        return path
    if (formatter := _FORMATS.get(ending)) is None:
        raise ValueError(
            f"Cannot tell the format from {path.suffix!r}: use .json, .csv, .md or .html, or .convokit for a corpus."
        )
    text = formatter(list(messages), times, conversation_id)
    path.write_text(_NOTED[ending](text) if has_older else text, encoding="utf-8", newline="")
    return path


def _json(messages: list[Message], times: MessageTimes | None, conversation_id: str | None) -> str:
    document = {"messages": [_written(row) for row in rows_of(messages, times, conversation_id)]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _csv(messages: list[Message], times: MessageTimes | None, conversation_id: str | None) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows_of(messages, times, conversation_id):
        values = _written(row)
        values |= {name: "; ".join(values[name]) for name in ("attachments", "content")}
        writer.writerow([_without_formula(values[column]) for column in COLUMNS])
    return out.getvalue()


def _written(row: Row) -> dict[str, Any]:
    return {
        name: written(value) if isinstance(value, dt.datetime) else value
        for name, value in cells(row).items()
    }


def _without_formula(value: Any) -> Any:
    """A spreadsheet must not run what somebody wrote. Source: OWASP, CSV injection."""
    return _FORMULA.sub(r"\g<0>'", value) if isinstance(value, str) else value


def _markdown(messages: list[Message], *_: object) -> str:
    lines = ["# Conversation", ""]
    for message in messages:
        text = " ".join([_text(message), *_names(message)]).strip().translate(_MARKDOWN_SPECIAL)
        quoted = "\n".join(f"> {line}" if line else ">" for line in text.splitlines() or [""])
        sender = " ".join(message.sender.split()).translate(_MARKDOWN_SPECIAL)
        state = " ".join(_state(message).split())
        state = state.translate(_MARKDOWN_SPECIAL) if message.error else state
        lines += [f"**{sender}**, {message.time:%Y-%m-%d %H:%M:%S} UTC ({state})", "", quoted, ""]
    return "\n".join([*lines, *_people(messages)])


def _people(messages: list[Message]) -> list[str]:
    """Who is who, below what they have said."""
    people = dict.fromkeys((" ".join(each.sender.split()), each.role, each.is_own) for each in messages)
    lines = [
        f"- {name.translate(_MARKDOWN_SPECIAL)}: {role}{', our side' if is_own else ''}"
        for name, role, is_own in people
    ]
    return ["## Participants", "", *lines, ""] if lines else []


def html_fragment(messages: Iterable[Message]) -> str:
    """The messages as a piece of HTML, without styles: for a page that has its own."""
    return f'<section aria-label="Conversation">\n{_html_rows(messages)}\n</section>'


def _html(messages: list[Message], *_: object) -> str:
    return f"{_HTML_HEAD}\n{_html_rows(messages)}\n</body></html>\n"


def _html_rows(messages: Iterable[Message]) -> str:
    return "\n".join(
        f'<article class="{"own" if message.is_own else "other"}" data-role="{message.role}">'
        f"<header><b>{_isolated(message.sender)}</b> "
        f'<time datetime="{written(message.time)}">{message.time:%Y-%m-%d %H:%M:%S} UTC</time>'
        f" ({html.escape(_state(message))})</header>"
        f'<p dir="auto">{" ".join([html.escape(_text(message)), *map(_isolated, _names(message))]).strip()}</p></article>'
        for message in messages
    )


def _isolated(name: str) -> str:
    """A name that is written from right to left must not turn round what stands beside it."""
    return f"<bdi>{html.escape(name)}</bdi>"


def _state(message: Message) -> str:
    state = f"{message.status}, seen (inferred)" if message.is_seen_inferred else message.status
    return f"{state}: {message.error}" if message.error else state


def _text(message: Message) -> str:
    if message.is_withdrawn:
        return "Message withdrawn"
    return "Message unavailable" if message.text is None else message.text


def _names(message: Message) -> list[str]:
    names = [f"[{attachment.name}]" for attachment in message.attachments]
    return names + [f"[{words_of_part(part)}]" for part in message.content if not isinstance(part, Answer)]


_HTML_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Conversation</title><style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem }
article { margin: 1rem 0; padding: .5rem 1rem; border-radius: .5rem; background: #f3f4f6 }
article.own { background: #e0ecff }
header { color: #4b5563; font-size: 13px } p { margin: .25rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere }
</style></head><body>"""

_FORMATS: dict[str, Callable[[list[Message], MessageTimes | None, str | None], str]] = {
    ".json": _json,
    ".csv": _csv,
    ".md": _markdown,
    ".html": _html,
}

_NOTE = "Not all: the server has older messages. load_all() loads them."
_NOTED: dict[str, Callable[[str], str]] = {
    ".json": lambda text: f'{{\n  "note": "{_NOTE}",' + text.removeprefix("{"),
    ".csv": lambda text: f"{text}# {_NOTE}\r\n",
    ".md": lambda text: text.replace("\n\n", f"\n\n*{_NOTE}*\n\n", 1),
    ".html": lambda text: text.replace("<body>", f"<body><p><em>{_NOTE}</em></p>", 1),
}
"""Where a transcript says that it is not all."""
