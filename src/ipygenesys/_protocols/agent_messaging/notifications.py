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
    topic, people = frame.topic_name, conversation.people
    if topic == wire.METADATA_TOPIC:
        return conversation.take_untold()
    if (told := channel_events(frame, data, channel)) is not None:
        return told
    if topic == wire.USER_TYPING_TOPIC.format(user_id=people.user_id):
        return conversation.typing_event(frame.event_body)
    if topic in _message_topics(conversation):
        return conversation.conversation_event(frame.event_body)
    return (FrameIgnored("unknown_event"),)


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


def _message_topics(conversation: AgentConversation) -> tuple[str, ...]:
    people = conversation.people
    by_queue = (wire.QUEUE_MESSAGES_TOPIC.format(queue_id=each) for each in people.queue_ids)
    return (wire.USER_MESSAGES_TOPIC.format(user_id=people.user_id), *by_queue)
