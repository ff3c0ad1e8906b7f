#!/usr/bin/env bash
# Genesys' Python SDK (PyPI PureCloudPlatformClientV2 269.0.0): callback=, which every call takes "for asynchronous request", with an
# answer of 200, one of 404, and a callback that fails itself.
# Expected: who asked is told of both, as of a call without it: the callback has the error, or the thread that the call returns.
# Seen: of the 404 the callback hears nothing and the thread ends like any other; the ApiException is a traceback on stderr. A program
# that waits for its callback waits for ever, and counts one open call too many. The failure of a callback goes the same way.
# Each call is a thread of its own, not of a pool, and is no daemon: the program ends when the last one has.
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet PureCloudPlatformClientV2==269.0.0
HOME="$folder" "$folder/venv/bin/python" - 2>"$folder/errors" <<'PY' | tee "$folder/seen"
import http.server
import json
import threading

import PureCloudPlatformClientV2 as sdk


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        is_known = self.path.endswith("/known")
        body = json.dumps({"id": "known"} if is_known else {"message": "not found", "status": 404, "code": "not.found"}).encode()
        self.send_response(200 if is_known else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
sdk.configuration.access_token = "a token"
api = sdk.ConversationsApi(sdk.ApiClient(host=f"http://127.0.0.1:{server.server_port}"))


def told(*answers):
    heard.append(answers[0].id)


def fails(_):
    raise LookupError("in the callback")


for name, callback in (("known", told), ("unknown", told), ("known", fails)):
    heard = []
    thread = api.get_conversation(name, callback=callback)
    joined = thread.join(30)
    print(f"{name}, {callback.__name__}: heard {heard}, joined with {joined}, daemon {thread.daemon}")
try:
    api.get_conversation("unknown")
except sdk.rest.ApiException as error:
    print("without a callback: ApiException", error.status)
server.shutdown()
PY
grep -oE "^(PureCloudPlatformClientV2.rest.ApiException|LookupError)" "$folder/errors" | sed 's/^/on stderr: /' | tee -a "$folder/seen"
diff "$folder/seen" - <<'SEEN'
known, told: heard ['known'], joined with None, daemon False
unknown, told: heard [], joined with None, daemon False
known, fails: heard [], joined with None, daemon False
without a callback: ApiException 404
on stderr: PureCloudPlatformClientV2.rest.ApiException
on stderr: LookupError
SEEN
echo "as written above"
