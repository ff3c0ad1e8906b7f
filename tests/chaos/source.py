"""A server of the tutorial's contract that does one thing: send events as fast as it is told to, in its own process.

The simulator plays a conversation; this only measures. Each event has its own moment, evenly spaced, and goes out then
whether the client keeps up or not; how late the source itself was is told too. What it has sent as messages, its
history has.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

CONVERSATION = "flood"
API = "/api/v2/conversations/messaging"
TICK_S = 0.001
"""Between two looks at what is due: at 5,000 events/s that is five at a time."""
MIX = ("typing",) * 350 + ("receipt",) * 110 + ("repeat",) * 39 + ("message",)
"""Of 500 events. Messages are kept for good, at about 1 kB each: at 5,000 events/s ten new ones a second are 6,000 in
ten minutes, a long conversation; the rest is what must leave nothing behind."""


@dataclass
class Source:
    """What is sent, and what has been sent."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    opened: int = 0
    padding: str = ""
    """In each frame, where nobody looks for it."""
    calls: int = 0
    """Of REST."""
    closed_by_client: list[int | None] = field(default_factory=list)

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [
                web.post("/oauth/token", self.token),
                web.get(f"{API}/events", self.events),
                web.get(f"{API}/conversations/{CONVERSATION}/messages", self.history),
                web.post("/flood", self.flood),
                web.get("/state", self.state),
            ]
        )
        return application

    async def token(self, _: web.Request) -> web.Response:
        self.calls += 1
        return web.json_response({"access_token": "t", "token_type": "bearer", "expires_in": 86400})

    async def events(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        self.sockets.append(socket)
        self.opened += 1
        try:
            async for frame in socket:
                if frame.type == WSMsgType.ERROR:
                    break
        finally:
            self.sockets.remove(socket)
            self.closed_by_client.append(socket.close_code)
        return socket

    async def history(self, request: web.Request) -> web.Response:
        self.calls += 1
        limit, after = int(request.query["limit"]), request.query.get("after")
        messages = self.messages
        if after is not None:
            first = int(after.removeprefix("m"))
            page, has_more = messages[first : first + limit], len(messages) > first + limit
        elif (before := request.query.get("before")) is not None:
            last = int(before.removeprefix("m")) - 1
            page, has_more = messages[max(last - limit, 0) : last], last > limit
        else:
            page, has_more = messages[-limit:], len(messages) > limit
        return web.json_response({"messages": page, "has_more": has_more})

    async def flood(self, request: web.Request) -> web.Response:
        """Send ``rate`` events a second for ``seconds``; ``mix`` is "busy" or "messages", ``padding`` bytes more in each."""
        order = await request.json()
        self.padding = "x" * order["padding"]
        mix = MIX if order["mix"] == "busy" else ("message",)
        rate, count = order["rate"], round(order["rate"] * order["seconds"])
        late: list[float] = []
        number, begun = 0, time.perf_counter()
        while number < count:
            late.append(time.perf_counter() - begun - number / rate)
            due = min(int((time.perf_counter() - begun) * rate) + 1, count)
            for _ in range(due - number):
                await self.send(mix[self.sent % len(mix)])
            number = due
            await asyncio.sleep(TICK_S)
        late.sort()
        return web.json_response({"late_p99_s": late[len(late) * 99 // 100], "late_max_s": late[-1]})

    async def send(self, kind: str) -> None:
        self.sent += 1
        frame = self.frame(kind)
        for socket in list(self.sockets):
            try:
                await socket.send_str(frame)
            except ConnectionError:
                pass

    def frame(self, kind: str) -> str:
        number = len(self.messages)
        common = {"conversation_id": CONVERSATION, "participant_id": f"p{self.sent % 20}"}
        if kind == "typing":
            return json.dumps({"event_type": "typing", **common, "payload": {"typing": self.sent % 3 > 0}})
        if kind == "receipt":
            id_ = f"m{max(number - self.sent % 50, 1)}"
            return json.dumps(
                {"event_type": "receipt", **common, "message_id": id_, "payload": {"status": "delivered"}}
            )
        if kind == "message" or not self.messages:
            number += 1
            stamp = time.time()
            message = {
                "text": f"{stamp!r} {'.' * 150}",
                "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(stamp))
                + f".{round(stamp % 1 * 999):03}Z",
                "direction": "outbound",
                "sender": {"name": "Ann", "role": "agent"},
                "sequence": number,
            }
            self.messages.append({"id": f"m{number}", **message})
        message = self.messages[-1]
        payload = {name: value for name, value in message.items() if name != "id"}
        return json.dumps(
            {
                "event_type": "message",
                **common,
                "message_id": message["id"],
                "payload": payload,
                "padding": self.padding,
            }
        )

    async def state(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "messages": len(self.messages),
                "sent": self.sent,
                "opened": self.opened,
                "calls": self.calls,
                "closed": self.closed_by_client,
            }
        )


async def serve() -> None:
    runner = web.AppRunner(Source().application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.to_thread(sys.stdin.read)  # Until whoever started it is gone.
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
