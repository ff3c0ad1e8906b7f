"""The checker: compares what truly happened at the server with what the client shows in the end.

I1 nothing lost, I2 nothing twice, I3 in the server's order, I4 no receipt for what nobody saw or what is our own, I5
nothing goes back, I6 nothing sent twice, I7 no stuck typing, I8 nothing left running, I9 no secret or text where it does
not belong, I10 every failure visible. Source: reference/realtime.md 9.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from ipygenesys._core.model.messages import Message
from tests.simulation.truth import Said, Truth
from tests.simulation.witness import check_renewals

CANARY = "canary"
"""In every text."""

if TYPE_CHECKING:
    from tests.simulation.user import User
    from tests.simulation.world import World


def check(world: World) -> None:
    """After the calm: everything must be in its place."""
    for user in world.users:
        _check_user(world, user)
    witnesses = [client.witness for user in world.users for client in user.clients]
    check_renewals(witnesses, world.log, world.report)


def _check_user(world: World, user: User) -> None:
    client = user.client
    if client.status != _expected(world, user):
        world.report("I10", f"after the calm the conversation is {client.status}")
        return
    client.witness.check()
    _check_messages(world, user)
    _check_sends(world, user)
    _check_receipts(world, user)
    if client.browser is not None and client.browser.typing:
        world.report("I7", "somebody is shown typing after the calm")
    if client.browser is not None and (difference := client.browser.difference()) is not None:
        world.report("I1", difference)


def _expected(world: World, user: User) -> str:
    """Who has missed the end learns it from history."""
    return "read_only" if user.truth.is_over else "connected"


def _only_watches(world: World) -> bool:
    """An app has no part in a conversation: whoever speaks is another."""
    return world.schedule.protocol == "agent" and world.schedule.credentials == "app"


def _check_messages(world: World, user: User) -> None:
    truth, shown = user.truth, [m for m in user.client.timeline if not m.is_draft]
    said_by_id = {said.id: said for said in (*truth.past, *truth.messages)}
    ids, true_ids = [message.id for message in shown], [said.id for said in truth.messages]
    if lost := [id_ for id_ in true_ids if id_ not in set(ids)]:
        world.report("I1", f"{len(lost)} messages of {len(true_ids)} are lost")
    if len(ids) != len(set(ids)) or set(ids) - said_by_id.keys():
        world.report("I2", "messages are shown that the server does not have, or twice")
    known = [said_by_id[id_] for id_ in ids if id_ in said_by_id]
    if not are_in_order(known, truth, by_side=world.schedule.protocol == "agent"):
        world.report("I3", "the order is not the server's")
    for message in shown:
        if (said := said_by_id.get(message.id)) is not None:
            _check_content(world, message, said)
    _check_news(world, user)


def are_in_order(shown: list[Said], truth: Truth, *, by_side: bool) -> bool:
    """Whether the messages stand as the server has them.

    Of the same time, agents are told what follows what on each side alone (``by_side``), for each has a list of its own.
    Of a session that is over nobody can read the list any more: what came live, in whatever order, is all there is.
    """
    first_of: dict[int, int] = {}
    at = {said.id: first_of.setdefault(said.time_ms, index) for index, said in enumerate(truth.past)}
    at |= {said.id: index for index, said in enumerate(truth.messages, len(truth.past))}
    lists = {True, False} if by_side else {None}
    times = [said.time_ms for said in shown]
    of_list = [[at[said.id] for said in shown if side in (None, said.is_ours)] for side in lists]
    return times == sorted(times) and all(listed == sorted(listed) for listed in of_list)


def _check_content(world: World, message: Message, said: Said) -> None:
    if (message.text or "") != said.text:
        world.report("I1", "a message has another text" if message.text else "a message has no text")
    if [file.name for file in message.attachments] != [said.file] * (said.file is not None):
        world.report("I1", "a message has other files")
    if message.is_own != (said.is_ours and not _only_watches(world)):
        world.report("I1", f"a message of {'ours' if said.is_ours else 'theirs'} is shown as another's")


def _check_news(world: World, user: User) -> None:
    """Handlers have heard of everything that was said after the first catch-up."""
    client = user.client
    if not client.gateway.session.catch_up.has_completed:
        world.report("I1", "never caught up")
    if client.caught_up_at is None:
        return
    came_ms = (client.caught_up_at + world.clock.true_epoch() - world.clock.elapsed_s) * 1000
    missed = [
        said
        for said in user.truth.messages
        if not said.is_ours and said.time_ms > came_ms and said.id not in client.received
    ]
    if missed:
        world.report("I1", f"handlers have not heard of {len(missed)} messages")


def _check_sends(world: World, user: User) -> None:
    truth, client = user.truth, user.client
    drafts = [message for message in client.timeline if message.is_draft]
    is_idempotent = world.schedule.protocol == "tutorial"
    for draft in drafts:
        if draft.status not in ("failed", "unknown"):
            world.report("I6", f"a message is still {draft.status} after the calm")
        if is_idempotent and any(said.draft_id == draft.id for said in truth.messages):
            world.report("I2", f"a message that the server has is still shown as {draft.status}")
    left = Counter(user.words_of(draft) for draft in drafts)
    now = Counter(client.drafts.values())
    for words, wanted in user.sent.items():
        copies, insisted = truth.copies_of(words), 0 if is_idempotent else user.insisted[words]
        if copies > wanted + insisted:
            world.report("I6", f"sent {copies} times what was asked for {wanted} times")
        is_gone = any(said.words == words for said in (*truth.cleared, *truth.past))
        is_all_here = world.schedule.is_durable or wanted == now[words]
        is_plain = is_all_here and not insisted and not is_gone and words not in user.discarded
        if is_plain and left[words] != wanted - copies:
            found = f"of {wanted} sends of one text {copies} arrived, and {left[words]} are shown as not sent"
            world.report("I2" if left[words] > wanted - copies else "I1", found)


def _check_receipts(world: World, user: User) -> None:
    truth, client = user.truth, user.client
    acknowledged, is_idempotent = {id_ for _, id_ in truth.reads}, world.schedule.protocol == "tutorial"
    if unseen := acknowledged - user.seen:
        world.report("I4", f"{len(unseen)} receipts for what nobody saw")
    if any(truth.by_id[id_].is_ours for id_ in acknowledged & truth.by_id.keys()):
        world.report("I4", "a receipt for a message of our own")
    seen_here = user.seen if world.schedule.is_durable and is_idempotent else client.seen
    covered_to_ms = max(client.covered_to_ms for client in user.clients)
    uncovered = set[str]().union(*(client.uncovered for client in user.clients))
    for message in client.timeline:
        if message.is_own:
            continue
        is_covered = message.time_ms < covered_to_ms + (message.id not in uncovered)
        is_acknowledged = message.time_ms <= user.acknowledged_up_to_ms or is_covered
        if (
            message.status == "read"
            and message.id not in user.seen
            and (is_idempotent or not is_acknowledged)
        ):
            world.report("I4", "a message counts as read that nobody saw")
        if message.status == "unread" and message.id in seen_here:
            world.report("I4", "a message that was seen is still unread")
        is_read = message.status == "read" and message.id in client.seen
        if is_read and is_idempotent and message.id not in acknowledged:
            world.report("I4", "read here, but the server has not heard of it")
    ids = [message.id for message in client.timeline]
    news = client.timeline[ids.index(client.news_from) if client.news_from in ids else 0 :]
    counted = client.gateway.session.conversation.timeline.unread_count
    unread = 0 if _only_watches(world) else sum(message.status == "unread" for message in news)
    if unread != counted:
        world.report("I5", "the unread count is wrong")


def check_log(lines: list[str], secrets: list[str], report: Callable[[str, str], None]) -> None:
    """No text and no secret where it does not belong."""
    log = "\n".join(lines)
    if any(word in log for word in (CANARY, *secrets)):
        report("I9", "a text or a secret is in the log or in an event's repr")
