"""T14: hostile texts in every field that shows: the view, a saved copy, transcripts; in a real Chromium."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import mistune
from playwright.sync_api import FilePayload, sync_playwright

from ipygenesys import export
from ipygenesys._core.model.messages import UploadRules
from ipygenesys._core.view import protocol as vp
from tests.tools import chromium, gates
from tests.view.conftest import Host, open_host
from tests.view.corpus import TEXTS, filled, known_message, shown_messages
from tests.view.kernel import Kernel, failure, saved

AT_A_TIME = 12
"""Texts in one page: two rows each, so that all of them are in the DOM."""

_LOOK_AROUND = """() => {
  const root = document.querySelector('.ipg-root'), found = [];
  for (const element of root.querySelectorAll('*')) {
    const name = element.localName;
    if (/^(img|script|iframe|style|link|object|embed|video|audio|source|base|meta|math)$/.test(name)) found.push(name);
    for (const { name: attribute, value } of element.attributes) {
      if (attribute.startsWith('on')) found.push(`${name} ${attribute}`);
      if (/^(href|src|action|formaction|srcdoc|poster)$/.test(attribute) && !/^(https:|mailto:)/.test(value))
        found.push(`${name} ${attribute}=${value}`);
    }
    if (name === 'a' && element.rel !== 'noopener noreferrer') found.push('a link that gives something away');
    for (const kind of ['mouseover', 'pointerenter', 'focusin', 'toggle'])
      element.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  // All that can be pressed, but what fetches a picture when it is asked to.
  const pressed = root.querySelectorAll('.ipg-card button.ipg-option:not(.ipg-image *), .ipg-replies button, .ipg-submit, .ipg-more');
  for (const button of pressed) button.click();
  return found;
}"""


@dataclass
class Findings:
    """What came of it; all but ``places`` should stay empty."""

    places: int = 0
    """Texts times the documents that they were put into."""
    scripts: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    """More than text: an element, a handler or an address that must not be."""
    lost: list[str] = field(default_factory=list)
    """Texts that are not shown as they are."""
    formulas: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        return [*self.scripts, *self.requests, *self.elements, *self.lost, *self.formulas]

    def look(self, host: Host, texts: Sequence[str]) -> None:
        """Once a page has settled: did anything run or leave?"""
        host.has_asked_for_all()
        if host.page.evaluate("window.owned") is not None:
            self.scripts += [f"a script ran, one of: {texts!r}"]
        self.requests += host.foreign_requests
        self.places += len(texts)


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
    findings.lost += [text for text in texts if _is_plain(text) and text not in shown]
    findings.elements += host.page.evaluate(_LOOK_AROUND)
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


def _is_plain(text: str) -> bool:
    """Shown as it is: no mark that is replaced, no backtick, which makes code of it."""
    return text.isprintable() and "`" not in text and all(ord(each) < 0x2000 for each in text)


def in_a_saved_copy(host: Host, texts: Sequence[str], findings: Findings) -> None:
    messages = [each for text in texts for each in shown_messages(text)]
    host.open_saved(saved(*messages, title=texts[0], typing=tuple(texts)))
    findings.elements += host.page.evaluate(_LOOK_AROUND)
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


FORMULA = re.compile(r'["\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]')

PLACES: dict[str, Callable[[Host, Sequence[str], Findings], None]] = {
    "view": in_the_view,
    "saved copy": in_a_saved_copy,
    "transcripts": in_transcripts,
}


def pages(texts: Sequence[str] = TEXTS) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), AT_A_TIME):
        yield texts[start : start + AT_A_TIME]


def main() -> int:
    findings = Findings()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=chromium.LAUNCH_ARGS)
        for put in PLACES.values():
            for texts in pages():
                host = open_host(browser)
                put(host, texts, findings)
                host.context.close()
        browser.close()
    for problem in findings.problems:
        print(repr(problem))
    return gates.report(
        "T14",
        what=f"{len(TEXTS)} hostile texts in every string field of messages and states; view, saved copy, HTML, Markdown, CSV",
        figure=f"{len(findings.scripts)} scripts ran, {len(findings.requests)} requests left the page, "
        f"{len(findings.elements) + len(findings.lost)} texts were more than text, {len(findings.formulas)} formulas",
        limit="0, 0, 0, 0",
        passed=not findings.problems,
        command="uv run poe hostile",
    )


if __name__ == "__main__":
    raise SystemExit(main())
