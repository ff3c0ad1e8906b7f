"""Whether a host can be reached at all: its name, a connection, its certificate."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from urllib.parse import urlsplit

from ipygenesys._io.host.proxies import CURE, proxy_of
from ipygenesys.commands.doctor.findings import Finding, Step

CONNECT_S = 10.0


async def proxy(address: str) -> Finding:
    """Whether the proxy answers; the rest is asked through it. Of its address only host and port are shown."""
    step = Step("proxy", "Connecting to the proxy")
    try:
        parts = urlsplit(address)
        host, number = parts.hostname, parts.port
    except ValueError:
        host = number = None
    if not host:
        return step.said("failed", "its address is not one", CURE)
    step = Step("proxy", f"Connecting to the proxy {host}")
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(
                host, number or (443 if parts.scheme == "https" else 80)
            )
    except (OSError, TimeoutError, UnicodeError):
        return step.said("failed", "nobody answers there", CURE)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return step.said("ok", "it answers; everything else goes through it")


async def dns(origin: str) -> Finding:
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


async def connect(origin: str) -> Finding:
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


async def files(host: str) -> Finding:
    """The store where a guest's files are put; nothing else needs it."""
    origin = f"https://{host}"
    step = Step("files", f"Connecting to {host}, where guests' files are put")
    if proxy_of(origin) is not None:
        return step.said("skipped", "it is reached through the proxy")
    found = await connect(origin)
    if found.verdict == "ok":
        return step.said("ok", found.found)
    return step.said("warning", f"{found.found}: files cannot be sent", found.cure)
