"""Where Genesys Cloud is: all regions, their hosts, and which other hosts to trust."""

from __future__ import annotations

import difflib
import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from ipygenesys._protocols.base import checked_base_url, websocket_url
from ipygenesys._wire.web_messaging import Unverified

Service = Literal["api", "login", "webmessaging", "streaming", "api-cdn", "apps"]

REGIONS: dict[str, str] = {
    "us_east_1": "mypurecloud.com",
    "us_east_2": "use2.us-gov-pure.cloud",
    "us_west_2": "usw2.pure.cloud",
    "ca_central_1": "cac1.pure.cloud",
    "mx_central_1": "mxc1.pure.cloud",
    "sa_east_1": "sae1.pure.cloud",
    "eu_west_1": "mypurecloud.ie",
    "eu_west_2": "euw2.pure.cloud",
    "eu_central_1": "mypurecloud.de",
    "eu_central_2": "euc2.pure.cloud",
    "eusc_de_east_1": "edee1.eusc-pure.cloud",
    "me_central_1": "mec1.pure.cloud",
    "ap_south_1": "aps1.pure.cloud",
    "ap_northeast_1": "mypurecloud.jp",
    "ap_northeast_2": "apne2.pure.cloud",
    "ap_northeast_3": "apne3.pure.cloud",
    "ap_southeast_1": "apse1.pure.cloud",
    "ap_southeast_2": "mypurecloud.com.au",
}
"""Source: PureCloudRegionHosts of PureCloudPlatformClientV2 269.0.0. Newer ones by ``domain=``."""

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_ODD = re.compile(r"[\x00-\x20\x7f-\uffff\\@]")
"""Nothing that could make two readers of a URL see two hosts, and no credentials."""


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """One region, or the one origin that stands for all its hosts. Made by ``platform_of``."""

    domain: str | None = None
    base_url: str | None = None

    def url(self, service: Service) -> str:
        """The origin of a service, with https."""
        if self.base_url is not None:
            return self.base_url
        domain = self.domain or ""
        if service == "webmessaging":
            domain = Unverified.MESSAGING_DOMAINS.get(domain, domain)
        return f"https://{service}.{domain}"

    def socket_url(self, service: Service) -> str:
        """The same for a WebSocket."""
        return websocket_url(self.url(service))

    @property
    def name(self) -> str:
        """The domain, or the base URL: what tells this platform from others."""
        return self.base_url or self.domain or ""

    @property
    def domains(self) -> tuple[str, ...]:
        """All names of the region; a base URL has none."""
        names = (pair for pair in Unverified.SECOND_DOMAINS.items() if self.domain in pair)
        return next(names, () if self.domain is None else (self.domain,))

    @property
    def upload_hosts(self) -> tuple[str, ...]:
        """The store of guests' files, where it is known and not the base URL itself."""
        hosts = (Unverified.UPLOAD_HOSTS.get(domain) for domain in self.domains)
        return tuple(host for host in hosts if host is not None)

    def host_is_allowed(self, url: str, *, also: tuple[str, ...] = ()) -> bool:
        """Whether an address that a server has given belongs to this platform, over TLS where it is not loopback.

        Args:
            url: what the server has given.
            also: other hosts, exactly; a base URL has none.
        """
        if _ODD.search(url):
            return False
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            return False
        if not host:
            return False
        if self.base_url is not None:
            own = urlsplit(self.base_url)
            is_same = (host, port or _default(parts.scheme)) == (
                own.hostname,
                own.port or _default(own.scheme),
            )
            return is_same and parts.scheme in (own.scheme, websocket_url(own.scheme))
        is_own = any(host == domain or host.endswith("." + domain) for domain in self.domains)
        return parts.scheme in ("https", "wss") and port in (None, 443) and (is_own or host in also)


def platform_of(
    *, region: str | None = None, domain: str | None = None, base_url: str | None = None
) -> Platform:
    """The platform that exactly one of these names.

    Args:
        region: such as ``eu_west_1`` or ``eu-west-1``.
        domain: such as ``mypurecloud.ie``, for a region that is not in ``REGIONS`` yet.
        base_url: one origin for everything: a gateway or a simulator. Plain http for loopback only.

    Raises:
        ValueError: none or several were given, or it is not a region, a domain or an origin.
        TypeError: it is not a str.
    """
    given = {"region": region, "domain": domain, "base_url": base_url}
    named = {name: value for name, value in given.items() if value is not None}
    if len(named) != 1:
        raise ValueError(
            'Give exactly one of region="eu_west_1", domain="mypurecloud.ie" or base_url="https://…".'
        )
    ((name, value),) = named.items()
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}.")
    if name == "base_url":
        return Platform(base_url=checked_base_url(value))
    if name == "domain":
        if not _DOMAIN.fullmatch(value):
            raise ValueError("domain must look like mypurecloud.ie: no scheme, no api., no path.")
        return Platform(domain=value)
    key = value.strip().lower().replace("-", "_")
    if key not in REGIONS:
        close = difflib.get_close_matches(key, REGIONS, n=1)
        hint = f" Did you mean {close[0]}?" if close else " Give a domain by domain=." if "." in key else ""
        raise ValueError(f"Unknown region.{hint} Known: {', '.join(sorted(REGIONS))}; newer ones by domain=.")
    return Platform(domain=REGIONS[key])


def _default(scheme: str) -> int:
    return 443 if scheme in ("https", "wss") else 80
