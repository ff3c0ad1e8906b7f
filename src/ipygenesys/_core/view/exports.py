"""Transcripts on their way to a page: in parts, bounded, and no faster than may be.

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

TOO_LARGE = ErrorDelta(
    code="transcript-too-large",
    message="It is too large to be handed to the browser: use chat.export(path).",
    cause="too_large",
)


class ViewExports:
    """The parts that wait to be sent."""

    def __init__(self) -> None:
        self._parts: deque[ExportPart] = deque()
        self._next_at = float("-inf")

    def offer(self, request: ExportRequested, data: bytes) -> None:
        """A transcript is made: gzip-compressed UTF-8."""
        if len(data) > MAX_BYTES:
            self.refuse(request, TOO_LARGE)
            return
        pieces = [data[at : at + PART_BYTES] for at in range(0, len(data), PART_BYTES)]
        self._parts += [
            ExportPart(
                to=request.client,
                request_id=request.request_id,
                number=number,
                count=len(pieces),
                data=base64.b64encode(piece).decode(),
            )
            for number, piece in enumerate(pieces, 1)
        ]

    def refuse(self, request: ExportRequested, why: ErrorDelta) -> None:
        """It could not be made."""
        self._parts.append(
            ExportPart(to=request.client, request_id=request.request_id, number=0, count=0, error=why)
        )

    def forget(self, client: str) -> None:
        """A page of the browser has gone."""
        self._parts = deque(part for part in self._parts if part.to != client)

    def due(self, now: float) -> list[ExportPart]:
        """What may be sent now."""
        if not self._parts or now < self._next_at:
            return []
        self._next_at = now + EVERY_S
        return [self._parts.popleft()]

    def next_deadline(self) -> float | None:
        """When ``due`` has something."""
        return self._next_at if self._parts else None
