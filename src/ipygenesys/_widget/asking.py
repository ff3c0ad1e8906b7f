"""The verbs, and asking in a plain cell: the thread of the conversation waits for what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipygenesys._core.model.content import Option
from ipygenesys._core.model.messages import Message
from ipygenesys._verbs.calling import to_await
from ipygenesys._verbs.verbs import Verbs

if TYPE_CHECKING:
    from ipygenesys._io.conversation.gateway_life import GatewayLife


class Asking(Verbs):
    """Part of a widget: says something, and collects what is said to it."""

    _life: GatewayLife

    def ask(self, said: str | Option, quiet: float = 1.5, timeout: float | None = 30.0) -> list[Message]:
        """Say something and collect all that others say to it, until they are quiet; oldest first.

        Args:
            said: a text, or an option to pick, see ``answer``.
            quiet: over once something was said and then nobody has written or typed for this many seconds.
            timeout: seconds; what has come by then is returned. None waits for ever.

        Raises:
            TimeoutError: nobody answered in time.
            DeliveryFailed: it was not sent.
            GenesysError: the connection failed for good, or was closed.
            TypeError: an argument is something else.
            ValueError: there is nothing to say, or nobody offers the option.
            RuntimeError: called in a handler.
        """
        self._check_may_block("await aask()")
        self._ensure_running()
        asked = self._life.submit(self._ask(said, quiet, timeout))
        try:
            return asked.result()
        finally:
            asked.cancel()  # Where the cell is interrupted.

    @to_await
    async def aask(
        self, said: str | Option, quiet: float = 1.5, timeout: float | None = 30.0
    ) -> list[Message]:
        """The same for async code: other tasks go on meanwhile."""
        return await self._ask(said, quiet, timeout)
