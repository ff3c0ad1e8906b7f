"""What the shell must do after a step, in this order."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.events import Event
from ipygenesys._core.model.kept import Keep
from ipygenesys._core.model.operations import Operation

NORMAL_CLOSURE = 1000


class OpenStream(msgspec.Struct, frozen=True):
    """Open a stream, with a token that the server has not refused yet if ``fresh_token``."""

    generation: int
    fresh_token: bool = False


class CloseStream(msgspec.Struct, frozen=True):
    """Close a stream of ours; what it still says is ignored."""

    generation: int
    code: int = NORMAL_CLOSURE


class Call(msgspec.Struct, frozen=True):
    """Carry out an operation at the platform and report back."""

    operation: Operation
    is_again: bool = False
    """It was asked for before, and failed."""


class CancelSend(msgspec.Struct, frozen=True):
    """Stop a send whose file is still on its way; the call that carries it out reports back all the same."""

    draft_id: str


class Emit(msgspec.Struct, frozen=True):
    """Tell handlers and views."""

    event: Event


Effect = Keep | OpenStream | CloseStream | Call | CancelSend | Emit
