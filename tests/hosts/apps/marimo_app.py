"""A chat in marimo's run mode: one for each session."""

import marimo

app = marimo.App()


@app.cell
def _():
    import remains

    import ipygenesys as ig

    remains.tell()
    return (ig,)


@app.cell
def _(ig):
    chat = ig.Chat.demo(seed=1)
    chat
    return (chat,)
