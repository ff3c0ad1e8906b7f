"""What `ipygenesys doctor` has found, one line a step, and the words for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from ipygenesys._core.model.failures import Failure
from ipygenesys._core.model.utf8 import legible
from ipygenesys._protocols.flow import CallError
from ipygenesys._protocols.tolerant import UNREADABLE

Verdict = Literal["ok", "warning", "failed", "skipped"]


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the report."""

    check: str
    tried: str
    verdict: Verdict
    found: str
    cure: str | None = None

    @property
    def line(self) -> str:
        """For people; the cure has a line of its own."""
        words = legible(f"{self.verdict:<8}{self.check:<13}{self.tried}: {self.found}")
        return words if self.cure is None else f"{words}\n{'':21}→ {self.cure}"


class Step:
    """One step of the examination: what it is called and what is tried."""

    def __init__(self, check: str, tried: str, *, cure: str | None = None) -> None:
        self._check = check
        self._tried = tried
        self._cure = cure

    async def run(self, act: Callable[[], Awaitable[Finding | str]]) -> Finding:
        """Try it. What it says is fine; what it raises has failed.

        Args:
            act: its result is what was found, in words where all is well.
        """
        try:
            found = await act()
        except CallError as error:
            return self.failed(error.failure)
        except UNREADABLE:
            words = "the answer is not of this protocol"
            return self.said(
                "failed", words, "Check the base URL or the region: something else may answer there."
            )
        return found if isinstance(found, Finding) else self.said("ok", found)

    def said(self, verdict: Verdict, found: str, cure: str | None = None) -> Finding:
        """What came back."""
        return Finding(check=self._check, tried=self._tried, verdict=verdict, found=found, cure=cure)

    def failed(self, failure: Failure) -> Finding:
        """It did not work; a failure names what was tried as well, which need not be said twice."""
        words = failure.message.removeprefix(f"{self._tried}: ")
        if failure.correlation_id:
            words += f" (correlation id {failure.correlation_id})"
        return self.said("failed", words, self._cure or CURES.get(failure.kind))


def skipped(check: str, what: str, why: str, cure: str | None = None) -> Finding:
    """A step that was not tried."""
    return Finding(check=check, tried=what[0].upper() + what[1:], verdict="skipped", found=why, cure=cure)


CURES: dict[str, str] = {
    "credentials": "Check client id and secret, or get a new token, and that they belong to this region.",
    "authentication": "Check the credentials, and that they belong to this region and have not expired.",
    "permission": "Add what is missing to a role, or to the scopes of the OAuth client.",
    "not_found": "Check the ids and the region.",
    "rate_limited": "Wait, and find out what else uses up the limit of this user and app.",
    "unavailable": "Try again later; status.mypurecloud.com shows outages.",
    "unreachable": "Check the network, a proxy, and the firewall.",
    "lost": "Try again; if it stays so, check for a proxy that cuts connections.",
}
