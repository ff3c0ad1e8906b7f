"""Panel: a ChatFeed under `panel serve`."""

import concurrent.futures

import panel

from tests.benchmarks import control

panel.extension()
feed = panel.chat.ChatFeed(
    *[panel.chat.ChatMessage(text, user=user) for user, text in control.seeds()], sizing_mode="stretch_both"
)
document = panel.state.curdoc


def append(text, user):
    feed.send(text, user=user, respond=False)


def run(coroutine):
    future = concurrent.futures.Future()

    async def work():
        try:
            future.set_result(await coroutine)
        except Exception as error:
            future.set_exception(error)

    document.add_next_tick_callback(work)
    return future


# A feed of fixed height does not clip its log by itself.
panel.Column(feed, height=600, width=700).servable()
if document is not None and document.session_context is not None:
    control.serve(append, run)
