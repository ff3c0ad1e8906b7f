"""What is wrong at a viewer, or upstream: her conversation against what truly happened. The invariants are those of T1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation.checker import are_in_order

if TYPE_CHECKING:
    from tests.simulation.relay.viewer import Kernel, Viewer
    from tests.simulation.relay.world import World

Problem = tuple[str, str]


def problems(world: World) -> Iterator[Problem]:
    """While all works and is quiet there are none."""
    for viewer in world.viewers:
        for invariant, words in _of(world, viewer):
            yield invariant, f"viewer {viewer.number}: {words}"
    yield from _of_sends(world)
    yield from _of_receipts(world)
    for host in world.hosts:
        if host.service.bugs:
            yield "I10", f"{host.service.bugs} internal errors of a relay"
    if any(line.startswith("Internal error") for line in world.log):
        yield "I10", "an internal error was logged"


def _of(world: World, viewer: Viewer) -> Iterator[Problem]:
    kernel = viewer.kernel
    if kernel.status != "connected":
        yield "I10", f"the conversation is {kernel.status}"
        return
    if kernel.gateway.session.conversation.typing_names:
        yield "I7", "somebody is shown typing"
    yield from _of_messages(world, kernel)
    yield from _of_news(world, kernel)
    yield from _of_drafts(world, viewer)


def _of_messages(world: World, kernel: Kernel) -> Iterator[Problem]:
    shown = [message for message in kernel.timeline if not message.is_draft]
    truth = world.truth
    if lost := truth.by_id.keys() - {message.id for message in shown}:
        yield "I1", f"{len(lost)} messages of {len(truth.messages)} are lost"
    known = [truth.by_id[message.id] for message in shown if message.id in truth.by_id]
    if len(shown) != len(truth.by_id) - len(lost) or len(known) != len(shown):
        yield "I2", "messages are shown twice, or that nobody has said"
    if not are_in_order(known, truth, by_side=world.schedule.protocol == "agent"):
        yield "I3", "the order is not the platform's"
    for message, said in zip(shown, known, strict=False):
        if (message.text or "") != said.text or message.is_own != said.is_ours:
            yield "I1", "a message has another text, or is somebody else's"


def _of_news(world: World, kernel: Kernel) -> Iterator[Problem]:
    """Handlers have heard of everything that was said after the first catch-up."""
    if kernel.caught_up_at is None:
        yield "I1", "never caught up"
        return
    came_ms = (kernel.caught_up_at + world.clock.true_epoch() - world.clock.elapsed_s) * 1000
    others = (said for said in world.truth.messages if not said.is_ours)
    if missed := [s for s in others if s.time_ms > came_ms and s.id not in kernel.received]:
        yield "I1", f"handlers have not heard of {len(missed)} messages"


def _of_drafts(world: World, viewer: Viewer) -> Iterator[Problem]:
    left, unknown = Counter[str](), set[str]()
    for draft in viewer.kernel.timeline:
        if draft.is_draft:
            left[draft.text or ""] += 1
            if (
                draft.status == "unknown"
            ):  # Another leader may have found it in history, and not whose draft it was.
                unknown.add(draft.text or "")
            if draft.status not in ("failed", "unknown"):
                yield "I6", f"a message is still {draft.status}"
    for words, life in viewer.sent.items():
        arrived = world.truth.copies_of(words)
        is_plain = life == viewer.life and words not in viewer.discarded | unknown
        if is_plain and left[words] != 1 - arrived:
            yield "I2" if arrived else "I1", f"a send arrived {arrived} times, and {left[words]} wait for her"


def _of_sends(world: World) -> Iterator[Problem]:
    for viewer in world.viewers:
        for words in viewer.sent:
            if (copies := world.truth.copies_of(words)) > 1:
                yield "I6", f"a message of viewer {viewer.number} was sent {copies} times"


def _of_receipts(world: World) -> Iterator[Problem]:
    acknowledged = {id_ for _, id_ in world.truth.reads}
    if unseen := acknowledged.difference(*(viewer.seen for viewer in world.viewers)):
        yield "I4", f"{len(unseen)} receipts for what nobody saw"
    if world.schedule.protocol != "tutorial":
        return
    if unsaid := set[str]().union(*(viewer.kernel.seen for viewer in world.viewers)) - acknowledged:
        yield "I4", f"{len(unsaid)} messages were seen, and the platform has not heard of it"


def left_over(world: World) -> Iterator[str]:
    """What is still there once all has been closed."""
    for process in world.processes:
        if not process.is_killed and (tasks := [task for task in process.tasks if not task.done()]):
            yield f"{process.name}: {len(tasks)} tasks are left: {sorted(task.get_name() for task in tasks)}"
    for link in world.links.all():
        if not link.is_idle:
            yield "connections to Redis are left"
    if world.network.connections:
        yield f"{len(world.network.connections)} sockets are left"
    if world.redis.execute("GET", world.keys.lease) is not None:
        yield "the lease was not given back"
    if any(world.redis.holds(secret.encode()) for secret in world.server.secrets):
        yield "a secret is in Redis"
