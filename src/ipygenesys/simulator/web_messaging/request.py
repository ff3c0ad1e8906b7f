"""Reads a guest's frame: tolerant where Genesys is, and it names what is missing."""

from __future__ import annotations

from typing import Any

import msgspec

from ipygenesys.simulator.state.guest_errors import BAD_REQUEST, GuestError

_LOG_NAMES = {
    "configureSession": "configure",
    "configureAuthenticatedSession": "configure",
    "closeSession": "close_session",
    "disconnectCustomer": "disconnect_customer",
    "echo": "health_check",
    "getJwt": "get_jwt",
    "getConfiguration": "get_configuration",
    "onAttachment": "upload",
    "getAttachment": "get_attachment",
    "deleteAttachment": "delete_attachment",
}


class GuestRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Every frame of a guest, with both places of the custom attributes; ``time`` is not insisted on."""

    action: str
    token: str
    tracing_id: str | None = None
    deployment_id: str | None = None
    start_new: bool | None = None
    data: dict[str, str] | None = None
    message: dict[str, Any] | None = None
    channel: dict[str, Any] | None = None
    attachment_id: str | None = None
    file_name: str | None = None
    file_type: str | None = None
    file_size: int | None = None
    file_md5: str | None = None
    errors_as_json: bool | None = None
    close_all_connections: bool | None = None

    def __repr__(self) -> str:
        return f"GuestRequest({self.action!r}, tracing_id={self.tracing_id!r})"

    @property
    def kind(self) -> str:
        """The action's name in the log, such as send, typing, join or configure."""
        if self.action != "onMessage":
            return _LOG_NAMES.get(self.action, "unknown_action")
        match self.message or {}:
            case {"type": "Event", "events": [{"eventType": "Typing"}, *_]}:
                return "typing"
            case {
                "type": "Event",
                "events": [{"eventType": "Presence", "presence": {"type": str(name)}}, *_],
            }:
                return name.lower()
            case {"type": "Receipt"}:
                return "receipt"
            case {"type": "Text" | "Structured"}:
                return "send"
            case _:
                return "unknown_message"

    @property
    def path(self) -> str:
        """Where faults find this action: messages and typing as on the other wires, others by their name."""
        return f"/v1/{ {'send': 'messages', 'typing': 'typing'}.get(self.kind, self.action) }"

    def for_log(self) -> dict[str, Any]:
        """What the ground truth keeps of a request, accepted or not."""
        details: dict[str, Any] = {"kind": self.kind, "tracing_id": self.tracing_id}
        if self.kind == "send":
            details["text"] = (self.message or {}).get("text")
        if self.kind == "typing":
            details["typing"] = True
        if self.attachment_id is not None:
            details["attachment_id"] = self.attachment_id
        return details


def parse(text: str) -> GuestRequest:
    """The request in a frame.

    Raises:
        GuestError: it is none.
    """
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise GuestError(BAD_REQUEST, "Request failed.") from None
    if not isinstance(raw, dict):
        raise GuestError(BAD_REQUEST, "Request failed.")
    if missing := [name for name in ("action", "token") if not raw.get(name)]:
        raise GuestError(4020, f"Missing parameter: {', '.join(missing)}")
    try:
        return msgspec.convert(raw, GuestRequest)
    except msgspec.ValidationError:
        raise GuestError(BAD_REQUEST, "Request failed.") from None
