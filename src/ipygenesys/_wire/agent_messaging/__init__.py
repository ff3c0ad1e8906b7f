"""Frames and bodies of the agent's side: notification channels and the Platform API's message conversations."""

from ipygenesys._wire.agent_messaging.channel import *
from ipygenesys._wire.agent_messaging.facts import *
from ipygenesys._wire.agent_messaging.rest import *
from ipygenesys._wire.agent_messaging.routing import *
