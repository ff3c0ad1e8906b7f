"""What a guest's conversation is called where Genesys tells the guest no id of it."""

from __future__ import annotations

import hashlib


def guest_id(session_token: str) -> str:
    """A short name for whoever has this session; the token cannot be told from it."""
    return "guest-" + hashlib.sha256(f"ipygenesys guest\n{session_token}".encode()).hexdigest()[:12]
