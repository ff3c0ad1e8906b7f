"""Protocol 2, ``web-messaging``: the customer's side of the real Genesys Cloud, a guest.

The deployment's config comes first, then the socket, then a session under a token that we have made. What the guest
says goes out as frames; the echo of a message is its acknowledgement. Source of each path and frame:
``_wire/web_messaging``, that is protocols/genesys.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from ipygenesys._core.model.failures import ErrorDetails, Failure
from ipygenesys._core.model.operations import (
    Action,
    CheckHealth,
    ClearConversation,
    EndConversation,
    FetchHistory,
    Operation,
    PostMessage,
    RefreshAttachment,
    SetTyping,
    StartNewConversation,
)
from ipygenesys._core.model.platform_events import (
    ConversationChanged,
    History,
    MessageArrived,
    PlatformEvent,
)
from ipygenesys._core.model.profile import LifeRules, Profile, TypingRules
from ipygenesys._protocols.base import Endpoints
from ipygenesys._protocols.flow import (
    CallError,
    Exchange,
    Flow,
    NewId,
)
from ipygenesys._protocols.regions import platform_of
from ipygenesys._protocols.tolerant import error_details
from ipygenesys._protocols.web_messaging.auth import GuestAuth
from ipygenesys._protocols.web_messaging.files import refresh
from ipygenesys._protocols.web_messaging.frames import decode_frame
from ipygenesys._protocols.web_messaging.history import GuestHistory
from ipygenesys._protocols.web_messaging.opening import GuestOpening
from ipygenesys._protocols.web_messaging.sending import TEXT_LIMIT, check_health, send_message, send_typing
from ipygenesys._protocols.web_messaging.session import GuestSession, ended_failure, presence
from ipygenesys._wire import web_messaging as wire
from ipygenesys._wire.identifiers import checked_id
from ipygenesys._wire.messaging_events import TOKEN_PATH
from ipygenesys.credentials import Secret

TYPING_RULES = TypingRules(
    refresh_s=wire.TYPING_COOL_DOWN_S, spacing_s=wire.TYPING_COOL_DOWN_S, has_off=False
)
LIFE_RULES = LifeRules(health_check_s=wire.HEALTH_CHECK_S, notice_s=wire.EXPIRY_NOTICE_S)


class WebMessaging:
    """A conversation from the customer's side, by Genesys' Web Messaging Guest API.

    Args:
        deployment_id: of the messenger deployment; its admin page shows it.
        region: such as ``eu_west_1``; or
        domain: such as ``mypurecloud.ie``, for a region that is newer than this package; or
        base_url: one origin for everything: a gateway or a simulator. Plain http for loopback only.
        session_token: of a session to resume; see the property of the same name.
        custom_attributes: what the agent's side is told of the guest, 2,048 bytes as JSON at most.
        auth: where the guest has signed in.
        origin: for deployments that admit certain origins only; None takes the messaging host.
        infer_seen: Genesys tells a guest nothing of what was read; True marks our messages as seen once somebody has
            typed or answered after them, as the inference that it is (``Message.is_seen_inferred``).

    Raises:
        ValueError: an argument cannot be right.
        TypeError: an argument is of the wrong type.
    """

    def __init__(
        self,
        *,
        deployment_id: str,
        region: str | None = None,
        domain: str | None = None,
        base_url: str | None = None,
        session_token: str | Secret | None = None,
        custom_attributes: Mapping[str, str] | None = None,
        auth: GuestAuth | None = None,
        origin: str | None = None,
        infer_seen: bool = False,
    ) -> None:
        deployment_id = checked_id("deployment_id", deployment_id)
        if auth is not None and not isinstance(auth, GuestAuth):
            raise TypeError(f"auth must be a GuestAuth, not {type(auth).__name__}.")
        if origin is not None and not origin.isprintable():
            raise ValueError("origin must look like https://www.example.com.")
        if not isinstance(infer_seen, bool):
            raise TypeError(f"infer_seen must be a bool, not {type(infer_seen).__name__}.")
        self.deployment_id = deployment_id
        self.infer_seen = infer_seen
        self.platform = platform_of(region=region, domain=domain, base_url=base_url)
        self.origin = origin or self.platform.url("webmessaging")
        token = Secret(session_token) if isinstance(session_token, str) else session_token
        self._session = GuestSession(
            deployment_id, token=token, custom_attributes=_checked(custom_attributes or {})
        )
        self._history = GuestHistory(self._session, origin=self.origin)
        self._opening = GuestOpening(self._session, self.platform, origin=self.origin, auth=auth)

    def __repr__(self) -> str:
        return f"WebMessaging({self.platform.name!r}, deployment_id={self.deployment_id!r})"

    @property
    def session_token(self) -> Secret | None:
        """The session itself, hence a secret: whoever has it is the guest. None until the first connection."""
        return self._session.token

    @property
    def endpoints(self) -> Endpoints:
        """Where the platform is; a guest needs no OAuth."""
        return Endpoints(rest_url=self.platform.url("api"), token_url=self.platform.url("login") + TOKEN_PATH)

    @property
    def profile(self) -> Profile:
        """Who we are and what can be done."""
        return Profile(
            own_role="customer",
            capabilities=self._session.capabilities,
            sends_files=True,
            uploads=self._session.uploads,
            text_limit=TEXT_LIMIT,
            begins_anew=True,
            is_send_idempotent=False,
            typing_rules=TYPING_RULES,
            life_rules=LIFE_RULES,
            sends_on_stream=True,
            max_sends_per_s=int(wire.MESSAGES_PER_S),
            infers_seen=self.infer_seen,
            conversation_id=self.conversation_id,
            conversation_key=self._key(),
        )

    @property
    def conversation_id(self) -> str | None:
        """Genesys tells a guest no id: a name for the session, ``guest-…``; None until the first connection."""
        token = self._session.token
        return None if token is None else wire.guest_id(token.reveal())

    def _key(self) -> str | None:
        """Names the conversation without giving its token away."""
        if self._session.token is None:
            return None
        parts = ("web-messaging", self.platform.name, self.deployment_id, self._session.token.reveal())
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def credentials(self) -> None:
        """None: the session's token is made here."""
        return

    @property
    def scopes(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def title(self) -> str:
        """A guest has one conversation, which needs no name."""
        return ""

    # --- stream -------------------------------------------------------------------------------------------

    def open_stream(self) -> Flow[tuple[PlatformEvent, ...]]:
        """The config, the socket, the session; then the guest joins, if the deployment wants that."""
        return self._opening.flow()

    def decode_frame(self, data: str | bytes) -> tuple[PlatformEvent, ...]:
        """Turn a frame into neutral events. Never raises."""
        return decode_frame(data, self._session)

    def decode_error(self, body: bytes) -> ErrorDetails:
        """What an error answer says."""
        return error_details(body)

    # --- operations ---------------------------------------------------------------------------------------

    def perform(self, operation: Operation) -> Flow[MessageArrived | History | None]:
        """How to carry out an operation."""
        match operation:
            case PostMessage():
                return (yield from send_message(self._session, self.platform, operation))
            case SetTyping(is_typing):
                yield from send_typing(self._session, is_typing)
            case FetchHistory():
                return (yield from self._history.fetch(operation))
            case RefreshAttachment(message_id, attachment_id):
                return (yield from refresh(self._session, message_id, attachment_id))
            case CheckHealth():
                yield from check_health(self._session)
            case StartNewConversation():
                yield from self._leave()
            case ClearConversation():
                yield from self._clear()
            case _:
                words = f"{type(operation).__name__}: Web Messaging has no such call."
                raise CallError(Failure(kind="unsupported", message=words))
        return None

    @property
    def actions(self) -> tuple[type[Action], ...]:
        """A guest may leave, and that is all."""
        return (EndConversation,)

    def act(self, action: Action) -> Flow[tuple[PlatformEvent, ...]]:
        """Leave the conversation; afterwards it can be read.

        Raises:
            CallError: it was refused, or nobody knows.
        """
        session = self._session
        session.check_open()
        tracing_id = yield NewId()
        try:
            frame = session.request(wire.Unverified.DISCONNECT_ACTION, tracing_id=tracing_id)
            yield Exchange(frame=frame, tracing_id=tracing_id)
        except CallError as error:
            # Whether it is answered is not known either: that the conversation is over says enough.
            if error.failure.kind != "lost" or session.over is None:
                raise
        session.over = ended_failure()
        return (ConversationChanged(False, session.over),)

    def _leave(self) -> Flow[None]:
        """The old session is left, as far as it still is there; the next stream begins a new one."""
        session = self._session
        if session.token is not None:
            tracing_id = yield NewId()
            frame = session.request("closeSession", tracing_id=tracing_id, close_all_connections=True)
            try:
                yield Exchange(frame=frame, tracing_id=tracing_id, timeout_s=3.0)
            except CallError:
                pass  # It was over already, or nobody hears: startNew leaves it as well.
        session.wants_new, session.over = True, None

    def _clear(self) -> Flow[None]:
        session = self._session
        config = session.config
        if config is None or not config.messenger.apps.conversations.conversation_clear.enabled:
            words = "The deployment does not let guests clear the conversation. Enable it: Admin > Message > Messenger"
            raise CallError(Failure(kind="unsupported", message=f"{words} Configurations > Apps."))
        tracing_id = yield NewId()
        was_clearing, session.is_clearing = session.is_clearing, True
        try:
            frame = session.request("onMessage", tracing_id=tracing_id, message=presence("Clear"))
            yield Exchange(frame=frame, tracing_id=tracing_id)
        except CallError as error:
            if error.failure.kind != "lost":  # Else it may have been heard, and the stream says so.
                session.is_clearing = was_clearing  # What became of an earlier request may still be open.
            raise


def _checked(attributes: Mapping[Any, Any]) -> dict[str, str]:
    """Custom attributes that the server will take."""
    if not all(isinstance(key, str) and isinstance(value, str) for key, value in attributes.items()):
        raise TypeError("custom_attributes must map str to str.")
    if len(msgspec.json.encode(dict(attributes))) > wire.MAX_CUSTOM_ATTRIBUTES_BYTES:
        raise ValueError(
            f"custom_attributes must not be larger than {wire.MAX_CUSTOM_ATTRIBUTES_BYTES} bytes as JSON."
        )
    return dict(attributes)
