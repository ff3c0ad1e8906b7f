"""What the bar of a replay and the kernel say; TypeScript is generated from it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0)]


class PlayerState(msgspec.Struct, tag="player", tag_field="kind", rename="camel"):
    """Kernel to page: where the replay is, and what it does."""

    position: float
    """Seconds from the beginning."""
    duration: float
    speed: float
    """As a factor; 0 is as fast as it goes."""
    is_playing: bool
    is_over: bool
    began_ms: int
    """When it was recorded, in milliseconds since the epoch."""
    locale: str
    words: dict[str, str]
    """Of that locale; empty for whoever has them."""


class LookAtPlayer(
    msgspec.Struct, tag="player-look", tag_field="kind", rename="camel", forbid_unknown_fields=True
):
    """Page to kernel: somebody looks."""

    languages: Annotated[list[Annotated[str, msgspec.Meta(max_length=35)]], msgspec.Meta(max_length=10)]
    has_words: bool = False


class Play(msgspec.Struct, tag="player-play", tag_field="kind", forbid_unknown_fields=True):
    """Page to kernel: go on, or stand still."""

    on: bool


class Seek(msgspec.Struct, tag="player-seek", tag_field="kind", forbid_unknown_fields=True):
    """Page to kernel: be at this moment."""

    seconds: Seconds


class SetSpeed(msgspec.Struct, tag="player-speed", tag_field="kind", forbid_unknown_fields=True):
    """Page to kernel: as a factor; 0 is as fast as it goes."""

    speed: Seconds


FromPlayer = LookAtPlayer | Play | Seek | SetSpeed


def decode(content: object) -> FromPlayer:
    """Read strictly what a page says.

    Raises:
        msgspec.ValidationError: it is something else.
    """
    message: FromPlayer = msgspec.convert(content, FromPlayer)
    return message


def encode(message: PlayerState) -> Any:
    """As the comm takes it."""
    return msgspec.to_builtins(message)
