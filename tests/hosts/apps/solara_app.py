"""A chat in Solara: one for each page."""

import solara
from watched import watched

import ipygenesys as ig


@solara.component
def Page() -> None:
    chat = solara.use_memo(lambda: watched(ig.Chat.demo(seed=1)), [])
    solara.display(chat)
