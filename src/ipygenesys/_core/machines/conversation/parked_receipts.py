"""Receipts that have overtaken their message, kept for it within bounds."""

from __future__ import annotations

from ipygenesys._core.model.platform_events import ReceiptArrived

MAX_MESSAGES = 1000
"""That receipts may wait for. Chosen: far more than can overtake each other in practice."""
MAX_PER_MESSAGE = 16


class ParkedReceipts:
    """By message; the oldest make room."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[ReceiptArrived]] = {}

    def park(self, receipt: ReceiptArrived) -> None:
        """Its message is not known yet; of the same kind from the same participant the first counts."""
        parked = self._waiting.setdefault(receipt.message_id, [])
        kind = (receipt.participant_id, receipt.status)
        is_known = any((each.participant_id, each.status) == kind for each in parked)
        if not is_known and len(parked) < MAX_PER_MESSAGE:
            parked.append(receipt)
        if len(self._waiting) > MAX_MESSAGES:
            del self._waiting[next(iter(self._waiting))]

    def take(self, message_id: str) -> list[ReceiptArrived]:
        """Those for a message that has come."""
        return self._waiting.pop(message_id, [])

    def clear(self) -> None:
        """The conversation was cleared."""
        self._waiting.clear()
