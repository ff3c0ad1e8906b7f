"""Hostile texts in the widgets beside the chat, and in the files that pictures are saved as."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ipygenesys._core.model.failures import Failure
from ipygenesys._inspector.wire import InspectorDetail, InspectorRow, Problem
from ipygenesys._pictures.languages import picture_words
from ipygenesys._pictures.response_scene import response_scene
from ipygenesys._pictures.svg import svg
from ipygenesys._pictures.talks import Talk
from ipygenesys._pictures.timeline_scene import timeline_scene
from ipygenesys._pictures.wire import Scene
from ipygenesys._runs.wire import OpenedScenario, RunRow
from tests.core.inbox_view.rows import row
from tests.pictures.talking import said
from tests.view.conftest import Host
from tests.view.corpus import filled
from tests.view.drawn import Drawn
from tests.view.findings import Findings
from tests.view.inboxed import Inboxed
from tests.view.test_inspector import Inspected
from tests.view.test_run import Ran


def in_an_inbox(host: Host, texts: Sequence[str], findings: Findings) -> None:
    rows = []
    for number, text in enumerate(texts):
        names = dict.fromkeys(("name", "queue", "agent", "last_sender", "undelivered_why"), text)
        common: dict[str, Any] = {**names, "last_role": "agent", "undelivered": 1, "unread": 1}
        rows += [
            row(f"{text}{number}", "agent", **common, last_kind="text", last_text=text, text_state="here"),
            row(f"{text}{number}t", "waiting", **common, last_kind=text, typing=(text, text)),
        ]
    inbox = Inboxed(host, rows)
    inbox.has_problems({text: Failure(kind="rejected", message=text) for text in texts})
    inbox.show(rows[0].id, said=texts[0])
    findings.look_closely(host, texts)
    for group in ("queue", "agent"):
        host.page.get_by_label("Group").select_option(group)
        inbox.settle()
        findings.look_closely(host, texts)


def in_an_inspector(host: Host, texts: Sequence[str], findings: Findings) -> None:
    kinds = ("frame", "answer", "close")
    rows = [
        filled(InspectorRow, text, number=number, direction="in", kind=kinds[number % 3])
        for number, text in enumerate(texts, 1)
    ]
    inspected = Inspected(host, rows, can_inject=True)
    inspected.deliver(Problem(texts[0]))
    findings.look_closely(host, texts)
    for number, text in enumerate(texts, 1):
        inspected.page.locator(f"#ipg-row-{number}").click()
        raw = json.dumps({text: [text, {text: text}]}, ensure_ascii=number % 2 == 0)
        inspected.deliver(InspectorDetail(number, raw if number % 3 else text, [text], [text]))
        findings.look_closely(host, [text])


def in_pictures(host: Host, texts: Sequence[str], findings: Findings) -> None:
    talks = [_talk(text) for text in texts]
    scenes: list[Scene] = [
        timeline_scene(talks, since_start=True, has_ids=True, title=texts[0]),
        response_scene(talks, by="conversation", title=texts[-1]),
        response_scene(talks, by="agent", title=texts[-1]),
        *(timeline_scene([talk], since_start=False, has_ids=True) for talk in talks[:2]),
    ]
    for scene in scenes:
        host.blank()
        drawn = Drawn(host, scene)
        drawn.page.locator("summary").click()
        drawn.plot.focus()
        for key in ("ArrowRight", "ArrowDown", "End"):
            drawn.page.keyboard.press(key)
        host.shown()
        findings.look_closely(host, texts if len(getattr(scene, "lanes", texts)) >= len(texts) else ())
        saved = [svg(scene, picture_words()["en"], theme=theme) for theme in ("light", "dark")]
        saved.append(_saved(host))
        for file in saved:
            findings.elements += _more_than_a_drawing(file)
            host.page.set_content(file)
            findings.look(host, texts)


def _talk(text: str) -> Talk:
    """A customer of this name is answered by an agent of this name."""
    asked, answered = said(0, "Cleo", text=text), said(9, "Ann", text=text, status="read")
    asked = asked._replace(sender=text, id=text)
    return Talk(text, (asked, answered._replace(sender=text, id=text, is_own=False)))


def _saved(host: Host) -> str:
    """The file that the page makes of its picture, once it has made a PNG of it, too."""
    with TemporaryDirectory() as name:
        path = Path(name) / "picture"
        for ending in ("PNG", "SVG"):
            with host.page.expect_download() as waiting:
                host.page.get_by_role("button", name=f"Save as {ending}").click()
            waiting.value.save_as(path)
        return path.read_text("utf-8")


def _more_than_a_drawing(file: str) -> list[str]:
    try:
        root = ElementTree.fromstring(file)
    except ElementTree.ParseError as error:
        return [f"no well-formed picture: {error}"]
    names = {each.tag.rpartition("}")[2] for each in root.iter()}
    attributes = {name for each in root.iter() for name in each.attrib}
    odd = {name for name in attributes if name.startswith(("on", "{")) or name in ("href", "style")}
    return [*(names - {"svg", "title", "desc", "rect", "text", "path", "g", "line", "circle", "tspan"}), *odd]


def in_a_run(host: Host, texts: Sequence[str], findings: Findings) -> None:
    rows = [filled(RunRow, text, number=number, state="failed") for number, text in enumerate(texts, 1)]
    ran = Ran(host, rows, name=texts[0])
    findings.look_closely(host, texts)
    for row_ in rows:
        ran.row(row_.number).click()
        ran.deliver(filled(OpenedScenario, row_.name, number=row_.number, chat="", has_chat=False))
        findings.look_closely(host, [row_.name])
