#!/usr/bin/env bash
# Microsoft's Bot Framework schema (PyPI botbuilder-schema 4.17.1): one activity of a .transcript, read and written again.
# Expected: the activity as it was; what this release does not know is kept, as its additional_properties promise.
# Seen: localTimestamp, which exists to keep the sender's own offset, is written in UTC; times of .NET (seven digits) lose the
# last one; a time without a zone becomes UTC; a field that is not known is read into additional_properties and not written.
# Fails if that changes. Needs Python 3.11 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet botbuilder-schema==4.17.1
"$folder/venv/bin/python" - <<'PY' 2>/dev/null | tee "$folder/seen"
from botbuilder.schema import Activity

read = Activity.deserialize({
    "type": "message",
    "timestamp": "2026-01-01T10:00:00.1234567Z",
    "localTimestamp": "2026-01-01T12:00:00.000+02:00",
    "expiration": "2026-01-01T10:00:00",
    "fieldOfTomorrow": 1,
})
print("read:", read.local_timestamp.isoformat(), read.additional_properties)
written = read.serialize()
for name in ("timestamp", "localTimestamp", "expiration", "fieldOfTomorrow"):
    print(f"{name}:", written.get(name))
PY
diff "$folder/seen" - <<'SEEN'
read: 2026-01-01T12:00:00+02:00 {'fieldOfTomorrow': 1}
timestamp: 2026-01-01T10:00:00.123456Z
localTimestamp: 2026-01-01T10:00:00.000Z
expiration: 2026-01-01T10:00:00.000Z
fieldOfTomorrow: None
SEEN
echo "as written above"
