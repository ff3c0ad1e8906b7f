"""What the shell must do after a step, in this order."""

from __future__ import annotations

import msgspec

from ipygenesys._core.connection import CloseStream, OpenStream
from ipygenesys._core.durable import Keep
from ipygenesys._core.events import Event
from ipygenesys._core.operations import Operation


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
