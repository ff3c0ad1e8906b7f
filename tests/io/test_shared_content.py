"""Two views of one conversation in one process: what a message says is fetched once."""

from __future__ import annotations

from ipygenesys import AccessToken
from ipygenesys.simulator import Simulator
from tests.io.test_agent_client import agent
from tests.io.watch import calls

BULK = "/messages/bulk"
TEXTS = ["one", "two", "three", "four"]


async def test_the_content_of_a_message_is_fetched_once_for_all_who_show_its_conversation(
    simulator: Simulator,
) -> None:
    token = simulator.agent_access_token()
    clients = [agent(simulator, AccessToken(token)) for _ in range(3)]
    async with clients[0], clients[1], clients[2]:
        for client in clients:
            await client.until_caught_up()
        before = calls(simulator, BULK)
        for text in TEXTS:
            simulator.customer_say(text)
            for client in clients:
                await client.until(lambda client=client, text=text: text in client.texts)  # type: ignore[misc]

        assert [client.texts for client in clients] == [TEXTS] * 3
        assert calls(simulator, BULK) - before == {("POST", 200): len(TEXTS)}
