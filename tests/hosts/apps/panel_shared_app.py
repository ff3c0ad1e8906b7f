"""A chat in Panel: one for all sessions."""

import panel as pn
from watched import watched

import ipygenesys as ig

pn.extension()
pn.panel(pn.state.as_cached("chat", lambda: watched(ig.Chat.demo(seed=1)))).servable()
