"""NiceGUI: chat messages in a scroll area."""

import asyncio
import os

from nicegui import ui

from tests.benchmarks import control


@ui.page("/")
def page():
    with ui.scroll_area().style("height:600px;width:700px") as area, ui.column().classes("w-full") as column:
        for user, text in control.seeds():
            ui.chat_message(text, name=user, sent=user == "Customer")

    def append(text, user):
        with column:
            ui.chat_message(text, name=user, sent=user == "Customer")
        area.scroll_to(percent=1)

    control.serve(append, control.on_loop(asyncio.get_event_loop()))


ui.run(port=int(os.environ["BENCH_PORT"]), host="127.0.0.1", show=False, reload=False)
