"""What the shell must do after a step, in this order."""

from __future__ import annotations

import msgspec

from ipygenesys._core.machines.connection import CloseStream, OpenStream
from ipygenesys._core.model.events import Event
from ipygenesys._core.model.operations import Operation
from ipygenesys._core.session.durable_log import Keep


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
