"""An agent's file on its way: announced, put where the server says, seen to be valid."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import OutgoingFile
from ipygenesys._protocols.agent_messaging.part import AgentPart
from ipygenesys._protocols.flow import CallError, Flow, Pause, Upload
from ipygenesys._protocols.regions import Platform
from ipygenesys._protocols.tolerant import UNREADABLE, decode, is_id
from ipygenesys._protocols.uploads import SCAN_S, check_address, not_sent, safe_headers
from ipygenesys._wire import agent_messaging as wire

LOOK_AGAIN_S = (0.5, 1.0, 2.0)
"""Chosen: between two looks at a file that the server is looking at; the last one repeats."""


def upload(part: AgentPart, platform: Platform, file: OutgoingFile, draft_id: str) -> Flow[str]:
    """Bring a file to the server; the id of its media. An address that has expired is asked for once more.

    Raises:
        CallError: it was refused, or did not arrive. The message that it goes with was not sent: never ``lost``.
    """
    if file.size_bytes == 0:
        raise CallError(Failure(kind="rejected", message="The file is empty.", code="file.empty"))
    try:
        try:
            media_id = yield from _put(part, platform, file, draft_id)
        except _Expired:
            media_id = yield from _put(part, platform, file, draft_id)
        yield from _wait_until_valid(part, media_id)
    except CallError as error:
        raise CallError(not_sent(error.failure), is_tls=error.is_tls) from None
    except UNREADABLE:
        words = "The server's answer about the file is not of this protocol."
        raise CallError(Failure(kind="protocol", message=words)) from None
    return media_id


class _Expired(CallError):
    """The address that the file was to be put to is over."""


def _put(part: AgentPart, platform: Platform, file: OutgoingFile, draft_id: str) -> Flow[str]:
    wanted = wire.UploadBody(file_name=file.name, content_length_bytes=file.size_bytes)
    body = yield from part.call(
        "POST",
        "messages/media/uploads",
        "Announcing a file",
        body=msgspec.json.encode(wanted),
        needs=wire.PERMISSIONS_UPLOAD,
    )
    media = decode(body, wire.MediaUpload)
    if not is_id(media.id):
        raise msgspec.ValidationError("The answer names no media.")
    check_address(platform, media.upload_url, also=wire.Unverified.UPLOAD_HOSTS, correlation_id=None)
    try:
        yield Upload(
            url=media.upload_url, headers=safe_headers(media.upload_headers), file=file, draft_id=draft_id
        )
    except CallError as error:
        if error.failure.status in wire.Unverified.EXPIRED_UPLOAD_STATUSES:
            raise _Expired(error.failure) from None
        raise
    return media.id


def _wait_until_valid(part: AgentPart, media_id: str) -> Flow[None]:
    waited_s, looks = 0.0, 0
    while True:
        body = yield from part.call(
            "GET",
            f"messages/media/{quote(media_id, safe='')}",
            "Asking for a file's state",
            needs=wire.PERMISSIONS_VIEW,
        )
        status = decode(body, wire.Media).status.lower()
        if status == "valid":
            return
        if status == "invalid":
            words = "The server refused the file: its type, its size or its content is not allowed here."
            raise CallError(Failure(kind="rejected", message=words, code="media.invalid"))
        if waited_s >= SCAN_S:
            words = f"The server did not say within {SCAN_S:.0f} s whether the file is good."
            raise CallError(Failure(kind="unreachable", message=words))
        pause_s = LOOK_AGAIN_S[min(looks, len(LOOK_AGAIN_S) - 1)]
        yield Pause(pause_s)
        waited_s, looks = waited_s + pause_s, looks + 1
