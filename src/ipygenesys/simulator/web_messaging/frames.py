"""Makes the frames of the guest's wire, and the deployment's config; pure."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from ipygenesys._wire import web_messaging as wire
from ipygenesys.simulator.serving.content import content_of, kind_of
from ipygenesys.simulator.state.clock import rfc3339
from ipygenesys.simulator.state.conversation import Message
from ipygenesys.simulator.state.guests import Configured, PresenceRecord, Session
from ipygenesys.simulator.state.organisation import Deployment, GuestLimits

TYPING_DURATION_MS = int(wire.TYPING_DURATION_S * 1000)


def envelope(
    kind: str, body: Any, *, code: int = 200, tracing_id: str | None = None, is_response: bool = False
) -> bytes:
    """A frame; without a tracing id it is the server's own."""
    frame = {"type": "response" if is_response else "message", "class": kind, "code": code, "body": body}
    if tracing_id is not None:
        frame["tracingId"] = tracing_id
    return msgspec.json.encode(frame)


def short_id(value: str) -> str:
    """32 hexadecimal digits, as a body's id is."""
    return value.replace("-", "")


def message_body(m: Message) -> dict[str, Any]:
    """A message, in frames and in the history."""
    channel: dict[str, Any] = {"time": rfc3339(m.time_s), "type": "Private"}
    body: dict[str, Any] = {
        "id": short_id(m.id),
        "type": kind_of(m),
        **({"text": m.text} if m.text else {}),
        "direction": "Inbound" if m.is_inbound else "Outbound",
        "channel": channel,
        "metadata": {"correlationId": _uuid(m.id)},
    }
    if m.is_inbound:
        channel |= {"messageId": _uuid(m.id), "from": {}}
        if m.metadata:
            channel["metadata"] = {"customAttributes": m.metadata}
    else:
        channel["from"] = {"nickname": m.sender.name}
        body["originatingEntity"] = "Human" if m.sender.role == "agent" else "Bot"
    if content := content_of(m, size_name="fileSize"):
        body["content"] = content
    if m.is_withdrawn:
        body["status"] = "Removed"
    return body


def _uuid(value: str) -> str:
    return str(uuid.UUID(short_id(value)))


def presence_body(record: PresenceRecord, *, is_read_only: bool = False) -> dict[str, Any]:
    """Join, Clear or Disconnect."""
    channel: dict[str, Any] = {"time": rfc3339(record.time_s), "type": "Private"}
    if record.is_inbound:
        channel["messageId"] = _uuid(record.id)
    body: dict[str, Any] = {
        "id": short_id(record.id),
        "type": "Event",
        "direction": "Inbound" if record.is_inbound else "Outbound",
        "channel": channel,
        "metadata": {"correlationId": _uuid(record.id)},
        "events": [{"eventType": "Presence", "presence": {"type": record.type}}],
    }
    if record.type == "Disconnect":
        body["metadata"]["readOnly"] = "true" if is_read_only else "false"
    return body


def typing_body(event_id: str, now: float, *, is_inbound: bool) -> dict[str, Any]:
    """A typing event; ``On`` is all there is."""
    return {
        "id": short_id(event_id),
        "type": "Event",
        "direction": "Inbound" if is_inbound else "Outbound",
        "channel": {"time": rfc3339(now), "messageId": _uuid(event_id)},
        "metadata": {"correlationId": _uuid(event_id)},
        "events": [{"eventType": "Typing", "typing": {"type": "On", "duration": TYPING_DURATION_MS}}],
    }


def echo_body(event_id: str, text: str, session: Session, limits: GuestLimits, now: float) -> dict[str, Any]:
    """The answer to a health check."""
    return {
        "id": short_id(event_id),
        "type": "Text",
        "text": text,
        "direction": "Inbound",
        "channel": {"time": rfc3339(now), "messageId": _uuid(event_id)},
        "metadata": {
            "durationSeconds": str(int(limits.session_duration_s)),
            "expirationDate": str(int(session.expires_at)),
        },
    }


def allowed_media(deployment: Deployment) -> dict[str, Any]:
    """What may be uploaded."""
    types = [{"type": t} for t in deployment.file_types if deployment.takes_files]
    return {"inbound": {"fileTypes": types, "maxFileSizeKB": deployment.max_file_size_kb}}


def session_response(configured: Configured, deployment: Deployment, limits: GuestLimits) -> dict[str, Any]:
    """The answer to configureSession."""
    session = configured.session
    return {
        "connected": True,
        "newSession": configured.is_new,
        "readOnly": session.is_read_only,
        "clearedExistingSession": configured.cleared is not None,
        "maxCustomDataBytes": wire.MAX_CUSTOM_ATTRIBUTES_BYTES,
        "durationSeconds": int(limits.session_duration_s),
        "expirationDate": int(session.expires_at),
        "autoStarted": session.was_auto_started,
        "allowedMedia": allowed_media(deployment),
        "blockedExtensions": list(deployment.blocked_extensions),
    }


def configuration(deployment: Deployment, limits: GuestLimits) -> dict[str, Any]:
    """The answer to getConfiguration."""
    return {
        "allowedMedia": allowed_media(deployment),
        "blockedExtensions": list(deployment.blocked_extensions),
        "maxCustomDataBytes": wire.MAX_CUSTOM_ATTRIBUTES_BYTES,
        "messageRoutingEnabled": True,
        "sessionDurationSeconds": int(limits.session_duration_s),
    }


def deployment_config(deployment: Deployment, deployment_id: str, base_url: str) -> dict[str, Any]:
    """``config.json``."""
    switch = deployment.enable_attachments
    modes = [{"fileTypes": list(deployment.file_types), "maxFileSizeKB": deployment.max_file_size_kb}]
    conversations = {
        "messagingEndpoint": base_url.replace("http", "ws", 1),
        "showAgentTypingIndicator": deployment.show_agent_typing_indicator,
        "showUserTypingIndicator": deployment.show_user_typing_indicator,
        "autoStart": {"enabled": deployment.auto_start},
        "conversationClear": {"enabled": deployment.conversation_clear},
        "conversationDisconnect": {
            "enabled": deployment.conversation_disconnect is not None,
            "type": deployment.conversation_disconnect or "Send",
        },
        "markdown": {"enabled": deployment.markdown},
        "humanize": {"enabled": False},
        "notifications": {"enabled": False},
    }
    return {
        "id": deployment_id,
        "version": "1",
        "languages": ["en-us"],
        "defaultLanguage": "en-us",
        "apiEndpoint": base_url,
        "messenger": {
            "enabled": True,
            "apps": {"conversations": conversations},
            "styles": {"primaryColor": "#0d6efd"},
            "launcherButton": {"visibility": "On"},
            "fileUpload": {
                "modes": modes if deployment.file_types else [],
                **({} if switch is None else {"enableAttachments": switch}),
            },
        },
        "journeyEvents": {"enabled": False},
        "status": deployment.status,
        "auth": {
            "enabled": deployment.auth_enabled,
            "allowSessionUpgrade": deployment.allow_session_upgrade,
        },
    }
