"""Tries each step of a connection in turn; what needs a failed step is not tried."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from ipygenesys._core.failures import Failure
from ipygenesys._core.operations import CheckHealth, FetchHistory
from ipygenesys._core.platform_events import CapabilitiesLearned, History, PlatformEvent
from ipygenesys._io.clock import SystemClock
from ipygenesys._io.flow_runner import FlowRunner
from ipygenesys._io.link import Link
from ipygenesys._io.rest import RestClient
from ipygenesys._io.stream import Stream, StreamError
from ipygenesys._io.tokens import TokenProvider
from ipygenesys._protocols.agent_messaging import AgentMessaging
from ipygenesys._protocols.base import Adapter
from ipygenesys._protocols.flow import CallError, Request
from ipygenesys._protocols.messaging_events import MessagingEvents
from ipygenesys._protocols.tolerant import UNREADABLE, decode
from ipygenesys._protocols.web_messaging import WebMessaging
from ipygenesys._wire import agent_messaging as agent_wire
from ipygenesys._wire import web_messaging as guest_wire
from ipygenesys.credentials import AccessToken, ClientCredentials

PATIENCE_S = 40.0
"""For the first heartbeat, which comes about every 30 s. Source: protocols/genesys.md 2.4."""
CONNECT_S = 10.0
SKEW_SHOWN_S = 30.0
SKEW_FATAL_S = 300.0
"""Chosen: a token's life is counted in minutes, so that a clock this wrong breaks it."""
MANY_CHANNELS = agent_wire.MAX_CHANNELS - 2

Verdict = Literal["ok", "warning", "failed", "skipped"]
NO_CONVERSATION = "-"
"""Stands for a conversation that was not given: what needs one is skipped."""


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the report."""

    check: str
    tried: str
    verdict: Verdict
    found: str
    cure: str | None = None

    @property
    def line(self) -> str:
        """For people; the cure has a line of its own."""
        words = f"{self.verdict:<8}{self.check:<13}{self.tried}: {self.found}"
        return words if self.cure is None else f"{words}\n{'':21}→ {self.cure}"


def origins_of(protocol: Adapter) -> tuple[str, ...]:
    """Every origin that the protocol talks to, as https or http."""
    urls = [protocol.endpoints.rest_url]
    if protocol.credentials is not None and not isinstance(protocol.credentials, AccessToken):
        urls.append(protocol.endpoints.token_url)
    if isinstance(protocol, WebMessaging):
        urls += [protocol.platform.url("api-cdn"), protocol.platform.url("webmessaging")]
    if isinstance(protocol, AgentMessaging):
        urls.append(protocol.platform.url("streaming"))
    parts = (urlsplit(url) for url in urls)
    return tuple(dict.fromkeys(f"{each.scheme}://{each.netloc}" for each in parts))


# --- the examination --------------------------------------------------------------------------------------


async def examine(
    protocol: Adapter, *, patience_s: float = PATIENCE_S, clock: SystemClock | None = None
) -> AsyncGenerator[Finding, None]:
    """Try one step after the other."""
    clock = clock or SystemClock()
    is_reachable = True
    for origin in origins_of(protocol):
        finding = await _dns(origin)
        yield finding
        if finding.verdict != "failed":
            finding = await _connect(origin)
            yield finding
        is_reachable = is_reachable and finding.verdict != "failed"
    if not is_reachable:
        yield _skipped("the rest", "everything else", "a host cannot be reached")
        return
    examination = _Examination(protocol, clock, patience_s)
    try:
        async for finding in examination.findings():
            yield finding
    finally:
        await examination.aclose()


class _Examination:
    """What needs a REST client and a token."""

    def __init__(self, protocol: Adapter, clock: SystemClock, patience_s: float) -> None:
        endpoints = protocol.endpoints
        self._protocol = protocol
        self._clock = clock
        self._patience_s = patience_s
        self._rest = RestClient(endpoints.rest_url, clock=clock, decode_error=protocol.decode_error)
        self._tokens: TokenProvider | None = None
        if protocol.credentials is not None:
            self._tokens = TokenProvider(
                protocol.credentials,
                rest=self._rest,
                token_url=endpoints.token_url,
                authorize_url=endpoints.authorize_url,
                scopes=protocol.scopes,
                clock=clock,
                on_renewed=lambda: None,
            )
        self._link: Link | None = None
        self._heard = asyncio.Event()

    async def aclose(self) -> None:
        if self._link is not None:
            await self._link.close()
        if self._tokens is not None:
            await self._tokens.aclose()
        await self._rest.aclose()

    async def findings(self) -> AsyncIterator[Finding]:
        yield await self._clock_skew()
        token = await self._token()
        yield token
        if token.verdict == "failed":
            yield _skipped("the rest", "everything else", "there is no token")
            return
        match self._protocol:
            case WebMessaging():
                yield await self._deployment(self._protocol)
            case AgentMessaging():
                for check in (self._user, self._channels):
                    yield await check()
            case _:
                pass
        if getattr(self._protocol, "conversation_id", "") == NO_CONVERSATION:
            yield _skipped(
                "stream", "opening the event stream", "no conversation was named", "Give --conversation-id."
            )
            return
        stream = await self._stream()
        yield stream
        if stream.verdict == "failed":
            return
        yield await self._heartbeat()
        yield await self._history()

    # --- steps

    async def _clock_skew(self) -> Finding:
        tried = "Comparing this machine's clock with the server's"
        try:
            before = self._clock.epoch()
            date = await self._rest.server_date()
            now = (before + self._clock.epoch()) / 2
            server = parsedate_to_datetime(date or "").timestamp()
        except CallError as error:
            return _failed("clock", tried, error.failure)
        except ValueError:
            return Finding(
                check="clock", tried=tried, verdict="skipped", found="the server does not tell its time"
            )
        skew = now - server
        words = "they agree" if abs(skew) < SKEW_SHOWN_S else _skew_words(skew)
        verdict: Verdict = (
            "ok" if abs(skew) < SKEW_SHOWN_S else "warning" if abs(skew) < SKEW_FATAL_S else "failed"
        )
        cure = (
            None
            if verdict == "ok"
            else "Set the clock, best by a time service (NTP): tokens and times depend on it."
        )
        return Finding(check="clock", tried=tried, verdict=verdict, found=words, cure=cure)

    async def _token(self) -> Finding:
        tokens = self._tokens
        if tokens is None:
            return _skipped("token", "getting a token", "guests need none")
        kind = type(self._protocol.credentials).__name__
        return await _step(
            "token", f"Getting a token with {kind}", lambda: _words(tokens.get(), "there is one")
        )

    async def _user(self) -> Finding:
        if isinstance(self._protocol.credentials, ClientCredentials):
            words = "an app has no user, and can only watch a conversation by its queue"
            cure = "To take part, give GENESYS_ACCESS_TOKEN of a user, or --login."
            return Finding(
                check="permissions", tried="Asking who we are", verdict="warning", found=words, cure=cure
            )
        tried = "Asking who we are and what we may do"
        try:
            body = await self._call(
                agent_wire.ME_PATH, tried, {"expand": agent_wire.Unverified.EXPAND_PERMISSIONS}
            )
            me = decode(body, agent_wire.UserBody)
        except CallError as error:
            cure = "Use a token of a user: --login, or a GENESYS_ACCESS_TOKEN by authorization code."
            return _failed("permissions", tried, error.failure, cure)
        except UNREADABLE:
            return _strange("permissions", tried)
        if me.authorization is None:
            words = "a user; the server does not tell the permissions, so the steps below have to show them"
            return Finding(check="permissions", tried=tried, verdict="ok", found=words)
        missing = [
            f"{' or '.join(any_of)} (for {purpose})"
            for purpose, any_of in NEEDED_PERMISSIONS.items()
            if not any(_is_granted(wanted, me.authorization.permissions) for wanted in any_of)
        ]
        if missing:
            cure = "Add them to a role of the user: Admin > People & Permissions > Roles."
            words = f"missing: {'; '.join(missing)}"
            return Finding(check="permissions", tried=tried, verdict="failed", found=words, cure=cure)
        return Finding(check="permissions", tried=tried, verdict="ok", found="a user with all that is needed")

    async def _channels(self) -> Finding:
        tried = "Counting the notification channels of this user and app"
        try:
            body = await self._call(agent_wire.CHANNELS_PATH, tried, {})
            count = len(decode(body, agent_wire.ChannelsBody).entities)
        except CallError as error:
            return _failed("channels", tried, error.failure)
        except UNREADABLE:
            return _strange("channels", tried)
        words = f"{count} of {agent_wire.MAX_CHANNELS}"
        if count < MANY_CHANNELS:
            return Finding(check="channels", tried=tried, verdict="ok", found=words)
        cure = "The next ones drive others off. Close some, or use an OAuth client of your own."
        return Finding(check="channels", tried=tried, verdict="warning", found=words, cure=cure)

    async def _deployment(self, protocol: WebMessaging) -> Finding:
        tried = "Reading the deployment's config"
        request = Request(
            method="GET",
            path=guest_wire.CONFIG_PATH.format(deployment_id=protocol.deployment_id),
            what=tried,
            base_url=protocol.platform.url("api-cdn"),
            is_public=True,
        )
        try:
            config = decode(await self._rest.call(request, None), guest_wire.DeploymentConfig)
        except CallError as error:
            return _failed("deployment", tried, error.failure, "Check the deployment id and the region.")
        except UNREADABLE:
            return _strange("deployment", tried)
        if config.status != "Active":
            cure = "Activate it: Admin > Message > Messenger Deployments."
            return Finding(
                check="deployment", tried=tried, verdict="failed", found=f"it is {config.status}", cure=cure
            )
        app = config.messenger.apps.conversations
        off = [
            name
            for name, is_on in (
                ("the agent's typing", app.show_agent_typing_indicator),
                ("the guest's typing", app.show_user_typing_indicator),
            )
            if not is_on
        ]
        if not off:
            return Finding(
                check="deployment", tried=tried, verdict="ok", found="active, typing shows both ways"
            )
        cure = "Turn on the typing indicators: Admin > Message > Messenger Configurations."
        words = f"active, but switched off: {', '.join(off)}"
        return Finding(check="deployment", tried=tried, verdict="warning", found=words, cure=cure)

    async def _stream(self) -> Finding:
        began = time.perf_counter()
        runner = FlowRunner(self._rest, self._tokens, self._clock, on_open=self._listen)

        async def open_stream() -> str:
            try:
                learned = await runner.run(self._protocol.open_stream())
            except StreamError as error:
                words = f"The stream was closed at once ({error.loss.close_code})."
                raise CallError(error.loss.failure or Failure(kind="unreachable", message=words)) from None
            finally:
                self._link = runner.link
            took_ms = (time.perf_counter() - began) * 1000
            return f"open after {took_ms:.0f} ms{_capabilities_in(learned)}"

        return await _step("stream", "Opening the event stream", open_stream)

    def _listen(self, stream: Stream) -> Link:
        def deliver(_: tuple[PlatformEvent, ...]) -> None:
            self._heard.set()

        return Link(stream, decode=self._protocol.decode_frame, deliver=deliver)

    async def _heartbeat(self) -> Finding:
        tried = "Waiting for a sign of life on the stream"
        if isinstance(self._protocol, MessagingEvents):
            return Finding(check="heartbeat", tried=tried, verdict="ok", found="it has answered a ping")
        self._heard.clear()
        runner = FlowRunner(self._rest, self._tokens, self._clock, link=self._link)
        began = time.perf_counter()
        try:
            await runner.run(self._protocol.perform(CheckHealth()))
            async with asyncio.timeout(self._patience_s):
                await self._heard.wait()
        except CallError as error:
            return _failed("heartbeat", tried, error.failure)
        except TimeoutError:
            cure = "Something between here and the server holds frames back: try without proxy or VPN."
            words = f"nothing within {self._patience_s:.0f} s"
            return Finding(check="heartbeat", tried=tried, verdict="failed", found=words, cure=cure)
        took_ms = (time.perf_counter() - began) * 1000
        return Finding(check="heartbeat", tried=tried, verdict="ok", found=f"heard after {took_ms:.0f} ms")

    async def _history(self) -> Finding:
        runner = FlowRunner(self._rest, self._tokens, self._clock, link=self._link)

        async def fetch() -> str:
            page = await runner.run(self._protocol.perform(FetchHistory(limit=1)))
            has_some = isinstance(page, History) and page.messages
            return "there are messages" if has_some else "there are no messages yet"

        return await _step("history", "Reading the newest message", fetch)

    async def _call(self, path: str, what: str, query: dict[str, str]) -> bytes:
        return await self._rest.call(Request(method="GET", path=path, query=query, what=what), self._tokens)


NEEDED_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "sending and typing": agent_wire.PERMISSIONS_SEND,
    "reading messages": agent_wire.PERMISSIONS_VIEW,
    "finding our part": agent_wire.PERMISSIONS_WATCH,
}
"""By purpose: any of them is enough."""


def _is_granted(wanted: str, granted: Iterable[str]) -> bool:
    """Roles grant with wildcards: ``conversation:message:*``."""
    return any(fnmatchcase(wanted, each.replace("[", "[[]")) for each in granted)


# --- steps without REST -----------------------------------------------------------------------------------


async def _dns(origin: str) -> Finding:
    host = urlsplit(origin).hostname or ""
    tried = f"Looking up {host}"
    try:
        async with asyncio.timeout(CONNECT_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, None)
    except (OSError, TimeoutError, UnicodeError):
        cure = "Check the region or the base URL, the network, and a VPN that may be needed."
        return Finding(check="dns", tried=tried, verdict="failed", found="there is no such host", cure=cure)
    count = len({address[4][0] for address in found})
    return Finding(
        check="dns", tried=tried, verdict="ok", found=f"{count} address{'es' if count > 1 else ''}"
    )


async def _connect(origin: str) -> Finding:
    parts = urlsplit(origin)
    is_tls = parts.scheme == "https"
    check, tried = ("tls" if is_tls else "connect"), f"Connecting to {parts.netloc}"
    context = ssl.create_default_context() if is_tls else None
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port or (443 if is_tls else 80), ssl=context
            )
    except ssl.SSLCertVerificationError as error:
        cure = "A proxy may stand in between. Have its certificate trusted (SSL_CERT_FILE); do not switch checks off."
        words = f"the certificate was not accepted ({error.verify_message})"
        return Finding(check=check, tried=tried, verdict="failed", found=words, cure=cure)
    except (OSError, TimeoutError) as error:
        cure = "Check the host and port, the firewall, and whether the server runs."
        words = "no answer in time" if isinstance(error, TimeoutError) else "nobody answers there"
        return Finding(check=check, tried=tried, verdict="failed", found=words, cure=cure)
    secured = writer.get_extra_info("ssl_object")
    words = f"{secured.version()}, certificate accepted" if secured else "connected, plain http"
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return Finding(check=check, tried=tried, verdict="ok", found=words)


# --- words ------------------------------------------------------------------------------------------------


async def _step(check: str, tried: str, act: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return Finding(check=check, tried=tried, verdict="ok", found=await act())
    except CallError as error:
        return _failed(check, tried, error.failure)
    except UNREADABLE:
        return _strange(check, tried)


async def _words(result: Awaitable[object], words: str) -> str:
    await result
    return words


def _failed(check: str, tried: str, failure: Failure, cure: str | None = None) -> Finding:
    words = failure.message
    if failure.correlation_id:
        words += f" (correlation id {failure.correlation_id})"
    return Finding(
        check=check, tried=tried, verdict="failed", found=words, cure=cure or _CURES.get(failure.kind)
    )


def _strange(check: str, tried: str) -> Finding:
    words = "the answer is not of this protocol"
    cure = "Check the base URL or the region: something else may answer there."
    return Finding(check=check, tried=tried, verdict="failed", found=words, cure=cure)


def _skipped(check: str, what: str, why: str, cure: str | None = None) -> Finding:
    return Finding(check=check, tried=what[0].upper() + what[1:], verdict="skipped", found=why, cure=cure)


def _skew_words(skew_s: float) -> str:
    direction = "ahead" if skew_s > 0 else "behind"
    amount = f"{abs(skew_s) / 60:.0f} min" if abs(skew_s) >= 120 else f"{abs(skew_s):.0f} s"
    return f"this machine is {amount} {direction}"


def _capabilities_in(learned: tuple[PlatformEvent, ...]) -> str:
    found = [event.capabilities for event in learned if isinstance(event, CapabilitiesLearned)]
    return f"; can: {', '.join(sorted(found[-1])) or 'nothing'}" if found else ""


_CURES: dict[str, str] = {
    "credentials": "Check client id and secret, and that the OAuth client belongs to this region.",
    "authentication": "Check the credentials, and that they belong to this region and have not expired.",
    "permission": "Add what is missing to a role, or to the scopes of the OAuth client.",
    "not_found": "Check the ids and the region.",
    "rate_limited": "Wait, and find out what else uses up the limit of this user and app.",
    "unavailable": "Try again later; status.mypurecloud.com shows outages.",
    "unreachable": "Check the network, a proxy, and the firewall.",
    "lost": "Try again; if it stays so, check for a proxy that cuts connections.",
}
