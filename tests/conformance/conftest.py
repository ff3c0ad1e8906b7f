"""Fixtures: the official SDK, unmodified, pointed at a simulator over plain http."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ipygenesys.simulator import Simulator
from tests.conformance.walk import unknown_enums, unknown_fields


class Sdk:
    """The SDK as a user of it has it; every answer is walked."""

    def __init__(self, module: Any, sim: Simulator) -> None:
        self.module = module
        self.sim = sim
        self.client = module.ApiClient(sim.base_url)
        self.conversations = module.ConversationsApi(self.client)
        self.notifications = module.NotificationsApi(self.client)
        self.users = module.UsersApi(self.client)
        self.tokens = module.TokensApi(self.client)
        self.web_messaging = module.WebMessagingApi(self.client)

    def log_in(self) -> None:
        """As the agent's user, without a login page."""
        self.client.access_token = self.sim.agent_access_token()

    def checked(self, answer: Any, *, extra: tuple[str, ...] = ()) -> Any:
        """The answer, if all of it is known to the SDK; ``extra`` are fields that genesys.md has beyond it."""
        assert unknown_enums(answer) == []
        raw = self.client.last_response.data
        strange = unknown_fields(json.loads(raw) if raw else None, answer)
        assert [path for path in strange if not path.endswith(extra or ("\0",))] == []
        return answer

    def deserialize(self, body: Any, model: str) -> Any:
        """A body that came by a socket, as the SDK would have read it."""

        class Response:
            data = json.dumps(body)

            def getheader(self, name: str) -> str:
                return "application/json"

        made = self.client.deserialize(Response(), model)
        assert unknown_enums(made) == []
        assert list(unknown_fields(body, made)) == []
        return made

    def communication_id(self) -> str:
        conversation = self.conversations.get_conversation(self.sim.conversation_id)
        agent = next(p for p in conversation.participants if p.purpose == "agent")
        return str(next(m.id for m in agent.messages if m.state == "connected"))


@pytest.fixture(scope="session")
def sdk_module() -> Any:
    return pytest.importorskip("PureCloudPlatformClientV2", reason="the SDK is in the dev group")


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(scenario="manual", speed=50) as sim:
        yield sim


@pytest.fixture
def sdk(sdk_module: Any, sim: Simulator) -> Iterator[Sdk]:
    sdk = Sdk(sdk_module, sim)
    sdk.log_in()
    yield sdk
    if sdk.client.http_client is not None:
        sdk.client.http_client.rest_client.pool_manager.clear()
