"""What is in an inbox's entries, and the state beside them: how rows are now."""

from __future__ import annotations

import msgspec

from ipygenesys._core.inbox.answers import Value
from ipygenesys._core.inbox.inputs import Recalled
from ipygenesys._core.inbox.rows import Row
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.relay.entries import Reached, Renewed, UpstreamTold


class RowTold(msgspec.Struct, frozen=True, tag=True, omit_defaults=True):
    """A row as the relay has it: nobody has looked at it, and who types is said elsewhere."""

    number: int
    """Of what one leader has told: the higher one is the newer."""
    row: Row
    values: tuple[Value, ...] | None = ()
    """That its figures are of; None: as before."""

    @property
    def recalled(self) -> Recalled:
        """For whoever leads next."""
        return Recalled(self.row, self.values or ())


class RowGone(msgspec.Struct, frozen=True, tag=True):
    """It is of no interest any more."""

    conversation_id: str


class InboxState(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """What a viewer begins with, besides the rows; in an entry: it has changed."""

    run: str
    """See ``Cursor.run``."""
    upstream: UpstreamTold = UpstreamTold("idle")
    targets_ms: dict[str, int] = {}
    """By queue: how long a customer is to wait at most."""
    problems: dict[str, Failure] = {}
    """What does not work while the rest does, by what it is."""


Lasting = RowTold | RowGone | InboxState | Renewed
"""What every viewer has to hear of, sooner or later."""


class RowTyping(msgspec.Struct, frozen=True, tag=True):
    """Who types in a conversation now; said again for as long as it lasts."""

    conversation_id: str
    names: tuple[str, ...]


_encoder = msgspec.json.Encoder()


def encoded(what: tuple[Lasting, ...] | tuple[RowTyping, ...] | InboxState | RowTold) -> bytes:
    """As it is kept."""
    return _encoder.encode(what)


entry_of = msgspec.json.Decoder(tuple[Lasting, ...]).decode
"""What an entry says. Raises ``msgspec.DecodeError``: it is none of this version."""
passing_of = msgspec.json.Decoder(tuple[RowTyping | Reached, ...]).decode
"""What was said in passing; nothing: that somebody leads. Raises ``msgspec.DecodeError``: it is none of this version."""
state_of = msgspec.json.Decoder(InboxState).decode
"""The state as it was kept. Raises ``msgspec.DecodeError``: it is none of this version."""
row_of = msgspec.json.Decoder(RowTold).decode
"""A row as it was kept. Raises ``msgspec.DecodeError``: it is none of this version."""
