"""Performs the guest's attachment actions, and takes and gives the bytes."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from ipygenesys.simulator.faults.kinds import RateLimit
from ipygenesys.simulator.hub.hub import Hub
from ipygenesys.simulator.state.clock import rfc3339
from ipygenesys.simulator.state.guest_errors import GuestError
from ipygenesys.simulator.state.uploads import UPLOAD_PATH, Upload
from ipygenesys.simulator.web_messaging.request import GuestRequest
from ipygenesys.simulator.web_messaging.stream import GuestStream, streams_of

CHUNK_BYTES = 64 * 1024


def on_attachment(hub: Hub, stream: GuestStream, request: GuestRequest, now: float) -> dict[str, Any] | None:
    """Announces a file; ``fileMd5`` may be missing."""
    session = hub.guests.session(request.token, now)
    if missing := [n for n in ("attachment_id", "file_name", "file_type") if getattr(request, n) is None]:
        raise GuestError(4020, f"Missing parameter: {', '.join(missing)}")
    upload = Upload(
        id=request.attachment_id or "",
        name=request.file_name or "",
        mime=request.file_type or "",
        size=request.file_size or 0,
        session_token=session.token,
        signature="",
        expires_at=0.0,
        tracing_id=request.tracing_id,
    )
    hub.uploads.announce(upload, hub.deployment, now)
    body = {"attachmentId": upload.id, "headers": upload.headers(), "url": upload.url(stream.base_url)}
    stream.reply("PresignedUrlResponse", body, tracing_id=request.tracing_id)
    return None


def get_attachment(hub: Hub, stream: GuestStream, request: GuestRequest, now: float) -> dict[str, Any] | None:
    """A fresh address to download from: the same answer, with empty headers."""
    hub.guests.session(request.token, now)
    upload = hub.uploads.refresh(request.attachment_id, now)
    body = {
        "attachmentId": upload.id,
        "headers": {},
        "url": upload.url(stream.base_url),
        "fileName": upload.name,
        "fileSize": upload.size,
        "fileType": upload.mime,
    }
    stream.reply("PresignedUrlResponse", body, tracing_id=request.tracing_id)
    return None


def delete_attachment(
    hub: Hub, stream: GuestStream, request: GuestRequest, now: float
) -> dict[str, Any] | None:
    """Forgets a file."""
    hub.guests.session(request.token, now)
    hub.uploads.delete(request.attachment_id)
    hub.truth.received(now, "file_deleted", protocol="web-messaging", attachment_id=request.attachment_id)
    body = {"attachmentId": request.attachment_id}
    stream.reply("AttachmentDeletedResponse", body, tracing_id=request.tracing_id)
    return None


def add_files(app: web.Application, hub: Hub) -> None:
    """Adds the addresses of the files to the server; they answer as an object store does."""

    async def put(request: web.Request) -> web.Response:
        answer = await store(request)
        hub.truth.request(hub.clock.now(), "PUT", request.path, answer.status)
        return answer

    async def store(request: web.Request) -> web.Response:
        now = hub.clock.now()
        if (fault := hub.faults.before("PUT", request.path)) is not None:
            return _denied() if isinstance(fault, RateLimit) else _denied(fault.status)
        upload = _signed(hub, request, now)
        if upload is None or any(request.headers.get(k) != v for k, v in upload.headers().items()):
            return _denied()
        max_bytes = hub.deployment.max_file_size_kb * 1024
        content = await _read(request, max_bytes)
        _stored(hub, request, upload, content, max_bytes)
        return web.Response(status=200)

    async def get(request: web.Request) -> web.Response:
        upload = _signed(hub, request, hub.clock.now())
        if upload is None or upload.state != "uploaded":
            return _denied()
        return web.Response(
            body=upload.content, content_type=upload.mime, headers={"Content-Disposition": "attachment"}
        )

    app.router.add_put(UPLOAD_PATH, put)
    app.router.add_get(UPLOAD_PATH, get)


def _signed(hub: Hub, request: web.Request, now: float) -> Upload | None:
    return hub.uploads.signed(request.match_info["attachment_id"], request.query.get("signature", ""), now)


def _denied(status: int = 403) -> web.Response:
    return web.Response(
        status=status, text="<Error><Code>AccessDenied</Code></Error>", content_type="application/xml"
    )


async def _read(request: web.Request, max_bytes: int) -> bytes:
    """The body, up to a little more than is allowed: the rest need not be kept to be refused."""
    content = bytearray()
    async for chunk in request.content.iter_chunked(CHUNK_BYTES):
        if len(content) <= max_bytes:
            content += chunk
    return bytes(content)


def _stored(hub: Hub, request: web.Request, upload: Upload, content: bytes, max_bytes: int) -> None:
    now = hub.clock.now()
    error = hub.uploads.store(upload, content, max_bytes)
    session = hub.guests.find(upload.session_token)
    body: dict[str, Any] = {"attachmentId": upload.id, "timestamp": rfc3339(now)}
    if error is None:
        kind, base_url = "UploadSuccessEvent", f"{request.scheme}://{request.host}"
        body["downloadUrl"] = upload.url(base_url)
    else:
        kind = "UploadFailureEvent"
        body |= {"errorCode": error.code, "errorMessage": error.text}
    entry: dict[str, Any] = {"attachment_id": upload.id, "status": 200 if error is None else error.code}
    hub.truth.received(now, "file", protocol=upload.protocol, size=len(content), **entry)
    for stream in [] if session is None else streams_of(hub, session):
        stream.tell(kind, body, tracing_id=upload.tracing_id)
