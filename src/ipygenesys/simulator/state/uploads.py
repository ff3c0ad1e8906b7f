"""Keeps the guests' files: what may come, where to, until when; pure, ``now`` is an argument."""

from __future__ import annotations

import hashlib
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ipygenesys._wire import web_messaging as wire
from ipygenesys.simulator.state.guest_errors import GuestError, UploadRefused
from ipygenesys.simulator.state.organisation import Deployment

MAX_NAME_CHARACTERS = wire.Unverified.MAX_FILE_NAME_CHARACTERS
FORBIDDEN_IN_NAMES = frozenset('\\/:*?"<>|\0')
HARMFUL = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
"""The test marker of all virus scanners."""
UPLOAD_PATH = "/guest-files/{attachment_id}"

_MAGIC = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", "application/pdf": b"%PDF-"}


@dataclass
class Upload:
    """One file from its announcement on."""

    id: str
    name: str
    mime: str
    size: int
    session_token: str = field(repr=False)
    signature: str = field(repr=False)
    expires_at: float
    tracing_id: str | None = None
    state: Literal["announced", "uploaded", "refused"] = "announced"
    content: bytes = field(default=b"", repr=False)
    is_sent: bool = False
    protocol: str = "web-messaging"

    def url(self, base_url: str) -> str:
        """Where to put it, and where to get it."""
        query = urllib.parse.urlencode({"signature": self.signature})
        path = UPLOAD_PATH.format(attachment_id=urllib.parse.quote(self.id, safe=""))
        return f"{base_url}{path}?{query}"

    def headers(self) -> dict[str, str]:
        """What the PUT has to bring."""
        return {"x-amz-tagging": f"attachmentId={self.id}"}

    def is_over(self, now: float) -> bool:
        """Whether its address has expired."""
        return now >= self.expires_at


class Uploads:
    """All files of the guests."""

    def __init__(self, lifetime_s: Callable[[], float], new_secret: Callable[[], str]) -> None:
        self._lifetime_s = lifetime_s
        self._new_secret = new_secret
        self._uploads: dict[str, Upload] = {}

    def announce(self, upload: Upload, deployment: Deployment, now: float) -> Upload:
        """Checks what may be uploaded, and gives it an address.

        Raises:
            UploadRefused: 4000 to 4005.
        """
        if refusal := _refusal(upload, deployment):
            raise UploadRefused(*refusal, upload.id)
        return self.open(upload, now)

    def open(self, upload: Upload, now: float) -> Upload:
        """Gives a file an address, unchecked."""
        self._sign(upload, now)
        self._uploads[upload.id] = upload
        return upload

    def _sign(self, upload: Upload, now: float) -> None:
        upload.signature = self._new_secret()
        upload.expires_at = now + self._lifetime_s()

    def find(self, attachment_id: str | None) -> Upload:
        """Raises: GuestError 4009."""
        upload = self._uploads.get(attachment_id or "")
        if upload is None:
            raise GuestError(4009, "Attachment not found")
        return upload

    def signed(self, attachment_id: str, signature: str, now: float) -> Upload | None:
        """The file that an address stands for; None when it is wrong or has expired."""
        upload = self._uploads.get(attachment_id)
        return None if upload is None or upload.signature != signature or upload.is_over(now) else upload

    def store(self, upload: Upload, content: bytes, max_bytes: int) -> GuestError | None:
        """The bytes have arrived; what is wrong with them."""
        if len(content) > max_bytes:
            error = GuestError(4002, "File size is not allowed")
        elif not content:
            error = GuestError(4102, "File is empty")
        elif HARMFUL in content or not content.startswith(_MAGIC.get(upload.mime, b"")):
            error = GuestError(4003, "File content is not allowed")
        else:
            upload.state, upload.content, upload.size = "uploaded", content, len(content)
            return None
        upload.state = "refused"
        return error

    def refresh(self, attachment_id: str | None, now: float) -> Upload:
        """A new address for a file that has been uploaded.

        Raises:
            GuestError: 4009 or 4010.
        """
        upload = self.find(attachment_id)
        if upload.state != "uploaded":
            raise GuestError(4010, "Attachment has not been uploaded")
        self._sign(upload, now)
        return upload

    def delete(self, attachment_id: str | None) -> None:
        """Raises: GuestError 4009."""
        del self._uploads[self.find(attachment_id).id]

    def take(self, attachment_id: Any, now: float, base_url: str) -> dict[str, Any]:
        """A file that goes out with a message.

        Raises:
            GuestError: 4008, 4009 or 4010.
        """
        upload = self.find(attachment_id if isinstance(attachment_id, str) else None)
        if upload.state != "uploaded":
            raise GuestError(4010, "Attachment has not been uploaded")
        if upload.is_over(now) and not upload.is_sent:
            raise GuestError(4008, "Attachment has expired")
        upload.is_sent = True
        return {
            "id": upload.id,
            "name": upload.name,
            "media_type": upload.mime,
            "size": upload.size,
            "url": upload.url(base_url),
            "sha256": hashlib.sha256(upload.content).hexdigest(),
        }


def _refusal(upload: Upload, deployment: Deployment) -> tuple[int, str] | None:
    if not deployment.takes_files:
        return 4000, "Attachments are not enabled"
    stem, _, ending = upload.name.rpartition(".")
    is_whole = bool(stem and ending) or not wire.Unverified.NAMES_NEED_AN_EXTENSION
    if not upload.name or not is_whole or FORBIDDEN_IN_NAMES.intersection(upload.name):
        return 4004, "File name is not allowed"
    if len(upload.name) > MAX_NAME_CHARACTERS:
        return 4005, "File name is too long"
    extension = "." + ending.lower()
    allowed = {"*/*", upload.mime, upload.mime.partition("/")[0] + "/*"}
    if extension in deployment.blocked_extensions or not allowed.intersection(deployment.file_types):
        return 4001, "File type is not allowed"
    if upload.size == 0:
        return 4102, "File is empty"
    if not 0 < upload.size <= deployment.max_file_size_kb * 1024:
        return 4002, "File size is not allowed"
    return None
