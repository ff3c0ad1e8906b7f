"""The floor of an app: a WebSocket message, one <div>."""

import asyncio
import json
import os

import tornado.web
import tornado.websocket

from tests.benchmarks import control

PAGE = """<!doctype html><meta charset="utf-8"><style>
#log { height: 600px; width: 700px; overflow-y: auto; border: 1px solid #ccc; font: 14px sans-serif }
.row { margin: 6px; padding: 6px 10px; background: #eef; border-radius: 8px; width: max-content; max-width: 80% }
.row b { display: block; font-size: 11px }</style><div id="log"></div><script>
const log = document.getElementById("log");
const made = ([user, text]) => {
  const row = document.createElement("div");
  row.className = "row";
  const name = document.createElement("b");
  name.textContent = user;
  row.append(name, text);
  return row;
};
new WebSocket(`ws://${location.host}/socket`).onmessage = ({ data }) => {
  log.append(...JSON.parse(data).map(made));
  log.scrollTop = log.scrollHeight;
};
</script>"""

pages = set()


class Page(tornado.web.RequestHandler):
    def get(self):
        self.write(PAGE)


class Socket(tornado.websocket.WebSocketHandler):
    def open(self):
        pages.add(self)
        self.write_message(json.dumps(control.seeds()))

    def on_close(self):
        pages.discard(self)


def append(text, user):
    for page in pages:
        page.write_message(json.dumps([[user, text]]))


async def main():
    app = tornado.web.Application([("/", Page), ("/socket", Socket)])
    app.listen(int(os.environ["BENCH_PORT"]), "127.0.0.1")
    control.serve(append, control.on_loop(asyncio.get_running_loop()))
    await asyncio.Event().wait()


asyncio.run(main())
