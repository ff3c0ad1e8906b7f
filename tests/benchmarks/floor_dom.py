"""The floor of all: a script in a page appends one <div>, without any server."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser

from tests.benchmarks import control
from tests.benchmarks.page import Probe, new_context, summary

PAGE = """<!doctype html><meta charset="utf-8"><style>
#log { height: 600px; width: 700px; overflow-y: auto; border: 1px solid #ccc; font: 14px sans-serif }
.row { margin: 6px; padding: 6px 10px; background: #eef; border-radius: 8px; width: max-content; max-width: 80% }
.row b { display: block; font-size: 11px }</style><div id="log"></div>"""

APPEND = """async ({ seeds, samples, burst, text }) => {
  const log = document.getElementById("log");
  const add = (...ids) => {
    log.append(...ids.map((id) => {
      const row = document.createElement("div");
      row.className = "row";
      const name = document.createElement("b");
      name.textContent = "Agent Ana";
      row.append(name, `«${id}:0» ${text}`);
      return row;
    }));
    log.scrollTop = log.scrollHeight;
  };
  let began = probe.now();
  add(...Array.from({ length: seeds }, (_, i) => `s${i}`));
  const open = (await probe.wait(`s${seeds - 1}`, 60000)) - began;
  const delays = [];
  for (let i = 0; i < samples; i += 1) {
    began = probe.now();
    add(`m${i}`);
    delays.push((await probe.wait(`m${i}`, 60000)) - began);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  began = probe.now();
  for (let i = 0; i < burst; i += 1) add(`b${i}`);
  const took = (await probe.wait(`b${burst - 1}`, 60000)) - began;
  return { open, delays, took };
}"""


def floor_dom(count: int, samples: int, burst: int, chromium: Browser) -> dict[str, Any]:
    """No server at all: a script appends elements in the page."""
    context = new_context(chromium)
    page = context.new_page()
    page.route("http://floor.test/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto("http://floor.test/")
    probe = Probe(page)
    given = {"seeds": count, "samples": samples, "burst": burst, "text": control.LINES[0]}
    took = page.evaluate(APPEND, given)
    result = {
        "open_ms": round(took["open"]),
        "lone": summary(took["delays"]),
        "burst": {"count": burst, "per_s": round(burst / took["took"] * 1000), "in_dom": burst},
        "heap_mb": round(probe.heap_mb(), 1),
        **probe.nodes(),
        "scroll": probe.scroll(120, 60),
    }
    context.close()
    return result
