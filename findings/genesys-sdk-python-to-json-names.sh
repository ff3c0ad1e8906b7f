#!/usr/bin/env bash
# Genesys' Python SDK (PyPI PureCloudPlatformClientV2 269.0.0): a model's to_json(), "the model as raw JSON".
# Expected: the JSON that the server has sent, or at least one that the SDK reads as the same object.
# Seen: it has the names of Python's attributes, "message_text" for messageText and "pcFrom" for from; the SDK's own reader
# makes of it an object that is empty but for the fields whose name is one word, and nothing is said. What the API takes and
# the reader understands is made by ApiClient.sanitize_for_serialization alone; its times have +00:00 and six digits.
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
    def __init__(self, text):
        self.data = text

    def getheader(self, name):
        return "application/json"


def read(text):
    return client.deserialize(Answer(text), "RecordingMessagingMessage")


sent = {"id": "m1", "from": "+15550100", "messageText": "Hello", "timestamp": "2026-01-01T10:00:00.123Z"}
message = read(json.dumps(sent))


def show(what, text):
    again = read(text)
    print(f"{what}:", json.dumps({name: value for name, value in json.loads(text).items() if value is not None}))
    print("  read again:", again.id, again.message_text, again.pcFrom)


show("to_json", message.to_json())
show("sanitize", json.dumps(client.sanitize_for_serialization(message)))
PY
diff "$folder/seen" - <<'SEEN'
to_json: {"pcFrom": "+15550100", "timestamp": "2026-01-01T10:00:00.123000+00:00", "id": "m1", "message_text": "Hello"}
  read again: m1 None None
sanitize: {"from": "+15550100", "timestamp": "2026-01-01T10:00:00.123000+00:00", "id": "m1", "messageText": "Hello"}
  read again: m1 Hello +15550100
SEEN
echo "as written above"
