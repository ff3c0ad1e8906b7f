"""An HTTP client by the environment: its proxies and certificates, or what is wrong with them."""

from __future__ import annotations

import functools
import ssl

import httpx

from ipygenesys._core.model.failures import Failure
from ipygenesys._protocols.flow import CallError

_TIMEOUT = httpx.Timeout(connect=5.0, read=10.0, write=10.0, pool=5.0)


@functools.cache
def trusted() -> ssl.SSLContext:
    """Whom we trust: read once for all conversations of the process, for that takes tens of milliseconds."""
    return httpx.create_ssl_context()


def http_client(*, is_local: bool, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Connects to nothing yet, and never raises: where the environment is wrong, each call says so.

    Args:
        is_local: no proxy stands between this machine and itself.
        transport: for tests.
    """
    try:
        return httpx.AsyncClient(
            timeout=_TIMEOUT,
            follow_redirects=False,
            verify=trusted(),
            transport=transport,
            trust_env=not is_local,
            headers={"Accept": "application/json"},
        )
    except ImportError:  # httpx would take it with a package more.
        words = (
            "A SOCKS proxy is set in the environment (ALL_PROXY). Set HTTPS_PROXY to an http:// proxy, or "
            "pip install socksio python-socks, and start Python again."
        )
    except (ValueError, httpx.InvalidURL):
        words = (
            "The proxy that the environment names (HTTPS_PROXY, ALL_PROXY) must look like http://host:port. "
            "Correct it, and start Python again."
        )
    except OSError:
        words = (
            "The certificates that the environment names (SSL_CERT_FILE, SSL_CERT_DIR) cannot be read. "
            "Correct it, and start Python again."
        )
    return httpx.AsyncClient(transport=_Unusable(words), trust_env=False)


class _Unusable(httpx.AsyncBaseTransport):
    def __init__(self, words: str) -> None:
        self._words = words

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise CallError(Failure(kind="unreachable", message=self._words))
