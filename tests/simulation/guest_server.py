"""A server of Genesys' Web Messaging: a model of the guest's API on virtual time."""

from __future__ import annotations

import json
import math
from typing import Any

from tests.simulation.network import BASE_URL, Connection, Reply
from tests.simulation.servers import NOT_FOUND, UNAUTHORISED, BaseServer, Json, rfc3339
from tests.simulation.truth import Said

DEPLOYMENT = "de9107ed-0000-4000-8000-000000000001"
SESSION_LIFE_S = 86_400
JWT_LIFE_S = 600.0
HEALTH_CHECK = "SGVhbHRoQ2hlY2tNZXNzYWdlSWQ="

_CONFIG: Json = {
    "id": DEPLOYMENT,
    "version": "1",
    "status": "Active",
    "apiEndpoint": BASE_URL,
    "messenger": {
        "enabled": True,
        "apps": {
            "conversations": {
                "showAgentTypingIndicator": True,
                "showUserTypingIndicator": True,
                "autoStart": {"enabled": True},
                "conversationClear": {"enabled": True},
                "conversationDisconnect": {"enabled": True, "type": "ReadOnly"},
            }
        },
        "fileUpload": {"modes": []},
    },
}


class GuestServer(BaseServer):
    """We are the guest."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.session_token: str | None = None
        self.expires_s = 0.0
        self.is_read_only = False
        self._jwts: dict[str, float] = {}
        self._budget = 2.0
        self._budget_at = 0.0
        self._extras: list[tuple[int, Json]] = []
        """Of the history, what is no message."""

    # --- the other side

    def other_says(self, text: str, *, form: str = "full") -> Said:
        said = self.say(text, is_ours=False)
        self._publish(said)
        return said

    def other_types(self, is_typing: bool) -> None:
        if is_typing:
            event = {"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}
            self._tell("StructuredMessage", self._structured("Event", "Outbound", events=[event]))

    def _publish(self, said: Said, origin: Connection | None = None, tracing_id: str | None = None) -> None:
        for connection in self._listeners():
            frame = _envelope("StructuredMessage", self._message(said))
            if connection is origin:
                frame["tracingId"] = tracing_id
            connection.say(frame)

    def _message(self, said: Said) -> Json:
        direction = "Inbound" if said.is_ours else "Outbound"
        body = self._structured("Text", direction, text=said.text)
        body |= {"id": said.id, "channel": {"time": rfc3339(said.time_ms), "type": "Private"}}
        if not said.is_ours:
            body["channel"]["from"] = {"nickname": "Agent Ann"}
            body["originatingEntity"] = "Human"
        return body

    def _structured(self, kind: str, direction: str, **parts: Any) -> Json:
        time = rfc3339(round(self.clock.true_epoch() * 1000))
        return {"id": self.new_id(), "type": kind, "direction": direction, "channel": {"time": time}, **parts}

    def _tell(self, kind: str, body: Any) -> None:
        for connection in self._listeners():
            connection.say(_envelope(kind, body))

    # --- streams

    def heard(self, connection: Connection, frame: str) -> None:
        request = json.loads(frame)
        action, tracing_id = request["action"], request.get("tracingId")
        if self.network.strikes("429") and action != "configureSession":
            body = {"retryAfter": 1, "errorCode": 429, "errorMessage": ""}
            connection.say(_answer("TooManyRequestsErrorMessage", body, tracing_id, 429), is_answer=True)
            return
        if self.network.strikes("503"):
            connection.say(_answer("string", "Request failed.", tracing_id, 503), is_answer=True)
            return
        match action:
            case "configureSession":
                self._configure(connection, request)
            case "getJwt":
                jwt = self.new_secret()
                self._jwts[jwt] = self.clock.elapsed_s + JWT_LIFE_S
                body = {"jwt": jwt, "exp": int(self.clock.true_epoch() + JWT_LIFE_S)}
                connection.say(_answer("JwtResponse", body, tracing_id), is_answer=True)
            case "echo":
                ends = {"expirationDate": str(int(self.expires_s)), "durationSeconds": str(SESSION_LIFE_S)}
                body = self._structured("Text", "Inbound", text="ping", metadata=ends)
                connection.say(_answer("StructuredMessage", body, tracing_id), is_answer=True)
            case "onMessage":
                self._on_message(connection, request["message"], tracing_id)
            case _:
                connection.say(_answer("string", "Request failed.", tracing_id, 400), is_answer=True)

    def _configure(self, connection: Connection, request: Json) -> None:
        is_new = self.session_token is None
        if is_new:
            self.session_token = request["token"]
            self.secrets.append(request["token"])
        if request["token"] != self.session_token:
            answer = _answer("string", "Session not found", request["tracingId"], 4007)
            connection.say(answer, is_answer=True)
            return
        connection.session = self.session_token
        self._touch()
        body = {
            "connected": True,
            "newSession": is_new,
            "readOnly": self.is_read_only,
            "durationSeconds": SESSION_LIFE_S,
            "expirationDate": int(self.expires_s),
        }
        connection.say(_answer("SessionResponse", body, request["tracingId"]), is_answer=True)

    def _touch(self) -> None:
        self.expires_s = self.clock.true_epoch() + SESSION_LIFE_S

    def _on_message(self, connection: Connection, message: Json, tracing_id: str) -> None:
        now = self.clock.elapsed_s
        self._budget = min(2.0, self._budget + 2.0 * (now - self._budget_at))
        self._budget_at = now
        if self._budget < 1.0:
            body = {"retryAfter": math.ceil((1.0 - self._budget) / 2.0), "errorCode": 429}
            connection.say(_answer("TooManyRequestsErrorMessage", body, tracing_id, 429), is_answer=True)
            return
        self._budget -= 1.0
        self._touch()
        if message["type"] == "Text":
            said = self.say(message["text"], is_ours=True, draft_id=tracing_id)
            if self.network.strikes("lose_answer"):
                connection = None  # type: ignore[assignment]
            self._publish(said, connection, tracing_id)
            return
        event = message["events"][0]
        if event["eventType"] == "Typing":
            self.truth.typing.append((now, True))
            return
        record = self._structured("Event", "Inbound", events=[event])
        self._extras.append((len(self.truth.messages), record))
        connection.say(_answer("StructuredMessage", record, tracing_id), is_answer=True)
        if event["presence"]["type"] == "Clear":
            self._clear()

    def _clear(self) -> None:
        """All is forgotten, and the session with it; the same token begins another one."""
        for other in self._listeners():
            other.say(_envelope("SessionClearedEvent", {}), is_answer=True)
            other.say(_envelope("ConnectionClosedEvent", {}), is_answer=True)
            other.end(1000)
        self.truth.clear()
        self._extras.clear()
        self._jwts.clear()
        self.session_token = None

    # --- REST

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Reply:
        if path.endswith("/config.json"):
            return Reply(200, _CONFIG)
        if path == "/api/v2/webmessaging/messages":
            jwt = headers.get("Authorization", "").partition(" ")[2]
            if self._jwts.get(jwt, 0.0) <= self.clock.elapsed_s:
                return UNAUTHORISED
            return self._history(int(query["pageNumber"]), min(int(query["pageSize"]), self.page_size))
        return NOT_FOUND

    def _history(self, number: int, size: int) -> Reply:
        entities = [self._message(said) for said in self.truth.messages]
        for position, record in reversed(self._extras):
            entities.insert(position, record)
        entities.reverse()
        pages = math.ceil(len(entities) / size)
        body = {
            "entities": entities[(number - 1) * size : number * size],
            "pageSize": size,
            "pageNumber": number,
            "total": len(entities),
            "pageCount": pages,
        }
        return Reply(200, body)

    def expire_tokens(self) -> None:
        self._jwts.clear()


def _envelope(kind: str, body: Any, code: int = 200) -> Json:
    return {"type": "message", "class": kind, "code": code, "body": body}


def _answer(kind: str, body: Any, tracing_id: str | None, code: int = 200) -> Json:
    return {"type": "response", "class": kind, "code": code, "body": body, "tracingId": tracing_id}
