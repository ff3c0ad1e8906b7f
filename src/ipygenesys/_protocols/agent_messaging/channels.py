"""The notification channels that all conversations of a user and app share: their life, topics and sockets.

Mostly it is one. Topics that do not fit into it have another one, with a socket of its own. They have one fate: what ends
or moves one of them, does so with all, and a stream is there when all its sockets are.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._protocols.agent_messaging.channel import Channel, lost_channel, refused_topic
from ipygenesys._protocols.flow import CallError, Flow, GetOccasion, Occasion, OpenSocket, Request, asked
from ipygenesys._protocols.regions import Platform
from ipygenesys._protocols.tolerant import MAX_FRAME_BYTES, UNREADABLE, decode
from ipygenesys._wire import agent_messaging as wire

CONFLICT_S = 30.0
"""Whoever is driven off a channel takes a new one at most this often: two that drive each other off must not race.
Source: reference/realtime.md 4.3."""
MAX_TOPICS = 4 * wire.MAX_TOPICS
"""Chosen: of 20 channels four, and twice as many while we move from them to the next."""
NEEDS_USER = (
    "Use UserLogin(client_id=…) or an AccessToken of a user; ClientCredentials can only watch a conversation."
)
_TYPING_END = wire.USER_TYPING_TOPIC.rpartition("}")[2]
_NO_ANSWERS = frozenset({"rejected", "not_found", "unsupported"})


class NotificationChannels:
    """Those that there are, from them to the next; what a conversation learns of them, all know.

    Args:
        platform: where.
    """

    def __init__(self, platform: Platform) -> None:
        self.user_id: str | None = None
        """The token's user, once known."""
        self._platform = platform
        self._newest: list[Channel] = []
        self._connected: list[Channel] = []
        """Those whose sockets were opened last."""
        self._replaced_at_s = float("-inf")
        """When channels that had been taken from us, or had ended, were replaced last."""

    # --- what its conversations do ------------------------------------------------------------------------

    def learn_user(self) -> Flow[None]:
        """Whose token it is; asked once.

        Raises:
            CallError: the token has no user.
        """
        if self.user_id is not None:
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
        self.user_id = user.id

    def open(self, topics: tuple[str, ...], others: tuple[str, ...] = ()) -> Flow[None]:
        """Channels with these topics and those of the other conversations, and their sockets.

        Raises:
            CallError: it was refused, or nobody knows; also if none of the topics but the others may be had.
        """
        occasion: Occasion = yield GetOccasion()
        channels = self._reusable(occasion)
        if channels and (yield from self._ready(channels, topics, others, occasion)):
            return
        channels = yield from self._new(occasion)
        if not (yield from self._ready(channels, topics, others, occasion)):
            raise CallError(lost_channel())

    def add(self, topics: tuple[str, ...]) -> Flow[None]:
        """More topics for the channels that are connected; what does not fit gets another one, with its socket.

        Raises:
            CallError: it was refused, or nobody knows.
        """
        assert self._connected
        topics = tuple(topic for topic in topics if not self.has((topic,)))
        _check_number(len(topics) + sum(len(each.topics) for each in self._connected))
        for channel in self._connected:
            part, topics = topics[: channel.room], topics[channel.room :]
            if part and not (yield from self._subscribe("POST", channel, part)):
                raise CallError(lost_channel())
        occasion: Occasion = yield GetOccasion()
        for part in _parts(topics):
            unused = (each for each in self._newest if each not in self._connected and not each.is_lost)
            channel = next(unused, None) or (yield from self._made(occasion))
            if channel not in self._newest:  # Else it is of a try that failed.
                self._newest = [*self._newest, channel]
            if not (yield from self._subscribe("PUT", channel, part)) or not (
                yield from self._connect(channel)
            ):
                raise CallError(lost_channel())
            self._connected = [*self._connected, channel]

    def has(self, topics: tuple[str, ...]) -> bool:
        """All of them were asked for."""
        return all(any(topic in channel.topics for channel in self._connected) for topic in topics)

    def addressee(self, data: bytes) -> str | None:
        """The id of the conversation that a frame is about; None for what concerns all, and for what cannot be read."""
        if len(data) > MAX_FRAME_BYTES:
            return None
        try:
            about = decode(data, _Addressed).event_body
        except UNREADABLE:
            return None
        return about.conversation_id or about.id

    # --- what its conversations are told -------------------------------------------------------------------

    def has_typing(self, topics: tuple[str, ...]) -> bool:
        """Whether a conversation with these is told who types."""
        typing = self._typing_topic
        return typing in topics and any(channel.is_permitted(typing) for channel in self._connected)

    def check(self, topics: tuple[str, ...]) -> None:
        """Whether a conversation can be followed by these; of several queues, one is enough.

        Raises:
            CallError: it cannot, and names the permission.
        """
        if self._connected:
            _check(self._connected, topics)

    def refusal(self, topic: str) -> Failure | None:
        """Why nothing comes of a topic that was asked for."""
        return _refusal(self._connected, topic)

    @property
    def room(self) -> int:
        """How many more topics there can be."""
        return MAX_TOPICS - sum(len(channel.topics) for channel in self._connected)

    def rotate_in_s(self, now_s: float) -> float:
        """Until they have to give way to new ones."""
        return min((channel.rotate_in_s(now_s) for channel in self._connected), default=0.0)

    def spend(self) -> None:
        """They are of no use any more."""
        for channel in self._connected:
            channel.is_spent = True

    def note_closing(self) -> None:
        """A socket is about to be closed."""
        for channel in self._connected:
            channel.is_closing = True

    # --- from them to the next ----------------------------------------------------------------------------

    def _reusable(self, occasion: Occasion) -> list[Channel]:
        """The newest ones, if a stream may be opened on them again."""
        channels = self._newest
        # The server ends a socket in good order when its channel has ended, or is connected by somebody else.
        has_ended = not occasion.is_move and occasion.close_code == wire.Unverified.ENDED_CLOSE_CODE
        for channel in channels:
            channel.is_taken |= has_ended
        if any(each.is_lost or each.rotate_in_s(occasion.now_s) <= 0 for each in channels):
            return []
        if occasion.is_move and not (len(channels) == 1 and channels[0].is_closing):
            return []  # A second socket would end the first, which is to go on until the new one is open.
        for channel in channels:
            channel.is_closing = False
        return channels

    def _new(self, occasion: Occasion) -> Flow[list[Channel]]:
        """The first of new ones."""
        was_lost = any(channel.is_lost for channel in self._newest)
        if was_lost and (wait_s := self._replaced_at_s + CONFLICT_S - occasion.now_s) > 0:
            raise CallError(lost_channel(wait_s))
        channel = yield from self._made(occasion)
        if was_lost:
            self._replaced_at_s = occasion.now_s
        return [channel]

    def _made(self, occasion: Occasion) -> Flow[Channel]:
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
        return Channel(id=made.id, connect_uri=made.connect_uri, made_at_s=occasion.now_s)

    def _ready(
        self, channels: list[Channel], topics: tuple[str, ...], others: tuple[str, ...], occasion: Occasion
    ) -> Flow[bool]:
        """As many as it takes, subscribed and connected; False if one of them does not exist any more."""
        _check_number(len(topics) + len(others))
        parts = _parts(topics + others) or [()]
        self._newest = channels = channels[: len(parts)]
        while len(channels) < len(parts):
            channels.append((yield from self._made(occasion)))
        for channel, part in zip(channels, parts, strict=True):
            if not (yield from self._subscribe("PUT", channel, part)):
                return False
        _check(channels, topics)
        for channel in channels:
            if not (yield from self._connect(channel)):
                return False
        self._connected = channels
        return True

    def _connect(self, channel: Channel) -> Flow[bool]:
        """False if it is not there any more."""
        try:
            yield OpenSocket(url=channel.connect_uri, needs=("notifications",))
        except CallError as error:
            if error.failure.status != wire.Unverified.UNKNOWN_CHANNEL_STATUS:
                raise
            channel.is_taken = True
            return False
        return True

    def _subscribe(self, method: str, channel: Channel, topics: tuple[str, ...]) -> Flow[bool]:
        """PUT replaces the topics, POST adds some; either gives it another 24 hours. False if it is not there any more."""
        try:
            request = Request(
                method=method,
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
        former = {} if method == "PUT" else channel.topics
        channel.topics = former | {topic: answers.get(topic) for topic in topics}
        return True

    @property
    def _typing_topic(self) -> str:
        return wire.USER_TYPING_TOPIC.format(user_id=self.user_id)


class _About(msgspec.Struct, frozen=True, rename="camel"):
    id: str | None = None
    conversation_id: str | None = None


class _Addressed(msgspec.Struct, frozen=True, rename="camel"):
    event_body: _About = _About()


def _parts(topics: tuple[str, ...]) -> list[tuple[str, ...]]:
    """As many of them as a channel takes."""
    return [topics[at : at + wire.MAX_TOPICS] for at in range(0, len(topics), wire.MAX_TOPICS)]


def _check_number(number: int) -> None:
    if number > MAX_TOPICS:
        words = (
            f"At most {MAX_TOPICS:,} topics can be followed with the same credentials, not {number:,}. "
            "Watch fewer queues or conversations, or use an OAuth client of its own for some of them."
        )
        raise CallError(Failure(kind="rejected", message=words, code="too.many.topics"))


def _check(channels: list[Channel], topics: tuple[str, ...]) -> None:
    refused = [_refusal(channels, topic) for topic in topics if not topic.endswith(_TYPING_END)]
    if all(refused) and (first := next(iter(refused), None)) is not None:
        raise CallError(first)


def _refusal(channels: list[Channel], topic: str) -> Failure | None:
    channel = next((each for each in channels if topic in each.topics), None)
    if channel is None or channel.is_permitted(topic):
        return None
    return refused_topic(channel.topics[topic])
