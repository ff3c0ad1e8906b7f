"""An agent's history: a conversation names its messages, and their content comes in bulk."""

from __future__ import annotations

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import FetchHistory
from ipygenesys._core.model.platform_events import History, MessageArrived
from ipygenesys._protocols.agent_messaging.conversation import AgentConversation
from ipygenesys._protocols.flow import CallError, Flow, Request
from ipygenesys._wire import agent_messaging as wire


class AgentHistory:
    """Reads one conversation's messages.

    Args:
        path: of the conversation.
        conversation: what is known of it.
    """

    def __init__(self, path: str, conversation: AgentConversation) -> None:
        self._path = path
        self._conversation = conversation
        self._messages = conversation.messages

    def fetch(self, message_ids: tuple[str, ...]) -> Flow[dict[str, MessageArrived]]:
        """Content by id; what cannot be had is missing."""
        found: dict[str, MessageArrived] = {}
        for start in range(0, len(message_ids), wire.MAX_BULK):
            body = yield Request(
                method="POST",
                path=f"{self._path}/messages/bulk",
                body=msgspec.json.encode(message_ids[start : start + wire.MAX_BULK]),
                what="Fetching messages",
                needs=wire.PERMISSIONS_VIEW,
                is_shared=True,
            )
            found |= self._messages.read_all(body)
        return found

    def page(self, wanted: FetchHistory) -> Flow[History]:
        """The conversation names its messages; their content comes in bulk."""
        heard = self._conversation.heard
        body = yield Request(method="GET", path=self._path, what="Fetching the conversation's history")
        is_newest = heard == self._conversation.heard  # Else a notification knows better.
        if is_newest:
            # Where the rest fails, it is told with what comes next: it will not be news again.
            self._conversation.untold += self._conversation.snapshot(body)
        references = self._messages.references(body)
        page = self._messages.page(references, wanted)
        if page is None:
            words = "Fetching the conversation's history: the message to go on from is not there."
            raise CallError(Failure(kind="not_found", message=words))
        chosen, has_more = page
        self._messages.know_senders(chosen)
        found = (yield from self.fetch(tuple(each.id for each in chosen))) if chosen else {}
        updates = self._messages.updates(references, wanted.after)
        messages = self._messages.in_order(chosen, found)
        return History((*updates, *messages), has_more, self._conversation.take_untold())
