"""Owns the simulator's state and the agent's task; every action goes through here.

All methods run on the server's loop and never wait, so each one is atomic.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from ipygenesys.simulator.faults.active import Faults
from ipygenesys.simulator.hub.audience import Audience
from ipygenesys.simulator.hub.casting import Casting
from ipygenesys.simulator.hub.queues import STEPS_AT_ONCE, Queues
from ipygenesys.simulator.hub.stream import Stream
from ipygenesys.simulator.person.bursts import Bursts
from ipygenesys.simulator.person.person import Act, Break, Deliver, Leave, Read, Say, Typing
from ipygenesys.simulator.person.rich_content import sample
from ipygenesys.simulator.person.scenarios import scenario
from ipygenesys.simulator.person.stage import Stage
from ipygenesys.simulator.state.accounts import Accounts, MinimumInterval, OAuthClient, RateLimiter
from ipygenesys.simulator.state.channels import Channels
from ipygenesys.simulator.state.clock import Clock
from ipygenesys.simulator.state.conversation import (
    Conversation,
    ConversationChanged,
    Event,
    Participant,
    Played,
    PresenceChanged,
    Role,
    Side,
    Turn,
)
from ipygenesys.simulator.state.deliveries import Deliveries
from ipygenesys.simulator.state.ground_truth import GroundTruth
from ipygenesys.simulator.state.guests import Guests
from ipygenesys.simulator.state.platform import Platform
from ipygenesys.simulator.state.settings import Identity, Settings, seeded_ids, seeded_secrets
from ipygenesys.simulator.state.uploads import Uploads

GENESYS_CALLS_PER_MIN = 300
"""Source: developer-center-blog 2021-02-03-Caching-in-flows, 300 requests a minute per token."""


class Hub(Queues):
    """The one writer of the platform's state."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.identity = identity = Identity.of(settings)
        self.scenario = scenario(settings.scenario)
        self._casting = Casting(settings, self.scenario.script)
        self.truth = GroundTruth()
        self.faults = Faults()
        self.audience = Audience()
        self.stage = Stage()
        new_id = seeded_ids(settings.seed, "messages")
        self._new_id = lambda: new_id().replace("-", "")
        self._new_extra_id = seeded_ids(settings.seed, "participants")
        self._new_session_token = seeded_ids(settings.seed, "sessions")
        self.new_context_id = seeded_ids(settings.seed, "contexts")
        self.accounts = Accounts(
            OAuthClient(identity.client_id, identity.client_secret, settings.scopes),
            lifetime_s=settings.token_lifetime_s,
            new_token=seeded_secrets(settings.seed, "token"),
        )
        self.channels = Channels(seeded_secrets(settings.seed, "channel"))
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
        self.deployment, self.agent_api = settings.deployment, settings.agent_api
        self.guests = Guests(
            settings.guest_limits, new_id=self._new_id, new_secret=seeded_secrets(settings.seed, "guest")
        )
        self.uploads = Uploads(
            lambda: self.guests.limits.url_lifetime_s, seeded_secrets(settings.seed, "upload")
        )
        self.platform = Platform(self._new_id, time_step_s=settings.agent_api.time_step_s)
        self.deliveries = Deliveries()
        self.stage.clear()
        self._others: dict[tuple[str, str, Role], Participant] = {}
        self._of_guest: dict[str, str] = {}
        self._latest = self.identity.conversation_id
        self._new_conversation_id = seeded_ids(settings.seed, "conversations")
        self._close_org()
        if script.is_busy:
            self._open_org()
            return
        for _ in range(settings.conversations):
            self._open()

    # --- the conversations

    def open_conversation(self) -> Conversation:
        """One more, with an agent and a customer of its own; whoever hears of all is told of it."""
        conversation = self._open()
        for who in (conversation.agent, conversation.customer):
            self.publish([PresenceChanged(conversation.id, who, "joined")])
        for stream in self.audience.of_all():
            self.arrive(stream.side, conversation)
        return conversation

    def _open(self) -> Conversation:
        settings, identity, now = self.settings, self.identity, self.clock.now()
        number = len(self.platform.conversations) + 1
        if number == 1:
            ids, customer = (identity.conversation_id, identity.agent_id, identity.customer_id), ""
        else:
            new_id, customer = self._new_conversation_id, f" {number}"
            ids = (new_id(), new_id(), new_id())
        conversation = self.platform.open_conversation(
            ids[0],
            Participant(ids[1], settings.agent_name, "agent"),
            Participant(ids[2], settings.customer_name + customer, "customer"),
            now,
        )
        self.platform.set_leg(conversation.id, self.agent_api.state)
        self.stage.enter(conversation.id, self._casting.players(number, now))
        return conversation

    def conversation(self, named: str | None = None) -> Conversation:
        """By its own id or its guest's; None: the one that a guest has begun last, else the first.

        Raises:
            UnknownConversation: there is none of that name.
        """
        name = self._latest if named is None else named
        return self.platform.conversation(self._of_guest.get(name, name))

    def for_new_guest(self) -> Conversation:
        """Where a new guest's session begins: the first conversation, if it is free, else one more."""
        first = self.platform.conversation(self.identity.conversation_id)
        return first if first.guest_id is None and not first.parts else self.open_conversation()

    def begin(self, conversation: Conversation, guest_id: str) -> None:
        """A guest has begun a session in it."""
        conversation.guest_id = conversation.guest_id or guest_id
        self._of_guest[guest_id] = self._latest = conversation.id

    @property
    def delivery_step_s(self) -> float:
        """Seconds between the statuses of a real agent's message."""
        return self.agent_api.delivery_step_s

    @property
    def delivery_error(self) -> str:
        """Why a real agent's messages are not delivered."""
        return self.agent_api.delivery_error

    # --- the loop

    async def run(self) -> None:
        """Performs what is due until cancelled."""
        while True:
            self._tick()
            self._wake.clear()
            timed = (
                self.stage,
                self.platform,
                self.deliveries,
                self.guests,
                self.channels,
                self.org,
                self.watch,
            )
            deadlines = [d for each in timed if each and (d := each.next_deadline()) is not None]
            wait_s = min(deadlines) - self.clock.now() if deadlines else None
            await asyncio.sleep(0)  # Whoever is behind waits for nothing, and lets others have their turn.
            try:
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _tick(self) -> None:
        now = self.clock.now()
        self.publish(self.platform.expire(now))
        for message_id, status in self.deliveries.due(now):
            self._mark([message_id], status, "customer")
        for owner in (*self.guests.expire(now), *self.channels.expire(now)):
            for stream in self.streams_for(owner):
                stream.lapse()
        for conversation_id, side, act in self.stage.due(now):
            self._perform(self.platform.conversation(conversation_id), side, act)
        self._work(now, at_most=STEPS_AT_ONCE)

    def _perform(self, conversation: Conversation, side: Side, act: Act) -> None:
        match act:
            case Deliver(message_id):
                self._mark([message_id], "delivered", side)
            case Read(message_id):
                self._mark([message_id], "read", side)
            case Typing(typing) if side == "agent":
                self.agent_typing(conversation, typing)
            case Typing(typing):
                self.customer_typing(conversation, typing)
            case Say(text, "customer"):
                self.customer_says(conversation, text)
            case Say(text, role, content, name):
                parts = sample(content, self.clock.now()) if isinstance(content, str) else content or ()
                who = "System" if role == "system" else name
                self.agent_say(conversation, text, role=role, name=who, content=parts)
            case Leave():
                self.set_leg(conversation, "disconnected")
            case Break(params):
                self.fault(params)

    def publish(self, events: Iterable[Event]) -> None:
        """Logs the events and sends them to the streams that hear of their conversation."""
        for event in events:
            streams, now = self.audience.of(event.conversation_id), self.clock.now()
            if not self.platform.conversation(
                event.conversation_id
            ).parts:  # An organisation's history is its truth.
                self.truth.event(now, event, protocols=[s.protocol for s in streams])
            self.note_queues(event, now)
            self.guests.note(event, self.deployment, now)
            for stream in streams:
                stream.send_event(event)
            self._wake.set()

    # --- streams

    def next_stream_number(self) -> int:
        """Numbers the streams of a run from 1, as the log shows them."""
        self._stream_numbers += 1
        return self._stream_numbers

    def add_stream(self, stream: Stream) -> None:
        """An authenticated stream hears of all conversations from now on, and is in them."""
        self.audience.listen(stream)
        for conversation in self.platform.conversations.values():
            self.arrive(stream.side, conversation)

    def arrive(self, side: Side, conversation: Conversation) -> None:
        """Somebody is in the conversation; the first who is not on a person's own side brings them to life."""
        if conversation.parts:
            return
        self.stage.arrive(conversation.id, self.clock.now(), side)
        self._wake.set()

    def greet(self, stream: Stream) -> None:
        """Tells a stream who is there."""
        for conversation in self.platform.conversations.values():
            for participant in conversation.participants.values():
                stream.send_event(PresenceChanged(conversation.id, participant, "joined"))
            stream.send_event(ConversationChanged(conversation.id, conversation.state))

    def wake(self) -> None:
        """Deadlines have changed."""
        self._wake.set()

    # --- conditions

    def play(
        self,
        conversation: Conversation,
        turns: Sequence[Turn],
        speed: float | None = None,
        played: Played | None = None,
    ) -> None:
        """Lets the scripted people play a dialogue in place of the script, to whoever is connected."""
        if conversation.parts:
            raise ValueError("the organisation's conversations play their own dialogues")
        self.stage.play(conversation.id, self.clock.now(), turns, speed=speed, played=played)
        for stream in self.audience.of(conversation.id):
            self.arrive(stream.side, conversation)
        self._wake.set()

    def _each(self, do: Callable[[Stream], object]) -> None:
        for stream in list(self.audience.open):
            do(stream)

    def reset(self) -> None:
        """Back to the start: no messages, faults or log; open streams are closed (1012), tokens and ids stay."""
        self._bursts.cancel()
        self.faults = Faults()
        self._each(lambda s: s.thaw())
        self._each(lambda s: s.close(1012, "reset"))
        self.audience.clear()
        self.truth.clear()
        self._set_up()
        self._wake.set()

    def close(self) -> None:
        """Stops what runs in the background."""
        self._bursts.cancel()
        self._each(lambda s: s.close(1001, "going away"))
