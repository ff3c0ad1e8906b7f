"""A guest's files: presigned address, upload, outcome, download, refusals."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.simulator.clients.guest import GuestClient, GuestSocket, visiting

TEXT: dict[str, Any] = {"fileName": "a.txt", "fileType": "text/plain", "fileSize": 5, "errorsAsJson": True}


@pytest_asyncio.fixture
async def guest() -> AsyncIterator[GuestClient]:
    async with visiting(guest_limits={"messages_per_s": 1000}) as guest:
        yield guest


async def announce(socket: GuestSocket, attachment_id: str = "A", **fields: Any) -> dict[str, Any]:
    return await socket.ask("onAttachment", attachmentId=attachment_id, **{**TEXT, **fields})


async def put(guest: GuestClient, body: dict[str, Any], content: bytes = b"hello") -> httpx.Response:
    return await guest.http.put(body["url"], content=content, headers=body["headers"])


async def upload(guest: GuestClient, socket: GuestSocket, attachment_id: str = "A") -> None:
    frame = await announce(socket, attachment_id)
    assert (await put(guest, frame["body"])).status_code == 200
    await socket.until(
        lambda: attachment_id in [f["body"]["attachmentId"] for f in socket.of("UploadSuccessEvent")]
    )


async def test_a_file_is_announced_put_and_confirmed(guest: GuestClient) -> None:
    socket = await guest.connect()
    frame = await announce(socket)
    assert (frame["type"], frame["class"]) == ("response", "PresignedUrlResponse")
    assert frame["body"]["attachmentId"] == "A"
    assert frame["body"]["url"].startswith(guest.sim.base_url)
    assert (await put(guest, frame["body"])).status_code == 200
    [success] = await socket.wait_for("UploadSuccessEvent")
    assert (success["type"], success["tracingId"]) == ("message", frame["tracingId"])
    download = await guest.http.get(success["body"]["downloadUrl"])
    assert (download.content, download.headers["Content-Type"]) == (b"hello", "text/plain")


async def test_a_file_goes_out_with_a_message(guest: GuestClient) -> None:
    socket = await guest.connect()
    await upload(guest, socket)
    content = [{"contentType": "Attachment", "attachment": {"id": "A"}}]
    body = (await socket.text("see file", content=content))["body"]
    [part] = body["content"]
    assert (part["contentType"], part["attachment"]["filename"], part["attachment"]["fileSize"]) == (
        "Attachment",
        "a.txt",
        5,
    )
    assert (part["attachment"]["mediaType"], part["attachment"]["mime"]) == ("File", "text/plain")
    assert (await guest.http.get(part["attachment"]["url"])).content == b"hello"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"fileType": "video/mp4"}, 4001),
        ({"fileName": "run.exe"}, 4001),
        ({"fileSize": 20_000_000}, 4002),
        ({"fileName": "a/b.txt"}, 4004),
        ({"fileName": "x" * 1020 + ".png"}, 4005),
    ],
)
async def test_a_refused_file_is_a_generate_url_error(
    guest: GuestClient, fields: dict[str, Any], code: int
) -> None:
    socket = await guest.connect()
    frame = await announce(socket, **fields)
    assert (frame["type"], frame["class"], frame["code"]) == ("response", "GenerateUrlError", code)
    assert (frame["body"]["attachmentId"], frame["body"]["errorCode"]) == ("A", code)
    assert guest.received("upload")[0]["rejected"]


async def test_errors_are_plain_words_unless_json_is_asked_for(guest: GuestClient) -> None:
    socket = await guest.connect()
    frame = await announce(socket, fileType="video/mp4", errorsAsJson=None)
    assert (frame["class"], frame["code"], frame["body"]) == ("string", 4001, "File type is not allowed")


async def test_missing_parameters_are_4020(guest: GuestClient) -> None:
    socket = await guest.connect()
    assert (await announce(socket, fileName=None))["code"] == 4020


@pytest.mark.parametrize(("content", "code"), [(b"", 4102), (b"x" * 2048, 4002)])
async def test_a_bad_upload_is_a_failure_event(guest: GuestClient, content: bytes, code: int) -> None:
    guest.sim.set_deployment(max_file_size_kb=1)
    socket = await guest.connect()
    frame = await announce(socket)
    assert (await put(guest, frame["body"], content)).status_code == 200
    [failure] = await socket.wait_for("UploadFailureEvent")
    assert failure["body"]["errorCode"] == code
    answer = await socket.text("x", content=[{"contentType": "Attachment", "attachment": {"id": "A"}}])
    assert answer["code"] == 4010


async def test_ten_megabytes_pass(guest: GuestClient) -> None:
    socket = await guest.connect()
    frame = await announce(socket, fileSize=10_000_000)
    assert (await put(guest, frame["body"], b"x" * 10_000_000)).status_code == 200
    await socket.wait_for("UploadSuccessEvent")


async def test_a_put_without_the_headers_or_with_another_signature_is_denied(guest: GuestClient) -> None:
    socket = await guest.connect()
    body = (await announce(socket))["body"]
    assert (await put(guest, {**body, "headers": {}})).status_code == 403
    assert (await put(guest, {**body, "url": body["url"] + "0"})).status_code == 403
    assert (await guest.http.get(body["url"])).status_code == 403


async def test_an_address_expires_and_get_attachment_makes_a_new_one() -> None:
    async with visiting(guest_limits={"messages_per_s": 1000}) as guest:
        socket = await guest.connect()
        await upload(guest, socket)
        old = socket.of("UploadSuccessEvent")[0]["body"]["downloadUrl"]
        guest.sim._running().hub.uploads.find("A").expires_at = 0.0
        assert (await guest.http.get(old)).status_code == 403
        content = [{"contentType": "Attachment", "attachment": {"id": "A"}}]
        assert (await socket.text("x", content=content))["code"] == 4008
        frame = await socket.ask("getAttachment", attachmentId="A")
        assert (frame["class"], frame["body"]["headers"]) == ("PresignedUrlResponse", {})
        assert (frame["body"]["fileName"], frame["body"]["fileSize"], frame["body"]["fileType"]) == (
            "a.txt",
            5,
            "text/plain",
        )
        assert (await guest.http.get(frame["body"]["url"])).content == b"hello"


async def test_attachments_that_are_not_there_have_their_codes(guest: GuestClient) -> None:
    socket = await guest.connect()
    assert (await socket.ask("getAttachment", attachmentId="no"))["code"] == 4009
    assert (await socket.ask("deleteAttachment", attachmentId="no"))["code"] == 4009
    await announce(socket)
    assert (await socket.ask("getAttachment", attachmentId="A"))["code"] == 4010
    frame = await socket.ask("deleteAttachment", attachmentId="A")
    assert (frame["class"], frame["body"]) == ("AttachmentDeletedResponse", {"attachmentId": "A"})
    assert (await socket.ask("getAttachment", attachmentId="A"))["code"] == 4009


async def test_files_can_be_switched_off(guest: GuestClient) -> None:
    guest.sim.set_deployment(file_types=[])
    socket = await guest.connect()
    assert (await announce(socket))["body"]["errorCode"] == 4000


async def test_the_agents_files_arrive_too(guest: GuestClient) -> None:
    socket = await guest.connect()
    file = {
        "id": "f",
        "name": "a.png",
        "media_type": "image/png",
        "size": 3,
        "url": "https://example.com/a.png",
    }
    guest.sim.agent_say("look", attachments=[file])
    await socket.texts(1)
    [part] = socket.messages()[0]["content"]
    assert part["attachment"] == {
        "id": "f",
        "url": "https://example.com/a.png",
        "filename": "a.png",
        "fileSize": 3,
        "mediaType": "Image",
        "mime": "image/png",
    }
