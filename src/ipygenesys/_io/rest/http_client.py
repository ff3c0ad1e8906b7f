"""An HTTP client by the environment: its proxies and certificates, or what is wrong with them."""

from __future__ import annotations

import functools
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.rest.body import ENCODING
from ipygenesys._protocols.flow import CallError

_LOGGERS = (
    "httpx",
    "httpcore",
    *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")),
)
_is_ours: ContextVar[bool] = ContextVar("ipygenesys_call", default=False)

_TIMEOUT = httpx.Timeout(connect=5.0, read=10.0, write=10.0, pool=5.0)


class _OfOthers(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not _is_ours.get()


for _name in _LOGGERS:
    logging.getLogger(_name).addFilter(_OfOthers())


@contextmanager
def unlogged() -> Iterator[None]:
    """Of a call in here the libraries log nothing, at no level: addresses and headers of ours hold secrets.

    At INFO httpx writes each address, which may name a notification channel or be signed; at DEBUG httpcore writes
    the headers of answers, and what it could not read of them. Others' calls keep their lines.
    Source: run with httpx 0.28.1 and httpcore 1.0.9.
    """
    token = _is_ours.set(True)
    try:
        yield
    finally:
        _is_ours.reset(token)


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
            headers={"Accept": "application/json", "Accept-Encoding": ENCODING},
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
