"""`poe bench`: this widget in JupyterLab and Voilà, with 100 to 100,000 messages in the conversation."""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from ipygenesys.commands import demo
from tests.benchmarks import cells, latency, machine, report
from tests.benchmarks.page import Control, Probe, browser, new_context
from tests.e2e.pages import NotebookPage, write_notebook
from tests.e2e.servers import Server, running
from tests.e2e.sides import EVENTS
from tests.e2e.simulator_process import SimulatorProcess
from tests.tools.paths import ARTIFACTS, SOURCE

SIZES = (100, 1_000, 10_000, 100_000)
LIMIT_S = 60.0
TIME_S = 540.0
"""For all cases together; what has not begun by then is named as not run."""
OURS = ".ipg-root"

# What the list shows, from the top: each message's place in the conversation, and its stamp.
SHOWN = """() => [...document.querySelectorAll('.ipg-root article')].map(row =>
  [Number(row.ariaPosInSet), /«(\\w+):/.exec(row.textContent)?.[1]])"""

# What the button says of unread messages above, and how many are in the page.
UNREAD = """() => [document.querySelector('.ipg-jump-up .ipg-count')?.textContent ?? '0',
  document.querySelectorAll('.ipg-root article[data-status="unread"]').length]"""


def is_in_order(page: Probe, total: int, last: str) -> bool:
    """Whether the end of the list is the end of the conversation, without a hole and without a swap."""
    shown: list[tuple[int, str]] = page.page.evaluate(SHOWN)
    count = int(last[1:])
    expected = [(total - back, f"m{count - back}") for back in reversed(range(min(len(shown), count)))]
    return [tuple(row) for row in shown[-len(expected) :]] == expected


def is_unread_right(page: Probe, unread: int) -> bool:
    """Whether the button counts what the kernel counts, those in the page aside; above so many it says "99+"."""
    label, in_page = page.page.evaluate(UNREAD)
    if label.endswith("+"):
        return bool(unread > int(label[:-1]))
    return bool(int(label) <= unread <= int(label) + in_page)


def measure(page: Probe, control: Control, options: argparse.Namespace) -> dict[str, Any]:
    """What every chat is measured for, once it is shown."""
    result: dict[str, Any] = {}
    result["lone"] = page.lone_messages(control, options.count, warm_up=5, limit_s=LIMIT_S)
    if not options.burst or "error" in result["lone"]:
        return result
    result["burst"] = page.burst(control, options.burst, limit_s=LIMIT_S)
    result["scroll"] = page.scroll(120, 60)
    result["fast_scroll"] = page.scroll(300, 180)
    return result


def in_lab(
    server: Server, browser: Browser, name: str, count: int, options: argparse.Namespace
) -> dict[str, Any]:
    port = demo.free_port()
    make = cells.ours if name == "ours" else cells.floor
    notebook = NotebookPage(new_context(browser), server)
    notebook.open(write_notebook(server, f"{name}-{count}.ipynb", make(count, port)))
    page, control = Probe(notebook.page), Control(port)
    notebook.run_cell(0)
    empty = page.heap_mb()
    notebook.run_cell(1)
    result = opening(page, control, count)
    time.sleep(1)
    result["heap_mb"] = round(page.heap_mb() - empty, 2)
    result |= nodes(page, name)
    result |= measure(page, control, options)
    check(result, page, control, name)
    notebook.page.context.close()
    for ending in server.end_kernels():
        ending.join()
    return result


def in_voila(
    server: Server, browser: Browser, name: str, count: int, options: argparse.Namespace
) -> dict[str, Any]:
    port = demo.free_port()
    notebook = write_notebook(server, f"{name}-{count}.ipynb", cells.ours(count, port))
    page, control = Probe(new_context(browser).new_page()), Control(port)
    page.page.goto(server.page_url(notebook, ""), timeout=LIMIT_S * 1000)
    result = opening(page, control, count)
    time.sleep(1)
    result |= nodes(page, name)
    result |= measure(page, control, options)
    check(result, page, control, name)
    page.page.context.close()
    return result


def opening(page: Probe, control: Control, count: int) -> dict[str, Any]:
    """From the line that shows the chat, imports done, to the paint of the newest message."""
    painted = page.wait(f"s{count - 1}", LIMIT_S)
    started = control.state()["shown_at_ms"]
    return {"open_ms": None if painted is None else round(painted - started, 1)}


def nodes(page: Probe, name: str) -> dict[str, Any]:
    counted = page.nodes(OURS if name == "ours" else None)
    return {"nodes": counted["nodes"], "messages_in_dom": counted["messages"]}


def check(result: dict[str, Any], page: Probe, control: Control, name: str) -> None:
    """Speed that loses messages is worth nothing: after all, what is shown is what the kernel knows."""
    if name != "ours" or "burst" not in result:
        return
    page.page.locator(f"{OURS} .ipg-scroller").evaluate("list => { list.scrollTop = list.scrollHeight }")
    page.page.locator(f"{OURS} .ipg-scroller").press("End")
    page.page.wait_for_timeout(1_000)
    state = control.state()
    result["is_in_order"] = is_in_order(page, state["total"], f"m{state['number']}")
    result["is_unread_right"] = is_unread_right(page, state["unread"])
    result["total"], result["unread"] = state["total"], state["unread"]


def full_path(count: int, logs: Path, browser: Browser) -> dict[str, Any]:
    """From the simulator's send over its socket, gateway and comm to the paint: one message at a time, ten a second."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running("jupyterlab", Path(folder), logs / "full-path.log") as server,
        SimulatorProcess(logs / "simulator.log") as simulator,
    ):
        (server.folder / "at.json").write_text(json.dumps(simulator.addresses), "utf-8")
        notebook = NotebookPage(new_context(browser), server)
        notebook.open(write_notebook(server, "full-path.ipynb", [EVENTS.connect("at.json")]))
        notebook.run_cell(0)
        simulator.wait_for(lambda log: log.connections_of("authenticated"), "an authenticated stream")
        notebook.chat.region.evaluate(latency.WATCH)
        latency.measure(notebook, simulator, "warm-up", 10)
        return latency.measure(notebook, simulator, "socket to pixel", count)


def import_ms(module: str) -> float:
    """The median of five fresh interpreters."""
    code = f"import time; t = time.perf_counter(); {module}; print(time.perf_counter() - t)"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
        for _ in range(5)
    ]
    return round(statistics.median(float(run.stdout) for run in runs) * 1000)


def bundle_kb() -> float:
    files = [SOURCE / "static" / name for name in ("widget.js", "widget.css")]
    return round(sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) / 1000, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES), help="messages held")
    parser.add_argument("--hosts", nargs="+", default=["jupyterlab", "voila"])
    parser.add_argument("--count", type=int, default=100, help="lone messages")
    parser.add_argument("--burst", type=int, default=10_000)
    parser.add_argument("--write", action="store_true", help="renew RESULTS.md")
    options = parser.parse_args()
    end = time.monotonic() + TIME_S
    logs = ARTIFACTS / "bench"
    logs.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = {
        "about": machine.about(),
        "bundle_kb": bundle_kb(),
        "import_ms": {"ipygenesys": import_ms("import ipygenesys; ipygenesys.Chat")},
        "cases": [],
    }
    results["import_ms"]["anywidget"] = import_ms("import anywidget")
    with browser() as chromium:
        results["about"]["chromium"] = chromium.version
        for host in options.hosts:
            application: demo.Application = "voila" if host == "voila" else "jupyterlab"
            cases = [("ours", count) for count in options.sizes]
            if host == "jupyterlab":
                cases.insert(0, ("floor", options.sizes[0]))
            with (
                tempfile.TemporaryDirectory() as folder,
                running(application, Path(folder), logs / f"{host}.log") as server,
            ):
                for name, count in cases:
                    run = in_voila if host == "voila" else in_lab
                    smaller = argparse.Namespace(**{**vars(options), "burst": min(options.burst, 1_000)})
                    case = {"host": host, "name": name, "count": count}
                    if time.monotonic() > end:
                        results["cases"].append(case | {"error": "not run, for want of time"})
                        continue
                    try:
                        case |= run(server, chromium, name, count, smaller if name == "floor" else options)
                    except Exception as error:  # A failed case is a result too; the others go on.
                        case["error"] = f"{type(error).__name__}: {error}"[:300]
                    results["cases"].append(case)
                    print(json.dumps(case), flush=True)
        try:
            results["full_path"] = full_path(options.count, logs, chromium)
        except Exception as error:  # The cases have been measured all the same.
            results["full_path"] = {"error": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(results["full_path"]), flush=True)
    results["about"]["load_after"] = machine.load()
    report.BENCH.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(report.bench_tables(results))
    if options.write:
        report.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
