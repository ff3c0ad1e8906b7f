"""A server of the tutorial's contract: a model of protocols/messaging-events on virtual time."""

from __future__ import annotations

import json
from typing import Any

from tests.simulation.network import Connection, Reply
from tests.simulation.servers import NOT_FOUND, UNAUTHORISED, BaseServer, Json, rfc3339
from tests.simulation.truth import Said

CONVERSATION = "c0ffee00-0000-4000-8000-000000000001"
AGENT, CUSTOMER = "p-agent", "p-customer"
_BASE = "/api/v2/conversations/messaging"


class TutorialServer(BaseServer):
    """We are the customer."""

    has_batch_read = True

    # --- the other side

    def other_says(self, text: str, *, form: str = "full") -> Said:
        said = self.say(text, is_ours=False)
        self.truth.other_typing_until = 0.0
        self._publish(said, form)
        return said

    def other_types(self, is_typing: bool) -> None:
        self._event("typing", {"typing": is_typing}, participant_id=AGENT)

    def other_reads(self) -> None:
        for said in self.truth.messages:
            if said.is_ours and said.status != "read":
                said.status = "read"
                self._event("receipt", {"status": "read"}, message_id=said.id, participant_id=AGENT)

    def _publish(self, said: Said, form: str = "full") -> None:
        payload: Json = {} if form == "bare" else self._content(said)
        who = CUSTOMER if said.is_ours else AGENT
        self._event("message", payload, message_id=said.id, participant_id=who)

    def _content(self, said: Said) -> Json:
        who = ("Customer Jo", "customer") if said.is_ours else ("Agent Ann", "agent")
        return {
            "text": said.text,
            "timestamp": rfc3339(said.time_ms),
            "sender": {"name": who[0], "role": who[1]},
            "direction": "inbound" if said.is_ours else "outbound",
            "client_message_id": said.draft_id,
            "sequence": said.sequence,
            "status": said.status,
        }

    def _body(self, said: Said) -> Json:
        who = CUSTOMER if said.is_ours else AGENT
        return {
            "id": said.id, "conversation_id": CONVERSATION, "participant_id": who, **self._content(said),
        }  # fmt: skip

    def _event(self, kind: str, payload: Json, **ids: str) -> None:
        frame = {"event_type": kind, "conversation_id": CONVERSATION, **ids, "payload": payload}
        for connection in self._listeners():
            connection.say(frame)

    # --- streams

    def refuses(self, url: str, headers: dict[str, str]) -> int | None:
        return None if self.is_known(headers) else 401

    def heard(self, connection: Connection, frame: str) -> None:
        said = json.loads(frame)
        if said.get("type") != "authenticate" or not self.is_known(
            {"Authorization": f"Bearer {said['token']}"}
        ):
            connection.end(4401)
            return
        connection.session = said["token"]

    def expire_tokens(self) -> None:
        super().expire_tokens()
        self.network.sever(4001)

    # --- REST

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Reply:
        if path == "/oauth/token":
            return self.new_token()
        if not self.is_known(headers):
            return UNAUTHORISED
        sent: Any = json.loads(body) if body else {}
        match method, path.removeprefix(_BASE).split("/")[1:]:
            case "POST", ["conversations", _, "typing"]:
                self.truth.typing.append((self.clock.elapsed_s, sent["typing"]))
                return Reply(202)
            case "POST", ["conversations", _, "messages"]:
                return self._take(sent["text"], sent["client_message_id"])
            case "GET", ["conversations", _, "messages"]:
                return self._history(query)
            case "PUT", ["conversations", _, "read"]:
                return self._read_up_to(sent["up_to_message_id"])
            case "PUT", ["messages", id_, "read"] if id_ in self.truth.by_id:
                self._note_read(self.truth.by_id[id_])
                return Reply(204)
            case "GET", ["messages", id_] if id_ in self.truth.by_id:
                return Reply(200, self._body(self.truth.by_id[id_]))
        return NOT_FOUND

    def _take(self, text: str, draft_id: str) -> Reply:
        known = next((said for said in self.truth.messages if said.draft_id == draft_id), None)
        if known is not None:
            return Reply(200, self._body(known))
        said = self.say(text, is_ours=True, draft_id=draft_id)
        self._publish(said)
        return Reply(201, self._body(said))

    def _history(self, query: dict[str, str]) -> Reply:
        messages = self.truth.messages
        for bound in ("after", "before"):
            if bound in query and query[bound] not in self.truth.by_id:
                return NOT_FOUND
        limit = min(int(query["limit"]), self.page_size)
        if "after" in query:
            rest = messages[self.truth.by_id[query["after"]].sequence :]
            return self._page(rest[:limit], len(rest) > limit)
        if "before" in query:
            messages = messages[: self.truth.by_id[query["before"]].sequence - 1]
        return self._page(messages[-limit:], len(messages) > limit)

    def _page(self, messages: list[Said], has_more: bool) -> Reply:
        return Reply(200, {"messages": [self._body(said) for said in messages], "has_more": has_more})

    def _read_up_to(self, id_: str) -> Reply:
        if not self.has_batch_read:
            return NOT_FOUND
        known = {read for _, read in self.truth.reads}
        for said in self.truth.messages[: self.truth.by_id[id_].sequence]:
            if not said.is_ours and said.id not in known:
                self._note_read(said)
        return Reply(204)

    def _note_read(self, said: Said) -> None:
        self.truth.reads.append((self.clock.elapsed_s, said.id))
        if not said.is_ours:
            said.status = "read"
