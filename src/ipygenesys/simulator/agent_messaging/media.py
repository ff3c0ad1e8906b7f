"""Takes an agent's files: an address to upload to, the file's state, then its id goes into a message.

The shapes are those of the SDK's models (UploadMediaRequest, MessageMediaUploadData, MessageMediaData).
"""

from __future__ import annotations

import mimetypes
from typing import Any

import msgspec

from ipygenesys._wire import agent_messaging as wire
from ipygenesys.simulator.agent_messaging.rest import COMMUNICATION, check_communication
from ipygenesys.simulator.agent_messaging.stream import PROTOCOL
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.serving.errors import ApiError
from ipygenesys.simulator.serving.rest import Answer, Call, Route
from ipygenesys.simulator.state.guest_errors import GuestError
from ipygenesys.simulator.state.uploads import Upload

PERMISSIONS = (*wire.PERMISSIONS_SEND, "conversation:socialmedia:create")
MEDIA_PATH = f"{COMMUNICATION}/messages/media"

_STATES = {"announced": "uploading", "uploaded": "valid", "refused": "invalid"}


class _UploadMedia(msgspec.Struct, rename="camel"):
    file_name: str
    content_length_bytes: int
    content_md5: str | None = None


def _create(hub: Hub, call: Call, now: float) -> Answer:
    return _announced(hub, call, now, name="media", size=0)


def _upload(hub: Hub, call: Call, now: float) -> Answer:
    body = call.decode(_UploadMedia)
    return _announced(hub, call, now, name=body.file_name, size=body.content_length_bytes)


def _announced(hub: Hub, call: Call, now: float, *, name: str, size: int) -> Answer:
    check_communication(hub, call)
    upload = Upload(
        id=hub.new_context_id(),
        name=name,
        mime=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=size,
        session_token="",
        signature="",
        expires_at=0.0,
        protocol=PROTOCOL,
    )
    hub.uploads.open(upload, now)
    body = {
        **_body(call, upload),
        "uploadUrl": upload.url(call.base_url),
        "uploadHeaders": upload.headers(),
    }
    return Answer(200, body, ({"kind": "upload", "attachment_id": upload.id},))


def _body(call: Call, upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id,
        "name": upload.name,
        "mediaType": upload.mime,
        "contentLengthBytes": upload.size,
        "status": _STATES[upload.state],
        "conversationId": call.params["conversation_id"],
        "communicationId": call.params["communication_id"],
        "selfUri": f"{call.path.partition('/messages/media')[0]}/messages/media/{upload.id}",
    }


def _get(hub: Hub, call: Call, now: float) -> Answer:
    check_communication(hub, call, is_active=False)
    try:
        upload = hub.uploads.find(call.params["media_id"])
    except GuestError:
        raise ApiError(404, "not.found", "The media does not exist.") from None
    return Answer(200, {**_body(call, upload), "url": upload.url(call.base_url)})


def _route(method: str, path: str, handle: Any) -> Route:
    return Route(method, path, handle, protocol=PROTOCOL, permissions=PERMISSIONS, needs_user=True)


ROUTES = [
    _route("POST", f"{MEDIA_PATH}/uploads", _upload),
    _route("POST", MEDIA_PATH, _create),
    _route("GET", f"{MEDIA_PATH}/{{media_id}}", _get),
]
