"""What the platform calls guests' conversations: no guest is told, so who may see messages asks."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from urllib.parse import quote

from ipygenesys._core.model.messages import Message
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.rest.client import RestClient
from ipygenesys._io.rest.gate import gate_for
from ipygenesys._io.rest.tokens import TokenProvider
from ipygenesys._protocols.flow import CallError, Request
from ipygenesys._protocols.tolerant import UNREADABLE, decode, error_details
from ipygenesys._protocols.web_messaging.protocol import WebMessaging
from ipygenesys._wire import agent_messaging as wire
from ipygenesys.credentials import AccessToken, ClientCredentials
from ipygenesys.errors import error_from

NO_MESSAGE = "00000000-0000-4000-8000-000000000000"
"""Chosen: asked for to see whether one may ask."""

_log = logging.getLogger("ipygenesys.run")


class ConversationIds:
    """Asks by a message's id. Source: protocols/genesys.md 2.2, ``GET …/messages/{messageId}/details``."""

    def __init__(self, rest: RestClient, tokens: TokenProvider) -> None:
        self._rest, self._tokens = rest, tokens

    async def of(self, messages: Iterable[Message]) -> str | None:
        """Of the conversation with these; None where it cannot be had, which the log says."""
        said = next((each for each in messages if not each.is_draft and each.role != "system"), None)
        if said is None:
            return None
        try:
            return await self.ask(said.id)
        except CallError as error:
            _log.warning("%s", error.failure.message)
        except UNREADABLE as error:
            _log.warning("A conversation's id was answered with what is none: %s", type(error).__name__)
        return None

    async def ask(self, message_id: str) -> str | None:
        """Of the conversation with this one.

        Raises:
            CallError: nobody knows it, or who asks may not.
            msgspec.DecodeError, ValueError: the answer is something else.
        """
        request = Request(
            method="GET",
            path=f"{wire.CONVERSATIONS_PATH}/{quote(message_id, safe='')}/details",
            what="Asking for a conversation's id",
            needs=wire.PERMISSIONS_VIEW,
        )
        return decode(await self._rest.call(request, self._tokens), wire.MessageData).conversation_id


@asynccontextmanager
async def asking(
    protocol_factory: Callable[..., WebMessaging], credentials: ClientCredentials | AccessToken | None
) -> AsyncIterator[ConversationIds | None]:
    """On the platform of these protocols; None without credentials.

    Raises:
        GenesysError: they do not suffice, or the platform cannot be reached.
    """
    if credentials is None:
        yield None
        return
    endpoints, clock = protocol_factory().endpoints, SystemClock()
    rest = RestClient(
        endpoints.rest_url,
        clock=clock,
        decode_error=error_details,
        gate=gate_for(endpoints.rest_url, credentials, clock),
    )
    tokens = TokenProvider(
        credentials,
        rest=rest,
        token_url=endpoints.token_url,
        scopes=(),  # An app has its roles; a token has what it has.
        clock=clock,
        on_renewed=lambda: None,
    )
    try:
        ids = ConversationIds(rest, tokens)
        try:
            await ids.ask(NO_MESSAGE)
        except CallError as error:
            if error.failure.kind != "not_found":
                raise error_from(error.failure) from None
        yield ids
    finally:
        await tokens.aclose()
        await rest.aclose()
