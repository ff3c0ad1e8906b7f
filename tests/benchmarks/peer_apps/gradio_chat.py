"""Gradio: a Chatbot fed by a generator, the only push from the server that Gradio has."""

import asyncio
import os

import gradio

from tests.benchmarks import control


def as_message(user, text):
    return {"role": "user" if user == "Customer" else "assistant", "content": text}


async def pump():
    changes = asyncio.Queue()
    history = [as_message(user, text) for user, text in control.seeds()]

    def append(text, user):
        history.append(as_message(user, text))
        changes.put_nowait(None)

    control.serve(append, control.on_loop(asyncio.get_running_loop()))
    yield history
    while True:
        await changes.get()
        yield history


with gradio.Blocks() as app:
    chatbot = gradio.Chatbot(height=600)
    app.load(pump, None, chatbot, concurrency_limit=None)
app.launch(server_name="127.0.0.1", server_port=int(os.environ["BENCH_PORT"]), quiet=True)
