"""Transcripts that pages ask for: made one at a time, sent in parts, bounded, and no faster than may be.

Jupyter Server drops what exceeds 1 MB/s. Source: jupyter_server, ``iopub_data_rate_limit``.
"""

from __future__ import annotations

import base64
from collections import deque

from ipygenesys._core.view.protocol import ErrorDelta, ExportPart, ExportRequested

PART_BYTES = 192 * 1024
EVERY_S = 0.4
MAX_BYTES = 16 * 1024 * 1024
"""Compressed; more is for ``chat.export(path)``."""

MAX_WAITING = 8
"""Chosen: transcripts of all pages together that are asked for and not begun with."""

TOO_MANY = ErrorDelta(
    code="transcript-held-back",
    message="Too many were asked for at once: ask again in a minute.",
    cause="rate_limited",
)
TOO_LARGE = ErrorDelta(
    code="transcript-too-large",
    message="It is too large to be handed to the browser: use chat.export(path).",
    cause="too_large",
)


class ViewExports:
    """What was asked for, what is being made, and the parts that wait to be sent."""

    def __init__(self) -> None:
        self._asked: deque[ExportRequested] = deque()
        self._making: ExportRequested | None = None
        self._is_wanted = True
        """What is being made: its page is still there."""
        self._parts: deque[ExportPart] = deque()
        self._next_at = float("-inf")

    def requested(self, request: ExportRequested) -> None:
        """A page wants one. If too many are wanted it is refused, in the end without a word: then it gives up itself."""
        if len(self._asked) < MAX_WAITING:
            self._asked.append(request)
        elif len(self._parts) < MAX_WAITING:
            self._refuse(request, TOO_MANY)

    def begin(self) -> ExportRequested | None:
        """For the shell: the one to make now. None while another is being made, or has not been sent."""
        if self._making is not None or self._parts or not self._asked:
            return None
        self._making, self._is_wanted = self._asked.popleft(), True
        return self._making

    def made(self, result: bytes | ErrorDelta) -> None:
        """What was begun with is there: gzip-compressed UTF-8, or why it could not be made."""
        request, self._making = self._making, None
        assert request is not None
        if not self._is_wanted:
            return
        if isinstance(result, ErrorDelta):
            self._refuse(request, result)
        elif len(result) > MAX_BYTES:
            self._refuse(request, TOO_LARGE)
        else:
            self._parts += _parts(request, result)

    def _refuse(self, request: ExportRequested, why: ErrorDelta) -> None:
        self._parts.append(
            ExportPart(to=request.client, request_id=request.request_id, number=0, count=0, error=why)
        )

    def forget(self, client: str) -> None:
        """A page of the browser has gone."""
        self._asked = deque(request for request in self._asked if request.client != client)
        self._parts = deque(part for part in self._parts if part.to != client)
        if self._making is not None and self._making.client == client:
            self._is_wanted = False

    def due(self, now: float) -> list[ExportPart]:
        """What may be sent now."""
        if not self._parts or now < self._next_at:
            return []
        self._next_at = now + EVERY_S
        return [self._parts.popleft()]

    def next_deadline(self) -> float | None:
        """When ``due`` has something."""
        return self._next_at if self._parts else None


def _parts(request: ExportRequested, data: bytes) -> list[ExportPart]:
    pieces = [data[at : at + PART_BYTES] for at in range(0, len(data), PART_BYTES)]
    return [
        ExportPart(
            to=request.client,
            request_id=request.request_id,
            number=number,
            count=len(pieces),
            data=base64.b64encode(piece).decode(),
        )
        for number, piece in enumerate(pieces, 1)
    ]
