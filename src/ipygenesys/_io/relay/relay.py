"""Relay: a conversation, or an inbox, that comes by a relay on Redis instead of from the platform itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ipygenesys._core.model.messages import Capability
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.relay.inbox.session import RowsSession
from ipygenesys.credentials import Secret

DEFAULT_INBOX = "inbox"
SILENCE_S = 10.0
"""A relay that leads gives a sign of life every 1.5 s; another one leads within 10 s."""
_ABLE: frozenset[Capability] = frozenset(
    {"send", "send_typing", "receive_typing", "send_read", "receive_read", "history"}
)
"""Until the relay has said what of it the platform lets it do, and it lets us do."""
_SCHEMES = ("redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster")


class Relay:
    """A conversation by a relay: ``ig.Chat(ig.Relay(url, conversation_id=…))``, ``ig.Client(…)``; or all those of an inbox:
    ``ig.Inbox(ig.Relay(url, inbox=…))``.

    One relay owns the connection to Genesys Cloud, any number of these look on and write by it: nothing counts against
    the limits of an account but the relay itself, and no credentials of it are needed here. Files that others have sent are
    seen and opened; none can be sent, for the relay cannot read them where you are.

    Args:
        url: of Redis or Valkey, as redis-py takes it: ``redis://``, ``rediss://`` (TLS) or ``unix://``. A user name and a
            password in it are those of Redis' own ACL, by which the relay knows who asks.
        conversation_id: which conversation, as the relay's configuration names it, or one of the inbox that is named, too.
        inbox: which of the relay's queues or users, as its configuration names them; ``ig.Inbox`` takes "inbox" without it.
        token: who you are, where the relay does not know it by the URL's user.

    Raises:
        ValueError: the URL is none of Redis, or a name is empty.
        ImportError: redis is not installed: ``pip install ipygenesys[relay]``.
    """

    def __init__(
        self,
        url: str,
        *,
        conversation_id: str | None = None,
        inbox: str | None = None,
        token: str | Secret | None = None,
    ) -> None:
        try:
            import redis  # noqa: F401 - said now, not in a thread
        except ImportError:
            raise ImportError("ig.Relay needs redis: pip install 'ipygenesys[relay]'") from None
        self._url = Secret(_checked(url))
        self._token = Secret(token) if isinstance(token, str) else token
        self.conversation_id = conversation_id
        self._inbox = inbox
        for name, value in (("conversation_id", conversation_id), ("inbox", inbox)):
            if value is not None and not value.strip():
                raise ValueError(f"{name} must not be empty.")

    @property
    def profile(self) -> Profile:
        """Who we are shows when the relay has said it."""
        return Profile(
            own_role="agent",
            is_role_own=False,
            capabilities=_ABLE,
            is_send_idempotent=True,
            sends_on_stream=True,
            silence_s=SILENCE_S,
            conversation_id=self.conversation_id,
            conversation_key=f"relay:{self._place}:{self._name}",
        )

    @property
    def title(self) -> str:
        """The conversation in a few words."""
        return f"Relay {self._name}"

    def source(self, conversation: Any) -> Any:
        """What feeds a conversation with it."""
        from ipygenesys._io.relay.viewer import Viewer

        if self.conversation_id is None:
            raise ValueError(
                "Which conversation? ig.Relay(url, conversation_id=…); all of an inbox: ig.Inbox(ig.Relay(url))."
            )
        return Viewer(conversation, self._url.reveal(), self.conversation_id, self._inbox, self._token)

    # --- as an inbox ------------------------------------------------------------------------------------------

    def rows_session(self) -> RowsSession:
        """What decides for an inbox of it.

        Raises:
            ValueError: it is one conversation.
        """
        if self.conversation_id is not None:
            raise ValueError(
                "This is one conversation: ig.Chat(ig.Relay(…)), or ig.Inbox([ig.Relay(…), …]) of several. "
                "An inbox of all is named by inbox= alone."
            )
        return RowsSession(self.profile)

    def rows_source(self, inbox: Any) -> Any:
        """What feeds an inbox with it."""
        from ipygenesys._io.relay.inbox.viewer import RowsViewer

        return RowsViewer(inbox, self._url.reveal(), self._inbox or DEFAULT_INBOX, self._token)

    def opened(self, conversation_id: str) -> Relay:
        """One of an inbox's conversations."""
        inbox = self._inbox or DEFAULT_INBOX
        return Relay(self._url.reveal(), conversation_id=conversation_id, inbox=inbox, token=self._token)

    @property
    def _name(self) -> str:
        return "/".join(each for each in (self._inbox, self.conversation_id) if each) or DEFAULT_INBOX

    @property
    def _place(self) -> str:
        """Where Redis is, without who we are there."""
        parts = urlsplit(self._url.reveal())
        return parts.netloc.rpartition("@")[2] + parts.path

    def __repr__(self) -> str:
        return f"<Relay {self._place} {self._name}>"


def _checked(url: Any) -> str:
    if not isinstance(url, str):
        raise TypeError(f"url must be a str, not {type(url).__name__}.")
    if not url.startswith(tuple(f"{scheme}://" for scheme in _SCHEMES)):
        raise ValueError("url must look like redis://host:6379/0, rediss://… (TLS) or unix:///path.")
    if is_torn(url):
        raise ValueError(f"url {NOT_ENCODED}")
    return url


NOT_ENCODED = "has an @ or a port out of place: a password in it must be percent-encoded, by urllib.parse.quote(…, safe='')."


def is_torn(url: str) -> bool:
    """What stands before its @ is read as a path: a password with a slash, and it would show as where Redis is."""
    try:
        parts = urlsplit(url)
        if "+" not in parts.scheme:
            _ = parts.port
    except ValueError:
        return True
    return "@" in f"{parts.path}{parts.query}{parts.fragment}"
