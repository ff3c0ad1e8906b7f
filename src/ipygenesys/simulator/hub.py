"""Owns the simulator's state and the agent's task; every action goes through here.

All methods run on the server's loop and never wait, so each one is atomic.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any, Literal

from ipygenesys.simulator.accounts import Accounts, MinimumInterval, OAuthClient, RateLimiter
from ipygenesys.simulator.agent import Act, Agent, Break, Deliver, DialogueState, Read, Say, Typing
from ipygenesys.simulator.breakage import strike
from ipygenesys.simulator.bursts import Bursts
from ipygenesys.simulator.clock import Clock
from ipygenesys.simulator.dialogue import Turn
from ipygenesys.simulator.faults import Clear, ExpireToken, Faults, parse_fault
from ipygenesys.simulator.ground_truth import GroundTruth
from ipygenesys.simulator.platform import (
    ConversationChanged,
    Event,
    Message,
    Participant,
    Platform,
    PresenceChanged,
    Role,
)
from ipygenesys.simulator.scenarios import scenario
from ipygenesys.simulator.settings import Identity, Settings, seeded_ids, seeded_secrets
from ipygenesys.simulator.stream import Stream

GENESYS_CALLS_PER_MIN = 300
"""Source: developer-center-blog 2021-02-03-Caching-in-flows, 300 requests a minute per token."""


class Hub:
    """The one writer of the platform's state."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.identity = identity = Identity.of(settings)
        self.scenario = scenario(settings.scenario)
        self.truth = GroundTruth()
        self.faults = Faults()
        self.streams: list[Stream] = []
        """Authenticated: these get the events."""
        self.open_streams: list[Stream] = []
        """All, those too that have not authenticated yet."""
        self.agent_is = Participant(identity.agent_id, settings.agent_name, "agent")
        self.customer_is = Participant(identity.customer_id, settings.customer_name, "customer")
        self._new_id = seeded_ids(settings.seed, "messages")
        self._new_extra_id = seeded_ids(settings.seed, "participants")
        self.new_context_id = seeded_ids(settings.seed, "contexts")
        self.accounts = Accounts(
            OAuthClient(identity.client_id, identity.client_secret, settings.scopes),
            lifetime_s=settings.token_lifetime_s,
            new_token=seeded_secrets(settings.seed, "token"),
        )
        self._wake = asyncio.Event()
        self._bursts = Bursts(clock)
        self._stream_numbers = 0
        self._set_up()

    def _set_up(self) -> None:
        settings, script = self.settings, self.scenario
        allowed = settings.rate_limit_per_min or script.rate_limit_per_min or GENESYS_CALLS_PER_MIN
        interval = settings.typing_min_interval_s
        if interval is None:
            interval = script.typing_min_interval_s or 0.0
        self.limiter = RateLimiter(allowed)
        self.typing_interval = MinimumInterval(interval)
        self.platform = Platform(self._new_id)
        self.platform.open_conversation(self.conversation_id)
        self.platform.join(self.conversation_id, self.agent_is)
        self.platform.join(self.conversation_id, self.customer_is)
        rng = Random(f"{settings.seed}/agent")
        self.agent = Agent(script.script, rng, speed=settings.speed)
        if settings.dialogue is not None:
            self.agent.play(self.clock.now(), settings.dialogue)
        self._others: dict[tuple[str, Role], Participant] = {}

    @property
    def conversation_id(self) -> str:
        """The conversation that the control plane acts on."""
        return self.identity.conversation_id

    # --- the loop

    async def run(self) -> None:
        """Performs what is due until cancelled."""
        while True:
            self._wake.clear()
            self._tick()
            deadlines = [
                d for d in (self.agent.next_deadline(), self.platform.next_deadline()) if d is not None
            ]
            wait_s = min(deadlines) - self.clock.now() if deadlines else None
            try:
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _tick(self) -> None:
        now = self.clock.now()
        self.publish(self.platform.expire(now))
        for act in self.agent.due(now):
            self._perform(act)

    def _perform(self, act: Act) -> None:
        match act:
            case Deliver(message_id):
                self._mark([message_id], "delivered")
            case Read(message_id):
                self._mark([message_id], "read")
            case Typing(typing):
                self.agent_typing(typing)
            case Say(text, role):
                self.agent_say(text, role=role, name=None if role == "agent" else "System")
            case Break(params):
                self.fault(params)

    def publish(self, events: Iterable[Event]) -> None:
        """Logs the events and sends them to every stream that is authenticated."""
        for event in events:
            self.truth.event(self.clock.now(), event, streams=len(self.streams))
            for stream in self.streams:
                stream.send_event(event)
            self._wake.set()

    # --- streams

    def next_stream_number(self) -> int:
        """Numbers the streams of a run from 1, as the log shows them."""
        self._stream_numbers += 1
        return self._stream_numbers

    def add_stream(self, stream: Stream) -> None:
        """An authenticated stream gets all events from now on; the first one brings the agent to life."""
        self.streams.append(stream)
        for conversation in self.platform.conversations.values():
            for participant in conversation.participants.values():
                stream.send_event(PresenceChanged(conversation.id, participant, "joined"))
            stream.send_event(ConversationChanged(conversation.id, conversation.state))
        self.agent.start(self.clock.now())
        self._wake.set()

    def remove_stream(self, stream: Stream) -> None:
        """The stream has ended."""
        for streams in (self.streams, self.open_streams):
            if stream in streams:
                streams.remove(stream)

    # --- the customer, by whichever wire

    def customer_typing(self, conversation_id: str, typing: bool) -> None:
        """The customer types; a participant of the conversation, whatever the state of it."""
        self.publish(self.platform.set_typing(conversation_id, self.customer_is, typing, self.clock.now()))

    def customer_says(
        self, conversation_id: str, text: str, client_message_id: str | None
    ) -> tuple[Message, bool]:
        """The message, and whether it is new."""
        message, events = self.platform.post(
            conversation_id, self.customer_is, text, self.clock.now(), client_message_id=client_message_id
        )
        if events and conversation_id == self.conversation_id:
            self.agent.hear(self.clock.now(), message.id, text)
        self.publish(events)
        return message, bool(events)

    def customer_reads(self, message: Message) -> bool:
        """Whether the message was unread until now; one's own messages never are."""
        if message.is_inbound or message.status == "read":
            return False
        self.publish(self.platform.mark(message, self.customer_is, "read", self.clock.now()))
        return True

    # --- the agent, by script or by control plane

    def agent_typing(self, typing: bool, *, name: str | None = None, role: Role = "agent") -> None:
        """One typing event, as it is: nothing is refreshed or ended."""
        who = self._participant(name, role)
        self.publish(self.platform.set_typing(self.conversation_id, who, typing, self.clock.now()))

    def agent_say(
        self,
        text: str,
        *,
        name: str | None = None,
        role: Role = "agent",
        attachments: Sequence[dict[str, Any]] = (),
    ) -> Message:
        """One message, at once."""
        text.encode()  # a lone surrogate is the caller's error, not a stream's end
        who = self._participant(name, role)
        message, events = self.platform.post(
            self.conversation_id, who, text, self.clock.now(), attachments=attachments
        )
        self.publish(events)
        return message

    def agent_burst(self, text: str, count: int, rate_per_s: float | None, **options: Any) -> list[str]:
        """``text 1`` to ``text count``: at once, or in the background at a rate (the ids are then not known yet)."""
        texts = [f"{text} {n}" for n in range(1, count + 1)]
        if rate_per_s is None:
            return [self.agent_say(t, **options).id for t in texts]
        self._bursts.start(texts, rate_per_s, lambda t: self.agent_say(t, **options))
        return []

    def agent_read(self, message_id: str | None = None) -> list[str]:
        """The agent reads one message of the customer, or all; the ids newly read."""
        messages = self.platform.conversation(self.conversation_id).messages
        chosen = messages if message_id is None else [self.platform.message(message_id)]
        unread = [m.id for m in chosen if m.is_inbound and m.status != "read"]
        self._mark(unread, "read")
        return unread

    def _mark(self, message_ids: Iterable[str], status: Literal["delivered", "read"]) -> None:
        now = self.clock.now()
        for message_id in message_ids:
            message = self.platform.message(message_id)
            self.publish(self.platform.mark(message, self.agent_is, status, now))

    def _participant(self, name: str | None, role: Role) -> Participant:
        if name in (None, self.agent_is.name) and role == "agent":
            who = self.agent_is
        else:
            key = (name or role.capitalize(), role)
            if key not in self._others:
                self._others[key] = Participant(self._new_extra_id(), *key)
            who = self._others[key]
        self.publish(self.platform.join(self.conversation_id, who))
        return who

    def agent_leave(self, *, name: str | None = None, role: Role = "agent") -> None:
        """The participant leaves; the next thing it does makes it join again."""
        self.publish(self.platform.leave(self.conversation_id, self._participant(name, role)))

    # --- conditions

    def play(self, turns: Sequence[Turn], speed: float | None = None) -> None:
        """Lets the agent play a dialogue in place of the script."""
        self.agent.play(self.clock.now(), turns, speed=speed)
        self._wake.set()

    def dialogue(self) -> DialogueState | None:
        """How far the dialogue has come."""
        return self.agent.dialogue()

    def set_conversation(self, state: Literal["connected", "disconnected"]) -> None:
        """Ends the conversation or brings it back."""
        self.publish(self.platform.set_state(self.conversation_id, state))

    def fault(self, params: dict[str, Any]) -> None:
        """Raises: ValueError, if there is no such fault."""
        fault = parse_fault(params)
        if isinstance(fault, Clear):
            self.faults = Faults()
        self.faults.switch(fault, self.clock.now())
        if isinstance(fault, ExpireToken):
            self.accounts.expire_all()
        strike(fault, self.conversation_id, open_streams=self.open_streams, authenticated=self.streams)

    def _each(self, do: Callable[[Stream], object]) -> None:
        for stream in list(self.open_streams):
            do(stream)

    def reset(self) -> None:
        """Back to the start: no messages, faults or log; open streams are closed (1012), tokens and ids stay."""
        self._bursts.cancel()
        self.faults = Faults()
        self._each(lambda s: s.thaw())
        self._each(lambda s: s.close(1012, "reset"))
        self.streams.clear()
        self.truth.clear()
        self._set_up()
        self._wake.set()

    def close(self) -> None:
        """Stops what runs in the background."""
        self._bursts.cancel()
        self._each(lambda s: s.close(1001, "going away"))
