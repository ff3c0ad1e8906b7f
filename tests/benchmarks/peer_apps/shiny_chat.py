"""shinychat: messages appended from inside the session."""

import asyncio
import os

from shiny import App, reactive, ui
from shiny.session import session_context
from shinychat import Chat, chat_ui

from tests.benchmarks import control


def as_message(user, text):
    return {"role": "user" if user == "Customer" else "assistant", "content": text}


def page(request):
    shown = [as_message(user, text) for user, text in control.seeds()]
    return ui.page_fixed(
        ui.div(chat_ui("chat", height="600px", messages=shown), style="width:700px;height:600px")
    )


def server(input, output, session):
    chat = Chat("chat")

    async def append(text, user):
        async with reactive.lock():
            with session_context(session):
                await chat.append_message(as_message(user, text))
                await reactive.flush()

    control.serve(append, control.on_loop(asyncio.get_running_loop()))


App(page, server).run(port=int(os.environ["BENCH_PORT"]))
