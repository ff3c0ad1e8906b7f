"""Which pages look at a widget: heard of lately, composing, and since when nobody is there."""

from __future__ import annotations

import msgspec

from ipygenesys._core.machines.backoff import soonest
from ipygenesys._core.view.inbox import ViewInbox
from ipygenesys._core.view.protocol import VIEW_SILENCE_S, Hello, ViewToKernel

MAX_CLIENTS = 64
"""Chosen: of one widget; of more the one that was heard of longest ago is forgotten, and is back with its next hello."""


class Client(msgspec.Struct):
    """A page of a browser."""

    inbox: ViewInbox
    last_heard: float
    is_composing: bool = False


class ViewPresence:
    """The pages of one widget."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}
        self._gone_at: float | None = None
        """When the last page is believed to be gone."""

    def __bool__(self) -> bool:
        """Somebody may be looking."""
        return bool(self._clients)

    @property
    def clients(self) -> list[tuple[str, Client]]:
        """All of them, as they are now, with their names."""
        return list(self._clients.items())

    def crowded_out_by(self, name: str) -> str | None:
        """Who must be forgotten before a page of this name is heard."""
        if name in self._clients or len(self._clients) < MAX_CLIENTS:
            return None
        return min(self._clients, key=lambda each: self._clients[each].last_heard)

    def heard(self, message: ViewToKernel, now: float) -> Client:
        """A page has said something; it may be the first that is heard of it."""
        client = self._clients.get(message.client)
        if client is None:
            # A hello needs nothing before it; anything else may have overtaken the page's first message.
            first = message.seq if isinstance(message, Hello) else 1
            client = self._clients[message.client] = Client(ViewInbox(first), now)
        client.last_heard, self._gone_at = now, None
        return client

    def returned(self, name: str, client: Client) -> None:
        """A page says hello; it may have said goodbye a moment ago, in the same breath."""
        self._clients[name], self._gone_at = client, None

    def composes(self, name: str) -> bool:
        """A page's composer is busy; False if the page has said goodbye."""
        if (client := self._clients.get(name)) is None:
            return False
        client.is_composing = True
        return True

    def has_stopped(self, name: str) -> bool:
        """A page's composer is idle; True if so are all others."""
        if (client := self._clients.get(name)) is not None:
            client.is_composing = False
        return not any(other.is_composing for other in self._clients.values())

    def forget(self, name: str) -> Client | None:
        """A page has gone, or so it seems; what was known of it."""
        client = self._clients.pop(name, None)
        if client is not None and not self._clients:
            # A page that is being reloaded says goodbye too, and is back in a moment.
            self._gone_at = client.last_heard + VIEW_SILENCE_S
        return client

    def are_gone(self, now: float) -> bool:
        """Nobody is there any more; said once."""
        if self._gone_at is None or now < self._gone_at:
            return False
        self._gone_at = None
        return True

    def next_deadline(self) -> float | None:
        """When a page has something due, or has been silent for too long, or all are gone."""
        deadlines = [self._gone_at]
        for client in self._clients.values():
            deadlines += [client.inbox.next_deadline(), client.last_heard + VIEW_SILENCE_S]
        return soonest(*deadlines)
