#!/usr/bin/env bash
# nest-asyncio 1.6.0 (PyPI) in a kernel of ipykernel 7.4.0, as many notebooks begin; nest-asyncio2 1.7.4 beside it.
# Expected: three cells that were sent one after the other, the first of which calls asyncio.run, are all run and answered,
# as a kernel of ipykernel 6 does it.
# Seen: with nest-asyncio the cells that come while the first one runs are never run and never answered (JupyterLab shows
# [*] for ever), while the kernel goes on to take later ones; nothing is said in the notebook. With nest-asyncio2, whose
# function has the same name, all three are.
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ipykernel==7.4.0 jupyter_client==8.10.0 nest-asyncio==1.6.0 nest-asyncio2==1.7.4
"$folder/venv/bin/python" - 2>/dev/null <<'PY' | tee "$folder/seen"
import queue
import time

from jupyter_client.manager import start_new_kernel


def answered(client, cells, seconds):
    left, statuses, end = dict(cells), {}, time.monotonic() + seconds
    while left and time.monotonic() < end:
        try:
            reply = client.get_shell_msg(timeout=0.5)
        except queue.Empty:
            continue
        if name := left.pop(reply["parent_header"].get("msg_id"), None):
            statuses[name] = reply["content"]["status"]
    return statuses


for module in ("nest_asyncio", "nest_asyncio2"):
    manager, client = start_new_kernel(startup_timeout=120)
    try:
        first = f"import {module}\n{module}.apply()\nimport asyncio\nasyncio.run(asyncio.sleep(2))"
        cells = {client.execute(code): name for name, code in (("first", first), ("second", "2"), ("third", "3"))}
        seen = answered(client, cells, 20)
        seen |= answered(client, {client.execute("4"): "later"}, 60)
        print(f"{module}: answered are {', '.join(seen)}")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
PY
diff "$folder/seen" - <<'SEEN'
nest_asyncio: answered are first, later
nest_asyncio2: answered are first, second, third, later
SEEN
echo "as written above"
