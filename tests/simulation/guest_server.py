"""A server of Genesys' Web Messaging: a model of the guest's API on virtual time."""

from __future__ import annotations

import json
from typing import Any

from tests.simulation.guests import Guest
from tests.simulation.network import BASE_URL, Connection, Reply
from tests.simulation.servers import NOT_FOUND, UNAUTHORISED, BaseServer, Json, attachment, bearer_of, rfc3339
from tests.simulation.truth import Said, Truth

PREFIX = "de9107ed-0000-4000-8000-"
DEPLOYMENT = f"{PREFIX}{1:012x}"
"""Each guest comes by one of her own, which tells whose conversation it is."""
CONFIG_AGE_S = "700"
"""A cache has kept the config for so long."""
HEALTH_CHECK = "SGVhbHRoQ2hlY2tNZXNzYWdlSWQ="
BAD_REQUEST, CONFLICT, EXPIRED, NO_SESSION, NO_FILE, NO_DOWNGRADE = 400, 409, 4006, 4007, 4008, 4017
_AUTH_PATH = "/api/v2/webdeployments/token/"


def _config(deployment: str) -> Json:
    conversations = {
        "showAgentTypingIndicator": True,
        "showUserTypingIndicator": True,
        "autoStart": {"enabled": True},
        "conversationClear": {"enabled": True},
        "conversationDisconnect": {"enabled": True, "type": "ReadOnly"},
    }
    return {
        "id": deployment,
        "version": "1",
        "status": "Active",
        "apiEndpoint": BASE_URL,
        "messenger": {
            "enabled": True,
            "apps": {"conversations": conversations},
            "fileUpload": {"modes": [{"fileTypes": ["image/png"], "maxFileSizeKB": 100}]},
        },
    }


class GuestServer(BaseServer):
    """We are some guests."""

    prefix = PREFIX
    signs_in = False
    """Guests have an account."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.guests = {truth.id: Guest(truth, self.clock) for truth in self.truths}

    # --- the other side

    def publish(self, truth: Truth, said: Said, form: str = "full") -> None:
        self._echo(truth, said, None, None)

    def _echo(self, truth: Truth, said: Said, origin: Connection | None, tracing_id: str | None) -> None:
        for connection in self._of(truth):
            frame = _envelope("StructuredMessage", self._message(said))
            if connection is origin:
                frame["tracingId"] = tracing_id
            connection.say(frame)

    def other_types(self, truth: Truth, is_typing: bool) -> None:
        if is_typing:
            event = {"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}
            self._tell(truth, "StructuredMessage", self._structured("Event", "Outbound", events=[event]))

    def end(self, truth: Truth) -> None:
        """The agent leaves, after which a guest of this deployment can only read."""
        event = {"eventType": "Presence", "presence": {"type": "Disconnect"}}
        record = self._structured("Event", "Outbound", events=[event], metadata={"readOnly": "true"})
        truth.is_over = True
        self.guests[truth.id].record(record)
        self._tell(truth, "StructuredMessage", record)

    def expire_session(self, truth: Truth) -> None:
        guest = self.guests[truth.id]
        if guest.is_live:
            guest.expire()
            self._tell(truth, "SessionExpiredEvent", {})

    def sign_in_elsewhere(self, truth: Truth) -> None:
        """The guest signs in on another page, and the conversation goes on there."""
        guest = self.guests[truth.id]
        if guest.token is None:
            return
        for connection in self._of(truth):
            connection.say(_envelope("ConnectionClosedEvent", {"reason": "signedIn"}))
            connection.end(1000)
        if self.signs_in:
            guest.close()  # There the account has a session of its own.
        else:
            guest.is_of_account = True

    def is_there(self, truth: Truth) -> bool:
        return not (truth.is_over or self.guests[truth.id].is_expired)

    def _of(self, truth: Truth) -> list[Connection]:
        return [each for each in self.listeners() if each.session is self.guests[truth.id]]

    def _tell(self, truth: Truth, kind: str, body: Any) -> None:
        for connection in self._of(truth):
            connection.say(_envelope(kind, body))

    def _message(self, said: Said) -> Json:
        direction = "Inbound" if said.is_ours else "Outbound"
        body = self._structured("Text", direction, content=attachment(said))
        body |= {"id": said.id, "channel": {"time": rfc3339(said.time_ms), "type": "Private"}}
        if said.text:
            body["text"] = said.text
        if not said.is_ours:
            body["channel"]["from"] = {"nickname": "Agent Ann"}
            body["originatingEntity"] = "Human"
        return body

    def _structured(self, kind: str, direction: str, **parts: Any) -> Json:
        time = rfc3339(round(self.clock.true_epoch() * 1000))
        return {"id": self.new_id(), "type": kind, "direction": direction, "channel": {"time": time}, **parts}

    # --- streams

    def opened(self, connection: Connection) -> None:
        connection.guest = self.guests[connection.url.rpartition("=")[2]]

    def heard(self, connection: Connection, frame: str) -> None:
        request = json.loads(frame)
        action, guest, tracing_id = request["action"], connection.guest, request.get("tracingId")
        if _is_typing(request):
            self.typed.add(tracing_id)
        if self.network.strikes("429") and not action.startswith("configure"):
            self._too_many(connection, tracing_id, 1)
        elif self.network.strikes("503"):
            self._refuse(connection, tracing_id, 503)
        elif action == "configureAuthenticatedSession" and not self._is_signed_in(request):
            self._refuse(connection, tracing_id, 401)
        elif action.startswith("configure"):
            self._configure(connection, request)
        elif (code := guest.refusal_of(request["token"])) is not None:
            self._refuse(connection, tracing_id, code)
        else:
            self._act(connection, guest, action, request)

    def _act(self, connection: Connection, guest: Guest, action: str, request: Json) -> None:
        tracing_id = request.get("tracingId")
        match action:
            case "getJwt":
                jwt = self.new_secret()
                body = {"jwt": jwt, "exp": guest.issue(jwt)}
                connection.say(_answer("JwtResponse", body, tracing_id), is_answer=True)
            case "echo":
                ends = {"expirationDate": str(guest.expires), "durationSeconds": str(guest.life_s)}
                body = self._structured("Text", "Inbound", text="ping", metadata=ends)
                connection.say(_answer("StructuredMessage", body, tracing_id), is_answer=True)
            case "onMessage":
                self._on_message(connection, guest, request["message"], tracing_id)
            case "onAttachment":
                id_ = request["attachmentId"]
                guest.files[id_] = request["fileName"]
                body = {
                    "attachmentId": id_,
                    "headers": {},
                    "url": f"{BASE_URL}/uploads/{guest.truth.id}/{id_}",
                }
                connection.say(_answer("PresignedUrlResponse", body, tracing_id), is_answer=True)
            case "deleteAttachment":
                guest.forget_file(request["attachmentId"])
            case "closeSession":
                body = {**guest.session_body(is_new=False), "connected": False}
                connection.say(_answer("SessionResponse", body, tracing_id), is_answer=True)
                guest.close()
            case _:
                self._refuse(connection, tracing_id, BAD_REQUEST)

    def _refuse(self, connection: Connection, tracing_id: str | None, code: int) -> None:
        connection.say(_answer("string", "Request failed.", tracing_id, code), is_answer=True)

    def _too_many(self, connection: Connection, tracing_id: str | None, wait_s: int) -> None:
        body = {"retryAfter": wait_s, "errorCode": 429, "errorMessage": ""}
        connection.say(_answer("TooManyRequestsErrorMessage", body, tracing_id, 429), is_answer=True)

    def _is_signed_in(self, request: Json) -> bool:
        return self.tokens.get(request["data"]["code"], 0.0) > self.clock.elapsed_s

    def _configure(self, connection: Connection, request: Json) -> None:
        guest, starts_new = connection.guest, bool(request.get("startNew"))
        if not starts_new and guest.is_expired and guest.token == request["token"]:
            self._refuse(connection, request["tracingId"], EXPIRED)
            return
        if not starts_new and guest.is_of_account and guest.token == request["token"]:
            self._refuse(connection, request["tracingId"], NO_DOWNGRADE)
            return
        is_new = guest.configure(request["token"], starts_new=starts_new)
        self.secrets.append(request["token"])
        connection.session = guest
        body = guest.session_body(is_new=is_new)
        connection.say(_answer("SessionResponse", body, request["tracingId"]), is_answer=True)

    def _on_message(
        self, connection: Connection, guest: Guest, message: Json, tracing_id: str | None
    ) -> None:
        if (wait_s := guest.too_fast()) is not None:
            self._too_many(connection, tracing_id, wait_s)
        elif message["type"] != "Event":
            self._send(connection, guest, message, tracing_id)
        elif message["events"][0]["eventType"] == "Typing":
            guest.truth.typing.append((self.clock.elapsed_s, True))
        else:
            record = self._structured("Event", "Inbound", events=message["events"])
            guest.record(record)
            connection.say(_answer("StructuredMessage", record, tracing_id), is_answer=True)
            if message["events"][0]["presence"]["type"] == "Clear":
                self._clear(guest)

    def _send(self, connection: Connection, guest: Guest, message: Json, tracing_id: str | None) -> None:
        files = [part["attachment"]["id"] for part in message.get("content") or ()]
        if guest.truth.is_over or any(id_ not in guest.arrived for id_ in files):
            self._refuse(connection, tracing_id, CONFLICT if guest.truth.is_over else NO_FILE)
            return
        file = guest.files[files[0]] if files else None
        text = message.get("text") or ""
        said = self.say(guest.truth, text, is_ours=True, draft_id=tracing_id, file=file)
        # What the answer is lost of is not told to whom has asked, but to all others.
        origin = None if self.network.strikes("lose_answer") else connection
        self._echo(guest.truth, said, origin, tracing_id)

    def _clear(self, guest: Guest) -> None:
        """All is forgotten, and the session with it; the same token begins another one."""
        for other in self._of(guest.truth):
            other.say(_envelope("SessionClearedEvent", {}), is_answer=True)
            other.say(_envelope("ConnectionClosedEvent", {}), is_answer=True)
            other.end(1000)
        guest.clear()

    # --- REST

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Reply:
        if path.endswith("/config.json"):
            return Reply(200, _config(path.split("/")[-2]), {"Age": CONFIG_AGE_S})
        if path.startswith("/uploads/"):
            return self._put(*path.split("/")[2:])
        if path.startswith(_AUTH_PATH):
            tokens = {"jwt": self.new_token("guest"), "refreshToken": self.new_secret()}
            return Reply(200, tokens)
        if path == "/api/v2/webmessaging/messages":
            guest = next((g for g in self.guests.values() if g.has_issued(bearer_of(headers))), None)
            if guest is None:
                return UNAUTHORISED
            if (wait_s := guest.too_many_pages()) is not None:
                return Reply(429, {"code": "too.many.requests"}, {"Retry-After": str(wait_s)})
            return self._history(guest, int(query["pageNumber"]), min(int(query["pageSize"]), self.page_size))
        return NOT_FOUND

    def _put(self, deployment: str, id_: str) -> Reply:
        guest = self.guests[deployment]
        if self.dice.random() < 0.1 or id_ not in guest.files:
            return Reply(403)  # The address has expired.
        guest.arrived.add(id_)
        self._tell(guest.truth, "UploadSuccessEvent", {"attachmentId": id_, "downloadUrl": BASE_URL})
        return Reply(200)

    def _history(self, guest: Guest, number: int, size: int) -> Reply:
        entities = guest.with_records([self._message(said) for said in guest.truth.messages])[::-1]
        body = {
            "entities": entities[(number - 1) * size : number * size],
            "pageSize": size,
            "pageNumber": number,
            "total": len(entities),
            "pageCount": -(-len(entities) // size),
        }
        return Reply(200, body)

    def expire_tokens(self) -> None:
        super().expire_tokens()
        for guest in self.guests.values():
            guest.jwts.clear()


def _is_typing(request: Json) -> bool:
    events: Any = (request.get("message") or {}).get("events") or ({},)
    return bool(events[0].get("eventType") == "Typing")


def _envelope(kind: str, body: Any, code: int = 200) -> Json:
    return {"type": "message", "class": kind, "code": code, "body": body}


def _answer(kind: str, body: Any, tracing_id: str | None, code: int = 200) -> Json:
    return {"type": "response", "class": kind, "code": code, "body": body, "tracingId": tracing_id}
