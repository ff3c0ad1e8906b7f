#!/usr/bin/env bash
# PyPI genesys-notifications 1.3 (the newest), with websockets 17.4: it installs on every Python and imports from 3.10 on.
# Expected: a channel that was opened can be iterated over.
# Seen: `match` needs Python 3.10, and its loop hands a coroutine to asyncio.wait, which Python refuses since 3.11: the
# first `async for` of a channel ends in a TypeError. It can work on 3.10 alone. (With a recv that returns a task it does
# work on 3.11.)
# Fails if that changes. Needs Python 3.11 or newer; talks to 127.0.0.1 only.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet genesys-notifications==1.3 websockets==17.4 ujson==6.1.0
"$folder/venv/bin/python" -W ignore - <<'PY' | tee "$folder/seen"
import asyncio
import json
import logging

from genesys_notifications import Channel
from websockets.asyncio.server import serve

quiet = logging.getLogger("quiet")
quiet.setLevel(logging.CRITICAL)


async def answer(socket):
    async for frame in socket:
        asked = json.loads(frame)
        await socket.send(json.dumps({"result": "200", "status": "subscribed", "correlationId": asked["correlationId"]}))
        await socket.send(json.dumps({"topicName": "v2.users.1.presence", "eventBody": {"id": "1"}}))


class Tasks:
    def __init__(self, socket):
        self.socket = socket

    def recv(self):
        return asyncio.ensure_future(self.socket.recv())

    def __getattr__(self, name):
        return getattr(self.socket, name)


async def main():
    async with serve(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        channel = Channel(f"ws://127.0.0.1:{port}", ["v2.users.1.presence"], logger=quiet)
        await channel
        print("opened")
        try:
            print((await asyncio.wait_for(anext(channel), 10))["topicName"])
        except TypeError as error:
            print(type(error).__name__)
        channel._connection = Tasks(channel._connection)
        print((await asyncio.wait_for(anext(channel), 10))["topicName"])
        await channel.close()


asyncio.run(main())
PY
diff "$folder/seen" - <<'SEEN'
opened
TypeError
v2.users.1.presence
SEEN
echo "as written above"
