#!/usr/bin/env bash
# har-capture 0.15.1 (PyPI), which takes personal data and secrets out of HAR files before they are sent to somebody, and a HAR of
# Chrome's of a page with a messenger: one call and one socket, in both the same token and address.
# Expected: what is taken out of the call is taken out of the socket's messages (_webSocketMessages) too, or the report says that
# they were not looked at.
# Seen: of the call nothing is left; in the socket all of it stands as it was, the guest's token, with which who has the file goes
# on with the conversation, and what was said. The report has no warning, though its own check finds the address where it is given
# the message.
# Fails if that changes. Needs Python 3.11 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet har-capture==0.15.1
"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import json

from har_capture import check_for_pii, sanitize_har

TOKEN, ADDRESS = "3f0c1c7e-6a4e-4d7f-9d54-6a1d0e3b7f11", "ann@example.org"
SAID = json.dumps({"action": "onMessage", "token": TOKEN, "message": {"type": "Text", "text": f"I am {ADDRESS}"}})


def entry(url, method, status, **more):
    return {
        "startedDateTime": "2026-01-01T10:00:00.000Z",
        "time": 1500,
        "request": {
            "method": method, "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "queryString": [],
            "headersSize": -1, "bodySize": -1, **more.pop("request", {}),
        },
        "response": {
            "status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "redirectURL": "",
            "content": {"size": 0, "mimeType": "x-unknown"}, "headersSize": -1, "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
        **more,
    }


har = {
    "log": {
        "version": "1.2",
        "creator": {"name": "WebInspector", "version": "537.36"},
        "pages": [],
        "entries": [
            entry("https://api.example.com/x", "POST", 200, request={"postData": {"mimeType": "application/json", "text": SAID}}),
            entry(
                "wss://webmessaging.example.com/v1?deploymentId=d", "GET", 101, _resourceType="websocket",
                _webSocketMessages=[{"type": "send", "time": 1767261600.5, "opcode": 1, "data": SAID}],
            ),
        ],
    }
}
cleaned, report = sanitize_har(har)
call, socket = cleaned["log"]["entries"]
for name, words in (("call", call["request"]["postData"]["text"]), ("socket", socket["_webSocketMessages"][0]["data"])):
    print(f"{name}: token {TOKEN in words}, address {ADDRESS in words}")
print("warnings:", report.warnings, "flagged:", report.flagged)
for name, part in (("call", call), ("socket", socket)):
    print(f"{name}, by its own check:", sorted({found["pattern"] for found in check_for_pii(json.dumps(part))}))
PY
diff "$folder/seen" - <<'SEEN'
call: token False, address False
socket: token True, address True
warnings: [] flagged: []
call, by its own check: []
socket, by its own check: ['email']
SEEN
echo "as written above"
