#!/usr/bin/env bash
# mitmproxy 12.3.1 (PyPI) and a HAR with a messenger's socket: written by mitmproxy itself (hardump), and by Chrome.
# Expected: what mitmproxy writes, it reads: the socket with its messages (_webSocketMessages), so that mitmdump -n -r x.har
# --set hardump=y.har gives the same again; of Chrome's, the socket at ws://.
# Seen: the entry is read as an ordinary GET that was answered with 101; its messages are gone, and nothing is said. Written again, it is
# no socket any more: no _resourceType, no _webSocketMessages. Whoever keeps captures as HAR, and filters or cuts one with mitmproxy
# afterwards, has lost what was said; as .flow it stays.
# Fails if that changes. Needs Python 3.12 or newer as python3; talks to nobody after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet mitmproxy==12.3.1
cat > make.py <<'PY'
"""A flow with two messages, as mitmproxy keeps it; and an entry as Chrome's developer tools write it."""
import json

from mitmproxy import websocket
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow
from wsproto.frame_protocol import Opcode

flow = tflow.twebsocketflow(close_code=1000)
flow.websocket.messages = [
    websocket.WebSocketMessage(Opcode.TEXT, True, b'{"text":"Where is it?"}', 1767261600.25),
    websocket.WebSocketMessage(Opcode.TEXT, False, b'{"text":"It comes tomorrow."}', 1767261601.5),
]
with open("said.flow", "wb") as file:
    FlowWriter(file).add(flow)

head = {"httpVersion": "HTTP/1.1", "headers": [], "cookies": [], "headersSize": -1, "bodySize": -1}
entry = {
    "startedDateTime": "2026-01-01T10:00:00.000Z", "time": 2000.0, "cache": {}, "_resourceType": "websocket",
    "timings": {"send": 0, "wait": 1, "receive": 0},
    "request": {"method": "GET", "url": "ws://127.0.0.1/v1", "queryString": [], **head},
    "response": {
        "status": 101, "statusText": "Switching Protocols", "redirectURL": "",
        "content": {"size": 0, "mimeType": "x-unknown"}, **head,
    },
    "_webSocketMessages": [{"type": "send", "time": 1767261600.25, "opcode": 1, "data": '{"text":"Where is it?"}'}],
}
log = {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": [], "entries": [entry]}
with open("chrome.har", "w") as file:
    json.dump({"log": log}, file)
PY
cat > tell.py <<'PY'
import json
import sys

for name in sys.argv[1:]:
    for entry in json.load(open(name))["log"]["entries"]:
        messages = entry.get("_webSocketMessages", [])
        print(f"{name}: {entry.get('_resourceType')}, {entry['response']['status']}, {len(messages)} messages")
PY
venv/bin/python make.py
dump() { venv/bin/mitmdump --quiet -n --set confdir="$folder" -r "$1" --set hardump="$folder/$2"; }
dump said.flow once.har
dump once.har twice.har
dump chrome.har chrome-again.har
venv/bin/python tell.py once.har twice.har chrome.har chrome-again.har | tee seen
diff seen - <<'SEEN'
once.har: websocket, 101, 2 messages
twice.har: None, 101, 0 messages
chrome.har: websocket, 101, 1 messages
chrome-again.har: None, 101, 0 messages
SEEN
echo "as written above"
