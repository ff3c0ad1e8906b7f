"""A server of the tutorial's contract: a model of protocols/messaging-events on virtual time."""

from __future__ import annotations

import json
from typing import Any

from tests.simulation.network import Connection, Reply
from tests.simulation.servers import NOT_FOUND, UNAUTHORISED, BaseServer, Json, rfc3339
from tests.simulation.truth import Said, Truth

PREFIX = "c0ffee00-0000-4000-8000-"
CONVERSATION = f"{PREFIX}{1:012x}"
AGENT, CUSTOMER = "p-agent", "p-customer"
_BASE = "/api/v2/conversations/messaging"


class TutorialServer(BaseServer):
    """We are the customer. A stream shows all conversations that its token may see."""

    prefix = PREFIX
    has_batch_read = True

    # --- the other side

    def other_types(self, truth: Truth, is_typing: bool) -> None:
        self._event(truth, "typing", {"typing": is_typing}, participant_id=AGENT)

    def other_reads(self, truth: Truth) -> None:
        for said in truth.messages:
            if said.is_ours and said.status != "read":
                said.status = "read"
                self._event(truth, "receipt", {"status": "read"}, message_id=said.id, participant_id=AGENT)

    def publish(self, truth: Truth, said: Said, form: str = "full") -> None:
        payload: Json = {} if form == "bare" else self._content(said)
        who = CUSTOMER if said.is_ours else AGENT
        self._event(truth, "message", payload, message_id=said.id, participant_id=who)

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

    def _body(self, truth: Truth, said: Said) -> Json:
        who = CUSTOMER if said.is_ours else AGENT
        return {"id": said.id, "conversation_id": truth.id, "participant_id": who, **self._content(said)}

    def _event(self, truth: Truth, kind: str, payload: Json, **ids: str) -> None:
        frame = {"event_type": kind, "conversation_id": truth.id, **ids, "payload": payload}
        for connection in self.listeners():
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
        sent: Any = json.loads(body) if body else {}
        if path == "/oauth/token":
            return self.oauth(sent)
        if not self.is_known(headers):
            return UNAUTHORISED
        match method, path.removeprefix(_BASE).split("/")[1:]:
            case _, ["conversations", id_, what] if (truth := self._conversations.get(id_)) is not None:
                return self._about(truth, method, what, query, sent)
            case "PUT", ["messages", id_, "read"] if (truth := self._where.get(id_)) is not None:
                self._note_read(truth, truth.by_id[id_])
                return Reply(204)
            case "GET", ["messages", id_] if (truth := self._where.get(id_)) is not None:
                return Reply(200, self._body(truth, truth.by_id[id_]))
        return NOT_FOUND

    def _about(self, truth: Truth, method: str, what: str, query: dict[str, str], sent: Any) -> Reply:
        match method, what:
            case "POST", "typing":
                truth.typing.append((self.clock.elapsed_s, sent["typing"]))
                return Reply(202)
            case "POST", "messages":
                return self._take(truth, sent["text"], sent["client_message_id"])
            case "GET", "messages":
                return self._history(truth, query)
            case "PUT", "read":
                return self._read_up_to(truth, sent["up_to_message_id"])
            case _:
                return NOT_FOUND

    def _take(self, truth: Truth, text: str, draft_id: str) -> Reply:
        known = next((said for said in truth.messages if said.draft_id == draft_id), None)
        if known is not None:
            return Reply(200, self._body(truth, known))
        said = self.say(truth, text, is_ours=True, draft_id=draft_id)
        self.publish(truth, said)
        return Reply(201, self._body(truth, said))

    def _history(self, truth: Truth, query: dict[str, str]) -> Reply:
        messages = truth.messages
        for bound in ("after", "before"):
            if bound in query and query[bound] not in truth.by_id:
                return NOT_FOUND
        limit = min(int(query["limit"]), self.page_size)
        if "after" in query:
            rest = messages[truth.by_id[query["after"]].sequence :]
            return self._page(truth, rest[:limit], len(rest) > limit)
        if "before" in query:
            messages = messages[: truth.by_id[query["before"]].sequence - 1]
        return self._page(truth, messages[-limit:], len(messages) > limit)

    def _page(self, truth: Truth, messages: list[Said], has_more: bool) -> Reply:
        return Reply(200, {"messages": [self._body(truth, said) for said in messages], "has_more": has_more})

    def _read_up_to(self, truth: Truth, id_: str) -> Reply:
        if not self.has_batch_read:
            return NOT_FOUND
        known = {read for _, read in truth.reads}
        for said in truth.messages[: truth.by_id[id_].sequence]:
            if not said.is_ours and said.id not in known:
                self._note_read(truth, said)
        return Reply(204)

    def _note_read(self, truth: Truth, said: Said) -> None:
        truth.reads.append((self.clock.elapsed_s, said.id))
        if not said.is_ours:
            said.status = "read"
