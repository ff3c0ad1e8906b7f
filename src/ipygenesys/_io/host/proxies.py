"""Which proxy the environment puts before an address: one answer for calls, streams and the doctor."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from ipygenesys._protocols.base import is_loopback

CURE = "HTTPS_PROXY, ALL_PROXY or the system's settings name it: correct it, or except the host in NO_PROXY."
_SCHEMES = {"wss": "https", "ws": "http"}


def proxy_of(url: str) -> str | None:
    """The proxy by which httpx makes its calls to this address; a stream goes the same way, or by WSS_PROXY.

    Left to themselves the two disagree: websockets knows neither ALL_PROXY nor ``host:port`` without a scheme, nor a
    ``*`` among others in NO_PROXY. Source: run with httpx 0.28.1 and websockets 17.4.
    """
    proxies, parts = getproxies(), urlsplit(url)
    is_excepted = "*" in (name.strip() for name in proxies.get("no", "").split(","))
    if is_loopback(url) or is_excepted or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    names = (parts.scheme, _SCHEMES.get(parts.scheme, ""), "all")
    address = next(filter(None, (proxies.get(name) for name in names)), None)
    return address if address is None or "://" in address else f"http://{address}"
