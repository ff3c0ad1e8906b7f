"""The SDK as an agent's client: channels, conversations, messages, states; every answer is walked."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from tests.conformance.conftest import Sdk

PERMITTED = "Permitted"


def send(sdk: Sdk, text: str) -> Any:
    body = sdk.module.AdditionalMessage()
    body.text_body = text
    return sdk.checked(
        sdk.conversations.post_conversations_message_communication_messages(
            sdk.sim.conversation_id, sdk.communication_id(), body
        )
    )


def topics(sdk: Sdk, *names: str) -> list[Any]:
    wanted = []
    for name in names:
        topic = sdk.module.ChannelTopic()
        topic.id = f"v2.users.{sdk.sim.user_id}.{name}"
        wanted.append(topic)
    return wanted


# --- channels


def test_channels_are_created_listed_and_looked_at(sdk: Sdk) -> None:
    channel = sdk.checked(sdk.notifications.post_notifications_channels())
    assert channel.connect_uri == f"ws://127.0.0.1:{sdk.sim.port}/channels/{channel.id}"
    listed = sdk.checked(sdk.notifications.get_notifications_channels())
    assert [c.id for c in listed.entities] == [channel.id]
    sdk.notifications.head_notifications_channel(channel.id)


def test_subscriptions_are_added_replaced_listed_and_deleted(sdk: Sdk) -> None:
    api = sdk.notifications
    channel = api.post_notifications_channels()
    names = ("conversations.messages", "conversations.inbound.typing.event")
    added = sdk.checked(api.post_notifications_channel_subscriptions(channel.id, topics(sdk, *names)))
    assert [e.state for e in added.entities] == [PERMITTED, PERMITTED]
    replaced = sdk.checked(
        api.put_notifications_channel_subscriptions(channel.id, topics(sdk, "conversations"))
    )
    assert [e.id for e in replaced.entities] == [f"v2.users.{sdk.sim.user_id}.conversations"]
    listed = sdk.checked(api.get_notifications_channel_subscriptions(channel.id))
    assert [e.id for e in listed.entities] == [e.id for e in replaced.entities]
    api.delete_notifications_channel_subscriptions(channel.id)
    assert api.get_notifications_channel_subscriptions(channel.id).entities == []


def test_a_forbidden_topic_fails_the_call_or_is_rejected_by_itself(sdk: Sdk) -> None:
    sdk.sim.set_agent_api(forbidden_topics=[f"v2.users.{sdk.sim.user_id}.conversations.inbound"])
    api = sdk.notifications
    channel = api.post_notifications_channels()
    wanted = topics(sdk, "conversations.messages", "conversations.inbound.typing.event")
    with pytest.raises(sdk.module.rest.ApiException) as caught:
        api.post_notifications_channel_subscriptions(channel.id, wanted)
    assert caught.value.status == 403
    answer = sdk.checked(api.post_notifications_channel_subscriptions(channel.id, wanted, ignore_errors=True))
    assert [e.state for e in answer.entities] == [PERMITTED, "Rejected"]
    assert "conversation:message:view" in answer.entities[1].missing_permissions


def test_the_available_topics_are_known_ones(sdk: Sdk) -> None:
    listed = sdk.checked(sdk.notifications.get_notifications_availabletopics())
    assert "v2.users.{id}.conversations.messages" in [t.id for t in listed.entities]


# --- conversations and messages


def everything(sdk: Sdk) -> list[str]:
    """One message of each sort; their ids."""
    file = {
        "id": "f1",
        "name": "a.png",
        "media_type": "image/png",
        "size": 3,
        "url": "https://example.com/a.png",
    }
    quick = [
        {"contentType": "QuickReply", "quickReply": {"text": "Yes", "payload": "yes", "action": "Message"}}
    ]
    picked = [
        {
            "contentType": "ButtonResponse",
            "buttonResponse": {"type": "QuickReply", "text": "Yes", "payload": "yes"},
        }
    ]
    sim = sdk.sim
    ids = sim.customer_say("hello") + sim.customer_say("a file", attachments=[file])
    ids += sim.agent_say("beep", name="Robo", role="bot") + sim.agent_say("choose", content=quick)
    ids += sim.customer_say("Yes", content=picked) + sim.agent_say("opened", name="System", role="system")
    return [*ids, send(sdk, "hi").id]


def test_both_forms_of_the_conversation_and_their_lists_are_known_to_the_sdk(sdk: Sdk) -> None:
    ids = everything(sdk)
    api, conversation_id = sdk.conversations, sdk.sim.conversation_id
    generic = sdk.checked(api.get_conversation(conversation_id))
    named = [m.message_id for p in generic.participants for c in p.messages for m in c.messages]
    assert sorted(named) == sorted(ids)
    media = sdk.checked(api.get_conversations_message(conversation_id))
    assert sorted(m.message_id for p in media.participants for m in p.messages) == sorted(ids)
    agent = next(p for p in media.participants if p.purpose == "agent")
    assert (agent.user.id, agent.state) == (sdk.sim.user_id, "connected")
    assert [c.id for c in sdk.checked(api.get_conversations_messages()).entities] == [conversation_id]
    assert [c.id for c in sdk.checked(api.get_conversations()).entities] == [conversation_id]


def test_every_sort_of_message_is_known_alone_and_in_bulk(sdk: Sdk) -> None:
    ids = everything(sdk)
    api, conversation_id = sdk.conversations, sdk.sim.conversation_id
    bulk = sdk.checked(api.post_conversations_message_messages_bulk(conversation_id, body=ids))
    assert [m.id for m in bulk.entities] == ids
    assert [m.normalized_message.text for m in bulk.entities][:2] == ["hello", "a file"]
    for message_id in ids:
        alone = sdk.checked(api.get_conversations_message_message(conversation_id, message_id))
        details = sdk.checked(api.get_conversations_message_details(message_id))
        assert alone.id == details.id == message_id


def test_a_send_is_queued_and_its_receipts_follow(sdk: Sdk) -> None:
    sent = send(sdk, "hi")
    assert (sent.status, sent.direction, sent.normalized_message.text) == ("queued", "outbound", "hi")
    sdk.sim.customer_read(sent.id)
    read = sdk.checked(sdk.conversations.get_conversations_message_message(sdk.sim.conversation_id, sent.id))
    assert read.status == "read"
    assert [r.status for r in read.normalized_receipts] == ["Delivered", "Read"]
    assert {r.id for r in read.normalized_receipts} == {sent.id}


def test_typing_is_accepted_without_a_body_in_return(sdk: Sdk) -> None:
    event = sdk.module.MessageTypingEventRequest()
    event.typing = sdk.module.ConversationEventTyping()
    event.typing.type = "On"
    answer = sdk.conversations.post_conversations_message_communication_typing(
        sdk.sim.conversation_id, sdk.communication_id(), event
    )
    assert answer is None
    assert [e["typing"] for e in sdk.sim.log()["received"] if e["kind"] == "typing"] == [True]


def test_the_messaging_settings_follow_the_deployment(sdk: Sdk) -> None:
    sdk.sim.set_deployment(show_user_typing_indicator=False)
    [setting] = sdk.checked(sdk.conversations.get_conversations_messaging_settings()).entities
    assert (setting.event.typing.on.inbound, setting.event.typing.on.outbound) == ("Disabled", "Enabled")


def test_a_file_is_uploaded_and_sent(sdk: Sdk) -> None:
    api, conversation_id, communication_id = (
        sdk.conversations,
        sdk.sim.conversation_id,
        sdk.communication_id(),
    )
    request = sdk.module.UploadMediaRequest()
    request.file_name, request.content_length_bytes = "note.txt", 5
    upload = sdk.checked(
        api.post_conversations_message_communication_messages_media_uploads(
            conversation_id, communication_id, request
        ),
        extra=("mediaType", "contentLengthBytes", "status", "conversationId", "communicationId"),
    )
    state = api.get_conversations_message_communication_messages_media_media_id
    assert sdk.checked(state(conversation_id, communication_id, upload.id)).status == "uploading"
    put = httpx.put(upload.upload_url, content=b"hello", headers=upload.upload_headers, trust_env=False)
    assert put.status_code == 200
    assert sdk.checked(state(conversation_id, communication_id, upload.id)).status == "valid"
    body = sdk.module.AdditionalMessage()
    body.media_ids = [upload.id]
    sent = sdk.checked(
        api.post_conversations_message_communication_messages(conversation_id, communication_id, body)
    )
    [content] = sent.normalized_message.content
    assert (content.content_type, content.attachment.filename) == ("Attachment", "note.txt")


def test_a_conversation_is_answered_ended_and_wrapped_up(sdk: Sdk) -> None:
    api, conversation_id = sdk.conversations, sdk.sim.conversation_id
    sdk.sim.set_conversation("alerting")
    participants = sdk.checked(api.get_conversations_message(conversation_id)).participants
    agent = next(p for p in participants if p.purpose == "agent")
    assert agent.state == "alerting"
    request = sdk.module.MediaParticipantRequest()
    request.state = "connected"
    api.patch_conversations_message_participant(conversation_id, agent.id, body=request)
    communication_id = sdk.communication_id()
    request.state = "disconnected"
    api.patch_conversations_message_participant_communication(
        conversation_id, agent.id, communication_id, request
    )
    wrapup = sdk.module.WrapupInput()
    wrapup.code, wrapup.notes = "solved", "all fine"
    api.post_conversations_message_participant_communication_wrapup(
        conversation_id, agent.id, communication_id, body=wrapup
    )
    assigned = sdk.checked(
        api.get_conversations_message_participant_communication_wrapup(
            conversation_id, agent.id, communication_id
        )
    )
    assert (assigned.code, assigned.notes) == ("solved", "all fine")
    assert sdk.checked(api.get_conversations_messages()).entities == []
    ended = sdk.checked(api.get_conversation(conversation_id))
    assert ended.state == "disconnected"


# --- events, by the SDK's models of them

MODELS = {
    "conversations.messages": "ConversationMessageEventTopicMessageConversation",
    "conversations": "ConversationEventTopicConversation",
    "conversations.inbound.typing.event": "V2ConversationMessageTypingEventForUserTopicMessageData",
}


def test_every_event_is_known_to_the_models_of_its_topic(sdk: Sdk) -> None:
    api = sdk.notifications
    channel = api.post_notifications_channels()
    api.post_notifications_channel_subscriptions(channel.id, topics(sdk, *MODELS))
    frames = []
    with connect(channel.connect_uri, proxy=None) as socket:
        everything(sdk)
        sdk.sim.customer_typing()
        sdk.sim.customer_read()
        sdk.sim.set_conversation("disconnected")
        socket.send(json.dumps({"message": "ping"}))
        while (frame := json.loads(socket.recv(5)))["topicName"] != "channel.metadata":
            frames.append(frame)
    seen = set()
    for frame in frames:
        name = frame["topicName"].removeprefix(f"v2.users.{sdk.sim.user_id}.")
        sdk.deserialize(frame["eventBody"], MODELS[name])
        assert "hello" not in json.dumps(frame), "events name messages, they never quote them"
        seen.add(name)
    assert seen == set(MODELS)


# --- the guest's history, which has a model too


def test_the_guests_history_is_known_to_the_sdk(sdk: Sdk) -> None:
    session = sdk.sim.guest_session()
    url = f"{sdk.sim.guest_url}?deploymentId={session['deployment_id']}"
    with connect(url, proxy=None) as socket:

        def ask(action: str, **fields: Any) -> Any:
            socket.send(json.dumps({"action": action, "token": session["token"], **fields}))
            return json.loads(socket.recv(5))["body"]

        ask("configureSession", deploymentId=session["deployment_id"])
        ask(
            "onMessage",
            message={"type": "Event", "events": [{"eventType": "Presence", "presence": {"type": "Join"}}]},
        )
        ask("onMessage", message={"type": "Text", "text": "hello"})
        jwt = ask("getJwt")["jwt"]
    sdk.client.set_default_header("Authorization", f"bearer {jwt}")
    page = sdk.checked(sdk.web_messaging.get_webmessaging_messages(), extra=("channel.type",))
    assert [m.type for m in page.entities] == ["Text", "Event"]
