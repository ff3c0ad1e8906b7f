"""Both sides of a demo: a simulator, and the protocol that shows most of what its scenario has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipygenesys._protocols.messaging_events.protocol import MessagingEvents
from ipygenesys._protocols.web_messaging.protocol import WebMessaging
from ipygenesys.credentials import ClientCredentials
from ipygenesys.simulator import Simulator

if TYPE_CHECKING:
    from ipygenesys._protocols.base import Adapter


def both_sides(options: dict[str, Any]) -> tuple[Simulator, Adapter]:
    """A simulator that runs, and the protocol to talk to it.

    That is a guest's where there are cards, pickers and files; else the tutorial's, which has receipts both ways.

    Args:
        options: those of ``ipygenesys.Simulator``.
    """
    if options.get("scenario") == "rich":
        deployment = {"auto_start": True, **options.get("deployment", {})}
        simulator = Simulator(**{**options, "deployment": deployment}).start()
        return simulator, WebMessaging(base_url=simulator.base_url, deployment_id=simulator.deployment_id)
    simulator = Simulator(**options).start()
    return simulator, MessagingEvents(
        base_url=simulator.base_url,
        conversation_id=simulator.conversation_id,
        credentials=ClientCredentials(simulator.client_id, simulator.client_secret),
    )
