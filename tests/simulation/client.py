"""One client: a gateway with a page or without one, and what tells whose doing something is."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ipygenesys._core.model.inputs import Command, NoteKeystroke, NoteSeen
from ipygenesys._core.view.delta_buffer import SendBudget
from ipygenesys._core.view.hub import ViewHub
from ipygenesys._io.conversation.gateway import Gateway
from tests.simulation.browser import Browser
from tests.simulation.observer import Note, Observer, Report
from tests.simulation.witness import OWNER, Witness

if TYPE_CHECKING:
    from ipygenesys._io.disk.durable_store import DurableStore
    from ipygenesys._io.disk.read_positions import ReadPositions
    from ipygenesys._protocols.base import Adapter
    from tests.simulation.network import Network


class Client(Observer):
    """What dies with a kernel, of one conversation."""

    def __init__(
        self,
        network: Network,
        protocol: Adapter,
        positions: ReadPositions,
        name: str,
        report: Report,
        note: Note,
        store: DurableStore | None = None,
        *,
        has_page: bool = True,
        is_unreadable: Callable[[bytes], bool] = lambda _: False,
        is_refused_typing: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        self.protocol = protocol
        gateway = Gateway(protocol, clock=network.loop.clock, read_positions=positions, store=store)
        super().__init__(gateway, network.loop, report, note)
        self.witness = Witness(
            self.gateway,
            report,
            is_unreadable=is_unreadable,
            is_refused_typing=is_refused_typing,
            on_typing=self.typing_was_said,
            on_page=self.page_came,
        )
        self.browser: Browser | None = None
        """The page that shows it, if there is one."""
        self.drafts: dict[str, str] = {}
        """Sent by the user in this life: words by draft id."""
        self._context = contextvars.copy_context()
        self._context.run(OWNER.set, self.witness)
        if has_page:
            hub = ViewHub(self.gateway.session, epoch=f"e-{name}", budget=SendBudget())
            self.browser = Browser(self.gateway, hub, f"page-{name}")
            self.gateway.add_listener(self.browser.hear)
            self.gateway.add_views(self.browser)
        self.gateway.add_listener(self.hear)
        spawn = self.gateway.spawn
        # Its tasks are its own, even where another client's has caused them: what they share is looked after by any.
        self.gateway.spawn = lambda coroutine: self._context.copy().run(spawn, coroutine)  # type: ignore[method-assign]
        self._context.run(self.gateway.bind, network.loop)

    # --- the user

    def take(self, command: Command) -> None:
        self._context.run(self.gateway.take, command)

    def mount(self) -> None:
        """The page is loaded, for the first time or again."""
        if self.browser is not None:
            self._context.run(self.browser.mount)

    def mute(self, is_muted: bool) -> None:
        """What is sent to the page does not arrive."""
        if self.browser is not None:
            self.browser.is_muted = is_muted

    def key(self) -> None:
        if self.browser is not None:
            self._context.run(self.browser.key)
        else:
            self.take(NoteKeystroke())

    def newest(self, count: int) -> tuple[str, ...]:
        """Ids of others' messages among the newest few of what the user has before her."""
        shown: Any = self.timeline if self.browser is None else self.browser.messages
        return tuple(each.id for each in shown[-count:] if not each.is_own and each.text is not None)

    def see(self, ids: tuple[str, ...]) -> None:
        self.seen.update(ids)
        if self.browser is not None:
            self._context.run(self.browser.see, ids)
        else:
            self.take(NoteSeen(ids))

    # --- the end

    async def close(self) -> None:
        await self._loop.create_task(self.gateway.close(), context=self._context.copy())

    def kill(self) -> None:
        """As kill -9, once its tasks are gone: nothing is said, nothing is kept that was not kept before."""
        self.gateway._is_over = True
        self.gateway._alarm.cancel()
