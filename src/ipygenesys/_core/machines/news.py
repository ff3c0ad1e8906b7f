"""What is news to whoever has come or listens since a moment: told by the server's times, as well as is known."""

from __future__ import annotations

from ipygenesys._core.model.inputs import Now

AGREES_MS = 1_200
"""The server's clock is read to the second, with the way of its answer: ours that is ahead by no more than this may be
right, and tells the millisecond."""


def said_since(time_ms: int, moment: Now, now: Now) -> bool:
    """Whether something was said after a moment.

    Args:
        time_ms: when, server clock; of a platform that tells whole seconds, somewhere in that second.
        moment: as it was known then, when the server had perhaps not told its clock yet.
        now: a later step.
    """
    since_ms = moment.wall_ms
    if now.server_ms is not None:
        earliest_ms = now.server_ms - round((now.monotonic - moment.monotonic) * 1000)
        if not earliest_ms <= since_ms <= earliest_ms + AGREES_MS:
            since_ms = earliest_ms
    return time_ms > since_ms or (time_ms % 1000 == 0 and time_ms > since_ms - 1000)
