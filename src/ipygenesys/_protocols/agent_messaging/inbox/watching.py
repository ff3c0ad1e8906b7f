"""What watches many conversations by one notification channel, be it those of queues or of a user.

Events carry no text: texts, and what events leave out, cost a call for each conversation. Nothing here marks a message as
read, types, or takes the one place that Genesys' own monitoring has for a supervisor: watching leaves no trace.
"""

from __future__ import annotations

from functools import cached_property
from typing import cast
from urllib.parse import quote

import msgspec

from ipygenesys._core.inbox.operations import (
    FetchTexts,
    FollowTyping,
    InboxOperation,
    ListConversations,
    ReadConversation,
    ReadQueues,
)
from ipygenesys._core.inbox.told import InboxEvent, OwnUserLearned, ProblemFound, QueueTold, TypingKnown
from ipygenesys._core.model.failures import ErrorDetails, Failure
from ipygenesys._core.model.operations import CheckHealth, Operation
from ipygenesys._core.model.platform_events import (
    FrameIgnored,
    History,
    MessageArrived,
    MoveRequested,
    PlatformEvent,
)
from ipygenesys._core.model.profile import LifeRules, Profile
from ipygenesys._protocols.agent_messaging.channels import NotificationChannels
from ipygenesys._protocols.agent_messaging.inbox.conversations import (
    Conversation,
    ConversationFrame,
    KnownParts,
    texts_of,
    told_in,
    told_of,
    typing_of,
)
from ipygenesys._protocols.agent_messaging.inbox.listing import list_of_queues, list_of_user, list_queues
from ipygenesys._protocols.agent_messaging.notifications import channel_events
from ipygenesys._protocols.agent_messaging.protocol import PING_AFTER_S, SCOPES, TYPING_RULES, AgentMessaging
from ipygenesys._protocols.base import Endpoints
from ipygenesys._protocols.flow import (
    CallError,
    Flow,
    GetOccasion,
    GetToken,
    InTurn,
    Join,
    Request,
    SendFrame,
)
from ipygenesys._protocols.regions import platform_of
from ipygenesys._protocols.tolerant import MAX_FRAME_BYTES, UNREADABLE, decode
from ipygenesys._wire import agent_messaging as wire
from ipygenesys.credentials import AccessToken, ClientCredentials, Credentials
from ipygenesys.user_login import UserLogin

QUEUE_SCOPES = ("analytics:readonly", "routing:readonly")
MAX_NAMED = 5
"""Chosen: of more queues that are refused, the problem says how many."""
READ_EVERY_S = 0.01
"""Chosen: of a thousand events a second ten are read together; a row may be that much later, a lone one never is."""
ADDRESS = ""
"""Of frames that are for the inbox: none. It hears all of them."""


class AgentInbox:
    """What AgentQueue and AgentUser have in common."""

    def __init__(
        self,
        *,
        credentials: Credentials,
        region: str | None = None,
        domain: str | None = None,
        base_url: str | None = None,
    ) -> None:
        if not isinstance(credentials, ClientCredentials | AccessToken | UserLogin):
            raise TypeError(
                "credentials must be UserLogin, AccessToken or ClientCredentials, "
                f"not {type(credentials).__name__}."
            )
        self.platform = platform_of(region=region, domain=domain, base_url=base_url)
        self.credentials = credentials
        self.stream = NotificationChannels(self.platform)
        self._typing_users: dict[str, None] = {}
        self._queues: dict[str, QueueTold] = {}
        self._known_parts = KnownParts()

    @property
    def queue_ids(self) -> tuple[str, ...]:
        """The queues that are watched; empty: what is a user's own."""
        return ()

    @property
    def _has_user(self) -> bool:
        return not isinstance(self.credentials, ClientCredentials)

    # --- what shells ask of every protocol ----------------------------------------------------------------

    @property
    def endpoints(self) -> Endpoints:
        """Where the platform is."""
        return self.opened("any").endpoints

    @property
    def scopes(self) -> tuple[str, ...]:
        """What to ask a user's token for; an app's token has its roles instead."""
        return (*SCOPES, *(QUEUE_SCOPES if self.queue_ids else ())) if self._has_user else ()

    @property
    def title(self) -> str:
        """In a few words."""
        return self.platform.name

    @property
    def profile(self) -> Profile:
        """How its stream is kept."""
        return Profile(
            own_role="agent",
            is_role_own=False,
            capabilities=frozenset(),
            is_send_idempotent=False,
            typing_rules=TYPING_RULES,
            life_rules=LifeRules(health_check_s=PING_AFTER_S),
            silence_s=wire.SILENCE_S,
            read_every_s=READ_EVERY_S,
        )

    def opened(self, conversation_id: str) -> AgentMessaging:
        """One of its conversations, on the same stream and with the same token."""
        return AgentMessaging(
            conversation_id=conversation_id,
            credentials=self.credentials,
            domain=self.platform.domain,
            base_url=self.platform.base_url,
        ).sharing(self.scopes)

    def decode_error(self, body: bytes) -> ErrorDetails:
        """What an error answer says."""
        return self.opened("any").decode_error(body)

    # --- stream -------------------------------------------------------------------------------------------

    @property
    def topics(self) -> tuple[str, ...]:
        """What its stream has to tell of."""
        typing = (wire.USER_TYPING_TOPIC.format(user_id=user_id) for user_id in self._typing_users)
        return (*self._message_topics, *typing)

    @cached_property
    def _message_topics(self) -> dict[str, None]:
        """Those that tell of conversations; each frame is looked up in them."""
        return dict.fromkeys(
            wire.QUEUE_MESSAGES_TOPIC.format(queue_id=queue_id) for queue_id in self.queue_ids
        )

    def open_stream(self) -> Flow[tuple[PlatformEvent, ...]]:
        """The channel with its topics; each that was refused is said."""
        occasion = yield GetOccasion()
        yield GetToken()
        learned: list[InboxEvent] = []
        if self._has_user:
            yield InTurn(self.stream.learn_user())
            learned.append(OwnUserLearned(self.stream.user_id or ""))
        yield Join(stream=self.stream, topics=self.topics, address=ADDRESS)
        self.stream.check(tuple(self._message_topics))
        learned.append(ProblemFound("topics", self._refused_queues()))
        learned += self._typing_known()
        told = cast("tuple[PlatformEvent, ...]", tuple(learned))
        return (*told, MoveRequested(in_s=self.stream.rotate_in_s(occasion.now_s)))

    def _refused_queues(self) -> Failure | None:
        """Those that nothing is told of, while others may be followed."""
        refused = [
            (queue_id, failure)
            for queue_id, topic in zip(self.queue_ids, self._message_topics, strict=False)
            if (failure := self.stream.refusal(topic)) is not None
        ]
        if not refused:
            return None
        ids = ", ".join(queue_id for queue_id, _ in refused[:MAX_NAMED])
        more = f" and {len(refused) - MAX_NAMED} more" if len(refused) > MAX_NAMED else ""
        of = f"{len(refused)} of {len(self.queue_ids)} queues ({ids}{more})"
        return _about(refused[0][1], f"what happens in {of}")

    def _typing_known(self) -> tuple[InboxEvent, ...]:
        refusals = {
            user_id: self.stream.refusal(wire.USER_TYPING_TOPIC.format(user_id=user_id))
            for user_id in self._typing_users
        }
        known = TypingKnown(frozenset(user_id for user_id, failure in refusals.items() if failure is None))
        failure = next((failure for failure in refusals.values() if failure is not None), None)
        return known, ProblemFound("typing", None if failure is None else _about(failure, "who types"))

    def decode_frame(self, data: str | bytes) -> tuple[PlatformEvent, ...]:
        """Turn a frame into neutral events. Never raises."""
        if len(data) > MAX_FRAME_BYTES:
            return (FrameIgnored("oversized"),)
        try:
            return self._events(data)
        except UNREADABLE:
            return (FrameIgnored("malformed"),)

    def _events(self, data: str | bytes) -> tuple[PlatformEvent, ...]:
        frame = decode(
            msgspec.Raw(data), ConversationFrame
        )  # How deep it is nested is looked at part by part.
        if frame.topic_name not in self._message_topics:
            return self._other_events(decode(data, wire.Notification), data)
        newest = wire.Unverified.MESSAGES_IN_EVENT
        body = frame.event_body or Conversation()
        return _known(told_in(body, names_newest=newest, read=self._known_parts))

    def _other_events(self, frame: wire.Notification, data: str | bytes) -> tuple[PlatformEvent, ...]:
        topic = frame.topic_name
        if topic.endswith(".typing.event"):
            return _known(typing_of(frame.event_body))
        if topic == wire.METADATA_TOPIC:
            return ()
        events = channel_events(frame, data, self.stream)
        return (FrameIgnored("unknown_event"),) if events is None else events

    # --- REST ---------------------------------------------------------------------------------------------

    def perform(self, operation: Operation) -> Flow[MessageArrived | History | None]:
        """Keep the stream awake; all else is for a conversation of its own."""
        if not isinstance(operation, CheckHealth):
            words = f"{type(operation).__name__}: an inbox says nothing; open the conversation."
            raise CallError(Failure(kind="unsupported", message=words))
        yield SendFrame(msgspec.json.encode(wire.Ping()).decode())
        return None

    def ask(self, operation: InboxOperation) -> Flow[tuple[InboxEvent, ...]]:
        """Carry out what an inbox wants; the result is what was learned by it.

        Raises:
            CallError: it was not carried out, or nobody knows.
            msgspec.DecodeError: the answer is not what this protocol knows.
        """
        match operation:
            case ListConversations():
                return (yield from list_of_queues(self.queue_ids) if self.queue_ids else list_of_user())
            case ReadQueues():
                return (yield from list_queues(self.queue_ids, self._queues))
            case ReadConversation(conversation_id):
                body = yield Request(
                    method="GET",
                    path=_path_of(conversation_id),
                    what="Reading a conversation",
                    needs=wire.PERMISSIONS_VIEW,
                    is_shared=True,
                )
                told = told_of(body)
                return () if told is None else (told,)
            case FetchTexts(conversation_id, message_ids):
                body = yield Request(
                    method="POST",
                    path=f"{_path_of(conversation_id)}/messages/bulk",
                    body=msgspec.json.encode(message_ids),
                    what="Fetching texts",
                    needs=wire.PERMISSIONS_VIEW,
                    is_shared=True,
                )
                return (texts_of(conversation_id, body, message_ids),)
            case FollowTyping(user_ids):
                return (yield from self._follow_typing(user_ids))

    def _follow_typing(self, user_ids: tuple[str, ...]) -> Flow[tuple[InboxEvent, ...]]:
        new = [user_id for user_id in user_ids if user_id not in self._typing_users][: self.stream.room]
        topics = tuple(wire.USER_TYPING_TOPIC.format(user_id=user_id) for user_id in new)
        if topics:
            yield InTurn(self.stream.add(topics))
            self._typing_users |= dict.fromkeys(new)
        return self._typing_known()


def _known(told: InboxEvent | None) -> tuple[PlatformEvent, ...]:
    return () if told is None else cast("tuple[PlatformEvent, ...]", (told,))


def _about(failure: Failure, what: str) -> Failure:
    """A refused topic, in words that say what is missed by it."""
    return msgspec.structs.replace(
        failure, message=failure.message.replace("the conversation's events", what, 1)
    )


def _path_of(conversation_id: str) -> str:
    return f"{wire.CONVERSATIONS_PATH}/{quote(conversation_id, safe='')}"
