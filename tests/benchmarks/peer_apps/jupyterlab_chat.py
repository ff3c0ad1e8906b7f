"""jupyterlab-chat: a server extension that appends through the chat's own model in the server."""

import asyncio

from jupyterlab_chat.models import NewMessage

from tests.benchmarks import control


def _jupyter_server_extension_points():
    return [{"module": __name__}]


def _load_jupyter_server_extension(app):
    def append(text, user):
        for chat in app.web_app.settings["chats_by_id"].values():
            chat.add_message(NewMessage(body=text, sender=user))

    def run(work):
        return asyncio.run_coroutine_threadsafe(work, app.io_loop.asyncio_loop)

    control.serve(append, run)
