"""What is never written: tokens, JWTs, sessions, channel ids and signed addresses are found and masked.

Secrets are known by the names of the fields that hold them, by where they stand in an address, and, once one was found,
by themselves, wherever else they turn up.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable

MASK = "***"
MAX_KNOWN = 200
"""Chosen: secrets that are remembered; of more, the oldest are forgotten. A guest's JWT is another one every half hour."""
MIN_KNOWN = 8
"""Characters: a shorter one would be found in words."""

_NAMES = (
    r"(?:access_?|refresh_?|id_?|session_?|auth_?|bearer_?|guest_?|csrf_?)?token|jwt|(?:client_?)?secret|password|"
    r"authorization|cookie|set-cookie|auth_?code|code_?verifier|nonce|api_?key"
)
_FIELD = re.compile(rf'"(?i:{_NAMES})(\\*)"\s*:\s*\1"(?P<secret>.*?)(?=(?<!\\)\1")', re.DOTALL)
"""Also within JSON that stands as a string in JSON."""
_CODE = re.compile(r'"code(\\*)"\s*:\s*\1"(?P<secret>(?=[^"\\]*\d)[^"\\]{24,})')
"""Of a sign-in: a JWT or a code; errors have codes too, but in words."""
_CHANNEL = re.compile(r"(?:/|%2F)channels(?:/|%2F)(?P<secret>[^/\"?#\s\\%]{8,})", re.IGNORECASE)
"""A notification channel's id is all that its socket wants."""
_BEARER = re.compile(r"\bbearer\s+(?P<secret>[\w.~+/=-]{8,})", re.IGNORECASE)
_JWT = re.compile(r"(?P<secret>\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)")
_QUERY = re.compile(r"(?<=\?)[^\s\"<>?\\]+(?:\\u0026[^\s\"<>?\\]*)*")
_SIGNED = re.compile(
    rf"(?:^|&|\\u0026|;)(?:{_NAMES}|code|x-amz-[\w-]+|x-goog-[\w-]+|signature|sig|policy|key-pair-id|hmac)=",
    re.IGNORECASE,
)
_HINTS = {
    "token": _FIELD, "jwt": _FIELD, "secret": _FIELD, "password": _FIELD, "authoriz": _FIELD, "cookie": _FIELD,
    "hcode": _FIELD, "h_code": _FIELD, "verifier": _FIELD, "nonce": _FIELD, "apikey": _FIELD, "api_key": _FIELD,
    '"code': _CODE, "channels/": _CHANNEL, "channels%2f": _CHANNEL, "bearer ": _BEARER, "eyj": _JWT,
}  # fmt: skip
"""Looking for a word costs a tenth of looking for a pattern."""

_WORDS = b"token jwt secret password authoriz cookie verifier nonce apikey channels bearer eyj".split()
"""One of them is in whatever a pattern finds, once all letters are left out that none of them has: what is shorter is
looked through sooner."""
_KEPT = b" ".join(_WORDS)
_LEFT_OUT = bytes(set(range(256)) - set(_KEPT + _KEPT.upper()))
_SMALL = bytes(range(256)).lower()
_GIVEN_CODE = re.compile(rb'code\\*"\s*:\s*\\*"')
"""Every frame has a code that is a number."""
_ASKED = re.compile(rb"\?(?:[^\s\"<>?\\=]|\\u0026)*=")


class Masks:
    """Those of one recording, or of one view of what happens."""

    __slots__ = ("_encoded", "_known", "_longest_first")

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()
        self._longest_first: list[str] = []
        """One may be the beginning of another."""
        self._encoded: list[bytes] = []
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Mask it from now on, wherever it stands."""
        if len(secret) < MIN_KNOWN:
            return
        if secret in self._known:
            self._known.move_to_end(secret)
            return
        self._known[secret] = None
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        self._longest_first = sorted(self._known, key=len, reverse=True)
        self._encoded = [each.encode("utf-8", "replace") for each in self._longest_first]

    def masked(self, text: str) -> str:
        """Without its secrets; JSON stays JSON, an address stays an address. Doing it twice is fine."""
        if not self._suspects(text.encode("utf-8", "replace")):
            return text
        lower = text.lower()
        for pattern in dict.fromkeys(pattern for hint, pattern in _HINTS.items() if hint in lower):
            text = pattern.sub(self._found, text)
        if "?" in text and "=" in text:
            text = _QUERY.sub(_without_signature, text)
        for secret in self._longest_first:
            text = text.replace(secret, MASK)
        return text

    def masked_bytes(self, text: bytes) -> bytes:
        """The same of a text in UTF-8; that mostly nothing is in it is seen without decoding it."""
        return self.masked(text.decode()).encode() if self._suspects(text) else text

    def masked_lines(self, lines: bytes) -> bytes:
        """Each line by itself, one after the other; to look through many at once costs less."""
        if not self._suspects(lines):
            return lines
        each = lines.splitlines(keepends=True)
        if len(each) == 1:
            return self.masked(lines.decode()).encode()
        half = len(each) // 2
        return b"".join(self.masked_lines(b"".join(part)) for part in (each[:half], each[half:]))

    def _suspects(self, text: bytes) -> bool:
        """Whether there may be something in it; mostly there is not."""
        letters = text.translate(_SMALL, _LEFT_OUT)
        return (
            any(word in letters for word in _WORDS)
            or any(secret in text for secret in self._encoded)
            or (b"code" in letters and _GIVEN_CODE.search(text.lower()) is not None)
            or _ASKED.search(text) is not None
        )

    def _found(self, match: re.Match[str]) -> str:
        secret = match["secret"]
        if secret in ("", MASK):
            return match[0]
        self.learn(secret)
        start, stop = match.span("secret")
        return match[0][: start - match.start()] + MASK + match[0][stop - match.start() :]

    def __repr__(self) -> str:
        return f"<Masks {len(self._known)}>"


def _without_signature(query: re.Match[str]) -> str:
    return MASK if _SIGNED.search(query[0]) else query[0]
