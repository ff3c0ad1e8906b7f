"""Both sides of an inbox's demo: a simulated organisation in a busy hour, and who watches its queues."""

from __future__ import annotations

from typing import Any

from ipygenesys._protocols.agent_messaging.inbox.protocol import AgentQueue
from ipygenesys.credentials import ClientCredentials
from ipygenesys.simulator import Simulator


def both_sides(conversations: int, options: dict[str, Any]) -> tuple[Simulator, AgentQueue]:
    """A simulator that runs, and the protocol to watch all its queues by.

    Args:
        conversations: as many are open at a time, more or less.
        options: those of ``ipygenesys.Simulator``.
    """
    simulator = Simulator(**{"scenario": "busy_hour", **options, "conversations": conversations}).start()
    return simulator, AgentQueue(
        base_url=simulator.base_url,
        queue_id=simulator.queue_ids,
        credentials=ClientCredentials(simulator.client_id, simulator.client_secret),
    )
