"""Hostile texts in a chat: its view, a saved copy of it, transcripts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import mistune
from playwright.sync_api import FilePayload

from ipygenesys import export
from ipygenesys._core.model.messages import UploadRules
from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host
from tests.view.corpus import filled, known_message, shown_messages
from tests.view.findings import LOOK_AROUND, Findings, is_plain
from tests.view.kernel import Kernel, failure, saved

FORMULA = re.compile(r'["\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]')


def in_the_view(host: Host, texts: Sequence[str], findings: Findings) -> None:
    messages = [each for text in texts for each in shown_messages(text)]
    kernel = host.start(messages, title=texts[0], hint=texts[0], can_answer=True, uploads=UploadRules())
    _refuse_a_file(host, kernel, texts[-1])
    _search(host, kernel, texts[-1])
    for text in texts:
        kernel.typing(text, text)
        kernel.set_status("reconnecting", text, 9_000)
        kernel.change(filled(vp.ErrorDelta, text))
    articles = host.page.get_by_role("article").count()
    shown = set(host.page.locator(".ipg-text").all_text_contents())
    findings.lost += [f"{len(messages)} messages, {articles} rows"] if articles != len(messages) else []
    findings.lost += [text for text in texts if is_plain(text) and text not in shown]
    findings.elements += host.page.evaluate(LOOK_AROUND)
    findings.look(host, texts)


def _refuse_a_file(host: Host, kernel: Kernel, text: str) -> None:
    """Its name and the reason are shown."""
    name = text.replace("/", "_").replace("\x00", "_")[:200]
    with host.page.expect_file_chooser() as chooser:
        host.page.get_by_role("button", name="Attach files", exact=True).click()
    chooser.value.set_files(FilePayload(name=name, mimeType="text/plain", buffer=b"x"))
    host.page.get_by_role("button", name="Send", exact=True).click()
    offered = kernel.wait_for(vp.FileOffered)
    kernel.deliver(vp.FileRefused(to=offered.client, draft_id=offered.draft_id, error=failure(text)))


def _search(host: Host, kernel: Kernel, text: str) -> None:
    host.page.get_by_role("textbox", name="Message").press("Control+f")
    host.page.get_by_role("searchbox").fill(text.strip() or "x")
    kernel.answer_search(error=failure(text))


def in_a_saved_copy(host: Host, texts: Sequence[str], findings: Findings) -> None:
    messages = [each for text in texts for each in shown_messages(text)]
    host.open_saved(saved(*messages, title=texts[0], typing=tuple(texts)))
    findings.elements += host.page.evaluate(LOOK_AROUND)
    host.page.clock.resume()
    findings.look(host, texts)


def in_transcripts(host: Host, texts: Sequence[str], findings: Findings) -> None:
    messages = [known_message(text) for text in texts]
    with TemporaryDirectory() as name:
        written = {
            ending: export.write(messages, Path(name) / f"transcript.{ending}").read_bytes().decode()
            for ending in ("html", "md", "csv")
        }
    # A renderer that lets HTML through, as some do.
    from_markdown = str(mistune.create_markdown(escape=False, plugins=["table"])(written["md"]))
    for document in (written["html"], export.html_fragment(messages), from_markdown):
        host.page.set_content(document)
        findings.look(host, texts)
    for delimiter in ",;\t":  # A spreadsheet's language says what separates cells.
        rows = csv.reader(io.StringIO(written["csv"], newline=""), delimiter=delimiter)
        findings.formulas += [cell for row in rows for cell in row if FORMULA.match(cell)]
    findings.places += len(texts)
