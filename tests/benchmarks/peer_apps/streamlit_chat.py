"""Streamlit: chat messages in a container; the script goes on running and appends."""

import asyncio
import concurrent.futures
import queue

import streamlit

from tests.benchmarks import control

work = queue.Queue()
box = streamlit.container(height=600)


def append(text, user):
    with box, streamlit.chat_message("user" if user == "Customer" else "assistant"):
        streamlit.write(text)


def run(coroutine):
    future = concurrent.futures.Future()
    work.put((coroutine, future))
    return future


for user, text in control.seeds():
    append(text, user)
control.serve(append, run)
while True:
    coroutine, future = work.get()
    try:
        future.set_result(asyncio.run(coroutine))
    except Exception as error:
        future.set_exception(error)
