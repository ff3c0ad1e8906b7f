"""What a guest knows of its session: its token, the deployment's rules, how it ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import Capability, OutgoingFile, UploadRules
from ipygenesys._protocols.flow import CallError
from ipygenesys._protocols.tolerant import UNREADABLE, decode
from ipygenesys._wire import web_messaging as wire
from ipygenesys.credentials import Secret

T = TypeVar("T")

REMEMBERED_TYPING = 8
"""Chosen: typing goes out at most once in 5 s, and its refusal comes at once."""

START_NEW = "start_new_conversation() begins another one."


class MediaRules(msgspec.Struct, frozen=True, kw_only=True):
    """What may be uploaded."""

    types: tuple[str, ...] = ()
    """Such as image/png, image/* or */*."""
    max_bytes: int = 0
    blocked_extensions: tuple[str, ...] = ()

    def check(self, file: OutgoingFile) -> None:
        """Refuse a file that the server would refuse, before a byte of it is sent.

        Raises:
            CallError: with the code that the server would give.
        """
        family = file.media_type.partition("/")[0] + "/*"
        stem, dot, ending = file.name.rpartition(".")
        extension = "." + ending.lower()
        if not self.types:
            raise refused(4000)
        if wire.Unverified.NAMES_NEED_AN_EXTENSION and not (stem and dot and ending):
            raise refused(4004, "It needs an extension, such as .pdf.")
        if len(file.name) > wire.Unverified.MAX_FILE_NAME_CHARACTERS:
            raise refused(4005)
        if extension in self.blocked_extensions or not {"*/*", family, file.media_type}.intersection(
            self.types
        ):
            raise refused(4001, f"Allowed: {', '.join(self.types)}.")
        if file.size_bytes == 0:
            raise refused(4102)
        if file.size_bytes > self.max_bytes:
            raise refused(4002, f"At most {self.max_bytes // 1024} kB.")


class GuestSession:
    """The guest's side of one session; it outlives its sockets, not the process.

    Args:
        deployment_id: which messenger.
        token: of a session to resume; None makes one with the first connection.
        custom_attributes: what the agent's side is told of the guest with the first message.
    """

    def __init__(
        self, deployment_id: str, *, token: Secret | None, custom_attributes: Mapping[str, str]
    ) -> None:
        self.deployment_id = deployment_id
        self.token = token
        self.config: wire.DeploymentConfig | None = None
        self.media = MediaRules()
        self.over: Failure | None = None
        """Why nothing can be said any more."""
        self.is_configured = False
        """On the stream that there is, the session was ours."""
        self.wants_new = False
        """The next configureSession begins another conversation."""
        self.is_signed_in = False
        """The guest has an account: a session that was refused is configured anew with another JWT."""
        self.is_clearing = False
        """We have asked for it, so that a cleared session is no surprise."""
        self.may_have_begun = False
        """Since then a session was asked for, and the answer was not heard: the next one is not told that it is new."""
        self.was_cleared = False
        """Somebody has cleared it, and no other was configured since."""
        self._ends: set[str] = set()
        """The agents' goodbyes that are known."""
        self._configured_ms: int | None = None
        """When the session was configured, server clock; None once history was read since."""
        self.jwt: Secret | None = None
        self.jwt_exp = 0.0
        self.typing_ids: deque[str] = deque(maxlen=REMEMBERED_TYPING)
        """Tracing ids of typing that went out: a refusal names one."""
        self._custom_attributes = dict(custom_attributes)
        self._are_attributes_told = not custom_attributes
        self._max_custom_bytes = wire.MAX_CUSTOM_ATTRIBUTES_BYTES

    def __repr__(self) -> str:
        return f"GuestSession({self.deployment_id!r})"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the deployment allows; all that the protocol has, until it has said so."""
        known: set[Capability] = {"send", "send_typing", "receive_typing", "history", "attachments"}
        if self.config is None:
            return frozenset(known)
        app = self.config.messenger.apps.conversations
        if not app.show_user_typing_indicator:
            known.discard("send_typing")
        if not app.show_agent_typing_indicator:
            known.discard("receive_typing")
        if not self.media.types:
            known.discard("attachments")
        if app.markdown.enabled:
            known.add("markdown")
        return frozenset(known)

    @property
    def uploads(self) -> UploadRules | None:
        """What files may be sent, as far as the deployment has said so."""
        if not self.media.types:
            return None
        return UploadRules(
            types=self.media.types,
            max_bytes=self.media.max_bytes,
            blocked_extensions=self.media.blocked_extensions,
            max_name_characters=wire.Unverified.MAX_FILE_NAME_CHARACTERS,
            needs_extension=wire.Unverified.NAMES_NEED_AN_EXTENSION,
        )

    def configured(self, config: wire.DeploymentConfig) -> None:
        """The deployment has said what it allows."""
        self.config = config
        uploads = config.messenger.file_upload
        modes = uploads.modes if uploads.enable_attachments is None else []
        self.media = MediaRules(
            types=tuple(file_type for mode in modes for file_type in mode.file_types),
            max_bytes=max((mode.max_file_size_kb for mode in modes), default=0) * 1024,
        )

    def answered(self, answer: wire.SessionResponse, asked_s: float) -> None:
        """The session is ours: what it allows counts more than what the deployment says.

        Args:
            answer: to configureSession.
            asked_s: when it was asked for, in seconds since the epoch, server clock.
        """
        self.wants_new = self.is_clearing = self.may_have_begun = self.was_cleared = False
        self.is_configured, self._configured_ms = True, int(asked_s * 1000)
        self.over = ended_failure() if answer.read_only else None
        self._max_custom_bytes = answer.max_custom_data_bytes
        if answer.new_session:
            self._are_attributes_told = not self._custom_attributes
            self.jwt = None
        inbound = answer.allowed_media.inbound
        takes_none = self.config and self.config.messenger.file_upload.enable_attachments is False
        if inbound is not None and not takes_none:
            self.media = MediaRules(
                types=tuple(file_type.type for file_type in inbound.file_types),
                max_bytes=int(inbound.max_file_size_kb * 1024),
                blocked_extensions=tuple(extension.lower() for extension in answer.blocked_extensions),
            )

    def cleared(self) -> bool:
        """The server has forgotten what was said; whether it was us who wanted that."""
        by_us, self.is_clearing, self.was_cleared = self.is_clearing, False, True
        self.may_have_begun = False
        self.jwt = None
        return by_us

    def is_read_only_after(self, metadata: Mapping[str, object]) -> bool:
        """Whether the guest may only read once an agent has left: as the event says, or else the deployment. Source: T."""
        if "readOnly" in metadata:
            return str(metadata["readOnly"]).lower() == "true"
        if self.config is None:
            return False
        disconnect = self.config.messenger.apps.conversations.conversation_disconnect
        return disconnect.enabled and disconnect.type == "ReadOnly"

    def end_heard(self, id_: str) -> None:
        """The stream has told that an agent has left."""
        self._ends.add(id_)

    def ends_told(self, ends: Mapping[str, int | None]) -> bool:
        """History tells that agents have left; whether one has since the session was configured, and nobody has said so.

        What was before that, the answer to configureSession has taken into account. Each is asked about once at most.

        Args:
            ends: when by id, server clock.
        """
        since_ms, self._configured_ms = self._configured_ms, None
        news = [time_ms for id_, time_ms in ends.items() if id_ not in self._ends]
        self._ends.update(ends)
        return self.over is None and any(ms is None or ms >= (since_ms or 0) for ms in news)

    def channel(self) -> dict[str, object] | None:
        """What goes beside a message's text: the custom attributes, until one message has carried them.

        Raises:
            CallError: this session takes fewer bytes of them.
        """
        if self._are_attributes_told:
            return None
        if len(msgspec.json.encode(self._custom_attributes)) > self._max_custom_bytes:
            raise refused(4013, f"At most {self._max_custom_bytes} bytes.")
        return {"metadata": {"customAttributes": self._custom_attributes}}

    def attributes_told(self) -> None:
        """A message has carried them, and the server has it."""
        self._are_attributes_told = True

    def forget(self) -> None:
        """The server takes this session from nobody any more: the next connection makes another one. Source: T."""
        self.token = self.jwt = self.over = None
        self.is_configured, self._configured_ms = False, None
        self._ends.clear()

    def check_open(self) -> None:
        """Raises CallError where nothing can be said any more."""
        if self.over is not None:
            raise CallError(self.over)

    def request(self, action: str, **fields: object) -> str:
        """A frame of the guest's.

        Raises:
            CallError: the session is no more, and the next one has yet to begin.
        """
        if self.token is None:
            words = "There is no conversation. connect() or start_new_conversation() begins one."
            raise CallError(Failure(kind="unreachable", message=words))
        return msgspec.json.encode(
            wire.GuestRequest(action=action, token=self.token.reveal(), **fields)  # type: ignore[arg-type]
        ).decode()

    def config_of(self, body: bytes) -> wire.DeploymentConfig:
        """Read ``config.json``.

        Raises:
            CallError: it is none, or the deployment is switched off.
        """
        try:
            config = decode(body, wire.DeploymentConfig)
        except UNREADABLE:
            words = "The deployment's config is not one of Web Messaging. Check the region or the base URL."
            raise CallError(Failure(kind="protocol", message=words)) from None
        if config.status != "Active" or not config.messenger.enabled:
            words = "The deployment is inactive. Activate it: Admin > Message > Messenger Deployments, or use another one."
            raise CallError(Failure(kind="rejected", message=words, code="deployment.inactive"))
        return config


def answer_in(frame: bytes, type_: type[T]) -> T:
    """What the server has answered.

    Raises:
        msgspec.DecodeError, ValueError, RecursionError: nothing of this type.
    """
    return decode(decode(frame, wire.Envelope).body, type_)


def refused(code: int, hint: str = "") -> CallError:
    """A refusal that we know of without asking; it has the code that the server would give."""
    words = f"{wire.ERROR_WORDS[code]} {hint}".rstrip()
    return CallError(
        Failure(kind="unsupported" if code == 4000 else "rejected", message=words, code=str(code))
    )


def ended_failure() -> Failure:
    """The other side has ended the conversation."""
    return Failure(kind="rejected", message=f"The conversation was ended. {START_NEW}", code="read.only")


def expired_failure() -> Failure:
    """The session's time is over."""
    return Failure(kind="rejected", message=f"The session has expired. {START_NEW}", code="4006")


def presence(kind: str, channel: dict[str, object] | None = None) -> wire.OutgoingMessage:
    """Joining and clearing are events inside a message."""
    event = wire.StructuredEvent(event_type="Presence", presence=wire.Presence(type=kind))
    return wire.OutgoingMessage(type="Event", events=[event], channel=channel)
