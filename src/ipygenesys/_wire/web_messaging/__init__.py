"""Frames and bodies of Genesys' Web Messaging Guest API, both directions."""

from ipygenesys._wire.web_messaging.config import *
from ipygenesys._wire.web_messaging.facts import *
from ipygenesys._wire.web_messaging.frames import *
from ipygenesys._wire.web_messaging.guest import *
from ipygenesys._wire.web_messaging.requests import *
