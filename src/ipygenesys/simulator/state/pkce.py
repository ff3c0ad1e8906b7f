"""Checks a PKCE code verifier against its challenge (RFC 7636, S256)."""

from __future__ import annotations

import base64
import hashlib


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def matches(challenge: str, verifier: str | None) -> bool:
    """Whether the verifier is the one that the challenge was made of."""
    return verifier is not None and challenge_of(verifier) == challenge
