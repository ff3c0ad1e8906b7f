"""How an agent's stream is opened: who we are, our part, a channel, its topics and socket."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.platform_events import MoveRequested, PlatformEvent
from ipygenesys._protocols.agent_messaging.channel import Channel, ChannelMemory
from ipygenesys._protocols.agent_messaging.content import LooseConversation
from ipygenesys._protocols.agent_messaging.conversation import AgentConversation
from ipygenesys._protocols.flow import (
    CallError,
    Flow,
    GetOccasion,
    GetToken,
    Occasion,
    OpenSocket,
    Request,
    asked,
)
from ipygenesys._protocols.regions import Platform
from ipygenesys._wire import agent_messaging as wire

NEEDS_USER = (
    "Use UserLogin(client_id=…) or an AccessToken of a user; ClientCredentials can only watch a conversation."
)
_NO_ANSWERS = frozenset({"rejected", "not_found", "unsupported"})
_TAKEN = (
    "The notification channel was taken over or replaced: somebody else uses this user and app, which may "
    f"have {wire.MAX_CHANNELS} channels. Close some of the others, or use an OAuth client of your own."
)


class AgentOpening:
    """Opens the streams of one adapter, and learns on the way what its other calls need.

    Args:
        platform: where.
        conversation: takes in what is learned.
        channels: the channel to go on with, if there is one.
        has_user: the credentials are a person's, not an app's.
    """

    def __init__(
        self, platform: Platform, conversation: AgentConversation, channels: ChannelMemory, *, has_user: bool
    ) -> None:
        self._platform = platform
        self._conversation = conversation
        self._channels = channels
        self._has_user = has_user

    def flow(self) -> Flow[tuple[PlatformEvent, ...]]:
        """Who am I, what is my part, a channel with its topics, then its socket."""
        occasion = yield GetOccasion()
        yield GetToken()  # A login may take minutes; a call would not wait that long for its token.
        yield from self.learn_user()
        yield from self.learn_conversation()
        topics = self._topics()
        channel = self._channels.reusable(occasion)
        if channel is not None and (yield from self._ready(channel, topics)):
            return self._opened(occasion)
        channel = yield from self._new_channel(occasion)
        if not (yield from self._ready(channel, topics)):
            raise CallError(_lost_channel(_TAKEN, 0.0))
        return self._opened(occasion)

    def _ready(self, channel: Channel, topics: tuple[str, ...]) -> Flow[bool]:
        """Subscribe and connect; False if the channel does not exist any more."""
        return (yield from self._subscribe(channel, topics)) and (yield from self._connect(channel))

    def _connect(self, channel: Channel) -> Flow[bool]:
        """Open the channel's socket; False if it does not exist any more."""
        try:
            yield OpenSocket(url=channel.connect_uri, needs=("notifications",))
        except CallError as error:
            if error.failure.status != wire.Unverified.UNKNOWN_CHANNEL_STATUS:
                raise
            channel.is_taken = True
            return False
        return True

    def _opened(self, occasion: Occasion) -> tuple[PlatformEvent, ...]:
        self._conversation.untold.clear()
        rotate_in_s = self._channels.rotate_in_s(occasion.now_s)
        return (*self._conversation.people.all_that_is_known(), MoveRequested(in_s=rotate_in_s))

    def learn_user(self) -> Flow[None]:
        """Who we are; asked once.

        Raises:
            CallError: the token has no user.
        """
        if not self._has_user or self._conversation.people.user_id is not None:
            return
        try:
            request = Request(
                method="GET",
                path=wire.ME_PATH,
                what="Asking who the token's user is",
                needs=("users:readonly",),
            )
            user = yield from asked(request, wire.UserBody)
        except CallError as error:
            if error.failure.kind not in _NO_ANSWERS:
                raise
            words = f"The token has no user, and an agent is a user. {NEEDS_USER}"
            raise CallError(
                msgspec.structs.replace(error.failure, kind="permission", message=words)
            ) from None
        self._conversation.people.user_id = user.id

    def learn_conversation(self) -> Flow[tuple[PlatformEvent, ...]]:
        """Who takes part, and which part is ours."""
        request = Request(
            method="GET",
            path=f"{wire.ANY_CONVERSATIONS_PATH}/{quote(self._conversation.conversation_id, safe='')}",
            what="Fetching the conversation",
            needs=wire.PERMISSIONS_WATCH,
        )
        return self._conversation.people.learn((yield from asked(request, LooseConversation)))

    def _topics(self) -> tuple[str, ...]:
        if topics := self._conversation.people.topics:
            self._conversation.people.follow(topics)
            return topics
        whose = "The token's user takes" if self._has_user else "An app takes"
        words = (
            f"{whose} no part in this conversation, and it came through no queue: there is nothing to watch it by. "
            "Use the credentials of an agent who takes part in it."
        )
        raise CallError(Failure(kind="permission", message=words))

    def _new_channel(self, occasion: Occasion) -> Flow[Channel]:
        if (wait_s := self._channels.conflict_wait_s(occasion.now_s)) > 0:
            raise CallError(_lost_channel(_TAKEN, wait_s))
        request = Request(
            method="POST",
            path=wire.CHANNELS_PATH,
            what="Making a notification channel",
            needs=("notifications",),
        )
        made = yield from asked(request, wire.ChannelBody)
        if not made.connect_uri.startswith(("ws://", "wss://")) or not self._platform.host_is_allowed(
            made.connect_uri
        ):
            words = "The notification channel's address is on a host of somebody else, which is refused. Check the region."
            raise CallError(Failure(kind="protocol", message=words))
        return self._channels.made(made, occasion.now_s)

    def _subscribe(self, channel: Channel, topics: tuple[str, ...]) -> Flow[bool]:
        """Replace the channel's topics, which gives it another 24 hours; False if it does not exist any more."""
        try:
            request = Request(
                method="PUT",
                path=f"{wire.CHANNELS_PATH}/{quote(channel.id, safe='')}/subscriptions",
                query={"ignoreErrors": "true"},
                body=msgspec.json.encode([wire.Topic(id=topic) for topic in topics]),
                what="Subscribing to the conversation's events",
                needs=wire.PERMISSIONS_VIEW,
            )
            answer = yield from asked(request, wire.TopicsBody)
        except CallError as error:
            if error.failure.kind != "not_found":
                raise
            channel.is_taken = True
            return False
        answers = {topic.id: topic for topic in answer.entities}
        refused = [answers[topic] for topic in topics if _is_refused(answers.get(topic))]
        typing = wire.USER_TYPING_TOPIC.format(user_id=self._conversation.people.user_id)
        self._conversation.people.has_typing_topic = typing in topics and not any(
            t.id == typing for t in refused
        )
        messages = [topic for topic in refused if topic.id != typing]
        if len(messages) == sum(topic != typing for topic in topics):  # Of several queues, one is enough.
            raise CallError(_refused_topic(messages[0]))
        return True


def _is_refused(topic: wire.Topic | None) -> bool:
    """A topic that the answer leaves out, or whose state is new to us, was not refused."""
    return topic is not None and topic.state == "Rejected"


def _refused_topic(topic: wire.Topic) -> Failure:
    missing = " or ".join(topic.missing_permissions or ()) or "unknown"
    words = (
        "Subscribing to the conversation's events: refused. "
        f"Missing permission: {missing}. Add it to a role of the user or of the OAuth client."
    )
    return Failure(kind="permission", message=words, status=403, code="topic.rejected")


def _lost_channel(words: str, wait_s: float) -> Failure:
    return Failure(kind="unavailable", message=words, status=503, retry_after_s=wait_s or None)
