"""Names what a guest's request can be refused with."""

from __future__ import annotations

BAD_REQUEST = 400
READ_ONLY = 409
"""Source: ovotech/genesys-web-messaging-tester#165."""
FORBIDDEN = 403


class GuestError(Exception):
    """A refusal; ``code`` is that of the envelope, the text its body. Source of the codes: T, ErrorCode.kt."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class TooFast(GuestError):
    """Over a limit; ``retry_after`` is whole seconds."""

    def __init__(self, retry_after: int, text: str) -> None:
        super().__init__(429, text)
        self.retry_after = retry_after


class UploadRefused(GuestError):
    """A file is refused before its upload."""

    def __init__(self, code: int, text: str, attachment_id: str) -> None:
        super().__init__(code, text)
        self.attachment_id = attachment_id
