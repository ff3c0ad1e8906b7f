"""`poe peers`: other chat UIs and the floors beside this widget, in one run, each from a Python environment of its own."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser

from ipygenesys.commands import demo
from tests.benchmarks import cells, control, machine, report
from tests.benchmarks.floor_dom import floor_dom
from tests.benchmarks.page import Control, Probe, browser, new_context
from tests.benchmarks.peer_environment import binary, prepare, versions
from tests.e2e.pages import NotebookPage, write_notebook
from tests.e2e.servers import running
from tests.tools.paths import ARTIFACTS, ROOT

APPS = Path(__file__).with_name("peer_apps")
SIZES = (100, 1_000, 5_000)
TIME_S = 840.0
"""For all runs together; what has not begun by then is named as not run."""
START_S = 60.0
PATIENCE_S = 60.0
"""For the opening of one chat."""
LONE_S = 12.0
BURST_S = 15.0

Kind = Literal["page", "app", "notebook", "file"]


@dataclass(frozen=True)
class Peer:
    """One chat UI and how it is started."""

    kind: Kind
    command: Callable[[int], list[str]] = lambda _port: []
    """Of an app, below the environment's ``bin``."""
    path: str = "/"
    cells: Callable[[int, int], list[str]] = cells.ours


def script(name: str) -> Callable[[int], list[str]]:
    return lambda _port: ["python", str(APPS / name)]


def panel(port: int) -> list[str]:
    line = ["panel", "serve", str(APPS / "panel_feed.py"), "--address", "127.0.0.1", "--port", str(port)]
    return [*line, "--allow-websocket-origin", "*", "--log-level", "error"]


def streamlit(port: int) -> list[str]:
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    flags = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return ["streamlit", "run", str(APPS / "streamlit_chat.py"), *flags]


PEERS: dict[str, Peer] = {
    "ipygenesys": Peer("notebook"),
    "floor_comm": Peer("notebook", cells=cells.floor),
    "floor_ws": Peer("app", script("floor_ws.py")),
    "floor_dom": Peer("page"),
    "jupyterlab_chat": Peer("file"),
    "shinychat": Peer("app", script("shiny_chat.py")),
    "nicegui": Peer("app", script("nicegui_chat.py")),
    "gradio": Peer("app", script("gradio_chat.py")),
    "streamlit": Peer("app", streamlit),
    "panel": Peer("app", panel, path="/panel_feed"),
}


# --- starting and opening ---------------------------------------------------------------------------------


def variables(count: int, port: int, control_port: int) -> dict[str, str]:
    return {
        "BENCH_N": str(count),
        "BENCH_PORT": str(port),
        "BENCH_CONTROL": str(control_port),
        # This checkout comes first, wherever the environment was made.
        "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
    }


@contextlib.contextmanager
def opened(
    name: str, count: int, chromium: Browser, log: Path
) -> Iterator[tuple[Probe, Control, float | None]]:
    """A peer with so many messages, shown in a page; and how long that took, in ms."""
    peer, port, control_port = PEERS[name], demo.free_port(), demo.free_port()
    environment = variables(count, port, control_port)
    with contextlib.ExitStack() as life:
        folder = Path(life.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        if peer.kind == "app":
            yield life.enter_context(_app(peer, port, environment, count, chromium, folder, log))
            return
        if peer.kind == "file":
            (folder / "bench.chat").write_text(chat_file(count), "utf-8")
            settings = folder / "settings"
            enable_extension(settings, "tests.benchmarks.peer_apps.jupyterlab_chat")
            environment["JUPYTER_CONFIG_PATH"] = str(settings)
        server = life.enter_context(
            running("jupyterlab", folder, log, python=binary("python"), variables=environment)
        )
        context = new_context(chromium)
        life.callback(context.close)
        driver = Control(control_port)
        if peer.kind == "file":
            probe = Probe(context.new_page())
            yield probe, driver, visit(probe, server.page_url("bench.chat", "bench"), count)
            return
        notebook = NotebookPage(context, server)
        notebook.open(write_notebook(server, "bench.ipynb", peer.cells(count, control_port)))
        probe = Probe(notebook.page)
        notebook.run_cell(0)
        notebook.run_cell(1)
        painted = probe.wait(f"s{count - 1}", PATIENCE_S)
        yield probe, driver, painted and painted - driver.state()["shown_at_ms"]


@contextlib.contextmanager
def _app(
    peer: Peer, port: int, environment: dict[str, str], count: int, chromium: Browser, folder: Path, log: Path
) -> Iterator[tuple[Probe, Control, float | None]]:
    name, *arguments = peer.command(port)
    address = f"http://127.0.0.1:{port}{peer.path}"
    with (
        log.open("w", encoding="utf-8") as output,
        demo.child([binary(name), *arguments], folder, environment, output),
    ):
        wait_until(lambda: is_listening(port), START_S)
        # The first visit pays for the peer's imports.
        first = new_context(chromium)
        could_open = visit(Probe(first.new_page()), address, count) is not None
        first.close()
        if not could_open:
            yield Probe(new_context(chromium).new_page()), Control(int(environment["BENCH_CONTROL"])), None
            return
        context = new_context(chromium)
        probe, driver = Probe(context.new_page()), Control(int(environment["BENCH_CONTROL"]))
        took = visit(probe, address, count)
        wait_until(lambda: bool(driver.state()["is_ready"]), START_S)
        yield probe, driver, took
        context.close()


def visit(probe: Probe, address: str, count: int) -> float | None:
    """From the navigation to the paint of the newest message, in ms."""
    probe.page.goto(address, wait_until="commit", timeout=PATIENCE_S * 1000)
    painted = probe.wait(f"s{count - 1}", PATIENCE_S)
    began: float = probe.page.evaluate("probe.now() - performance.now()")
    return None if painted is None else painted - began


def is_listening(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


def wait_until(is_so: Callable[[], bool], limit_s: float) -> None:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if is_so():
                return
        time.sleep(0.1)
    raise TimeoutError(f"not ready within {limit_s:.0f} s")


def enable_extension(settings: Path, module: str) -> None:
    """Have Jupyter Server load it, whatever its command line says of others."""
    file = settings / "jupyter_server_config.d" / "bench.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"ServerApp": {"jpserver_extensions": {module: True}}}), "utf-8")


def chat_file(count: int) -> str:
    """What jupyterlab-chat keeps on disk."""
    began = time.time() - count
    messages = [
        {"body": text, "id": f"s{i}", "time": began + i, "sender": user, "type": "msg", "raw_time": False}
        for i, (user, text) in enumerate(control.seeds(count))
    ]
    users = {
        user: {"username": user, "name": user, "display_name": user, "initials": user[0]}
        for user in control.USERS
    }
    return json.dumps({"messages": messages, "users": users, "attachments": {}, "metadata": {}})


# --- measuring --------------------------------------------------------------------------------------------


def run(name: str, count: int, samples: int, burst: int, chromium: Browser, logs: Path) -> dict[str, Any]:
    result: dict[str, Any] = {"peer": name, "count": count, "load_before": machine.load()}
    try:
        if PEERS[name].kind == "page":
            return result | floor_dom(count, samples, burst, chromium)
        with opened(name, count, chromium, logs / f"{name}-{count}.log") as (probe, driver, took):
            if took is None:
                return result | {"error": f"the messages were not shown within {PATIENCE_S:.0f} s"}
            time.sleep(1.5)
            result |= {"open_ms": round(took), "heap_mb": round(probe.heap_mb(), 1), **probe.nodes()}
            result["lone"] = lone = probe.lone_messages(driver, samples, warm_up=5, limit_s=LONE_S)
            if "error" in lone:
                return result | lone
            few = min(burst, max(10, int(BURST_S * 1000 / lone["p50_ms"])))
            result["burst"] = probe.burst(driver, few, limit_s=3 * BURST_S)
            result["scroll"] = probe.scroll(120, 60)
    except Exception as error:  # A peer that fails is a result too; the others go on.
        result["error"] = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", nargs="*", default=list(PEERS), help=f"of {', '.join(PEERS)}")
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES), help="messages held")
    parser.add_argument("--count", type=int, default=60, help="lone messages")
    parser.add_argument("--burst", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=TIME_S / 60, help="begin nothing after this long")
    parser.add_argument("--resume", action="store_true", help="keep what the last run has measured")
    parser.add_argument("--write", action="store_true", help="renew RESULTS.md")
    options = parser.parse_args(arguments)
    prepare()
    end = time.monotonic() + 60 * options.minutes
    logs = ARTIFACTS / "peers"
    logs.mkdir(parents=True, exist_ok=True)
    about = machine.about()
    about["versions"] |= versions()
    known = report.load_results(report.PEERS) if options.resume else None
    runs = [each for each in (known or {}).get("runs", []) if "error" not in each]
    done = {(each["peer"], each["count"]) for each in runs}
    missing = []
    with browser() as chromium:
        about["chromium"] = chromium.version
        for count in options.sizes:
            for name in options.peers:
                if (name, count) in done:
                    continue
                if (
                    fewer := next((each for each in runs if each["peer"] == name and "error" in each), None)
                ) is not None:
                    error = f"not tried: with {fewer['count']:,} already {fewer['error']}"
                    runs.append({"peer": name, "count": count, "error": error})
                    continue
                if time.monotonic() > end:
                    missing.append(f"{name} with {count:,}")
                    continue
                runs.append(run(name, count, options.count, options.burst, chromium, logs))
                print(json.dumps(runs[-1]), flush=True)
                about["load_after"] = machine.load()
                results = {"about": about, "runs": runs, "not_run": missing}
                report.PEERS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    results = {"about": about, "runs": runs, "not_run": missing}
    report.PEERS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(report.peers_tables(results))
    if options.write:
        report.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
