"""What the platform lets us do: what its protocol knows, less what the server has turned out to lack."""

from __future__ import annotations

from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.conversation.conversation import Conversation
from ipygenesys._core.machines.typing_indicator import TypingNotifier
from ipygenesys._core.model.events import CapabilitiesChanged
from ipygenesys._core.model.messages import Capability, UploadRules
from ipygenesys._core.model.platform_events import CapabilitiesLearned
from ipygenesys._core.model.profile import Profile


class Capabilities:
    """As far as the deployment and the server have said or shown; typing and history are switched by it."""

    def __init__(
        self,
        profile: Profile,
        connection: Connection,
        conversation: Conversation,
        typing: TypingNotifier,
        catch_up: CatchUp,
    ) -> None:
        self.looks_on = False
        """We have no part in the conversation."""
        self._counts_unread: bool | None = None
        self._connection = connection
        self._conversation = conversation
        self._typing = typing
        self._catch_up = catch_up
        self._uploads = profile.uploads
        self.granted: frozenset[Capability] = profile.capabilities
        self.withheld: frozenset[Capability] = frozenset()
        """What is not to be done here, though the platform let us: in a replay, nothing can be said."""
        self._grant(profile.capabilities)

    def learned(self, event: CapabilitiesLearned) -> None:
        """The deployment or the server has said what it allows."""
        self._uploads = event.uploads or self._uploads
        self._grant(event.capabilities)

    def count_unread(self, is_wanted: bool | None) -> None:
        """Whether messages of others count as unread until they are read; None: unless we only look on."""
        self._counts_unread = is_wanted
        self._grant(self.granted)

    @property
    def current(self) -> frozenset[Capability]:
        """What was granted and has not been refused since."""
        if self._typing.is_enabled and self._catch_up.is_enabled and not self.withheld:
            return self.granted  # Mostly, and it is asked for after each step.
        refused: set[Capability] = set()
        if not self._typing.is_enabled:
            refused.add("send_typing")
        if not self._catch_up.is_enabled:
            refused.add("history")
        return self.granted - refused - self.withheld

    @property
    def as_told(self) -> CapabilitiesChanged:
        """All of it, as users and views are told."""
        return CapabilitiesChanged(self.current, self.uploads, self.looks_on)

    @property
    def can_send(self) -> bool:
        """We may write; what is written while the connection is lost, or not there yet, waits for it."""
        is_over = self._connection.status in ("read_only", "closed", "failed")
        return "send" in self.granted - self.withheld and not is_over

    @property
    def uploads(self) -> UploadRules | None:
        """What files may be sent now; None: none."""
        return self._uploads if "attachments" in self.granted and "attachments" not in self.withheld else None

    def _grant(self, capabilities: frozenset[Capability]) -> None:
        self.granted = capabilities
        self.looks_on = "send" not in capabilities and not self._conversation.people.include_us
        counts = not self.looks_on if self._counts_unread is None else self._counts_unread
        self._conversation.timeline.counts_unread = counts
        self._typing.is_enabled = "send_typing" in capabilities
        self._catch_up.is_enabled = "history" in capabilities
