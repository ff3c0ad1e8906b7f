"""The notification channel of a user and app, which all their conversations share: its life, topics and socket.

A channel lives for 24 hours and takes one socket; a user and app have 20 of them. Source: genesys.md 2.4, F 10312.
"""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._protocols.flow import CallError, Flow, GetOccasion, Occasion, OpenSocket, Request, asked
from ipygenesys._protocols.regions import Platform
from ipygenesys._protocols.tolerant import MAX_FRAME_BYTES, UNREADABLE, decode
from ipygenesys._wire import agent_messaging as wire

CONFLICT_S = 30.0
"""Whoever is driven off a channel takes a new one at most this often: two that drive each other off must not race.
Source: reference/realtime.md 4.3."""
NEEDS_USER = (
    "Use UserLogin(client_id=…) or an AccessToken of a user; ClientCredentials can only watch a conversation."
)
_TYPING_END = wire.USER_TYPING_TOPIC.rpartition("}")[2]
_NO_ANSWERS = frozenset({"rejected", "not_found", "unsupported"})
_TAKEN = (
    "The notification channel was taken over or replaced: somebody else uses this user and app, which may "
    f"have {wire.MAX_CHANNELS} channels. Close some of the others, or use an OAuth client of your own."
)


class Channel(msgspec.Struct, kw_only=True):
    """A channel of ours."""

    id: str
    connect_uri: str
    made_at_s: float
    """Monotonic."""
    topics: dict[str, wire.Topic | None] = msgspec.field(default_factory=dict)
    """Those that were asked for, as they were answered."""
    is_spent: bool = False
    """The service has said that it delivers no more."""
    is_taken: bool = False
    """Somebody else has connected it, or has taken its place among those that we may have."""
    is_closing: bool = False
    """The service is about to close the socket, and wants the same address to be opened again."""

    def __repr__(self) -> str:
        return "<Channel>"

    @property
    def is_lost(self) -> bool:
        """Of no use any more."""
        return self.is_spent or self.is_taken


class NotificationChannel:
    """One at a time, from one to the next; what a conversation learns of it, all know.

    Args:
        platform: where.
    """

    def __init__(self, platform: Platform) -> None:
        self.user_id: str | None = None
        """The token's user, once known."""
        self._platform = platform
        self._newest: Channel | None = None
        self._connected: Channel | None = None
        """The one whose socket was opened last."""
        self._replaced_at_s = float("-inf")
        """When a channel that had been taken from us, or ended, was replaced last."""

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
        """A channel with these topics, those of its other conversations, and its socket.

        Raises:
            CallError: it was refused, or nobody knows; also if none of the topics but the others may be had.
        """
        occasion: Occasion = yield GetOccasion()
        channel = self._reusable(occasion)
        if channel is not None and (yield from self._ready(channel, topics, others)):
            return
        channel = yield from self._new(occasion)
        if not (yield from self._ready(channel, topics, others)):
            raise CallError(_lost_channel(0.0))

    def add(self, topics: tuple[str, ...]) -> Flow[None]:
        """More topics for the channel that is connected.

        Raises:
            CallError: it was refused, or nobody knows.
        """
        assert self._connected is not None
        if not (yield from self._subscribe("POST", self._connected, topics)):
            raise CallError(_lost_channel(0.0))

    def has(self, topics: tuple[str, ...]) -> bool:
        """All of them were asked for."""
        return self._connected is not None and self._connected.topics.keys() >= set(topics)

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
        return typing in topics and self._connected is not None and _is_permitted(self._connected, typing)

    def check(self, topics: tuple[str, ...]) -> None:
        """Whether a conversation can be followed by these; of several queues, one is enough.

        Raises:
            CallError: it cannot, and names the permission.
        """
        if self._connected is not None:
            self._check(self._connected, topics)

    def refusal(self, topic: str) -> Failure | None:
        """Why nothing comes of a topic that was asked for."""
        channel = self._connected
        if channel is None or topic not in channel.topics or _is_permitted(channel, topic):
            return None
        return _refused_topic(channel.topics[topic])

    @property
    def room(self) -> int:
        """How many more topics it takes."""
        return 0 if self._connected is None else wire.MAX_TOPICS - len(self._connected.topics)

    def rotate_in_s(self, now_s: float) -> float:
        """Until it has to give way to a new one."""
        return 0.0 if self._connected is None else _rotate_in_s(self._connected, now_s)

    def spend(self) -> None:
        """It is of no use any more."""
        if self._connected is not None:
            self._connected.is_spent = True

    def note_closing(self) -> None:
        """Its socket is about to be closed."""
        if self._connected is not None:
            self._connected.is_closing = True

    # --- from one to the next -----------------------------------------------------------------------------

    def _reusable(self, occasion: Occasion) -> Channel | None:
        """The newest one, if a stream may be opened on it again."""
        channel = self._newest
        if channel is None:
            return None
        # The server ends a socket in good order when its channel has ended, or is connected by somebody else.
        channel.is_taken |= not occasion.is_move and occasion.close_code == wire.Unverified.ENDED_CLOSE_CODE
        if channel.is_lost or _rotate_in_s(channel, occasion.now_s) <= 0:
            return None
        if occasion.is_move and not channel.is_closing:
            return None  # A second socket would end the first, which is to go on until the new one is open.
        channel.is_closing = False
        return channel

    def _new(self, occasion: Occasion) -> Flow[Channel]:
        was_lost = self._newest is not None and self._newest.is_lost
        if was_lost and (wait_s := self._replaced_at_s + CONFLICT_S - occasion.now_s) > 0:
            raise CallError(_lost_channel(wait_s))
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
        if was_lost:
            self._replaced_at_s = occasion.now_s
        self._newest = Channel(id=made.id, connect_uri=made.connect_uri, made_at_s=occasion.now_s)
        return self._newest

    def _ready(self, channel: Channel, topics: tuple[str, ...], others: tuple[str, ...]) -> Flow[bool]:
        """Subscribe and connect; False if the channel does not exist any more."""
        if not (yield from self._subscribe("PUT", channel, topics + others)):
            return False
        self._check(channel, topics)
        try:
            yield OpenSocket(url=channel.connect_uri, needs=("notifications",))
        except CallError as error:
            if error.failure.status != wire.Unverified.UNKNOWN_CHANNEL_STATUS:
                raise
            channel.is_taken = True
            return False
        self._connected = channel
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

    def _check(self, channel: Channel, topics: tuple[str, ...]) -> None:
        messages = [topic for topic in topics if not topic.endswith(_TYPING_END)]
        if not any(_is_permitted(channel, topic) for topic in messages):
            raise CallError(_refused_topic(channel.topics[messages[0]]))


class _About(msgspec.Struct, frozen=True, rename="camel"):
    id: str | None = None
    conversation_id: str | None = None


class _Addressed(msgspec.Struct, frozen=True, rename="camel"):
    event_body: _About = _About()


def _rotate_in_s(channel: Channel, now_s: float) -> float:
    return channel.made_at_s + wire.ROTATE_AFTER_S - now_s


def _is_permitted(channel: Channel, topic: str) -> bool:
    """A topic that the answer leaves out, or whose state is new to us, was not refused."""
    answer = channel.topics.get(topic)
    return topic in channel.topics and (answer is None or answer.state != "Rejected")


def _refused_topic(topic: wire.Topic | None) -> Failure:
    missing = " or ".join((topic and topic.missing_permissions) or ()) or "unknown"
    words = (
        "Subscribing to the conversation's events: refused. "
        f"Missing permission: {missing}. Add it to a role of the user or of the OAuth client."
    )
    return Failure(kind="permission", message=words, status=403, code="topic.rejected")


def _lost_channel(wait_s: float) -> Failure:
    return Failure(kind="unavailable", message=_TAKEN, status=503, retry_after_s=wait_s or None)
