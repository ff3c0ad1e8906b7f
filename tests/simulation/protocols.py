"""The client's protocols, as the three servers want them: addresses, credentials, and what an earlier life has left."""

from __future__ import annotations

import ipygenesys as ig
from ipygenesys._protocols.base import Adapter
from tests.simulation.agent_bodies import account_of
from tests.simulation.agent_server import AgentServer
from tests.simulation.guest_server import GuestServer
from tests.simulation.network import BASE_URL
from tests.simulation.servers import BaseServer
from tests.simulation.tutorial_server import TutorialServer

SERVERS: dict[str, type[BaseServer]] = {
    "tutorial": TutorialServer,
    "guest": GuestServer,
    "agent": AgentServer,
}


def protocol_of(server: BaseServer, number: int, former: Adapter | None) -> Adapter:
    """Of the conversation with this number; ``former`` is the same one's in the kernel before."""
    id_ = server.truths[number].id
    match server:
        case AgentServer():
            account = account_of(number)
            credentials = server.logins.get(account) or _agents_credentials(server, account)
            if server.shares_logins:
                server.logins[account] = credentials
            return ig.AgentMessaging(conversation_id=id_, base_url=BASE_URL, credentials=credentials)
        case GuestServer():
            token = former.session_token if isinstance(former, ig.WebMessaging) else None
            auth = ig.GuestAuth(server.new_secret(), "https://www.example.com") if server.signs_in else None
            return ig.WebMessaging(deployment_id=id_, base_url=BASE_URL, session_token=token, auth=auth)
        case _:
            app = ig.ClientCredentials(client_id="app", client_secret=server.new_secret())
            return ig.MessagingEvents(conversation_id=id_, base_url=BASE_URL, credentials=app)


def _agents_credentials(
    server: AgentServer, account: str
) -> ig.AccessToken | ig.UserLogin | ig.ClientCredentials:
    match server.credentials:
        case "login":
            return ig.UserLogin(account, open_browser=lambda _: None)
        case "app":
            return ig.ClientCredentials(client_id=account, client_secret=server.new_secret())
        case _:
            return ig.AccessToken(server.token_for_good(account))
