"""The checker: compares what truly happened at the server with what the client shows in the end.

I1 nothing lost, I2 nothing twice, I3 in the server's order, I4 no receipt for what nobody saw or what is our own, I5
nothing goes back, I6 nothing sent twice, I7 no stuck typing, I8 nothing left running, I9 no secret or text where it does
not belong, I10 every failure visible. Source: reference/realtime.md 9.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

CANARY = "canary"
"""In every text."""

if TYPE_CHECKING:
    from tests.simulation.world import World


def check(world: World) -> None:
    """After the calm: everything must be in its place."""
    if world.kernel.status != "connected":
        world.report("I10", f"after the calm the conversation is {world.kernel.status}")
        return
    _check_messages(world)
    _check_sends(world)
    _check_receipts(world)
    _check_typing(world)
    if (difference := world.kernel.browser.difference()) is not None:
        world.report("I1", difference)


def _check_messages(world: World) -> None:
    truth, shown = world.server.truth, [m for m in world.kernel.timeline if not m.is_draft]
    ids, true_ids = [message.id for message in shown], [said.id for said in truth.messages]
    if lost := [id_ for id_ in true_ids if id_ not in set(ids)]:
        world.report("I1", f"{len(lost)} messages of {len(true_ids)} are lost")
    if len(ids) != len(set(ids)) or set(ids) - set(true_ids):
        world.report("I2", "messages are shown that the server does not have, or twice")
    common = [id_ for id_ in true_ids if id_ in set(ids)]
    if [id_ for id_ in ids if id_ in truth.by_id] != common:
        world.report("I3", "the order is not the server's")
    for message in shown:
        said = truth.by_id.get(message.id)
        if said is None:
            continue
        if message.text != said.text:
            world.report("I1", "a message has another text" if message.text else "a message has no text")
        if message.is_own != said.is_ours:
            world.report("I1", f"a message of {'ours' if said.is_ours else 'theirs'} is shown as another's")
    _check_news(world)


def _check_news(world: World) -> None:
    """Handlers have heard of everything that was said after the first catch-up."""
    kernel = world.kernel
    if not kernel.gateway.session.catch_up.has_completed:
        world.report("I1", "never caught up")
    if kernel.caught_up_at is None:
        return
    came_ms = (kernel.caught_up_at + world.clock.true_epoch() - world.clock.elapsed_s) * 1000
    missed = [
        said
        for said in world.server.truth.messages
        if not said.is_ours and said.time_ms > came_ms and said.id not in kernel.received
    ]
    if missed:
        world.report("I1", f"handlers have not heard of {len(missed)} messages")


def _check_sends(world: World) -> None:
    truth, kernel = world.server.truth, world.kernel
    drafts = [message for message in kernel.timeline if message.is_draft]
    is_idempotent = world.schedule.protocol == "tutorial"
    for draft in drafts:
        if draft.status not in ("failed", "unknown"):
            world.report("I6", f"a message is still {draft.status} after the calm")
        if is_idempotent and any(said.draft_id == draft.id for said in truth.messages):
            world.report("I2", f"a message that the server has is still shown as {draft.status}")
    left = Counter(draft.text for draft in drafts)
    now = Counter(kernel.drafts.values())
    for text, wanted in world.sent.items():
        copies, insisted = truth.copies_of(text), world.insisted[text]
        if is_idempotent:
            insisted = 0
        if copies > wanted + insisted:
            world.report("I6", f"sent {copies} times what was asked for {wanted} times")
        is_cleared = any(said.text == text for said in truth.cleared)
        is_all_here = world.schedule.is_durable or wanted == now[text]
        is_plain = is_all_here and not insisted and not is_cleared and text not in world.discarded
        if is_plain and left[text] != wanted - copies:
            words = f"of {wanted} sends of one text {copies} arrived, and {left[text]} are shown as not sent"
            world.report("I2" if left[text] > wanted - copies else "I1", words)


def _check_receipts(world: World) -> None:
    truth, kernel = world.server.truth, world.kernel
    acknowledged, is_idempotent = {id_ for _, id_ in truth.reads}, world.schedule.protocol == "tutorial"
    if unseen := acknowledged - world.seen:
        world.report("I4", f"{len(unseen)} receipts for what nobody saw")
    if any(truth.by_id[id_].is_ours for id_ in acknowledged & truth.by_id.keys()):
        world.report("I4", "a receipt for a message of our own")
    seen_here = world.seen if world.schedule.is_durable and is_idempotent else kernel.seen
    covered_ms = max(kernel.covered_before_ms for kernel in world.kernels)
    acknowledged_up_to_ms = max(world.acknowledged_up_to_ms, covered_ms)
    for message in kernel.timeline:
        if message.is_own:
            continue
        is_acknowledged = message.time_ms <= acknowledged_up_to_ms and not is_idempotent
        if message.status == "read" and message.id not in world.seen and not is_acknowledged:
            world.report("I4", "a message counts as read that nobody saw")
        if message.status == "unread" and message.id in seen_here:
            world.report("I4", "a message that was seen is still unread")
        is_read = message.status == "read" and message.id in kernel.seen
        if is_read and is_idempotent and message.id not in acknowledged:
            world.report("I4", "read here, but the server has not heard of it")
    unread = sum(message.status == "unread" for message in kernel.timeline)
    if unread != kernel.gateway.session.conversation.timeline.unread_count:
        world.report("I5", "the unread count is wrong")


def _check_typing(world: World) -> None:
    if world.kernel.browser.typing:
        world.report("I7", "somebody is shown typing after the calm")


def check_log(world: World) -> None:
    """No text and no secret where it does not belong."""
    log = "\n".join(world.log)
    if any(word in log for word in (CANARY, *world.server.secrets)):
        world.report("I9", "a text or a secret is in the log or in an event's repr")
