#!/usr/bin/env bash
# websocket-client 1.9.2 (PyPI), its WebSocketApp, and a server that ends a guest's session with a close code of its own (4017, signed in
# elsewhere) or peacefully (1000), as messengers do; with reconnect= and without.
# Expected: a program is told of the end and its code in both cases, and can decide whether another connection makes sense.
# Seen: without reconnect it is, though a peaceful end is an error first; with it neither on_close nor on_error is called for any
# end that the server makes, so that the code is nowhere, and it connects again whatever the code was. What on_open does, such as to say
# which session goes on, is not done again where there is an on_reconnect.
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet websocket-client==1.9.2 websockets==17.4
"$folder/venv/bin/python" - <<'PY' 2>/dev/null | tee "$folder/seen"
import threading

import websocket
from websockets.sync.server import serve

ENDS = {"/peace": (1000, "bye"), "/elsewhere": (4017, "signed in elsewhere")}


def answer(socket):
    connections.append(socket)
    if len(connections) < 3:
        socket.close(*ENDS[socket.request.path])
    else:  # Only a client that has come back gets here.
        socket.send("still here")
        socket.recv()


server = serve(answer, "127.0.0.1", 0)
threading.Thread(target=server.serve_forever).start()
port = server.socket.getsockname()[1]
for path in ENDS:
    for options in ({}, {"reconnect": 1}):
        connections, heard = [], []
        more = {"on_reconnect": lambda _: heard.append("reconnect")} if options else {}
        app = websocket.WebSocketApp(
            f"ws://127.0.0.1:{port}{path}",
            on_open=lambda _: heard.append("open"),
            on_error=lambda _, error: heard.append(f"error {type(error).__name__}"),
            on_close=lambda _, code, reason: "still here" in heard or heard.append(f"close {code}"),
            on_message=lambda app, text: heard.append(text) or app.close(),
            **more,
        )
        app.run_forever(**options)
        print(f"{path} {options}: {len(connections)} connections, heard {', '.join(heard)}")
server.shutdown()
PY
diff "$folder/seen" - <<'SEEN'
/peace {}: 1 connections, heard open, error WebSocketConnectionClosedException, close 1000
/peace {'reconnect': 1}: 3 connections, heard open, reconnect, reconnect, still here
/elsewhere {}: 1 connections, heard open, error WebSocketConnectionClosedException, close 4017
/elsewhere {'reconnect': 1}: 3 connections, heard open, reconnect, reconnect, still here
SEEN
echo "as written above"
