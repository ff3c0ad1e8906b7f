"""A guest's file on its way: announced, put where the server says, seen to have passed."""

from __future__ import annotations

from contextlib import suppress

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.messages import Attachment, OutgoingFile
from ipygenesys._core.model.platform_events import MessageArrived
from ipygenesys._protocols.flow import (
    AwaitAnswer,
    CallError,
    Exchange,
    Expect,
    Flow,
    NewId,
    SendFrame,
    Upload,
)
from ipygenesys._protocols.regions import Platform
from ipygenesys._protocols.tolerant import UNREADABLE
from ipygenesys._protocols.uploads import SCAN_S, check_address, not_sent, safe_headers
from ipygenesys._protocols.web_messaging.frames import upload_key
from ipygenesys._protocols.web_messaging.session import GuestSession, answer_in
from ipygenesys._wire import web_messaging as wire


def upload(session: GuestSession, platform: Platform, file: OutgoingFile, draft_id: str) -> Flow[str]:
    """Bring a file to the server; the attachment's id. An address that has expired is asked for once more.

    If it is cancelled, the server is told to forget the file.

    Raises:
        CallError: it was refused, or did not arrive. The message that it goes with was not sent: never ``lost``.
    """
    session.media.check(file)
    try:
        try:
            return (yield from _upload_once(session, platform, file, draft_id))
        except CallError as error:
            if error.failure.status not in wire.Unverified.EXPIRED_UPLOAD_STATUSES or _is_coded(
                error.failure
            ):
                raise
        return (yield from _upload_once(session, platform, file, draft_id))
    except CallError as error:
        raise CallError(not_sent(error.failure), is_tls=error.is_tls) from None
    except UNREADABLE:
        words = "The server's answer about the file is not of this protocol."
        raise CallError(Failure(kind="protocol", message=words)) from None


def refresh(session: GuestSession, message_id: str, attachment_id: str) -> Flow[MessageArrived]:
    """Another address of a file, for the one that has expired; as far as the message is concerned.

    Raises:
        CallError: the server has no such file any more.
    """
    tracing_id: str = yield NewId()
    frame = yield Exchange(
        frame=session.request("getAttachment", tracing_id=tracing_id, attachment_id=attachment_id),
        tracing_id=tracing_id,
    )
    address = answer_in(frame, wire.PresignedUrlResponse)
    file = Attachment(name=address.file_name or "file", url=address.url, id=attachment_id)
    return MessageArrived(id=message_id, has_content=False, attachments=(file,))


def _upload_once(session: GuestSession, platform: Platform, file: OutgoingFile, draft_id: str) -> Flow[str]:
    attachment_id: str = yield NewId()
    try:
        yield from _bring(session, platform, file, attachment_id, draft_id)
    except CallError as error:
        if error.failure.kind == "cancelled":
            yield from _forget(session, attachment_id)
        raise
    return attachment_id


def _forget(session: GuestSession, attachment_id: str) -> Flow[None]:
    tracing_id: str = yield NewId()
    with suppress(CallError):  # Without a stream the server forgets the file by itself, in time.
        yield SendFrame(
            session.request("deleteAttachment", tracing_id=tracing_id, attachment_id=attachment_id)
        )


def _bring(
    session: GuestSession, platform: Platform, file: OutgoingFile, attachment_id: str, draft_id: str
) -> Flow[None]:
    tracing_id: str = yield NewId()
    arrived = upload_key(attachment_id)
    yield Expect(arrived)
    frame = yield Exchange(
        frame=session.request(
            "onAttachment",
            tracing_id=tracing_id,
            attachment_id=attachment_id,
            file_name=file.name,
            file_type=file.media_type,
            file_size=file.size_bytes,
            errors_as_json=True,
        ),
        tracing_id=tracing_id,
    )
    address = answer_in(frame, wire.PresignedUrlResponse)
    check_address(platform, address.url, also=platform.upload_hosts, correlation_id=tracing_id)
    yield Upload(url=address.url, headers=safe_headers(address.headers), file=file, draft_id=draft_id)
    yield AwaitAnswer(tracing_id=arrived, timeout_s=SCAN_S)


def _is_coded(failure: Failure) -> bool:
    """The socket has refused the file by one of its codes; a PUT has none."""
    return failure.code is not None and failure.code.isdigit()
