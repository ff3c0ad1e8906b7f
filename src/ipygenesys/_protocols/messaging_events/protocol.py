"""Protocol 1, ``messaging-events``: the tutorial's contract.

Its paths are not in Genesys' official SDK; the two protocols that are stand beside this file. Source of each path
and frame: ``_wire/messaging_events.py``.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import msgspec

from ipygenesys._core.model.failures import ErrorDetails, Failure
from ipygenesys._core.model.messages import Capability, Role
from ipygenesys._core.model.operations import (
    FetchHistory,
    FetchMessage,
    MarkRead,
    MarkReadUpTo,
    Operation,
    PostMessage,
    SetTyping,
)
from ipygenesys._core.model.platform_events import History, MessageArrived, PlatformEvent
from ipygenesys._core.model.profile import Profile
from ipygenesys._core.model.utf8 import encodable
from ipygenesys._protocols.base import Endpoints, checked_base_url, websocket_url
from ipygenesys._protocols.flow import CallError, Flow, GetToken, OpenSocket, Request
from ipygenesys._protocols.messaging_events.content import ROLES, HistoryPage, message_of, message_of_history
from ipygenesys._protocols.messaging_events.frames import decode_frame
from ipygenesys._protocols.tolerant import decode, error_details
from ipygenesys._wire import messaging_events as wire
from ipygenesys._wire.identifiers import checked_id, id_end
from ipygenesys.credentials import AccessToken, ClientCredentials, Credentials

CAPABILITIES: frozenset[Capability] = frozenset(
    {"send", "send_typing", "receive_typing", "send_read", "receive_read", "history", "attachments"}
)


class MessagingEvents:
    """A conversation by the tutorial's contract.

    Args:
        conversation_id: which conversation.
        credentials: ``ClientCredentials`` or ``AccessToken``.
        environment: such as ``us-east-1``; gives ``https://{environment}.mypurecloud.com``.
        base_url: instead of ``environment``: a gateway or a simulator. Plain http for loopback only.
        role: whose side we are on; messages of that role are our own.
        participant_id: ours, if known; else it is learned from what we send.
    """

    def __init__(
        self,
        *,
        conversation_id: str,
        credentials: Credentials,
        environment: str | None = None,
        base_url: str | None = None,
        role: Role = "customer",
        participant_id: str | None = None,
    ) -> None:
        if not isinstance(credentials, ClientCredentials | AccessToken):
            raise TypeError(
                f"credentials must be ClientCredentials or AccessToken, not {type(credentials).__name__}."
            )
        conversation_id = checked_id("conversation_id", conversation_id)
        if role not in ROLES:
            raise ValueError(f"role must be one of {', '.join(sorted(ROLES))}.")
        self.conversation_id = conversation_id
        self.credentials = credentials
        self.base_url = _base_url(environment, base_url)
        self.role = role
        self.participant_id = participant_id
        self._conversation_path = f"{wire.CONVERSATIONS_PATH}/{quote(conversation_id, safe='')}"

    def __repr__(self) -> str:
        return f"MessagingEvents(base_url={self.base_url!r}, conversation_id={self.conversation_id!r})"

    @property
    def endpoints(self) -> Endpoints:
        """Where the platform is."""
        return Endpoints(
            rest_url=self.base_url,
            token_url=self.base_url + wire.TOKEN_PATH,
        )

    @property
    def profile(self) -> Profile:
        """Who we are and what can be done."""
        return Profile(
            own_role=self.role,
            own_participant_id=self.participant_id,
            capabilities=CAPABILITIES,
            is_send_idempotent=True,
            conversation_id=self.conversation_id,
            conversation_key="\n".join(
                (
                    "messaging-events",
                    self.base_url,
                    self.conversation_id,
                    self.role,
                    self.participant_id or "",
                )
            ),
        )

    @property
    def scopes(self) -> tuple[str, ...]:
        """What to ask a token for."""
        return wire.SCOPES

    @property
    def title(self) -> str:
        """Where the customer has no name, the end of the id, as far as people compare them; a customer has one only."""
        return "" if self.role == "customer" else id_end(self.conversation_id)

    # --- stream -------------------------------------------------------------------------------------------

    def open_stream(self) -> Flow[tuple[PlatformEvent, ...]]:
        """The token goes into the handshake and, mandatory, into the first frame."""
        token = yield GetToken()
        yield OpenSocket(
            url=websocket_url(self.base_url) + wire.STREAM_PATH,
            headers={"Authorization": f"Bearer {token}"},
            first_frames=(msgspec.json.encode(wire.Authenticate(token)).decode(),),
            needs=("conversations:messaging",),
        )
        return ()

    def decode_frame(self, data: str | bytes) -> tuple[PlatformEvent, ...]:
        """Turn a frame into neutral events."""
        return decode_frame(data, self.conversation_id)

    # --- REST ---------------------------------------------------------------------------------------------

    def perform(self, operation: Operation) -> Flow[MessageArrived | History | None]:
        """One REST call for each operation."""
        body = yield self.request(operation)
        return self.decode_answer(operation, body)

    def request(self, operation: Operation) -> Request:
        """The REST call that carries out an operation."""
        match operation:
            case SetTyping(is_typing):
                return Request(
                    method="POST",
                    path=f"{self._conversation_path}/typing",
                    body=msgspec.json.encode(wire.TypingRequest(is_typing)),
                    what="Sending the typing state",
                    needs=("conversations:messaging",),
                )
            case MarkRead(message_id):
                return Request(
                    method="PUT",
                    path=f"{wire.MESSAGES_PATH}/{quote(message_id, safe='')}/read",
                    body=msgspec.json.encode(wire.ReadRequest()),
                    what="Marking a message read",
                    needs=("messaging:write",),
                )
            case MarkReadUpTo(message_id, _):
                return Request(
                    method="PUT",
                    path=f"{self._conversation_path}/read",
                    body=msgspec.json.encode(wire.ReadUpToRequest(message_id)),
                    what="Marking messages read",
                    needs=("messaging:write",),
                )
            case PostMessage(draft_id, text, file=None):
                return Request(
                    method="POST",
                    path=f"{self._conversation_path}/messages",
                    body=msgspec.json.encode(wire.SendRequest(encodable(text), draft_id)),
                    what="Sending a message",
                    needs=("messaging:write",),
                )
            case FetchMessage(message_id):
                return Request(
                    method="GET",
                    path=f"{wire.MESSAGES_PATH}/{quote(message_id, safe='')}",
                    what="Fetching a message",
                    needs=("conversations:read",),
                    is_shared=True,
                )
            case FetchHistory():
                bounds = {"after": operation.after, "before": operation.before}
                query = {name: value for name, value in bounds.items() if value is not None}
                return Request(
                    method="GET",
                    path=f"{self._conversation_path}/messages",
                    query={**query, "limit": str(operation.limit)},
                    what="Fetching the conversation's history",
                    needs=("conversations:read",),
                )
            case _:
                words = f"{type(operation).__name__}: this protocol does not offer it."
                raise CallError(Failure(kind="unsupported", message=words))

    def decode_answer(self, operation: Operation, body: bytes) -> MessageArrived | History | None:
        """Turn a 2xx answer into its result."""
        match operation:
            case PostMessage() | FetchMessage():
                return message_of(decode(body, wire.MessageBody))
            case FetchHistory():
                page = decode(body, HistoryPage)
                messages = (message_of_history(message) for message in page.messages)
                return History.listed((each for each in messages if each), has_more=page.has_more)
            case _:
                return None

    def decode_error(self, body: bytes) -> ErrorDetails:
        """What an error answer says."""
        return error_details(body)


def _base_url(environment: str | None, base_url: str | None) -> str:
    if base_url is not None:
        return checked_base_url(base_url)
    if environment is None:
        raise ValueError('Give environment="us-east-1" or base_url="https://…".')
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", environment):
        raise ValueError("environment must look like us-east-1.")
    return f"https://{environment}.mypurecloud.com"
