"""A chat in Panel: one for each session, which is served anew to each page."""

import panel as pn
import remains

import ipygenesys as ig

remains.tell()
pn.extension("ipywidgets")
pn.panel(ig.Chat.demo(seed=1)).servable()
