"""What a protocol tells the session about itself and us: its ways with typing and sessions, our part."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.messages import Capability, Role, TextLimit, UploadRules

REFRESH_S = 4.0
"""While keys keep coming; shorter than what an indicator lasts, or the other side would flicker."""
MIN_SPACING_S = 0.5
"""Between any two calls for one conversation. Source: the tutorial's debounce."""


class TypingRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a protocol's typing calls look like."""

    refresh_s: float = REFRESH_S
    """Between two "on" while keys keep coming."""
    spacing_s: float = MIN_SPACING_S
    """Between any two calls."""
    per_minute: int = 0
    """Calls in any minute; 0 is no limit of this kind."""
    has_off: bool = True
    """There is a call for "stopped typing"; real Genesys has none, the indicator times out."""


class LifeRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a protocol's sessions are like."""

    health_check_s: float = 0.0
    """Of silence; also the least time between two checks. 0: there is no health check."""
    notice_s: float = 300.0
    """This long before the end the user hears of it."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A protocol's ways, and our part in the conversation."""

    own_role: Role
    own_participant_id: str | None = None
    is_role_own: bool = True
    """Whoever has our role is us; else only who is said to be."""
    capabilities: frozenset[Capability]
    sends_files: bool = False
    """A message of ours can bring a file, where the platform lets it."""
    uploads: UploadRules | None = None
    """What files may be sent, as far as it is known; None: none."""
    text_limit: TextLimit | None = None
    """None: nobody has said."""
    begins_anew: bool = False
    """Another conversation can be begun from here, once this one is over."""
    is_send_idempotent: bool
    """The server recognises a draft id that it has seen, so the same send may be repeated."""
    typing_rules: TypingRules = TypingRules()
    life_rules: LifeRules = LifeRules()
    sends_on_stream: bool = False
    """Messages and typing wait for the stream: they travel on it, or need what its opening has learned."""
    max_sends_per_s: int = 0
    """Of messages and typing together; 0 is no limit of this kind."""
    files_go_alone: bool = False
    """A message holds a text or a file: who sends both sends two messages."""
    fetches_in_bulk: bool = False
    """Messages whose content is missing are fetched together."""
    silence_s: float = 0.0
    """The server says something at least this often, or the stream is dead; 0: it promises nothing."""
    read_every_s: float = 0.0
    """How long a stream rests once all that has come was read, so that of a flood many frames share what reading costs."""
    infers_seen: bool = False
    """Whoever types or answers after a message of ours has most likely seen it: say so, as an inference."""
    read_up_to_ms: int = 0
    """Our own read position, for a platform that takes no receipts: what is older counts as read."""
    conversation_id: str | None = None
    """What users call the conversation; None until it has a name."""
    conversation_key: str | None = None
    """What is kept of the conversation is kept under this name, from one run to the next; None until it has one."""
