"""Where all is well, the log holds nothing that sounds like trouble."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from ipygenesys import AgentMessaging, ClientCredentials, MessagingEvents, WebMessaging
from ipygenesys._protocols.base import Adapter
from ipygenesys.simulator import Simulator
from tests.io.test_agent_client import login
from tests.io.watch import Watched


def tutorial(simulator: Simulator) -> Adapter:
    return MessagingEvents(
        base_url=simulator.base_url,
        conversation_id=simulator.conversation_id,
        credentials=ClientCredentials(simulator.client_id, simulator.client_secret),
    )


def guest(simulator: Simulator) -> Adapter:
    return WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)


def agent(simulator: Simulator) -> Adapter:
    return AgentMessaging(
        base_url=simulator.base_url, conversation_id=simulator.conversation_id, credentials=login(simulator)
    )


def watcher(simulator: Simulator) -> Adapter:
    credentials = ClientCredentials(simulator.client_id, simulator.client_secret)
    return AgentMessaging(
        base_url=simulator.base_url, conversation_id=simulator.conversation_id, credentials=credentials
    )


@pytest.mark.parametrize("extensions", [None, ()], ids=["all of a server", "a bare one"])
@pytest.mark.parametrize("protocol", [tutorial, guest, agent, watcher])
async def test_a_healthy_session_logs_no_warning(
    protocol: Callable[[Simulator], Adapter],
    extensions: tuple[str, ...] | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "ipygenesys")
    options = {} if extensions is None else {"extensions": extensions}
    async with (
        Simulator(scenario="manual", **options) as simulator,  # type: ignore[arg-type]
        Watched(protocol(simulator)) as client,
    ):
        await client.until_status("connected")
        said = simulator.customer_say if protocol in (agent, watcher) else simulator.agent_say
        said("hello")
        await client.until(lambda: bool(client.messages))
        simulator.agent_typing(True)
        simulator.agent_typing(False)
    ours = [record for record in caplog.records if record.name.startswith("ipygenesys")]
    assert ours, "what happens is told"
    loud = [record.getMessage() for record in ours if record.levelno >= logging.WARNING]
    assert loud == []
