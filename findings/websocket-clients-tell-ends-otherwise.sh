#!/usr/bin/env bash
# aiohttp 3.14.5, httpx-ws 0.9.0, picows 2.3.1, websocket-client 1.9.2 and websockets 17.4 (PyPI), and one server that ends a
# conversation in three ways: with a code of its own (4017), with a close frame without a code, and by a cut line.
# Expected: as RFC 6455, 7.1.5, has it: 4017, 1005 and 1006; whoever decides whether a session is over or goes on tells by that.
# Seen: where no code was sent aiohttp says 1000, as after a peaceful end, and picows 0; websocket-client says the same of that and of a
# cut line; httpx-ws has no code for the cut, but another error; a loop over aiohttp's messages ends alike in all three, and
# the reason that the server gave is not to be had after it. Websockets alone says what the RFC does.
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet aiohttp==3.14.5 httpx==0.28.1 httpx-ws==0.9.0 picows==2.3.1 websocket-client==1.9.2 websockets==17.4
"$folder/venv/bin/python" - <<'PY' 2>/dev/null | tee "$folder/seen"
import asyncio

import aiohttp
import httpx
import websocket
import websockets
from httpx_ws import aconnect_ws
from picows import WSListener, WSMsgType, ws_connect

EMPTY_CLOSE = b"\x88\x00"


async def answer(socket):
    match socket.request.path:
        case "/code":
            await socket.close(4017, "signed in elsewhere")
        case "/none":
            socket.transport.write(EMPTY_CLOSE)
            await socket.wait_closed()
        case "/cut":
            socket.transport.close()


async def with_aiohttp(url):
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        async for _ in socket:
            pass
        return socket.close_code, getattr(socket, "close_reason", "(not kept)")


async def with_httpx_ws(url):
    async with httpx.AsyncClient() as client, aconnect_ws(url, client) as socket:
        try:
            await socket.receive_text()
        except Exception as error:
            return getattr(error, "code", type(error).__name__), getattr(error, "reason", "")


async def with_picows(url):
    told = []

    class Listener(WSListener):
        def on_ws_frame(self, transport, frame):
            if frame.msg_type == WSMsgType.CLOSE:
                told.append((frame.get_close_code(), (frame.get_close_message() or b"").decode()))
                transport.disconnect()

    transport, _ = await ws_connect(Listener, url)
    await transport.wait_disconnected()
    return told[0] if told else ("no close", "")


async def with_websocket_client(url):
    told = []
    app = websocket.WebSocketApp(url, on_close=lambda _, code, reason: told.append((code, reason)))
    await asyncio.to_thread(app.run_forever)
    return told[0]


async def with_websockets(url):
    async with websockets.connect(url) as socket:
        await socket.wait_closed()
        return socket.close_code, socket.close_reason


async def main():
    server = await websockets.serve(answer, "127.0.0.1", 0)
    address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
    for path in ("code", "none", "cut"):
        for client in (with_aiohttp, with_httpx_ws, with_picows, with_websocket_client, with_websockets):
            code, reason = await asyncio.wait_for(client(f"ws://{address}/{path}"), 20)
            print(f"{path}, {client.__name__[5:]}:", int(code) if isinstance(code, int) else code, reason or "-")


asyncio.run(main())
PY
diff "$folder/seen" - <<'SEEN'
code, aiohttp: 4017 (not kept)
code, httpx_ws: 4017 signed in elsewhere
code, picows: 4017 signed in elsewhere
code, websocket_client: 4017 signed in elsewhere
code, websockets: 4017 signed in elsewhere
none, aiohttp: 1000 (not kept)
none, httpx_ws: 1005 -
none, picows: 0 -
none, websocket_client: None -
none, websockets: 1005 -
cut, aiohttp: 1006 (not kept)
cut, httpx_ws: WebSocketNetworkError -
cut, picows: no close -
cut, websocket_client: None -
cut, websockets: 1006 -
SEEN
echo "as written above"
