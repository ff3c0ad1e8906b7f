"""Says what the people in the conversation can do, whoever plays them and by whichever wire."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ipygenesys.simulator.state.conversation import (
    Event,
    LegState,
    Message,
    Origin,
    Participant,
    Role,
    Status,
)
from ipygenesys.simulator.state.deliveries import Deliveries

if TYPE_CHECKING:
    from ipygenesys.simulator.person.bursts import Bursts
    from ipygenesys.simulator.person.stage import Stage
    from ipygenesys.simulator.state.clock import Clock
    from ipygenesys.simulator.state.conversation import Conversation, Side
    from ipygenesys.simulator.state.platform import Platform
    from ipygenesys.simulator.state.settings import Identity


class People(ABC):
    """The verbs of the customer, the agent and others; all act at once and publish what happened."""

    clock: Clock
    identity: Identity
    platform: Platform
    stage: Stage
    """The scripted ones."""
    deliveries: Deliveries
    _bursts: Bursts
    _others: dict[tuple[str, str, Role], Participant]
    _new_extra_id: Callable[[], str]

    @abstractmethod
    def publish(self, events: Iterable[Event]) -> None:
        """Logs the events and sends them to every stream."""

    @abstractmethod
    def wake(self) -> None:
        """Deadlines have changed."""

    @property
    @abstractmethod
    def delivery_step_s(self) -> float:
        """Seconds between the statuses of a real agent's message."""

    @property
    @abstractmethod
    def delivery_error(self) -> str:
        """Why a real agent's messages are not delivered; empty: they are."""

    def take_part(self, side: Side, conversation: Conversation) -> None:
        """A real client acts on this side: the scripted person must not do so too."""
        if self.stage.stand_down(conversation.id, side):
            who = conversation.agent if side == "agent" else conversation.customer
            if self.platform.is_typing(conversation.id, who):
                now = self.clock.now()
                self.publish(self.platform.set_typing(conversation.id, who, False, now))

    def _posted(self, message: Message, events: list[Event]) -> None:
        if events:
            self.stage.hear(self.clock.now(), message)
        self.publish(events)

    # --- the customer

    def customer_typing(
        self, conversation: Conversation, typing: bool, *, lasts_s: float | None = None
    ) -> None:
        """The customer types; a participant of the conversation, whatever the state of it."""
        now, who = self.clock.now(), conversation.customer
        self.publish(self.platform.set_typing(conversation.id, who, typing, now, lasts_s=lasts_s))

    def customer_says(
        self, conversation: Conversation, text: str, client_message_id: str | None = None, **parts: Any
    ) -> tuple[Message, bool]:
        """The message, and whether it is new."""
        text.encode()  # a lone surrogate is the caller's error, not a stream's end
        message, events = self.platform.post(
            conversation.id,
            conversation.customer,
            text,
            self.clock.now(),
            client_message_id=client_message_id,
            **parts,
        )
        self._posted(message, events)
        return message, bool(events)

    def customer_reads(self, message: Message) -> bool:
        """Whether the message was unread until now; one's own messages never are."""
        if message.is_inbound or message.status == "read":
            return False
        self._mark([message.id], "read", "customer")
        return True

    def customer_withdraws(self, message_id: str) -> None:
        """The customer takes a message back."""
        message = self.platform.message(message_id)
        if not message.is_inbound:
            raise ValueError("a customer takes back messages of the customer's own")
        self.publish(self.platform.withdraw(message))

    def report_read(self, conversation: Conversation, message_id: str | None = None) -> list[str]:
        """The provider tells that the customer read one message, or all; the ids that this is news for."""
        chosen = conversation.messages if message_id is None else [self.platform.message(message_id)]
        unread = [m for m in chosen if not m.is_inbound and not (m.status == "read" and m.is_read_reported)]
        for message in unread:
            message.is_read_reported = True
            self.customer_reads(message)
        return [m.id for m in unread]

    # --- the agent and others, by script or by control plane

    def agent_typing(
        self, conversation: Conversation, typing: bool, *, name: str | None = None, role: Role = "agent"
    ) -> None:
        """One typing event, as it is: nothing is refreshed or ended."""
        who = self._participant(conversation, name, role)
        self.publish(self.platform.set_typing(conversation.id, who, typing, self.clock.now()))

    def agent_say(
        self,
        conversation: Conversation,
        text: str,
        *,
        name: str | None = None,
        role: Role = "agent",
        attachments: Sequence[dict[str, Any]] = (),
        content: Sequence[dict[str, Any]] = (),
    ) -> Message:
        """One message, at once."""
        text.encode()  # a lone surrogate is the caller's error, not a stream's end
        who = self._participant(conversation, name, role)
        message, events = self.platform.post(
            conversation.id, who, text, self.clock.now(), attachments=attachments, content=content
        )
        self._posted(message, events)
        return message

    def burst(
        self, text: str, count: int, rate_per_s: float | None, say: Callable[[str], Message]
    ) -> list[str]:
        """``text 1`` to ``text count``: at once, or in the background at a rate (the ids are then not known yet)."""
        texts = [f"{text} {n}" for n in range(1, count + 1)]
        if rate_per_s is None:
            return [say(t).id for t in texts]
        self._bursts.start(texts, rate_per_s, say)
        return []

    def agent_read(self, conversation: Conversation, message_id: str | None = None) -> list[str]:
        """The agent reads one message of the customer, or all; the ids newly read."""
        chosen = conversation.messages if message_id is None else [self.platform.message(message_id)]
        unread = [m.id for m in chosen if m.is_inbound and m.status != "read"]
        self._mark(unread, "read", "agent")
        return unread

    def _mark(self, message_ids: Iterable[str], status: Status, side: Side) -> None:
        now = self.clock.now()
        for message_id in message_ids:
            message = self.platform.message(message_id)
            conversation = self.platform.conversation(message.conversation_id)
            by = conversation.agent if side == "agent" else conversation.customer
            self.publish(self.platform.mark(message, by, status, now))

    def _participant(self, conversation: Conversation, name: str | None, role: Role) -> Participant:
        if name in (None, conversation.agent.name) and role == "agent":
            who = conversation.agent
        else:
            key = (conversation.id, name or role.capitalize(), role)
            if key not in self._others:
                self._others[key] = Participant(self._new_extra_id(), *key[1:])
            who = self._others[key]
        self.publish(self.platform.join(conversation.id, who))
        return who

    def agent_leave(
        self, conversation: Conversation, *, name: str | None = None, role: Role = "agent"
    ) -> None:
        """The participant leaves; the next thing it does makes it join again."""
        who = self._participant(conversation, name, role)
        self.publish(self.platform.leave(conversation.id, who))

    # --- the agent by its own client

    def agent_sends(
        self,
        conversation: Conversation,
        text: str,
        *,
        content: Sequence[dict[str, Any]] = (),
        attachments: Sequence[dict[str, Any]] = (),
    ) -> Message:
        """A message by a real agent: it is queued, and gets on its way from there."""
        self.take_part("agent", conversation)
        self.publish(self.platform.join(conversation.id, conversation.agent))
        now = self.clock.now()
        message, events = self.platform.post(
            conversation.id,
            conversation.agent,
            text,
            now,
            content=content,
            attachments=attachments,
            status="queued",
            origin=Origin(0),
        )
        message.error = self.delivery_error or None
        self.deliveries.start(message.id, now, self.delivery_step_s)
        self._posted(message, events)
        return message

    def agent_types(self, conversation: Conversation, lasts_s: float) -> None:
        """A typing call by a real agent."""
        self.take_part("agent", conversation)
        self.publish(self.platform.join(conversation.id, conversation.agent))
        now, who = self.clock.now(), conversation.agent
        self.publish(self.platform.set_typing(conversation.id, who, True, now, lasts_s=lasts_s))

    def set_leg(self, conversation: Conversation, state: LegState) -> None:
        """Lets the agent's part alert, or answers or ends it; its end is the end of the conversation."""
        if state == "disconnected":
            self.publish(self.platform.set_state(conversation.id, "disconnected"))
        else:
            self.publish(self.platform.set_leg(conversation.id, state))
