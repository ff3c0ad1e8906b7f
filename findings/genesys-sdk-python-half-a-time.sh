#!/usr/bin/env bash
# Genesys' Python SDK (PyPI PureCloudPlatformClientV2 269.0.0): fields of type datetime whose text is half a time.
# Expected: an error, as for a text that is no time at all (ApiException), or None.
# Seen: what is missing is filled in from this machine's today: "10:00" is today at ten, "Jan 1" the first of this year; a
# text without an offset is a datetime without a zone, which cannot be compared with the others; milliseconds since 1970 are a
# TypeError, which `except ApiException` does not catch.
# Fails if that changes. Needs Python 3.11 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet PureCloudPlatformClientV2==269.0.0
HOME="$folder" "$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import datetime
import json

import PureCloudPlatformClientV2 as sdk

client = sdk.ApiClient("http://127.0.0.1:1")


class Answer:
    def __init__(self, body):
        self.data = json.dumps(body)

    def getheader(self, name):
        return "application/json"


def read(time):
    try:
        return client.deserialize(Answer({"timestamp": time}), "MessageData").timestamp
    except Exception as error:
        return type(error).__name__


today = datetime.datetime.now()
print("10:00 is today's:", read("10:00") in {today.replace(hour=10, minute=0, second=0, microsecond=0)})
print("Jan 1 is this year's:", read("Jan 1") == datetime.datetime(today.year, 1, 1))
print("without an offset:", read("2026-01-01T10:00:00").tzinfo)
print("with one:", read("2026-01-01T10:00:00.123456789+0200").utcoffset())
print("milliseconds:", read(1767261600000))
print("no time:", read("soon"))
PY
diff "$folder/seen" - <<'SEEN'
10:00 is today's: True
Jan 1 is this year's: True
without an offset: None
with one: 2:00:00
milliseconds: TypeError
no time: ApiException
SEEN
echo "as written above"
