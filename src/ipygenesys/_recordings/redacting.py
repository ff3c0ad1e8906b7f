"""Takes secrets out of what people send: HARs, DevTools protocol events, recordings, any other JSON.

A browser's "sanitized" export leaves out cookies and the Authorization header, and nothing else: the guest's token stands
in every message. Whoever has it is the guest.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ipygenesys._recordings.masking import MASK, Masks

_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-csrf-token",
        "x-xsrf-token",
        "x-api-key",
        "inin-session-id",
        "sec-websocket-protocol",
    }
)
_SECRET_NAME = re.compile(
    r"token|jwt|secret|password|authorization|cookie|api.?key|signature|x-amz-|session.?id", re.IGNORECASE
)
_FIELD = re.compile(r"\w*token|jwt|\w*secret|password|code_?verifier|nonce|api_?key", re.IGNORECASE)
_COOKIE = re.compile(r"[^=;,\s]+=(?P<value>[^;,\s]{8,})")
_COOKIE_ATTRIBUTES = re.compile(r"^\s*(?:expires|max-age|domain|path|samesite|priority)\s*=", re.IGNORECASE)
_JOURNEY = "journeyContext"
MIN_LONG = 20
"""Chosen: letters alone that are this many are no word."""
_COOKIE_LISTS = ("cookies", "associatedCookies", "blockedCookies", "exemptedCookies")
_UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)


class Redactor:
    """Of one file: ``learn`` from all of it first, for a secret may stand anywhere; then ``masked``."""

    def __init__(self) -> None:
        self._masks = Masks()
        self.count = 0
        """Values that were masked, or changed."""

    def learn(self, value: Any) -> None:
        """Find the secrets of a JSON value."""
        self._walk(value, is_secret=False)
        self.count = 0

    def masked(self, value: Any) -> Any:
        """The same JSON value without secrets; its shape stays."""
        return self._walk(value, is_secret=False)

    def _walk(self, value: Any, *, is_secret: bool, is_base64: bool = False) -> Any:
        match value:
            case str():
                return self._text(value, is_secret=is_secret, is_base64=is_base64)
            case list():
                return [self._walk(each, is_secret=is_secret) for each in value]
            case dict():
                return self._object(value, is_secret=is_secret)
            case _:
                return value

    def _object(self, value: dict[str, Any], *, is_secret: bool) -> dict[str, Any]:
        name = value.get("name")
        is_named = isinstance(name, str) and isinstance(value.get("value"), str)
        is_binary = value.get("encoding") == "base64" or value.get("opcode") == 2
        found = {}
        for key, each in value.items():
            if is_named and key in ("name", "value"):
                hides = key == "value" and (is_secret or _is_secret_name(str(name)))
                found[key] = self._header(each) if hides and _is_cookie(str(name)) else each
                found[key] = self._walk(found[key], is_secret=hides)
                continue
            hides = (
                is_secret
                or key in (*_COOKIE_LISTS, _JOURNEY)
                or (isinstance(each, str) and (key.lower() in _HEADERS or _FIELD.fullmatch(key) is not None))
            )
            is_packed = is_binary and key in ("text", "data", "payloadData")
            found[key] = self._walk(each, is_secret=hides and key not in _COOKIE_LISTS, is_base64=is_packed)
            if key in _COOKIE_LISTS:
                found[key] = [self._cookie(cookie) for cookie in each] if isinstance(each, list) else each
        return found

    def _cookie(self, cookie: Any) -> Any:
        if isinstance(cookie, dict) and isinstance(
            cookie.get("cookie"), dict
        ):  # With why it was sent, or not.
            return {**cookie, "cookie": self._cookie(cookie["cookie"])}
        if not isinstance(cookie, dict) or not isinstance(cookie.get("value"), str):
            return self._walk(cookie, is_secret=False)
        return {**cookie, "value": self._text(cookie["value"], is_secret=True)}

    def _header(self, value: str) -> str:
        """Learn each cookie of a header by itself, too: it stands elsewhere alone."""
        for part in value.split(";"):
            if not _COOKIE_ATTRIBUTES.match(part) and (found := _COOKIE.search(part)) is not None:
                self._learn(found["value"])
        return value

    def _text(self, text: str, *, is_secret: bool, is_base64: bool = False) -> str:
        if is_secret and text:
            self._learn(self._header(text))
            self.count += text != MASK
            return MASK
        if is_base64:
            return self._packed(text)
        if _JOURNEY in text:
            self._learn_journey(text)
        masked = self._masks.masked(text)
        self.count += masked != text
        return masked

    def _packed(self, text: str) -> str:
        try:
            plain = base64.b64decode(text, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return text  # Bytes, not words.
        masked = self._text(plain, is_secret=False)
        return text if masked == plain else base64.b64encode(masked.encode()).decode()

    def _learn_journey(self, text: str) -> None:
        """Who the guest is to the page that the messenger stands on."""
        try:
            value = msgspec.json.decode(text)
        except _UNREADABLE:
            return
        for secret in _journey_words(value, is_inside=False):
            self._learn(secret)

    def _learn(self, secret: str) -> None:
        """Not what is a word: it would be masked wherever somebody uses it."""
        if len(secret) >= MIN_LONG or not secret.isalpha():
            self._masks.learn(secret)


def _journey_words(value: Any, *, is_inside: bool) -> Iterator[str]:
    if isinstance(value, str) and is_inside:
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _journey_words(each, is_inside=is_inside)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _journey_words(each, is_inside=is_inside or key == _JOURNEY)


def _is_secret_name(name: str) -> bool:
    return name.lower() in _HEADERS or _SECRET_NAME.search(name) is not None


def _is_cookie(name: str) -> bool:
    return name.lower() in ("cookie", "set-cookie")
