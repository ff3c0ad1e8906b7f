"""A chat in Panel: one for each session, which is served anew to each page."""

import panel as pn
from watched import watched

import ipygenesys as ig

pn.extension()
scenario = "rich" if "rich" in pn.state.session_args else "greeting"
pn.panel(watched(ig.Chat.demo(seed=1, scenario=scenario))).servable()
