"""Owns the simulator's state and the agent's task; every action goes through here.

All methods run on the server's loop and never wait, so each one is atomic.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from random import Random

from ipygenesys.simulator.faults.active import Faults
from ipygenesys.simulator.hub.administration import Administration
from ipygenesys.simulator.hub.stream import Stream
from ipygenesys.simulator.person.bursts import Bursts
from ipygenesys.simulator.person.person import Act, Break, Deliver, DialogueState, Person, Read, Say, Typing
from ipygenesys.simulator.person.rich_content import sample
from ipygenesys.simulator.person.scenarios import scenario
from ipygenesys.simulator.state.accounts import Accounts, MinimumInterval, OAuthClient, RateLimiter
from ipygenesys.simulator.state.channels import Channels
from ipygenesys.simulator.state.clock import Clock
from ipygenesys.simulator.state.conversation import (
    ConversationChanged,
    Event,
    Participant,
    PresenceChanged,
    Role,
    Side,
    State,
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


class Hub(Administration):
    """The one writer of the platform's state."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.identity = identity = Identity.of(settings)
        self.scenario = scenario(settings.scenario)
        self.truth = GroundTruth()
        self.faults = Faults()
        self.streams, self.open_streams = [], []
        self.agent_is = Participant(identity.agent_id, settings.agent_name, "agent")
        self.customer_is = Participant(identity.customer_id, settings.customer_name, "customer")
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
        self.platform.open_conversation(self.conversation_id, self.clock.now())
        self.platform.join(self.conversation_id, self.agent_is)
        self.platform.join(self.conversation_id, self.customer_is)
        self.platform.set_leg(self.conversation_id, settings.agent_api.state)
        self.deliveries = Deliveries()
        rng = Random(f"{settings.seed}/agent")
        self.person = Person(script.script, rng, speed=settings.speed, side=settings.person)
        if settings.dialogue is not None:
            self.person.play(self.clock.now(), settings.dialogue)
        self._others: dict[tuple[str, Role], Participant] = {}

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
            self._wake.clear()
            self._tick()
            timed = (self.person, self.platform, self.deliveries, self.guests, self.channels)
            deadlines = [d for d in (each.next_deadline() for each in timed) if d is not None]
            wait_s = min(deadlines) - self.clock.now() if deadlines else None
            try:
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _tick(self) -> None:
        now = self.clock.now()
        self.publish(self.platform.expire(now))
        for message_id, status in self.deliveries.due(now):
            self._mark([message_id], status, self.customer_is)
        for owner in (*self.guests.expire(now), *self.channels.expire(now)):
            for stream in self.streams_for(owner):
                stream.lapse()
        for act in self.person.due(now):
            self._perform(act)

    def _perform(self, act: Act) -> None:
        match act:
            case Deliver(message_id):
                self._mark([message_id], "delivered", self._player())
            case Read(message_id):
                self._mark([message_id], "read", self._player())
            case Typing(typing) if self.person.side == "agent":
                self.agent_typing(typing)
            case Typing(typing):
                self.customer_typing(self.conversation_id, typing)
            case Say(text, "customer"):
                self.customer_says(self.conversation_id, text)
            case Say(text, role, content):
                parts = [] if content is None else sample(content, self.clock.now())
                self.agent_say(text, role=role, name=None if role == "agent" else "System", content=parts)
            case Break(params):
                self.fault(params)

    def _player(self) -> Participant:
        return self.agent_is if self.person.side == "agent" else self.customer_is

    def publish(self, events: Iterable[Event]) -> None:
        """Logs the events and sends them to every stream that is authenticated."""
        for event in events:
            self.truth.event(self.clock.now(), event, protocols=[s.protocol for s in self.streams])
            self.guests.note(event, self.deployment, self.clock.now())
            for stream in self.streams:
                stream.send_event(event)
            self._wake.set()

    # --- streams

    def next_stream_number(self) -> int:
        """Numbers the streams of a run from 1, as the log shows them."""
        self._stream_numbers += 1
        return self._stream_numbers

    def add_stream(self, stream: Stream) -> None:
        """An authenticated stream gets all events from now on."""
        self.streams.append(stream)
        self._wake.set()

    def arrive(self, side: Side) -> None:
        """Somebody is in the conversation; the first who is not on the person's own side brings them to life."""
        if side != self.person.side:
            self.person.start(self.clock.now())
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

    def remove_stream(self, stream: Stream) -> None:
        """The stream has ended."""
        for streams in (self.streams, self.open_streams):
            if stream in streams:
                streams.remove(stream)

    # --- conditions

    def play(self, turns: Sequence[Turn], speed: float | None = None, side: Side | None = None) -> None:
        """Lets the person play a dialogue in place of the script, to whoever is connected."""
        self.person.play(self.clock.now(), turns, speed=speed, side=side)
        for stream in self.streams:
            self.arrive(stream.side)
        self._wake.set()

    def dialogue(self) -> DialogueState | None:
        """How far the dialogue has come."""
        return self.person.dialogue()

    def set_conversation(self, state: State) -> None:
        """Ends the conversation or brings it back."""
        self.publish(self.platform.set_state(self.conversation_id, state))

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
