"""Protocol 3, ``agent-messaging``: the real Genesys Cloud, the agent's side.

Events come by a notification channel, everything else goes through the Platform API. Source of each path and frame:
``_wire/agent_messaging``. Who has no user, or no part in the conversation, can watch it through its queue.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from ipygenesys._core.model.failures import ErrorDetails, Failure, permissions_in
from ipygenesys._core.model.messages import Capability, TextLimit, UploadRules
from ipygenesys._core.model.operations import (
    Action,
    AnswerConversation,
    CheckHealth,
    EndConversation,
    FetchHistory,
    FetchMessage,
    FetchMessages,
    Operation,
    PostMessage,
    RefreshAttachment,
    SetTyping,
    WrapUp,
)
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._core.model.profile import LifeRules, Profile, TypingRules
from ipygenesys._core.model.utf8 import encodable
from ipygenesys._protocols.agent_messaging.channels import NotificationChannels
from ipygenesys._protocols.agent_messaging.conversation import AgentConversation
from ipygenesys._protocols.agent_messaging.files import upload
from ipygenesys._protocols.agent_messaging.history import AgentHistory
from ipygenesys._protocols.agent_messaging.notifications import decode_notification
from ipygenesys._protocols.agent_messaging.opening import AgentOpening
from ipygenesys._protocols.agent_messaging.part import AgentPart
from ipygenesys._protocols.base import Endpoints
from ipygenesys._protocols.flow import CallError, Commit, Flow, SendFrame
from ipygenesys._protocols.regions import platform_of
from ipygenesys._protocols.tolerant import UNREADABLE, decode
from ipygenesys._wire import agent_messaging as wire
from ipygenesys._wire.identifiers import checked_id, id_end
from ipygenesys._wire.messaging_events import ErrorBody
from ipygenesys.credentials import AccessToken, ClientCredentials, Credentials
from ipygenesys.user_login import UserLogin

PING_AFTER_S = 15.0
"""Of silence: two pings before the stream is taken for dead. Source: purecloudlabs/streaming-client, ping.ts."""
TYPING_RULES = TypingRules(
    refresh_s=60.0 / wire.Unverified.TYPING_PER_MINUTE,
    spacing_s=60.0 / wire.Unverified.TYPING_PER_MINUTE,
    per_minute=wire.Unverified.TYPING_PER_MINUTE,
    has_off=False,
)
"""The refresh is sooner than the indicator ends, or it would flicker."""

_WATCHING: frozenset[Capability] = frozenset({"history"})
_TAKING_PART: frozenset[Capability] = _WATCHING | {
    "send",
    "send_typing",
    "receive_typing",
    "receive_read",
    "attachments",
}
SCOPES: tuple[str, ...] = wire.Unverified.SCOPES
TEXT_LIMIT = TextLimit(most=wire.Unverified.MAX_TEXT_CHARACTERS, unit="characters")


class AgentMessaging:
    """A message conversation, as an agent who takes part in it, or as somebody who watches it.

    Give one of ``region``, ``domain`` and ``base_url``.

    Args:
        conversation_id: which conversation.
        credentials: ``UserLogin`` or a user's ``AccessToken`` to take part; ``ClientCredentials`` to watch only.
            Conversations with the same object share one token and one of the 20 channels of a user and app.
        region: such as ``eu_west_1``.
        domain: such as ``mypurecloud.ie``, for a region that is not in the table yet.
        base_url: a gateway or a simulator in place of all hosts. Plain http for loopback only.
        infer_seen: most channels report nothing of what was read; True marks our messages as seen once the customer
            has typed or answered after them, as the inference that it is (``Message.is_seen_inferred``).
    """

    def __init__(
        self,
        *,
        conversation_id: str,
        credentials: Credentials,
        region: str | None = None,
        domain: str | None = None,
        base_url: str | None = None,
        infer_seen: bool = False,
    ) -> None:
        if not isinstance(credentials, ClientCredentials | AccessToken | UserLogin):
            raise TypeError(
                "credentials must be UserLogin, AccessToken or ClientCredentials, "
                f"not {type(credentials).__name__}."
            )
        conversation_id = checked_id("conversation_id", conversation_id)
        if not isinstance(infer_seen, bool):
            raise TypeError(f"infer_seen must be a bool, not {type(infer_seen).__name__}.")
        self.infer_seen = infer_seen
        self.platform = platform_of(region=region, domain=domain, base_url=base_url)
        self.conversation_id = conversation_id
        self.credentials = credentials
        self._scopes = SCOPES if self._has_user else ()
        self._path = f"{wire.CONVERSATIONS_PATH}/{quote(conversation_id, safe='')}"
        self._conversation = AgentConversation(conversation_id)
        self._opening = AgentOpening(
            NotificationChannels(self.platform), self._conversation, has_user=self._has_user
        )
        self._history = AgentHistory(self._path, self._conversation)
        self._part = AgentPart(self._path, self._conversation, self._opening, has_user=self._has_user)

    def sharing(self, scopes: tuple[str, ...]) -> AgentMessaging:
        """The same with the token, and so the stream, of somebody who asks for these scopes."""
        self._scopes = scopes
        return self

    def fresh(self) -> AgentMessaging:
        """The same without its memory: each gateway has its own."""
        again = AgentMessaging(
            conversation_id=self.conversation_id,
            credentials=self.credentials,
            domain=self.platform.domain,
            base_url=self.platform.base_url,
            infer_seen=self.infer_seen,
        )
        return again.sharing(self._scopes)

    def __repr__(self) -> str:
        return f"AgentMessaging({self.platform.name!r}, conversation_id={self.conversation_id!r})"

    @property
    def endpoints(self) -> Endpoints:
        """Where the platform is."""
        login = self.platform.url("login")
        return Endpoints(
            rest_url=self.platform.url("api"),
            token_url=login + wire.TOKEN_PATH,
            authorize_url=login + wire.AUTHORIZE_PATH,
        )

    @property
    def profile(self) -> Profile:
        """Who we are and what can be done; what it really is turns out when the stream opens."""
        return Profile(
            own_role="agent",
            is_role_own=False,
            capabilities=_TAKING_PART if self._has_user else _WATCHING,
            sends_files=self._has_user,
            uploads=UploadRules() if self._has_user else None,
            text_limit=TEXT_LIMIT,
            is_send_idempotent=False,
            typing_rules=TYPING_RULES,
            life_rules=LifeRules(health_check_s=PING_AFTER_S),
            sends_on_stream=True,
            fetches_in_bulk=True,
            files_go_alone=wire.Unverified.FILES_GO_ALONE,
            silence_s=wire.SILENCE_S,
            infers_seen=self.infer_seen,
            conversation_id=self.conversation_id,
            conversation_key=f"agent-messaging/{self.platform.name}/{self.conversation_id}",
        )

    @property
    def scopes(self) -> tuple[str, ...]:
        """What to ask a user's token for; an app's token has its roles instead."""
        return self._scopes

    @property
    def title(self) -> str:
        """Where the customer has no name, the end of the id, as far as people compare them."""
        return id_end(self.conversation_id)

    @property
    def _has_user(self) -> bool:
        return not isinstance(self.credentials, ClientCredentials)

    # --- stream -------------------------------------------------------------------------------------------

    @property
    def stream(self) -> NotificationChannels:
        """What all conversations of these credentials share."""
        return self._opening.channel

    @stream.setter
    def stream(self, shared: NotificationChannels) -> None:
        self._opening.channel = shared

    def learn_user(self) -> Flow[None]:
        """Who we are; asked once. A CallError says that the token has no user."""
        return self._opening.learn_user()

    def open_stream(self) -> Flow[tuple[PlatformEvent, ...]]:
        """Who am I, what is my part, and the channel with its topics."""
        return self._opening.flow()

    def decode_frame(self, data: str | bytes) -> tuple[PlatformEvent, ...]:
        """Turn a frame into neutral events."""
        return decode_notification(data, self._conversation, self.stream)

    # --- REST ---------------------------------------------------------------------------------------------

    def perform(self, operation: Operation) -> Flow[MessageArrived | History | None]:
        """Carry out an operation."""
        match operation:
            case SetTyping(is_typing):
                if is_typing:
                    yield from self._type()
                return None
            case PostMessage(answer=None):
                return (yield from self._post(operation))
            case FetchMessage(message_id) | RefreshAttachment(message_id):
                # A message that is fetched again has its files at fresh addresses.
                return (yield from self._history.fetch((message_id,))).get(message_id)
            case FetchMessages(message_ids):
                found = yield from self._history.fetch(message_ids)
                return History(tuple(found.values()), has_more=False)
            case FetchHistory():
                return (yield from self._history.page(operation))
            case CheckHealth():
                yield SendFrame(msgspec.json.encode(wire.Ping()).decode())
                return None
            case _:
                words = f"{type(operation).__name__}: the Platform API does not offer it to agents."
                raise CallError(Failure(kind="unsupported", message=words))

    def _type(self) -> Flow[None]:
        body = wire.TypingBody(typing=wire.TypingOn(duration=wire.Unverified.TYPING_DURATION_MS))
        yield from self._part.call(
            "POST",
            "typing",
            "Sending the typing state",
            body=msgspec.json.encode(body),
            needs=wire.PERMISSIONS_SEND,
        )

    def _post(self, post: PostMessage) -> Flow[MessageArrived]:
        text = encodable(post.text)
        if len(text) > TEXT_LIMIT.most:
            words = f"Sending a message: it is too long. At most {TEXT_LIMIT.most} characters."
            raise CallError(Failure(kind="rejected", message=words, code="text.too.long"))
        wanted = wire.SendBody(text_body=text or None)
        if post.file is not None:
            media_id = yield from upload(self._part, self.platform, post.file, post.draft_id)
            wanted = wire.SendBody(text_body=text or None, media_ids=[media_id])
        yield Commit()
        body = yield from self._part.call(
            "POST",
            "messages",
            "Sending a message",
            body=msgspec.json.encode(wanted),
            needs=wire.PERMISSIONS_SEND,
        )
        sent = self._conversation.messages.read(decode(body, wire.MessageData), is_own=True)
        if sent is None:
            raise msgspec.ValidationError("The answer to a send is not a message.")
        return sent if sent.text else msgspec.structs.replace(sent, text=text)

    @property
    def actions(self) -> tuple[type[Action], ...]:
        """All of them."""
        return (AnswerConversation, EndConversation, WrapUp)

    def act(self, action: Action) -> Flow[tuple[PlatformEvent, ...]]:
        """Answer, leave or wrap up; the result is what was learned by it."""
        yield from self._part.act(action)
        try:
            return (yield from self._opening.learn_conversation())
        except CallError:
            return ()  # It was done; the stream tells what became of it.

    def decode_error(self, body: bytes) -> ErrorDetails:
        """What an error answer says."""
        try:
            error = decode(body[:65536], ErrorBody)
        except UNREADABLE:
            return _oauth_error(body)
        words = " ".join([error.message, *(str(each) for each in [*error.errors[:20], *error.details[:20]])])
        return ErrorDetails(
            code=error.code[:128] or _oauth_error(body).code,
            correlation_id=error.context_id[:128] or None,
            permissions=permissions_in(words),
        )


def _oauth_error(body: bytes) -> ErrorDetails:
    try:
        return ErrorDetails(code=decode(body[:65536], wire.OAuthError).error[:128] or None)
    except UNREADABLE:
        return ErrorDetails()
