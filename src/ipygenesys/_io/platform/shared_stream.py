"""The stream of an account: opened by the first conversation that wants it, closed with the last one."""

from __future__ import annotations

from collections.abc import Callable

from ipygenesys._core.model.stream_loss import StreamLoss
from ipygenesys._io.host.clock import SystemClock
from ipygenesys._io.platform.flow_runner import FlowRunner
from ipygenesys._io.platform.turns import Turns
from ipygenesys._io.stream.link import Link
from ipygenesys._io.stream.subscription import Subscription
from ipygenesys._io.stream.websocket import Stream, StreamError
from ipygenesys._protocols.flow import Join, Occasion


class SharedStream:
    """One at a time, mostly of one socket; two while its conversations move from one to the next.

    Theory of operation. Each conversation decides for itself when it wants a stream, or another one than it has. Whoever
    comes first opens it, by its own calls; the others, who mostly want it for the same reason, find it there. Those who did
    not ask are fed by the new one as well, and miss nothing when the old one goes with whoever has moved. An inbox joins like
    a conversation, with a subscription that has no address and therefore hears what is for anybody.

    Args:
        clock: tells when.
        turns: whose turn it is to look after it.
    """

    def __init__(self, clock: SystemClock, turns: Turns) -> None:
        self.opened = 0
        """How often."""
        self._clock = clock
        self._link: Link | None = None
        self._turns = turns

    async def join(
        self,
        step: Join,
        subscription: Subscription,
        *,
        former: Subscription | None,
        opened_then: int,
        runner: Callable[..., FlowRunner],
    ) -> None:
        """Be fed by it.

        Args:
            step: what is wanted of it.
            subscription: is fed.
            former: of the same conversation, which may want another stream than the one that feeds this.
            opened_then: how often it had been opened when the conversation began to want it.
            runner: makes what runs the flows of the stream; the options are FlowRunner's.

        Raises:
            CallError: it was refused, or could not be reached.
            StreamError: it was lost while it was opened.
        """
        async with self._turns.taken():
            link = self._link if self._link is not None and self._link.is_alive else None
            has_all = step.stream.has(step.topics)
            is_another_wanted = self.opened == opened_then and link is not None and former in link.fed
            if link is None or (is_another_wanted and has_all):
                await self._open(step, subscription, link, former, runner)
                return
            if not has_all:
                await runner(on_open=lambda stream: _added(link, stream, subscription)).run(
                    step.stream.add(step.topics)
                )
                if not link.is_alive:
                    raise StreamError(StreamLoss(close_code=link.close_code))
            link.feed(subscription)

    async def _open(
        self,
        step: Join,
        subscription: Subscription,
        old: Link | None,
        former: Subscription | None,
        runner: Callable[..., FlowRunner],
    ) -> None:
        made: list[Link] = []

        def feed(stream: Stream) -> Subscription:
            if made:
                return _added(made[0], stream, subscription)
            made.append(Link(stream, addressee=step.stream.addressee))
            return made[0].feed(subscription)

        occasion = Occasion(
            now_s=self._clock.monotonic(),
            is_move=old is not None,
            close_code=None if self._link is None else self._link.close_code,
        )
        topics = {topic for each in (old.fed if old is not None else ()) for topic in each.topics}
        opening = step.stream.open(step.topics, tuple(sorted(topics.difference(step.topics))))
        await runner(on_open=feed, occasion=occasion).run(opening)
        [link] = made
        if not link.is_alive:  # Lost while its other sockets were opened.
            raise StreamError(StreamLoss(close_code=link.close_code))
        for each in old.fed if old is not None else ():
            if each is not former and not each.lost.done():
                link.feed(each)
        self._link, self.opened = link, self.opened + 1


def _added(link: Link, stream: Stream, subscription: Subscription) -> Subscription:
    link.add(stream)
    return subscription
