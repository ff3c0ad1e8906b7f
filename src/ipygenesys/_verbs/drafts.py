"""Messages of ours that were not sent: sent again, or given up."""

from __future__ import annotations

from ipygenesys._core.model.inputs import Discard, Retry
from ipygenesys._core.model.messages import Message, MessageStatus
from ipygenesys._verbs.past import Past
from ipygenesys.delivery import Delivery, draft_id_of


class Drafts(Past):
    """Part of a conversation: what the user decides of drafts."""

    def retry(self, message: Delivery | Message | str) -> None:
        """Send a failed or unknown message again, under the same id: what ``send`` gave, or a message or its id.

        Raises:
            TypeError: it is none of these.
            ValueError: there is no such message of ours, or it was sent.
        """
        draft_id, status = self._own(message)
        if status in ("sent", "delivered", "read"):
            raise ValueError(f"This message has not failed: it is {status}.")
        self._command(Retry(draft_id))

    def discard(self, message: Delivery | Message | str) -> None:
        """Give up a message of ours: one that has failed, is unknown, still waits, or whose file is still on its way.

        A file that is on its way is stopped, and what the server has of it is taken back where the server allows that.
        What has gone out already stays.

        Raises:
            TypeError: it is no Delivery, no Message and no id.
            ValueError: there is no such message of ours, or it has gone out.
        """
        draft_id, status = self._own(message)
        if status in ("sent", "delivered", "read"):
            raise ValueError(f"This message has gone out already: it is {status}.")
        self._command(Discard(draft_id))

    def _own(self, message: Delivery | Message | str) -> tuple[str, MessageStatus | None]:
        draft_id = draft_id_of(message)
        known = self._gateway.session.conversation.timeline.get(draft_id)
        if (known is None or not known.is_own) and draft_id not in self._gateway.deliveries:
            raise ValueError(
                "No message of ours has this id: send() gives a Delivery, which takes its place."
            )
        return draft_id, known.status if known is not None else None
