"""What the platform lets us do: what its protocol knows, less what the server has turned out to lack."""

from __future__ import annotations

from ipygenesys._core.machines.catch_up import CatchUp
from ipygenesys._core.machines.connection import Connection
from ipygenesys._core.machines.typing_indicator import TypingNotifier
from ipygenesys._core.model.messages import Capability, UploadRules
from ipygenesys._core.model.platform_events import CapabilitiesLearned
from ipygenesys._core.model.profile import Profile


class Capabilities:
    """As far as the deployment and the server have said or shown; typing and history are switched by it."""

    def __init__(
        self, profile: Profile, connection: Connection, typing: TypingNotifier, catch_up: CatchUp
    ) -> None:
        self._connection = connection
        self._typing = typing
        self._catch_up = catch_up
        self._uploads = profile.uploads
        self._grant(profile.capabilities)

    def learned(self, event: CapabilitiesLearned) -> None:
        """The deployment or the server has said what it allows."""
        self._uploads = event.uploads or self._uploads
        self._grant(event.capabilities)

    @property
    def current(self) -> frozenset[Capability]:
        """What was granted and has not been refused since."""
        refused: set[Capability] = set()
        if not self._typing.is_enabled:
            refused.add("send_typing")
        if not self._catch_up.is_enabled:
            refused.add("history")
        return self._granted - refused

    @property
    def can_send(self) -> bool:
        """We may write; what is written while the connection is lost, or not there yet, waits for it."""
        is_over = self._connection.status in ("read_only", "closed", "failed")
        return "send" in self._granted and not is_over

    @property
    def uploads(self) -> UploadRules | None:
        """What files may be sent now; None: none."""
        return self._uploads if "attachments" in self._granted else None

    def _grant(self, capabilities: frozenset[Capability]) -> None:
        self._granted = capabilities
        self._typing.is_enabled = "send_typing" in capabilities
        self._catch_up.is_enabled = "history" in capabilities
