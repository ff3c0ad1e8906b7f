"""The agent's codec: what comes on a notification channel becomes neutral events."""

from __future__ import annotations

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.platform_events import FrameIgnored, MoveRequested, PlatformEvent, StreamRefused
from ipygenesys._protocols.agent_messaging.channels import NotificationChannels
from ipygenesys._protocols.agent_messaging.conversation import AgentConversation
from ipygenesys._protocols.tolerant import MAX_FRAME_BYTES, UNREADABLE, decode
from ipygenesys._wire import agent_messaging as wire


def decode_notification(
    data: str | bytes, conversation: AgentConversation, channel: NotificationChannels
) -> tuple[PlatformEvent, ...]:
    """Turn a frame into neutral events. Never raises."""
    if len(data) > MAX_FRAME_BYTES:
        return (FrameIgnored("oversized"),)
    try:
        return _events(decode(data, wire.Notification), data, conversation, channel)
    except UNREADABLE:
        return (FrameIgnored("malformed"),)


def _events(
    frame: wire.Notification,
    data: str | bytes,
    conversation: AgentConversation,
    channel: NotificationChannels,
) -> tuple[PlatformEvent, ...]:
    topic = frame.topic_name
    if topic == wire.METADATA_TOPIC:
        return conversation.take_untold()
    if (told := channel_events(frame, data, channel)) is not None:
        return told
    user_id = conversation.people.user_id
    if topic == wire.USER_TYPING_TOPIC.format(user_id=user_id):
        return conversation.typing_event(frame.event_body)
    # Which queue's says nothing: the body names the conversation.
    if topic == wire.USER_MESSAGES_TOPIC.format(user_id=user_id) or wire.id_in(
        topic, wire.QUEUE_MESSAGES_TOPIC
    ):
        return conversation.conversation_event(frame.event_body)
    return (FrameIgnored("unknown_event"),)


def tells_of_typing(topic: str) -> bool:
    """Customers type, in a conversation of a user's."""
    return wire.id_in(topic, wire.USER_TYPING_TOPIC) is not None


def tells_of_messages(topic: str) -> bool:
    """Message conversations of a user or a queue have changed."""
    templates = (wire.USER_MESSAGES_TOPIC, wire.QUEUE_MESSAGES_TOPIC)
    return any(wire.id_in(topic, template) is not None for template in templates)


def channel_events(
    frame: wire.Notification, data: str | bytes, channel: NotificationChannels
) -> tuple[PlatformEvent, ...] | None:
    """What a frame says of the channel itself; None: it says something else.

    Raises:
        msgspec.DecodeError: it cannot be read.
    """
    topic = frame.topic_name
    if topic == wire.SOCKET_CLOSING_TOPIC:
        channel.note_closing()
        return (MoveRequested(),)
    if topic.startswith(wire.NO_LONGER_SUBSCRIBED_TOPIC):
        channel.spend()
        return (MoveRequested(is_deaf=True),)
    if topic.startswith(wire.TOKEN_REVOKED_TOPIC):
        channel.spend()
        words = "The token was revoked. Log in again, or get a new one."
        return (StreamRefused(Failure(kind="authentication", message=words)),)
    if not topic and str(decode(data, wire.SocketAnswer).result) == "404":
        channel.spend()
        return (MoveRequested(is_deaf=True),)
    return None
