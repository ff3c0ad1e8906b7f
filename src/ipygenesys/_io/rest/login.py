"""Waiting for a person to log in: a browser there, a small server for the redirect here."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._io.host.browser import open_page
from ipygenesys._protocols.flow import CallError
from ipygenesys.user_login import Challenge, UserLogin, answer_of, login_page

MAX_HEAD_BYTES = 16_384
READ_S = 5.0
"""For one request of the browser."""

_PAGE = (
    "<!doctype html><meta charset=utf-8><title>ipygenesys</title>"
    "<body style='font-family:sans-serif;margin:4em'><p>{words}</p>"
)
_DONE = "You are logged in. You can close this page and go back to your notebook."
_NOT_DONE = "The login did not work. Your notebook says why; you can close this page."
_NOBODY = (
    "Nobody logged in within {seconds:.0f} s. Connect again to try once more. If no page opened: give UserLogin "
    "open_browser=print, and hand the address that your browser ends up at to its finish(…)."
)
_BY_HAND = (
    "No browser could be opened on the machine where Python runs. Log in here:\n\n{address}\n\n"
    'then hand the address that the browser ends up at to the login, in another cell: login.finish("…")'
)
_NOT_OURS = "There is nothing here."


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What a login has brought: to be exchanged for a token."""

    code: str
    verifier: str
    redirect_uri: str

    def __repr__(self) -> str:
        return "Grant(***)"


async def authorize(login: UserLogin, authorize_url: str, scopes: tuple[str, ...]) -> Grant:
    """Open the login page and wait for its answer.

    Raises:
        CallError: it was refused, nobody came in time, or the port is taken.
    """
    loop = asyncio.get_running_loop()
    challenge = Challenge(secrets.token_urlsafe(64), secrets.token_urlsafe(32))
    answer: asyncio.Future[str | Failure] = loop.create_future()

    def take(address: str) -> bool:
        found = answer_of(address, challenge)
        if found is not None and not answer.done():
            answer.set_result(found)
        return found is not None

    def take_from_anywhere(address: str) -> bool:
        loop.call_soon_threadsafe(take, address)
        return answer_of(address, challenge) is not None

    server = await _listen(login, take)
    redirect_uri = login.redirect_uri_at(server.sockets[0].getsockname()[1])
    page = login_page(authorize_url, login, challenge, redirect_uri, scopes)
    stop_listening = login.add_finisher(take_from_anywhere)
    try:
        async with asyncio.timeout(login.timeout_s):
            await _open(login, page)
            found = await answer
    except TimeoutError:
        words = _NOBODY.format(seconds=login.timeout_s)
        raise CallError(Failure(kind="credentials", message=words)) from None
    finally:
        stop_listening()
        server.close()
    if isinstance(found, Failure):
        raise CallError(found)
    return Grant(code=found, verifier=challenge.verifier, redirect_uri=redirect_uri)


async def _open(login: UserLogin, page: str) -> None:
    """Opening a browser may block, hence elsewhere; that it failed is no end: a person can open the page by hand."""
    opened: object = False
    with suppress(Exception):
        opened = await asyncio.to_thread(login.open_browser or open_page, page)
    if opened is False:
        print(_BY_HAND.format(address=page))  # noqa: T201 - for a person, now; and no log may hold this address


async def _listen(login: UserLogin, take: Callable[[str], bool]) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(
            OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
        ):
            async with asyncio.timeout(READ_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_response(head, take))
                await writer.drain()
        writer.close()

    try:
        return await asyncio.start_server(serve, "127.0.0.1", login.redirect_port, limit=MAX_HEAD_BYTES)
    except OSError:
        words = (
            f"Port {login.redirect_port} of this machine is taken, and the login comes back to it. "
            "Give another redirect_port, and register it with the OAuth client."
        )
        raise CallError(Failure(kind="rejected", message=words)) from None


def _response(head: bytes, take: Callable[[str], bool]) -> bytes:
    method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
    target = rest.rpartition(" ")[0]
    is_ours = method == "GET" and take(target)
    words = _NOT_OURS if not is_ours else _DONE if "code=" in target else _NOT_DONE
    body = _PAGE.format(words=words).encode()
    lines = [
        "HTTP/1.1 200 OK" if is_ours else "HTTP/1.1 404 Not Found",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
        "Referrer-Policy: no-referrer",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
