"""A live Genesys Cloud conversation in a notebook cell: messages, typing and read receipts, both ways.

Begin with ``ig.Chat.demo()`` as the last line of a cell: a conversation with the built-in simulator. With a real org,
``ig.Chat(protocol)`` in a notebook or ``ig.Client(protocol)`` in a script takes one of

    WebMessaging      a customer, by a deployment id, without a login
    AgentMessaging    an agent (UserLogin, AccessToken), or somebody who watches (ClientCredentials)
    MessagingEvents   the contract of a widely copied tutorial, for servers that speak it

``help(ig.Chat)`` says what a conversation can do; ``GenesysError`` is the root of all errors. On a command line,
``ipygenesys doctor`` examines a connection step by step.

Names are imported on first use, so that the headless Client needs neither ipywidgets nor the bundle.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ipygenesys._core.model.content import (
        Answer,
        Button,
        Card,
        Carousel,
        DatePicker,
        ListItem,
        ListPicker,
        ListSection,
        Location,
        QuickReplies,
        QuickReply,
        Slot,
        Unsupported,
    )
    from ipygenesys._core.model.events import (
        CapabilitiesChanged,
        DraftUnresolved,
        ErrorRaised,
        Event,
        HistoryPrepended,
        MessagePlaced,
        MessageReceived,
        MessageRemoved,
        MessageStatusChanged,
        SessionExpiring,
        StatusChanged,
        TypingChanged,
        UnreadChanged,
        UploadProgressed,
    )
    from ipygenesys._core.model.messages import Attachment, Message
    from ipygenesys._inspector.inspector import Inspector
    from ipygenesys._io.recordings.replay import Replay
    from ipygenesys._io.relay.relay import Relay
    from ipygenesys._pictures.response_times import response_times
    from ipygenesys._pictures.timeline import timeline
    from ipygenesys._protocols.agent_messaging.inbox.protocol import AgentQueue, AgentUser
    from ipygenesys._protocols.agent_messaging.protocol import AgentMessaging
    from ipygenesys._protocols.messaging_events.protocol import MessagingEvents
    from ipygenesys._protocols.web_messaging.auth import GuestAuth
    from ipygenesys._protocols.web_messaging.protocol import WebMessaging
    from ipygenesys._transcripts.reading import read_transcript
    from ipygenesys.chat import Chat
    from ipygenesys.client import Client
    from ipygenesys.credentials import AccessToken, ClientCredentials, Secret
    from ipygenesys.delivery import Delivery
    from ipygenesys.errors import (
        AuthenticationError,
        ConnectionFailed,
        DeliveryFailed,
        DeliveryUnknown,
        GenesysError,
        NotFound,
        PermissionDenied,
        ProtocolError,
        RateLimited,
    )
    from ipygenesys.inbox import Inbox
    from ipygenesys.nested import enable_nested_asyncio
    from ipygenesys.script import Run, Script, ScriptError
    from ipygenesys.simulator import Simulator
    from ipygenesys.tables import table
    from ipygenesys.user_login import UserLogin

_HOMES = {
    "_core.model.content": (
        "Answer Button Card Carousel DatePicker ListItem ListPicker ListSection Location QuickReplies QuickReply Slot "
        "Unsupported"
    ),
    "_core.model.events": (
        "CapabilitiesChanged DraftUnresolved ErrorRaised Event HistoryPrepended MessagePlaced MessageReceived "
        "MessageRemoved MessageStatusChanged SessionExpiring StatusChanged TypingChanged UnreadChanged "
        "UploadProgressed"
    ),
    "_core.model.messages": "Attachment Message",
    "_io.recordings.replay": "Replay",
    "_io.relay.relay": "Relay",
    "_inspector.inspector": "Inspector",
    "_pictures.response_times": "response_times",
    "_pictures.timeline": "timeline",
    "_protocols.agent_messaging.inbox.protocol": "AgentQueue AgentUser",
    "_protocols.agent_messaging.protocol": "AgentMessaging",
    "_protocols.messaging_events.protocol": "MessagingEvents",
    "_protocols.web_messaging.protocol": "WebMessaging",
    "_protocols.web_messaging.auth": "GuestAuth",
    "_transcripts.reading": "read_transcript",
    "chat": "Chat",
    "client": "Client",
    "credentials": "AccessToken ClientCredentials Secret",
    "delivery": "Delivery",
    "errors": (
        "AuthenticationError ConnectionFailed DeliveryFailed DeliveryUnknown GenesysError NotFound "
        "PermissionDenied ProtocolError RateLimited"
    ),
    "inbox": "Inbox",
    "nested": "enable_nested_asyncio",
    "script": "Run Script ScriptError",
    "simulator": "Simulator",
    "tables": "table",
    "user_login": "UserLogin",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "AccessToken",
    "AgentMessaging",
    "AgentQueue",
    "AgentUser",
    "Answer",
    "Attachment",
    "AuthenticationError",
    "Button",
    "CapabilitiesChanged",
    "Card",
    "Carousel",
    "Chat",
    "Client",
    "ClientCredentials",
    "ConnectionFailed",
    "DatePicker",
    "Delivery",
    "DeliveryFailed",
    "DeliveryUnknown",
    "DraftUnresolved",
    "ErrorRaised",
    "Event",
    "GenesysError",
    "GuestAuth",
    "HistoryPrepended",
    "Inbox",
    "Inspector",
    "ListItem",
    "ListPicker",
    "ListSection",
    "Location",
    "Message",
    "MessagePlaced",
    "MessageReceived",
    "MessageRemoved",
    "MessageStatusChanged",
    "MessagingEvents",
    "NotFound",
    "PermissionDenied",
    "ProtocolError",
    "QuickReplies",
    "QuickReply",
    "RateLimited",
    "Relay",
    "Replay",
    "Run",
    "Script",
    "ScriptError",
    "Secret",
    "SessionExpiring",
    "Simulator",
    "Slot",
    "StatusChanged",
    "TypingChanged",
    "UnreadChanged",
    "Unsupported",
    "UploadProgressed",
    "UserLogin",
    "WebMessaging",
    "enable_nested_asyncio",
    "read_transcript",
    "response_times",
    "table",
    "timeline",
]

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("ipygenesys")
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    """What a completer offers: the public names, not the modules that they come from."""
    return sorted([*(name for name in globals() if name.startswith("__")), *__all__])
