"""A chat in marimo: one for each session."""

import marimo

app = marimo.App()


@app.cell
def _():
    from watched import watched

    import ipygenesys as ig

    return ig, watched


@app.cell
def _(ig, watched):
    chat = watched(ig.Chat.demo(seed=1))
    chat
    return (chat,)
