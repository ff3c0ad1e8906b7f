"""The notebook cells of the chats that are measured in JupyterLab and Voilà: the first imports, the second shows."""

from __future__ import annotations

from tests.tools.paths import ROOT

PRELUDE = f"""\
import asyncio, sys
sys.path.insert(0, {str(ROOT)!r})
from IPython.display import display
from tests.benchmarks import control
"""

OURS = """\
from tests.benchmarks.inbox import FedChat
fed = FedChat(control.seeds({count}))
"""

SHOW_OURS = """\
control.note_start()
display(fed.chat)
control.serve(fed.append, control.on_loop(asyncio.get_event_loop()), port={port}, counts=fed.counts)
"""

FLOOR = '''\
import anywidget, traitlets
class Log(anywidget.AnyWidget):
    _esm = """
    export default {{ render({{ model, el }}) {{
      const log = document.createElement("div");
      log.style.cssText = "height:600px;width:700px;overflow-y:auto;border:1px solid #ccc;font:14px sans-serif";
      const made = ([user, text]) => {{
        const row = document.createElement("div");
        row.style.cssText = "margin:6px;padding:6px 10px;background:#eef;border-radius:8px;width:max-content;max-width:80%";
        const name = document.createElement("b");
        name.style.cssText = "display:block;font-size:11px";
        name.textContent = user;
        row.append(name, text);
        return row;
      }};
      const add = (messages) => {{ log.append(...messages.map(made)); log.scrollTop = log.scrollHeight; }};
      el.append(log);
      add(model.get("seeds"));
      model.on("msg:custom", add);
    }} }}"""
    seeds = traitlets.List().tag(sync=True)
log = Log(seeds=control.seeds({count}))
'''

SHOW_FLOOR = """\
control.note_start()
display(log)
control.serve(lambda text, user: log.send([[user, text]]), control.on_loop(asyncio.get_event_loop()), port={port})
"""


def ours(count: int, port: int) -> list[str]:
    """This widget, with so many messages, fed from its gateway's inbox."""
    return [PRELUDE + OURS.format(count=count), SHOW_OURS.format(port=port)]


def floor(count: int, port: int) -> list[str]:
    """The least that a comm can do: one message, one <div>."""
    return [PRELUDE + FLOOR.format(count=count), SHOW_FLOOR.format(port=port)]
