"""A chat in Solara: one for each page."""

import remains
import solara

import ipygenesys as ig

remains.tell()


@solara.component
def Page() -> None:
    chat = solara.use_memo(lambda: ig.Chat.demo(seed=1), [])
    solara.display(chat)
