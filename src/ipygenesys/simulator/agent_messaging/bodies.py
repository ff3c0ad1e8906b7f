"""Makes the Platform API's bodies of conversations and messages, and the events about them; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.content import attributes_of, content_of, described, reason_of
from ipygenesys.simulator.agent_messaging.participants import (
    MEDIA,
    generic_participant,
    media_participant,
)
from ipygenesys.simulator.org.parts import parts_of
from ipygenesys.simulator.serving.content import kind_of
from ipygenesys.simulator.state.clock import rfc3339
from ipygenesys.simulator.state.conversation import Conversation, Message, Part, Participant
from ipygenesys.simulator.state.settings import Identity

if TYPE_CHECKING:
    from ipygenesys.simulator.hub.hub import Hub

TYPING_DURATION_MS = 5000
BASE = "/api/v2/conversations"

_STATUSES = {"queued": "queued", "sent": "sent", "delivered": "delivery-success", "read": "read"}
_RECEIPTS = {"delivery-success": ["Delivered"], "read": ["Delivered", "Read"], "failed": ["Failed"]}

Describe = Callable[[Message], dict[str, Any]]


@dataclass(frozen=True)
class Bodies:
    """The bodies of one organisation."""

    identity: Identity
    conversation_of: Callable[[str], Conversation]
    """By its id."""
    reports_read: bool = False
    names_creators: bool = True

    # --- messages

    def status(self, m: Message) -> str:
        """As Genesys calls it; a read shows only where the provider reports reads."""
        if m.is_withdrawn:
            return wire.WITHDRAWN_STATUS
        if m.error is not None and m.status in ("delivered", "read"):
            return "failed"
        if m.is_inbound:
            return "received"
        if m.status == "read" and not (m.is_read_reported or self.reports_read):
            return "delivery-success"
        return _STATUSES[m.status]

    def message(self, m: Message) -> dict[str, Any]:
        """MessageData, as of 2026-03-31: the text is in the normalized message only."""
        conversation = self.conversation_of(m.conversation_id)
        customer, deployment = conversation.customer.id, self.identity.deployment_id
        ends = (customer, deployment) if m.is_inbound else (deployment, customer)
        body: dict[str, Any] = {
            "id": m.id,
            "conversationId": m.conversation_id,
            "direction": "inbound" if m.is_inbound else "outbound",
            "messengerType": MEDIA,
            "status": self.status(m),
            "timestamp": rfc3339(m.time_s),
            "fromAddress": ends[0],
            "toAddress": ends[1],
            "normalizedMessage": self._normalized(m, customer),
            "normalizedReceipts": self._receipts(m),
            "selfUri": f"{BASE}/messages/{m.conversation_id}/messages/{m.id}",
        }
        user_id = next((p.user_id for p in self.parts(conversation) if p.who.id == m.sender.id), None)
        if user_id is not None and self.names_creators:
            body["createdBy"] = {"id": user_id, "selfUri": f"/api/v2/users/{user_id}"}
        return body

    def _normalized(self, m: Message, customer_id: str) -> dict[str, Any]:
        people = {"id": customer_id}, {"id": self.identity.deployment_id}
        sender, receiver = people if m.is_inbound else people[::-1]
        body: dict[str, Any] = {
            "id": m.id,
            "type": kind_of(m),
            "text": m.text,
            "direction": "Inbound" if m.is_inbound else "Outbound",
            "channel": {
                "id": self.identity.deployment_id,
                "platform": "WebMessaging",
                "type": "Private",
                "messageId": m.id,
                "time": rfc3339(m.time_s),
                "to": receiver,
                "from": {**sender, "nickname": m.sender.name},
            },
        }
        if not m.is_inbound:
            body["originatingEntity"] = "Human" if m.sender.role == "agent" else "Bot"
        if content := content_of(m):
            body["content"] = content
        return body

    def _receipts(self, m: Message) -> list[dict[str, Any]]:
        steps = _RECEIPTS.get(self.status(m), [])
        reasons = {"reasons": [reason_of(m)]} if steps == ["Failed"] else {}
        return [
            {
                "id": m.id,
                "type": "Receipt",
                "status": status,
                "isFinalReceipt": status == steps[-1],
                "direction": "Outbound",
                **reasons,
            }
            for status in steps
        ]

    # --- conversations

    def conversation(self, c: Conversation) -> dict[str, Any]:
        """Conversation: participants have communications, and these have messages."""
        return {
            "id": c.id,
            "startTime": rfc3339(c.opened_s),
            "participants": [self._generic(c, part, c.messages, self._reference) for part in self.parts(c)],
            "state": c.state,
            "recordingState": "NONE",
            "divisions": [],
            "selfUri": f"{BASE}/{c.id}",
        }

    def generic_event(self, c: Conversation, messages: Sequence[Message]) -> dict[str, Any]:
        """The body of ``v2.users.{id}.conversations``."""
        return {
            "id": c.id,
            "recordingState": "none",
            "participants": [self._generic(c, part, messages, self._named) for part in self.parts(c)],
        }

    def parts(self, c: Conversation) -> list[Part]:
        """Who takes part, or has."""
        return parts_of(c, user_id=self.identity.user_id, queue_id=self.identity.queue_id)

    def _generic(
        self, c: Conversation, part: Part, messages: Sequence[Message], describe: Describe
    ) -> dict[str, Any]:
        mine = [describe(m) for m in messages if m.sender.id == part.who.id]
        attributes = attributes_of(messages) if part.purpose == "customer" else {}
        return generic_participant(c, part, mine, attributes)

    def _reference(self, m: Message) -> dict[str, Any]:
        return {
            "messageId": m.id,
            "messageURI": f"{BASE}/messages/{m.conversation_id}/messages/{m.id}",
            **self._details(m),
        }

    def _named(self, m: Message) -> dict[str, Any]:
        return {"messageId": m.id, **self._details(m)}

    def _referred(self, m: Message) -> dict[str, Any]:
        return {"message": {"id": m.id}, **self._details(m)}

    def _details(self, m: Message) -> dict[str, Any]:
        status, content = self.status(m), content_of(m) if m.content or m.attachments else ()
        body: dict[str, Any] = {
            "messageTime": rfc3339(m.time_s),
            "messageStatus": status,
            "messageSegmentCount": 1,
            "messageMetadata": {"type": kind_of(m), "content": [described(part) for part in content]},
        }
        if status == "failed":
            body["errorInfo"] = reason_of(m)
        return body

    def message_conversation(self, c: Conversation) -> dict[str, Any]:
        """MessageConversation: the same in the form of the media, where participants have messages."""
        return {
            **self._media(c, c.messages, self._reference),
            "selfUri": f"{BASE}/messages/{c.id}",
        }

    def message_event(self, c: Conversation, messages: Sequence[Message]) -> dict[str, Any]:
        """The body of ``v2.users.{id}.conversations.messages`` and of a queue's: ids, never text."""
        return self._media(c, messages, self._referred)

    def _media(self, c: Conversation, messages: Sequence[Message], describe: Describe) -> dict[str, Any]:
        of_whom: dict[str, list[dict[str, Any]]] = {}
        for m in messages:
            of_whom.setdefault(m.sender.id, []).append(describe(m))
        return {
            "id": c.id,
            "participants": [
                media_participant(c, part, of_whom.get(part.who.id, [])) for part in self.parts(c)
            ],
            "otherMediaUris": [],
            **({} if c.inactive_at_s is None else {"inactivityTimeout": rfc3339(c.inactive_at_s)}),
        }

    # --- typing

    def typing_event(self, conversation_id: str, who: Participant, now: float) -> dict[str, Any]:
        """The body of ``v2.users.{id}.conversations.inbound.typing.event``."""
        return {
            "conversationId": conversation_id,
            "normalizedMessage": {
                "type": "Event",
                "direction": "Inbound",
                "channel": {
                    "id": self.identity.deployment_id,
                    "platform": "WebMessaging",
                    "to": {"id": self.identity.deployment_id},
                    "from": {"id": who.id},
                    "time": rfc3339(now),
                },
                "events": [{"eventType": "Typing", "typing": {"type": "On", "duration": TYPING_DURATION_MS}}],
            },
        }


def bodies_of(hub: Hub) -> Bodies:
    """The bodies of the simulated organisation, as it is set up now."""
    api = hub.agent_api
    return Bodies(hub.identity, hub.platform.conversation, api.reports_read, api.names_creators)
