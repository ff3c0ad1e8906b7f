"""Collects what a simulator can be told, and makes its identity from the seed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ipygenesys._wire.messaging_events import SCOPES
from ipygenesys.simulator.state.conversation import Played, Turn
from ipygenesys.simulator.state.organisation import AgentApi, Deployment, GuestLimits

EXTENSIONS = frozenset(
    {"send", "history", "message", "read_up_to", "conversations", "receipts", "presence", "payload"}
)
"""What the simulator offers beyond the tutorial; each can be left out."""
MAX_CONVERSATIONS = 10_000


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that can be chosen; frozen, so that a reset finds it unchanged."""

    seed: int = 0
    scenario: str = "greeting"
    speed: float = 1.0
    dialogue: tuple[Turn, ...] | None = field(default=None, repr=False)
    bot: Mapping[str, Any] | None = field(default=None, repr=False)
    """The flow of a bot in place of the agent, see ``person.flow``."""
    extensions: frozenset[str] = EXTENSIONS
    scopes: tuple[str, ...] = SCOPES
    token_lifetime_s: float = 86399
    rate_limit_per_min: int | None = None
    """None: the scenario's, else 300 as Genesys has it."""
    typing_min_interval_s: float | None = None
    """Least seconds between two typing calls; None: the scenario's, else no such limit."""
    auth_timeout_s: float = 5.0
    clock_ahead_s: float = 0.0
    """How far the server's clock is ahead of this machine's."""
    echo_typing: bool = False
    """Whether the customer's own typing comes back on the stream."""
    agent_name: str = "Ann"
    customer_name: str = "Customer"
    client_secret: str | None = field(default=None, repr=False)
    person: Played = "agent"
    """Whom the simulator plays."""
    conversations: int = 1
    """How many there are before any guest comes."""
    deployment: Deployment = field(default_factory=Deployment)
    guest_limits: GuestLimits = field(default_factory=GuestLimits)
    agent_api: AgentApi = field(default_factory=AgentApi)

    def __post_init__(self) -> None:
        if unknown := sorted(self.extensions - EXTENSIONS):
            raise ValueError(
                f"unknown extension {', '.join(unknown)}; there is {', '.join(sorted(EXTENSIONS))}"
            )
        if not self.speed > 0:
            raise ValueError("speed must be greater than 0")
        if self.person not in ("agent", "customer", "both"):
            raise ValueError("person must be agent, customer or both")
        if not 1 <= self.conversations <= MAX_CONVERSATIONS:
            raise ValueError(f"conversations must be between 1 and {MAX_CONVERSATIONS:,}")


def seeded_ids(seed: int, purpose: str) -> Callable[[], str]:
    """A source of version 4 UUIDs that is the same for the same seed and purpose."""
    rng = Random(f"{seed}/{purpose}")
    return lambda: str(uuid.UUID(int=rng.getrandbits(128), version=4))


def seeded_secrets(seed: int, purpose: str) -> Callable[[], str]:
    """A source of secrets that are easy to find in places where none should be."""
    rng = Random(f"{seed}/{purpose}")
    return lambda: f"simulated-{purpose}-{rng.getrandbits(192):048x}"


@dataclass(frozen=True)
class Identity:
    """The ids and the secret that a seed stands for."""

    client_id: str
    client_secret: str = field(repr=False)
    conversation_id: str
    deployment_id: str
    agent_id: str
    """Of the agent as a participant of the conversation."""
    customer_id: str
    user_id: str
    """Of the agent as a user of the organisation."""
    queue_id: str
    organization_id: str

    @classmethod
    def of(cls, settings: Settings) -> Identity:
        """The identity of a simulator with these settings."""
        new = seeded_ids(settings.seed, "identity")
        secret = settings.client_secret or seeded_secrets(settings.seed, "secret")()
        return cls(new(), secret, new(), new(), new(), new(), new(), new(), new())
