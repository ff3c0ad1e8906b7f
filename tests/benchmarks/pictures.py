"""How long pictures of many conversations take: 200 × 100 messages, from what the kernel holds to what the page shows.

``python -m tests.benchmarks.pictures`` prints medians of some runs: the kernel's part in CPU time, the page's until the frame
that shows it.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import sync_playwright

from ipygenesys._pictures.languages import picture_words
from ipygenesys._pictures.response_scene import response_scene
from ipygenesys._pictures.timeline_scene import timeline_scene
from ipygenesys._pictures.wire import Drawing, Scene, encode
from tests.tools import chromium
from tests.view.conftest import open_host
from tests.view.drawn import many

CONVERSATIONS, MESSAGES, RUNS = 200, 100, 7
LIMIT_MS = 300
DRAW = """content => new Promise(done => {
  const began = performance.now();
  harness.model.deliver(content);
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""


def main() -> int:
    talks = many(CONVERSATIONS, MESSAGES)
    pictures: dict[str, Callable[[], Scene]] = {
        "timeline": lambda: timeline_scene(talks, since_start=True),
        "response times": lambda: response_scene(talks, by="conversation"),
    }
    slowest = 0.0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=chromium.LAUNCH_ARGS)
        for name, make in pictures.items():
            kernel_ms = statistics.median(made_in_ms(make) for _ in range(RUNS))
            content = encode(Drawing(1, 0, "en", picture_words()["en"], make()))
            page_ms = statistics.median(drawn_in_ms(browser, content) for _ in range(RUNS))
            slowest = max(slowest, kernel_ms + page_ms)
            print(
                f"{name}: kernel {kernel_ms:.0f} ms, page {page_ms:.0f} ms ({CONVERSATIONS} × {MESSAGES} messages)"
            )
        browser.close()
    print(f"at most {LIMIT_MS} ms: {'yes' if slowest <= LIMIT_MS else 'NO'}")
    return 0 if slowest <= LIMIT_MS else 1


def made_in_ms(make: Callable[[], Scene]) -> float:
    began = time.process_time()
    make()
    return (time.process_time() - began) * 1000


def drawn_in_ms(browser: Any, content: Any) -> float:
    host = open_host(browser, width=900)
    host.page.evaluate("harness.start({bundle: 'pictures'})")
    host.page.evaluate("harness.open()")
    took: float = host.page.evaluate(DRAW, content)
    assert host.page.locator(".ipg-picture[data-revision='1']").count() == 1
    host.page.context.close()
    return took


if __name__ == "__main__":
    sys.exit(main())
