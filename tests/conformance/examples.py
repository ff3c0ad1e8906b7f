"""The example frames of the notes on Genesys' protocols, each with the struct that reads it.

``fields`` are the values, by path, that have to survive decoding; ``WRITTEN`` are those that a client writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ipygenesys._wire import agent_messaging as agent
from ipygenesys._wire import web_messaging as guest

TIME = "2026-11-22T10:00:00.000Z"
HEX = "0123456789abcdef0123456789abcdef"
UUID = "01234567-89ab-cdef-0123-456789abcdef"


@dataclass(frozen=True)
class Example:
    """One frame or body."""

    name: str
    json: dict[str, Any]
    kind: type[Any]
    fields: dict[str, Any] = field(default_factory=dict)
    body: type[Any] | None = None
    """What an envelope's body is decoded as."""


# --- guest: deployment config

CONFIG = Example(
    "config.json",
    {
        "id": UUID,
        "version": "3",
        "languages": ["en-us"],
        "defaultLanguage": "en-us",
        "apiEndpoint": "https://api.example.com",
        "messenger": {
            "enabled": True,
            "apps": {
                "conversations": {
                    "messagingEndpoint": "wss://webmessaging.example.com",
                    "showAgentTypingIndicator": True,
                    "showUserTypingIndicator": True,
                    "autoStart": {"enabled": False},
                    "conversationClear": {"enabled": True},
                    "conversationDisconnect": {"enabled": True, "type": "ReadOnly"},
                    "markdown": {"enabled": False},
                    "humanize": {"enabled": False},
                    "notifications": {"enabled": False},
                }
            },
            "styles": {"primaryColor": "#0d6efd"},
            "launcherButton": {"visibility": "On"},
            "fileUpload": {"modes": [{"fileTypes": ["image/png"], "maxFileSizeKB": 10240}]},
        },
        "journeyEvents": {"enabled": False},
        "status": "Active",
        "auth": {"enabled": False, "allowSessionUpgrade": False},
    },
    guest.DeploymentConfig,
    {
        "messenger.apps.conversations.show_user_typing_indicator": True,
        "messenger.apps.conversations.conversation_disconnect.type": "ReadOnly",
        "messenger.file_upload.modes.0.max_file_size_kb": 10240,
        "status": "Active",
        "auth.enabled": False,
    },
)

# --- guest: requests


def _request(name: str, fields: dict[str, Any] | None = None, **json: Any) -> Example:
    base = {"action": name.partition(":")[0], "token": "T", "tracingId": "X"}
    return Example(name, {**base, **json}, guest.GuestRequest, {"tracing_id": "X", **(fields or {})})


def _message(**message: Any) -> dict[str, Any]:
    return {"message": message}


REQUESTS = [
    _request(
        "configureSession",
        {"deployment_id": "D", "start_new": False},
        deploymentId="D",
        startNew=False,
        journeyContext={
            "customer": {"id": "C", "idType": "cookie"},
            "customerSession": {"id": "", "type": "web"},
        },
    ),
    _request(
        "configureAuthenticatedSession", {"data": {"code": "jwt"}}, deploymentId="D", data={"code": "jwt"}
    ),
    _request(
        "onMessage:text",
        {"message.text": "hi"},
        **_message(
            type="Text", text="hi", metadata={}, channel={"metadata": {"customAttributes": {"plan": "gold"}}}
        ),
    ),
    _request(
        "onMessage:attachment",
        {"message.content.0.attachment.id": "A"},
        **_message(
            type="Text", text="see file", content=[{"contentType": "Attachment", "attachment": {"id": "A"}}]
        ),
    ),
    _request(
        "onMessage:quick reply",
        {"message.content.0.button_response.payload": "yes"},
        **_message(
            type="Text",
            text="Yes",
            content=[
                {
                    "contentType": "ButtonResponse",
                    "buttonResponse": {"text": "Yes", "payload": "yes", "type": "QuickReply"},
                }
            ],
        ),
    ),
    _request(
        "onMessage:typing",
        {"message.events.0.typing.type": "On"},
        **_message(type="Event", events=[{"eventType": "Typing", "typing": {"type": "On"}}]),
    ),
    *[
        _request(
            f"onMessage:{name}",
            {"message.events.0.presence.type": name},
            **_message(type="Event", events=[{"eventType": "Presence", "presence": {"type": name}}]),
        )
        for name in ("Join", "Clear")
    ],
    _request(
        "echo",
        {"tracing_id": guest.HEALTH_CHECK_TRACING_ID, "message.text": "ping"},
        tracingId="SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=",
        **_message(type="Text", text="ping"),
    ),
    _request("getJwt"),
    _request("getConfiguration", deploymentId="D"),
    _request(
        "onAttachment",
        {"file_name": "a.png", "file_size": 123, "errors_as_json": True},
        attachmentId="A",
        fileName="a.png",
        fileType="image/png",
        fileSize=123,
        fileMd5="md5",
        errorsAsJson=True,
    ),
    _request("getAttachment", {"attachment_id": "A"}, attachmentId="A"),
    _request("deleteAttachment", {"attachment_id": "A"}, attachmentId="A"),
    _request("closeSession", {"close_all_connections": True}, closeAllConnections=True),
]
"""What a guest sends: reading and writing give the same JSON again."""

# --- guest: frames


def _frame(
    kind: str,
    body: Any,
    model: type[Any],
    fields: dict[str, Any] | None = None,
    *,
    type_: str = "message",
    code: int = 200,
    tracing_id: str | None = None,
    name: str = "",
) -> Example:
    json = {"type": type_, "class": kind, "code": code, "body": body}
    if tracing_id is not None:
        json["tracingId"] = tracing_id
    return Example(f"{kind} {name}".strip(), json, guest.Envelope, fields or {}, model)


def _response(
    kind: str, body: Any, model: type[Any], fields: dict[str, Any] | None = None, **options: Any
) -> Example:
    return _frame(kind, body, model, fields, type_="response", tracing_id="X", **options)


_CHANNEL = {"time": TIME, "messageId": UUID, "type": "Private"}
_ALLOWED = {"inbound": {"fileTypes": [{"type": "*/*"}], "maxFileSizeKB": 10240}}

FRAMES = [
    _response(
        "SessionResponse",
        {
            "connected": True,
            "newSession": True,
            "readOnly": False,
            "clearedExistingSession": False,
            "maxCustomDataBytes": 2048,
            "durationSeconds": 259200,
            "expirationDate": 1800000000,
            "autoStarted": False,
            "allowedMedia": _ALLOWED,
            "blockedExtensions": [".exe"],
        },
        guest.SessionResponse,
        {"new_session": True, "expiration_date": 1800000000, "blocked_extensions": [".exe"]},
    ),
    _frame(
        "StructuredMessage",
        {
            "id": HEX,
            "type": "Text",
            "text": "hi",
            "direction": "Inbound",
            "channel": _CHANNEL,
            "metadata": {"correlationId": UUID},
        },
        guest.StructuredMessage,
        {"id": HEX, "text": "hi", "direction": "Inbound", "channel.message_id": UUID},
        tracing_id="X",
        name="own",
    ),
    _frame(
        "StructuredMessage",
        {
            "id": HEX,
            "type": "Text",
            "text": "Hello",
            "direction": "Outbound",
            "originatingEntity": "Human",
            "channel": {
                "time": TIME,
                "type": "Private",
                "from": {"nickname": "Ann", "image": "https://example.com/a"},
            },
            "metadata": {"correlationId": UUID},
        },
        guest.StructuredMessage,
        {"text": "Hello", "originating_entity": "Human", "channel.from_.nickname": "Ann"},
        name="agent",
    ),
    _frame(
        "StructuredMessage",
        {
            "id": HEX,
            "type": "Event",
            "direction": "Outbound",
            "channel": {"time": TIME, "messageId": UUID},
            "metadata": {"correlationId": UUID},
            "events": [{"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}],
        },
        guest.StructuredMessage,
        {"events.0.event_type": "Typing", "events.0.typing.duration": 5000},
        name="typing",
    ),
    _frame(
        "StructuredMessage",
        {
            "id": HEX,
            "type": "Event",
            "direction": "Outbound",
            "channel": {"time": TIME},
            "metadata": {"readOnly": "true"},
            "events": [{"eventType": "Presence", "presence": {"type": "Disconnect"}}],
        },
        guest.StructuredMessage,
        {"events.0.presence.type": "Disconnect", "metadata.readOnly": "true"},
        name="disconnect",
    ),
    Example(
        "StructuredMessage echo",
        {
            "type": "response",
            "class": "StructuredMessage",
            "code": 200,
            "tracingId": "SGVhbHRoQ2hlY2tNZXNzYWdlSWQ=",
            "body": {
                "id": HEX,
                "type": "Text",
                "text": "ping",
                "direction": "Inbound",
                "channel": {"time": TIME, "messageId": UUID},
                "metadata": {"durationSeconds": "259200", "expirationDate": "1800000000"},
            },
        },
        guest.Envelope,
        {"metadata.durationSeconds": "259200"},
        guest.StructuredMessage,
    ),
    _response(
        "JwtResponse", {"jwt": "j", "exp": 1800000000}, guest.JwtResponse, {"jwt": "j", "exp": 1800000000}
    ),
    _response(
        "PresignedUrlResponse",
        {"attachmentId": "A", "headers": {"x-amz-tagging": "t"}, "url": "https://example.com/put"},
        guest.PresignedUrlResponse,
        {"attachment_id": "A", "headers.x-amz-tagging": "t"},
    ),
    _frame(
        "UploadSuccessEvent",
        {"attachmentId": "A", "downloadUrl": "https://example.com/get", "timestamp": TIME},
        guest.UploadSuccess,
        {"download_url": "https://example.com/get"},
        tracing_id="X",
    ),
    _frame(
        "UploadFailureEvent",
        {"attachmentId": "A", "errorCode": 4001, "errorMessage": "no", "timestamp": TIME},
        guest.UploadFailure,
        {"error_code": 4001},
        tracing_id="X",
    ),
    _response(
        "GenerateUrlError",
        {"attachmentId": "A", "errorCode": 4001, "errorMessage": "no", "timestamp": TIME},
        guest.UploadFailure,
        {"error_code": 4001, "attachment_id": "A"},
        code=4001,
    ),
    _response(
        "TooManyRequestsErrorMessage",
        {"retryAfter": 3, "errorCode": 4029, "errorMessage": "Message rate too high for this session"},
        guest.TooManyRequests,
        {"retry_after": 3, "error_code": 4029},
        code=429,
    ),
    _frame(
        "ConnectionClosedEvent",
        {"reasonCode": "r"},
        guest.ConnectionClosed,
        {"reason_code": "r", "reason": None},
    ),
    _frame(
        "ConnectionClosedEvent",
        {"reason": "signedIn"},
        guest.ConnectionClosed,
        {"reason": "signedIn"},
        name="T",
    ),
    _response(
        "GetConfigurationResponse",
        {
            "allowedMedia": {"inbound": {"fileTypes": [], "maxFileSizeKB": 10240}},
            "blockedExtensions": [],
            "maxCustomDataBytes": 2048,
            "messageRoutingEnabled": True,
            "sessionDurationSeconds": 259200,
        },
        dict,
        {"sessionDurationSeconds": 259200},
    ),
    _response("AttachmentDeletedResponse", {"attachmentId": "A"}, dict, {"attachmentId": "A"}),
    *[_frame(kind, {}, dict) for kind in ("SessionExpiredEvent", "SessionClearedEvent", "LogoutEvent")],
    _response("string", "session expired", str, code=4006),
]

HISTORY = Example(
    "history",
    {
        "entities": [
            {
                "id": HEX,
                "type": "Text",
                "text": "Hello",
                "direction": "Outbound",
                "channel": {"time": TIME, "type": "Private", "from": {"nickname": "Ann"}},
                "originatingEntity": "Human",
                "metadata": {},
            }
        ],
        "pageSize": 25,
        "pageNumber": 1,
        "total": 3,
        "pageCount": 1,
    },
    guest.HistoryPage,
    {"entities.0.channel.from_.nickname": "Ann", "total": 3, "page_count": 1},
)

# --- agent

_TYPING = {"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}

AGENT = [
    Example("typing request, short", {"typing": {"type": "On"}}, agent.TypingBody, {"typing.type": "On"}),
    Example(
        "typing request",
        {"typing": {"type": "On", "duration": 5000}, "dateSent": TIME},
        agent.TypingBody,
        {"typing.type": "On", "typing.duration": 5000},
    ),
    Example(
        "MessageData",
        {
            "id": HEX,
            "conversationId": UUID,
            "direction": "outbound",
            "messengerType": "webmessaging",
            "status": "queued",
            "timestamp": TIME,
            "fromAddress": "f",
            "toAddress": "t",
            "normalizedMessage": {
                "id": HEX,
                "type": "Text",
                "text": "Hello",
                "direction": "Outbound",
                "originatingEntity": "Human",
                "channel": {
                    "id": UUID,
                    "platform": "WebMessaging",
                    "type": "Private",
                    "time": TIME,
                    "to": {"id": "t"},
                    "from": {"id": "f", "nickname": "Ann"},
                },
            },
            "normalizedReceipts": [
                {
                    "id": HEX,
                    "type": "Receipt",
                    "status": "Delivered",
                    "isFinalReceipt": True,
                    "direction": "Outbound",
                }
            ],
            "selfUri": f"/api/v2/conversations/messages/{UUID}/messages/{HEX}",
        },
        agent.MessageData,
        {
            "status": "queued",
            "normalized_message.text": "Hello",
            "normalized_message.channel.from_.nickname": "Ann",
            "normalized_receipts.0.is_final_receipt": True,
        },
    ),
    Example(
        "channel",
        {"connectUri": "wss://streaming.example.com/channels/c", "id": "c", "expires": TIME},
        agent.ChannelBody,
        {"connect_uri": "wss://streaming.example.com/channels/c", "expires": TIME},
    ),
    Example(
        "subscriptions",
        {
            "entities": [
                {"id": "v2.users.U.conversations.messages", "state": "Permitted", "selfUri": "/s"},
                {"id": "v2.x", "state": "Rejected", "rejectionReason": "no", "missingPermissions": ["a:b:c"]},
            ]
        },
        agent.TopicsBody,
        {"entities.0.state": "Permitted", "entities.1.missing_permissions": ["a:b:c"]},
    ),
    Example(
        "event messages",
        {
            "topicName": "v2.users.U.conversations.messages",
            "version": "2",
            "metadata": {"CorrelationId": UUID},
            "eventBody": {
                "id": "C",
                "participants": [
                    {
                        "id": "P1",
                        "purpose": "customer",
                        "state": "connected",
                        "direction": "inbound",
                        "messages": [
                            {"message": {"id": "M1"}, "messageTime": TIME, "messageStatus": "received"}
                        ],
                    },
                    {
                        "id": "P2",
                        "purpose": "agent",
                        "state": "connected",
                        "user": {"id": "U"},
                        "messages": [
                            {
                                "message": {"id": "M2"},
                                "messageTime": TIME,
                                "messageStatus": "delivery-success",
                            }
                        ],
                    },
                ],
            },
        },
        agent.Notification,
        {
            "id": "C",
            "participants.0.messages.0.message.id": "M1",
            "participants.1.user.id": "U",
            "participants.1.messages.0.message_status": "delivery-success",
        },
        agent.ConversationEvent,
    ),
    Example(
        "event typing",
        {
            "topicName": "v2.users.U.conversations.inbound.typing.event",
            "version": "2",
            "metadata": {"CorrelationId": UUID},
            "eventBody": {
                "conversationId": "C",
                "normalizedMessage": {
                    "type": "Event",
                    "direction": "Inbound",
                    "channel": {
                        "id": UUID,
                        "platform": "WebMessaging",
                        "to": {"id": "t"},
                        "from": {"id": "f"},
                        "time": TIME,
                    },
                    "events": [_TYPING],
                },
            },
        },
        agent.Notification,
        {"conversation_id": "C", "normalized_message.events.0.typing.type": "On"},
        agent.TypingEvent,
    ),
    *[
        Example(
            f"{topic} {message}",
            {"topicName": topic, "eventBody": {"message": message}},
            agent.Notification,
            {"message": message},
            agent.SystemBody,
        )
        for topic, message in (
            ("channel.metadata", "WebSocket Heartbeat"),
            ("channel.metadata", "pong"),
            ("v2.system.socket_closing", "closing"),
        )
    ],
]

WRITTEN_BY_AGENTS = [
    Example("ping", {"message": "ping"}, agent.Ping, {"message": "ping"}),
    Example("send", {"textBody": "Hello"}, agent.SendBody, {"text_body": "Hello"}),
    Example("typing", {"typing": {"type": "On", "duration": 5000}}, agent.TypingBody, {"typing.type": "On"}),
    Example("answer", {"state": "connected"}, agent.StateBody, {"state": "connected"}),
    Example("wrap-up", {"code": "c", "notes": "n"}, agent.WrapupBody, {"notes": "n"}),
    Example("topic", {"id": "v2.users.U.conversations.messages"}, agent.Topic, {}),
]

READ = [CONFIG, *REQUESTS, *FRAMES, HISTORY, *AGENT, *WRITTEN_BY_AGENTS]
WRITTEN = [*REQUESTS, *WRITTEN_BY_AGENTS]
