"""Tries each step of a connection in turn; what needs a failed step is not tried."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from urllib.parse import urlsplit

from ipygenesys._core.machines.http_date import parse_http_date
from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.operations import CheckHealth, FetchHistory
from ipygenesys._core.model.platform_events import CapabilitiesLearned, History, PlatformEvent
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.host.proxies import proxy_of
from ipygenesys._io.platform.flow_runner import FlowRunner
from ipygenesys._io.rest.client import RestClient
from ipygenesys._io.rest.tokens import TokenProvider
from ipygenesys._io.stream.link import Link
from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._io.stream.websocket import Stream, StreamError
from ipygenesys._protocols.agent_messaging.protocol import AgentMessaging
from ipygenesys._protocols.base import Adapter
from ipygenesys._protocols.flow import CallError, Request
from ipygenesys._protocols.messaging_events.protocol import MessagingEvents
from ipygenesys._protocols.web_messaging.protocol import WebMessaging
from ipygenesys.commands.doctor import entitlements
from ipygenesys.commands.doctor.findings import Finding, Step, Verdict, skipped
from ipygenesys.commands.doctor.reachability import connect, dns, files, proxy
from ipygenesys.credentials import AccessToken

PATIENCE_S = 40.0
"""For the first heartbeat, which comes about every 30 s. Source: protocols/genesys.md 2.4."""
SKEW_SHOWN_S = 30.0
SKEW_FATAL_S = 300.0
"""Chosen: a token's life is counted in minutes, so that a clock this wrong breaks it."""
NO_CONVERSATION = "-"
"""Stands for a conversation that was not given: what needs one is skipped."""


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


async def examine(
    protocol: Adapter, *, patience_s: float = PATIENCE_S, clock: SystemClock | None = None
) -> AsyncGenerator[Finding, None]:
    """Try one step after the other."""
    is_reachable = True
    async for finding in _reach(origins_of(protocol)):
        yield finding
        is_reachable = is_reachable and finding.verdict != "failed"
    if not is_reachable:
        yield skipped("the rest", "everything else", "a host or a proxy cannot be reached")
        return
    examination = _Examination(protocol, clock or SystemClock(), patience_s)
    try:
        async for finding in examination.findings():
            yield finding
    finally:
        await examination.aclose()


async def _reach(origins: tuple[str, ...]) -> AsyncIterator[Finding]:
    """Each host, or the proxy that stands before it and looks up names itself."""
    proxies: dict[str, None] = {}
    for origin in origins:
        if (address := proxy_of(origin)) is not None:
            proxies[address] = None
            continue
        finding = await dns(origin)
        yield finding
        if finding.verdict != "failed":
            yield await connect(origin)
    for address in proxies:
        yield await proxy(address)


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
        self._link: Subscription | None = None
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
            yield skipped("the rest", "everything else", "there is no token")
            return
        is_fatal = False
        async for finding in self._entitlements():
            yield finding
            is_fatal = is_fatal or (finding.verdict == "failed" and finding.check != "permissions")
        if is_fatal:
            yield skipped("the rest", "everything else", "the step above has to work first")
        elif getattr(self._protocol, "conversation_id", "") == NO_CONVERSATION:
            why, cure = "no conversation was named", "Give --conversation-id."
            yield skipped("stream", "opening the event stream", why, cure)
        else:
            async for finding in self._live():
                yield finding

    async def _entitlements(self) -> AsyncIterator[Finding]:
        protocol = self._protocol
        if isinstance(protocol, WebMessaging):
            yield await entitlements.deployment(self._ask, protocol)
            for host in protocol.platform.upload_hosts:
                yield await files(host)
            return
        scopes = await entitlements.scopes(self._ask, protocol.scopes)
        yield scopes
        if isinstance(protocol, AgentMessaging) and scopes.verdict != "failed":
            yield await entitlements.permissions(self._ask, protocol.credentials)
            yield await entitlements.typing_settings(self._ask)
            yield await entitlements.channels(self._ask)

    async def _live(self) -> AsyncIterator[Finding]:
        stream = await self._stream()
        yield stream
        if stream.verdict != "failed":
            yield await self._heartbeat()
            yield await self._history()

    async def _ask(self, request: Request) -> bytes:
        return await self._rest.call(request, None if request.is_public else self._tokens)

    # --- steps

    async def _clock_skew(self) -> Finding:
        step = Step("clock", "Comparing this machine's clock with the server's")

        async def act() -> Finding | str:
            before = self._clock.epoch()
            date = await self._rest.server_date()
            now = (before + self._clock.epoch()) / 2
            if (server_s := parse_http_date(date)) is None:
                return step.said("skipped", "the server does not tell its time")
            skew = now - server_s
            if abs(skew) < SKEW_SHOWN_S:
                return "they agree"
            verdict: Verdict = "warning" if abs(skew) < SKEW_FATAL_S else "failed"
            cure = "Set the clock, best by a time service (NTP): tokens and times depend on it."
            return step.said(verdict, _skew_words(skew), cure)

        return await step.run(act)

    async def _token(self) -> Finding:
        tokens = self._tokens
        if tokens is None:
            return skipped("token", "getting a token", "guests need none")

        async def act() -> str:
            await tokens.get()
            return "there is one"

        kind = type(self._protocol.credentials).__name__
        return await Step("token", f"Getting a token with {kind}").run(act)

    async def _stream(self) -> Finding:
        began = time.perf_counter()
        runner = FlowRunner(self._rest, self._tokens, self._clock, on_open=self._listen)

        async def act() -> str:
            try:
                learned = await runner.run(self._protocol.open_stream())
            except StreamError as error:
                words = f"The stream was closed at once ({error.loss.close_code})."
                raise CallError(error.loss.failure or Failure(kind="unreachable", message=words)) from None
            finally:
                self._link = runner.link
            took_ms = (time.perf_counter() - began) * 1000
            return f"open after {took_ms:.0f} ms{_capabilities_in(learned)}"

        return await Step("stream", "Opening the event stream").run(act)

    def _listen(self, stream: Stream) -> Subscription:
        def deliver(_: tuple[PlatformEvent, ...]) -> None:
            self._heard.set()

        return Link(stream).feed(Subscription(decode=self._protocol.decode_frame, deliver=deliver))

    async def _heartbeat(self) -> Finding:
        step = Step("heartbeat", "Waiting for a sign of life on the stream")
        if isinstance(self._protocol, MessagingEvents):
            return step.said("ok", "it has answered a ping")
        self._heard.clear()
        runner = FlowRunner(self._rest, self._tokens, self._clock, link=self._link)

        async def act() -> Finding | str:
            began = time.perf_counter()
            await runner.run(self._protocol.perform(CheckHealth()))
            try:
                async with asyncio.timeout(self._patience_s):
                    await self._heard.wait()
            except TimeoutError:
                cure = "Something between here and the server holds frames back: try without proxy or VPN."
                return step.said("failed", f"nothing within {self._patience_s:.0f} s", cure)
            return f"heard after {(time.perf_counter() - began) * 1000:.0f} ms"

        return await step.run(act)

    async def _history(self) -> Finding:
        runner = FlowRunner(self._rest, self._tokens, self._clock, link=self._link)

        async def act() -> str:
            page = await runner.run(self._protocol.perform(FetchHistory(limit=1)))
            has_some = isinstance(page, History) and page.messages
            return "there are messages" if has_some else "there are no messages yet"

        return await Step("history", "Reading the newest message").run(act)


def _skew_words(skew_s: float) -> str:
    direction = "ahead" if skew_s > 0 else "behind"
    amount = f"{abs(skew_s) / 60:.0f} min" if abs(skew_s) >= 120 else f"{abs(skew_s):.0f} s"
    return f"this machine is {amount} {direction}"


def _capabilities_in(learned: tuple[PlatformEvent, ...]) -> str:
    found = [event.capabilities for event in learned if isinstance(event, CapabilitiesLearned)]
    return f"; can: {', '.join(sorted(found[-1])) or 'nothing'}" if found else ""
