"""What is in a relay's entries, and the state beside them: neutral events as JSON, the same for every protocol."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import Capability, ConnectionStatus, Role
from ipygenesys._core.model.platform_events import (
    CapabilitiesLearned,
    ConversationCleared,
    MessageArrived,
    OwnPartLearned,
    PresenceChanged,
    ReceiptArrived,
    SessionLifeLearned,
    TypingNoticed,
)
from ipygenesys._core.relay.positions import Position


class Renewed(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """What the keys hold now is all there is: read it anew."""


class UpstreamTold(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """How the relay's own connection to the platform is."""

    status: ConnectionStatus
    failure: Failure | None = None

    @property
    def is_there(self) -> bool:
        """What was said can be read, and as a rule more comes."""
        return self.status in ("connected", "read_only")


class Reached(msgspec.Struct, frozen=True, tag=True):
    """Whoever leads is there, and has written so far: a sign of life. What is said with it was said after that entry, which
    it may overtake, or before the next ones, which may overtake it.
    """

    at: Position


Lasting = (
    MessageArrived
    | ReceiptArrived
    | PresenceChanged
    | ConversationCleared
    | CapabilitiesLearned
    | OwnPartLearned
    | UpstreamTold
    | Renewed
)
"""What every viewer has to hear of, sooner or later."""
Passing = TypingNoticed | SessionLifeLearned | Reached
"""What is of no use later."""


class RelayState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a viewer begins with, besides the messages."""

    run: str
    """See ``Cursor.run``."""
    own: OwnPartLearned
    able: CapabilitiesLearned
    upstream: UpstreamTold = UpstreamTold("idle")
    people: tuple[PresenceChanged, ...] = ()
    has_older: bool = False
    """The platform has messages older than the oldest one here."""
    unsettled_after: str | None = None
    """See ``Settled``."""


WITHHELD: frozenset[Capability] = frozenset({"attachments"})
"""What no viewer can do by a relay: their files are on their machines."""
US = "us"
"""A participant that every viewer takes for itself: what the platform says of us without naming our part."""

_encoder = msgspec.json.Encoder()


def sign_of_life(at: Position) -> bytes:
    """What is said in passing by whoever leads.

    Args:
        at: the newest entry that is certainly there.
    """
    return _encoder.encode((Reached(at),) if at.sequence else ())


def encoded(what: tuple[Lasting, ...] | tuple[Passing, ...] | RelayState | MessageArrived) -> bytes:
    """As it is kept."""
    return _encoder.encode(what)


entry_of = msgspec.json.Decoder(tuple[Lasting, ...]).decode
"""What an entry says. Raises ``msgspec.DecodeError``: it is none of this version."""
passing_of = msgspec.json.Decoder(tuple[Passing, ...]).decode
"""What was said in passing; nothing: that somebody leads. Raises ``msgspec.DecodeError``: it is none of this version."""
state_of = msgspec.json.Decoder(RelayState).decode
"""The state as it was kept. Raises ``msgspec.DecodeError``: it is none of this version."""
message_of = msgspec.json.Decoder(MessageArrived).decode
"""A message as it was kept. Raises ``msgspec.DecodeError``: it is none of this version."""


def own_part(participant_ids: tuple[str, ...], role: Role) -> OwnPartLearned:
    """Who we are, as viewers are told."""
    return OwnPartLearned((US, *participant_ids), role)
