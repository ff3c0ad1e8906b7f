#!/usr/bin/env bash
# Genesys' Python SDK (PyPI PureCloudPlatformClientV2 269.0.0): an answer that is a list where an object belongs.
# Expected: an error, as a date that cannot be read is one.
# Seen: an object whose fields are all None, as if a message without an id, a text and a time had come; and a status that
# this release does not know is replaced by "outdated_sdk_version", so that its name cannot be had from the object.
# Fails if that changes. Needs Python 3.11 or newer; no network after the installation.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet PureCloudPlatformClientV2==269.0.0
HOME="$folder" "$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import json

import PureCloudPlatformClientV2 as sdk

client = sdk.ApiClient("http://127.0.0.1:1")


class Answer:
    def __init__(self, body):
        self.data = json.dumps(body)

    def getheader(self, name):
        return "application/json"


def read(body):
    try:
        return client.deserialize(Answer(body), "MessageData")
    except sdk.rest.ApiException as error:
        return type(error).__name__


print("list:", set(read([]).to_dict().values()))
print("new status:", read({"status": "withdrawn"}).status)
print("bad date:", read({"timestamp": "yesterday"}))
PY
diff "$folder/seen" - <<'SEEN'
list: {None}
new status: outdated_sdk_version
bad date: ApiException
SEEN
echo "as written above"
