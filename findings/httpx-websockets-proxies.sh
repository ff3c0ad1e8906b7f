#!/usr/bin/env bash
# httpx 0.28.1 and websockets 17.4 (PyPI) in one program, each taking its proxy from the same environment, as both do by
# default; a client of Genesys Cloud, of which calls and events come by the two.
# Expected: https://host and wss://host are reached by the same proxy, or both without.
# Seen: ALL_PROXY counts for httpx alone; host:port without a scheme is a proxy for httpx and an error for websockets; "*"
# among others in NO_PROXY excepts everything for httpx and nothing for websockets; ".example.org" excepts example.org
# itself for websockets and not for httpx; an address with its scheme excepts for httpx alone.
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet httpx==0.28.1 websockets==17.4
"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import asyncio
import os

import httpx
import websockets

asked = []


async def proxy(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    asked.append(1)
    writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


async def way(attempt):
    asked.clear()
    try:
        await asyncio.wait_for(attempt, 20)
    except (OSError, httpx.HTTPError, websockets.WebSocketException, TimeoutError) as error:
        return "proxy" if asked else type(error).__name__ if "Proxy" in type(error).__name__ else "direct"


async def get(host):
    async with httpx.AsyncClient() as client:
        await client.get(f"https://{host}/")


async def main():
    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
    for environment in (
        {"HTTPS_PROXY": "http://{}"},
        {"ALL_PROXY": "http://{}"},
        {"HTTPS_PROXY": "{}"},
        {"HTTPS_PROXY": "http://{}", "NO_PROXY": "localhost,*"},
        {"HTTPS_PROXY": "http://{}", "NO_PROXY": ".example.invalid"},
        {"HTTPS_PROXY": "http://{}", "NO_PROXY": "https://example.invalid"},
    ):
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            del os.environ[name]
        os.environ.update({name: value.format(address) for name, value in environment.items()})
        words = " ".join(f"{name}={value}" for name, value in environment.items()).replace("{}", "host:port")
        host = "example.invalid"
        print(f"{words}: httpx {await way(get(host))}, websockets {await way(websockets.connect(f'wss://{host}/'))}")


asyncio.run(main())
PY
diff "$folder/seen" - <<'SEEN'
HTTPS_PROXY=http://host:port: httpx proxy, websockets proxy
ALL_PROXY=http://host:port: httpx proxy, websockets direct
HTTPS_PROXY=host:port: httpx proxy, websockets InvalidProxy
HTTPS_PROXY=http://host:port NO_PROXY=localhost,*: httpx direct, websockets proxy
HTTPS_PROXY=http://host:port NO_PROXY=.example.invalid: httpx proxy, websockets direct
HTTPS_PROXY=http://host:port NO_PROXY=https://example.invalid: httpx direct, websockets proxy
SEEN
echo "as written above"
