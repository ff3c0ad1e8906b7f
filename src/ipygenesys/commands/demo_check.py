"""`ipygenesys demo --check`: executes the quickstart headless and says what happened."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipygenesys.commands import demo

if TYPE_CHECKING:
    from nbclient import NotebookClient

CELL_LIMIT_S = 120


def check() -> int:
    """Execute the quickstart without a browser and say what happened."""
    try:
        demo.require("nbclient", "aiohttp", "ipykernel")
        with demo.state_folder() as environment:
            # The kernel is a child of this process and reads the same variables.
            os.environ.update(environment)
            with tempfile.TemporaryDirectory() as workplace:
                return asyncio.run(execute(demo.notebooks() / demo.QUICKSTART, Path(workplace)))
    except demo.DemoError as error:
        print(error, file=sys.stderr)
        return 1


PROBE = """\
if "chat" in globals():
    import json
    print(json.dumps({
        "status": chat.status, "unread": chat.unread_count, "typing": len(chat.typing),
        "own": sum(m.is_own for m in chat.messages), "theirs": sum(not m.is_own for m in chat.messages)}))
"""
"""Reads what is public; counts only, because the words of a conversation are not ours to print."""
CLOSE = 'if "chat" in globals():\n    chat.close()\n'
"""The notebook leaves that to its reader, so that "Run All" ends with a conversation that lives."""


async def execute(path: Path, workplace: Path) -> int:
    """Run every cell as a user would, and look at the chat after each."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_LIMIT_S,
        store_widget_state=False,
        # The kernel's own warnings are about Jupyter, not about what is checked here.
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(workplace)}},
    )
    seen: list[dict[str, Any]] = []
    print(f"{path.name}: {len(notebook.cells)} cells")
    async with client.async_setup_kernel():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            started = time.perf_counter()
            try:
                await client.async_execute_cell(cell, index)
            except CellExecutionError as error:
                print(f"cell {index + 1} failed: {error.ename}: {error.evalue}")
                return 1
            seconds = time.perf_counter() - started
            state = await probed(client, PROBE)
            seen += [state] if state else []
            print(f"cell {index + 1}: {seconds:5.2f} s  {described(state)}", flush=True)
        state = await probed(client, CLOSE + PROBE)
        seen += [state] if state else []
        print(f"close:          {described(state)}")
    return verdict(seen)


async def probed(client: NotebookClient, code: str) -> dict[str, Any]:
    """Look at the chat in the kernel."""
    import nbformat

    cell = nbformat.v4.new_code_cell(code)
    await client.async_execute_cell(cell, 0, store_history=False)
    return state_in(cell)


def state_in(probe: Any) -> dict[str, Any]:
    printed = "".join(output.get("text", "") for output in probe.outputs if output.get("name") == "stdout")
    state: dict[str, Any] = json.loads(printed) if printed.strip() else {}
    return state


def described(state: dict[str, Any]) -> str:
    if not state:
        return "no chat yet"
    return f"{state['status']}, {state['own']} sent, {state['theirs']} received, {state['unread']} unread"


def verdict(seen: list[dict[str, Any]]) -> int:
    """What must have happened for the demo to be worth showing."""
    problems = [
        problem
        for problem, is_so in (
            ("the chat never connected", not any(state["status"] == "connected" for state in seen)),
            ("nothing was sent", not any(state["own"] for state in seen)),
            ("no answer came", not any(state["theirs"] for state in seen)),
            ("the chat was not closed", not seen or seen[-1]["status"] != "closed"),
        )
        if is_so
    ]
    states = list(dict.fromkeys(state["status"] for state in seen))
    print(f"states: {' → '.join(states) or 'none'}")
    print("FAILED: " + ", ".join(problems) if problems else "ok")
    return 1 if problems else 0
