"""What a deployment's config.json says; read tolerantly."""

from __future__ import annotations

from typing import Any

import msgspec


class Toggle(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an admin can switch."""

    enabled: bool = False
    type: str | None = None
    """Of conversationDisconnect: ReadOnly or Send."""


class ConversationsApp(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The conversation's toggles. Source: T, DeploymentConfig."""

    messaging_endpoint: str | None = None
    show_agent_typing_indicator: bool = False
    show_user_typing_indicator: bool = False
    auto_start: Toggle = Toggle()
    conversation_clear: Toggle = Toggle()
    conversation_disconnect: Toggle = Toggle()
    markdown: Toggle = Toggle()
    humanize: Any = None
    notifications: Any = None


class Apps(msgspec.Struct, frozen=True, kw_only=True):
    """What the messenger offers."""

    conversations: ConversationsApp = ConversationsApp()


class UploadMode(msgspec.Struct, frozen=True, kw_only=True):
    """What may be uploaded."""

    file_types: list[str] = msgspec.field(default_factory=list, name="fileTypes")
    max_file_size_kb: int = msgspec.field(default=10240, name="maxFileSizeKB")


class FileUpload(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Upload rules by mode."""

    enable_attachments: bool | None = None
    """True: the session alone says what may come. None, as before there was this switch: ``modes`` do. Source: T, N."""
    modes: list[UploadMode] = msgspec.field(default_factory=list)


class Messenger(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The messenger's part of the config."""

    enabled: bool = True
    apps: Apps = Apps()
    file_upload: FileUpload = msgspec.field(default_factory=FileUpload)
    styles: Any = None
    launcher_button: Any = None


class AuthConfig(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Whether guests may or must sign in."""

    enabled: bool = False
    allow_session_upgrade: bool = False


class DeploymentConfig(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``config.json`` of a deployment; public."""

    id: str = ""
    version: str | int = ""
    """Documents show a number as well. Source: N."""
    status: str = "Active"
    """Active or Inactive."""
    languages: list[str] = msgspec.field(default_factory=list)
    default_language: str | None = None
    api_endpoint: str | None = None
    messenger: Messenger
    journey_events: Any = None
    auth: AuthConfig = AuthConfig()
