#!/usr/bin/env bash
# Genesys' Python SDK (PyPI PureCloudPlatformClientV2 269.0.0): content of type RichLink in a conversation's message.
# Expected: the link, as the type RichLink is among the values that contentType may have.
# Seen: ConversationMessageContent has no field for it, so the title and the address are gone while the type still says
# RichLink; an object that is read and written again has nothing but the type. Of what this release does not know
# ("Pdf" as a kind of file) the name is replaced, and the replacement is what is written back to the server.
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
    data = json.dumps({
        "normalizedMessage": {
            "type": "Structured",
            "content": [
                {"contentType": "RichLink", "richLink": {"title": "Terms", "url": "https://example.com/terms"}},
                {"contentType": "Attachment", "attachment": {"mediaType": "Pdf", "url": "https://example.com/a.pdf"}},
            ],
        },
    })

    def getheader(self, name):
        return "application/json"


message = client.deserialize(Answer(), "MessageData")
for content in client.sanitize_for_serialization(message)["normalizedMessage"]["content"]:
    print(json.dumps(content))
PY
diff "$folder/seen" - <<'SEEN'
{"contentType": "RichLink"}
{"contentType": "Attachment", "attachment": {"mediaType": "outdated_sdk_version", "url": "https://example.com/a.pdf"}}
SEEN
echo "as written above"
