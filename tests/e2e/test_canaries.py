"""A saved notebook, its export, the logs and every repr hold no secret, no token and no message text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.e2e.conftest import OpenNotebook, Servers
from tests.e2e.pages import new_context, write_notebook
from tests.e2e.simulator_process import SimulatorProcess

INBOUND = "canary-inbound-7f3a"
OUTBOUND = "canary-outbound-91bc"
TYPED = "canary-draft-44de"

# Tokens and addresses are caught where they leave the process: the simulator's own log does not keep it.
PREPARE = """\
import logging, os
os.environ.update({environment!r})
logging.basicConfig(filename="canaries.log", level=logging.DEBUG, force=True)
logging.getLogger().setLevel(logging.DEBUG)
import httpx
tokens, addresses = set(), set()
_send = httpx.AsyncClient.send
async def send(self, request, **options):
    tokens.add(request.headers.get("authorization", ""))
    addresses.add(request.url.raw_path.decode())
    return await _send(self, request, **options)
httpx.AsyncClient.send = send"""

CELL = """\
import os
import ipygenesys as ig
protocol = ig.MessagingEvents(
    environment="us-east-1", base_url=os.environ["SIMULATOR"], conversation_id=os.environ["CONVERSATION"],
    credentials=ig.ClientCredentials.from_env())
chat = ig.Chat(protocol)
events = []
chat.on_event(events.append)
chat"""

SHOW_ALL = """\
delivery = chat.send({outbound!r})
delivery.wait(timeout=45)
try:
    bad = ig.Chat(ig.MessagingEvents(environment="us-east-1", base_url=os.environ["SIMULATOR"],
        conversation_id="nowhere", credentials=ig.ClientCredentials("x", os.environ["GENESYS_CLIENT_SECRET"])))
    bad.wait_for_message(timeout=5)
    error = None
except Exception as e:
    error = e
things = [chat, protocol, protocol.credentials, delivery, chat.messages, *chat.messages, *events, chat.counters, error,
          chat.get_state(), vars(chat).keys(), repr(chat._gateway), repr(chat._views)]
print("\\n".join(repr(thing) for thing in things))
print(error)"""


def test_nothing_that_is_kept_holds_a_secret_a_token_or_a_message(
    open_notebook: OpenNotebook, simulator: SimulatorProcess, tmp_path: Path
) -> None:
    notebook = open_notebook("jupyterlab", [CELL])
    environment = {
        "GENESYS_CLIENT_ID": simulator["client_id"],
        "GENESYS_CLIENT_SECRET": simulator["client_secret"],
        "SIMULATOR": simulator["base_url"],
        "CONVERSATION": simulator["conversation_id"],
    }
    notebook.execute(PREPARE.format(environment=environment))
    notebook.run_cell(0)
    simulator.wait_for(lambda log: log.connections_of("authenticated"), "an authenticated stream")
    simulator.agent_says(INBOUND)
    notebook.chat.expect_message(INBOUND, "read")
    reprs = notebook.execute(SHOW_ALL.format(outbound=OUTBOUND))
    notebook.chat.expect_message(OUTBOUND)
    notebook.chat.type(TYPED)
    simulator.wait_for(lambda log: True in log.typing, "typing")
    simulator.fault("drop", code=4001)
    simulator.agent_says(INBOUND + " again")
    notebook.chat.expect_message(INBOUND + " again", "read")
    tokens = notebook.execute("print(*{t.split()[-1] for t in tokens if t.startswith('Bearer')})").split()
    addresses = notebook.execute("print(*addresses)").split()
    assert tokens and addresses, "the test must know what it looks for"

    # As if the user had switched on the saving of widget state.
    notebook.page.evaluate(
        "() => window.jupyterapp.commands.execute('@jupyter-widgets/jupyterlab-manager:saveWidgetState').then(() => undefined)"
    )
    notebook.save()
    folder = notebook.server.folder
    saved = (folder / notebook.name).read_text("utf-8")
    assert "application/vnd.jupyter.widget-view+json" in saved
    kept = {
        "saved notebook": saved,
        "export": export(folder / notebook.name, tmp_path),
        "log at DEBUG": (folder / "canaries.log").read_text("utf-8"),
        "reprs": reprs,
        "server log": notebook.server.log.read_text("utf-8"),
    }
    assert "ipygenesys" in kept["log at DEBUG"], "the log must have recorded something"
    forbidden = {
        "the secret": simulator["client_secret"],
        **{f"token {number}": token for number, token in enumerate(tokens)},
        **{f"address {number}": address for number, address in enumerate(addresses)},
        "an inbound text": INBOUND,
        "an outbound text": OUTBOUND,
        "a draft": TYPED,
    }
    found = [
        f"{what} in {where}"
        for where, text in kept.items()
        for what, word in forbidden.items()
        if word in text
    ]
    assert not found


def export(path: Path, folder: Path) -> str:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "nbconvert",
            "--to",
            "html",
            str(path),
            "--output-dir",
            str(folder),
            "--output=export",
        ],
        check=True,
        capture_output=True,
        timeout=90,
    )
    return (folder / "export.html").read_text("utf-8")


def test_an_export_shown_in_a_browser_marks_nothing_read(
    servers: Servers, browser: Browser, simulator: SimulatorProcess, tmp_path: Path
) -> None:
    # Executed headless, with its widget state, and then opened by a reader.
    folder = servers["jupyterlab"].folder
    cell = CELL.replace('os.environ["SIMULATOR"]', repr(simulator["base_url"]))
    cell = cell.replace('os.environ["CONVERSATION"]', repr(simulator["conversation_id"]))
    cell = cell.replace(
        "ig.ClientCredentials.from_env()", "ig.ClientCredentials(*open('canary.txt').read().split())"
    )
    (folder / "canary.txt").write_text(f"{simulator['client_id']} {simulator['client_secret']}", "utf-8")
    name = write_notebook(
        servers["jupyterlab"], "canary-export.ipynb", [cell, "chat.connect(); chat.send('hi').wait(45)"]
    )
    simulator.agent_says(INBOUND)
    executed = tmp_path / "executed.ipynb"
    subprocess.run(
        [
            *(sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", str(folder / name)),
            f"--output={executed}",
        ],
        check=True,
        capture_output=True,
        timeout=90,
    )
    html = export(executed, tmp_path)
    assert INBOUND not in html + executed.read_text("utf-8")
    assert simulator["client_secret"] not in html + executed.read_text("utf-8")
    context = new_context(browser)
    reader = context.new_page()
    # The export names script hosts on the internet; a reader without them sees the page all the same.
    context.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
    reader.goto(f"file://{tmp_path / 'export.html'}")
    reader.wait_for_timeout(2_000)
    context.close()

    assert simulator.truth().read_ids == []
