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


class NewestSecond:
    """The last one in which something was said, of platforms that tell whole seconds.

    It is over for who has asked for news a second after the newest message was seen, which was said before.
    """

    def __init__(self) -> None:
        self.is_over = False
        """The last answer has all that has, or ever will have, the newest message's time."""
        self._newest_ms = 0
        self._seen_at = 0.0
        self._asked_at = 0.0

    def saw(self, time_ms: int | None, now: float) -> None:
        """A message, by whatever way."""
        if (time_ms or 0) > self._newest_ms:
            self._newest_ms, self._seen_at, self.is_over = time_ms or 0, now, False

    def asked(self, now: float) -> None:
        """For all that there is."""
        self._asked_at = now

    def answered(self) -> None:
        """What was asked for is here."""
        self.is_over = self._asked_at >= self._seen_at + 1


def before_its_second(time_ms: int) -> int:
    """Up to when all is known where not all of that time need be: a whole second may stand for any moment in it."""
    return time_ms if time_ms % 1000 else time_ms - 1
