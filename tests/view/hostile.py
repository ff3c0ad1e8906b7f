"""T14: hostile texts in every field that shows: the widgets, a saved copy, transcripts, pictures; in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from playwright.sync_api import sync_playwright

from tests.tools import chromium, gates
from tests.view.conftest import Host, open_host
from tests.view.corpus import TEXTS
from tests.view.findings import Findings
from tests.view.hostile_chat import in_a_saved_copy, in_the_view, in_transcripts
from tests.view.hostile_widgets import in_a_run, in_an_inbox, in_an_inspector, in_pictures

AT_A_TIME = 12
"""Texts in one page: two rows each, so that all of them are in the DOM."""

PLACES: dict[str, Callable[[Host, Sequence[str], Findings], None]] = {
    "view": in_the_view,
    "saved copy": in_a_saved_copy,
    "transcripts": in_transcripts,
    "inbox": in_an_inbox,
    "inspector": in_an_inspector,
    "pictures": in_pictures,
    "run": in_a_run,
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
        what=f"{len(TEXTS)} hostile texts in every string field of messages and states; chat, inbox, inspector, pictures, run, "
        "saved copy, HTML, Markdown, CSV, SVG",
        figure=f"{len(findings.scripts)} scripts ran, {len(findings.requests)} requests left the page, "
        f"{len(findings.elements) + len(findings.lost)} texts were more than text, {len(findings.formulas)} formulas",
        limit="0, 0, 0, 0",
        passed=not findings.problems,
        command="uv run poe hostile",
    )


if __name__ == "__main__":
    raise SystemExit(main())
