"""A relay in a process of its own, to be killed: ``python -m tests.chaos.relay_process``, told by its environment."""

from __future__ import annotations

import asyncio
import os

from ipygenesys import ClientCredentials, MessagingEvents
from ipygenesys._io.relay.service import Service

LOOK_S = 0.02


async def main() -> None:
    told = os.environ
    protocol = MessagingEvents(
        base_url=told["BASE_URL"],
        conversation_id=told["CONVERSATION"],
        credentials=ClientCredentials(told["CLIENT_ID"], told["CLIENT_SECRET"]),
    )
    was_leading = False
    async with Service(told["REDIS"], {told["CONVERSATION"]: protocol}) as service:
        print("up", flush=True)
        while True:
            is_leading = service.metrics.leading > 0
            if is_leading != was_leading:
                was_leading = is_leading
                print("leads" if is_leading else "follows", flush=True)
            await asyncio.sleep(LOOK_S)


if __name__ == "__main__":
    asyncio.run(main())
