"""Widgets in Panel, as far as they see it; in the real one: `uv run poe hosts Panel`."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import ipygenesys as ig
from tests.widget.browser import eventually, threads
from tests.widget.conftest import Bench
from tests.wire import named

HELLO = {
    "kind": "hello",
    "client": "page-1",
    "seq": 1,
    "protocolVersion": 1,
    "revision": None,
    "pageSize": 50,
}


class Page:
    """Bokeh's document: a session's."""

    session_context = object()

    def __init__(self) -> None:
        self.ends: list[Callable[[object], None]] = []

    def on_session_destroyed(self, callback: Callable[[object], None]) -> None:
        self.ends.append(callback)

    def destroy(self, *, is_backwards: bool = False) -> None:
        """Panel keeps them in a set: they come in any order."""
        for end in self.ends[:: -1 if is_backwards else 1]:
            end(object())


class Component:
    """As Panel's, to each page that has it."""

    def __init__(self, **parameters: Any) -> None:
        self.parameters = parameters
        self.sent: list[dict[str, Any]] = []

    def _send_msg(self, data: str) -> None:
        self.sent.append(json.loads(data))


class Panel:
    """Its modules, as far as they are used."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.state = SimpleNamespace(curdoc=None)
        self._module("param", String=str)
        self._module("panel")
        self._module("panel.io")
        self._module("panel.io.state", state=self.state)
        self._module("panel.custom", JSComponent=Component)
        self._module("panel.pane", IPyWidget=lambda widget: ("ipywidget", widget))
        monkeypatch.delitem(sys.modules, "ipygenesys._widget.hosts.panel_view", raising=False)

    def _module(self, name: str, **members: object) -> None:
        module = ModuleType(name)
        vars(module).update(members)
        self._monkeypatch.setitem(sys.modules, name, module)

    def show(self, widget: Any, page: Page) -> Any:
        """In a page that has just come: the component for it."""
        self.state.curdoc = page
        view = widget.__panel__()
        self.say(view, page, widget=view.parameters["widget"])
        return view

    def say(self, view: Any, page: Page, **message: Any) -> None:
        self.state.curdoc = page
        view._handle_msg(message)
        self.state.curdoc = None


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    yield Panel(monkeypatch)
    sys.modules.pop("ipygenesys._widget.hosts.panel_view", None)


def kinds(view: Any) -> list[str]:
    return [named(each["content"])["kind"] for each in view.sent if "content" in each]


def test_a_page_is_given_the_widget_speaks_with_it_and_hears_that_it_was_closed(
    bench: Bench, panel: Panel
) -> None:
    chat = bench.connected()
    view, id_ = panel.show(chat, Page()), chat.model_id
    assert view.parameters == {"widget": id_, "sizing_mode": "stretch_width"}
    [given] = view.sent
    assert (given["widget"], given["script"], given["style"]) == (id_, chat._esm, chat._css)
    assert given["layout"]["height"] == ""

    panel.say(view, Page(), widget=id_, content=json.dumps(HELLO))
    eventually(lambda: "snapshot" in kinds(view))

    chat.layout.height = "600px"
    assert view.sent[-1]["layout"]["height"] == "600px"
    chat.layout.height = None
    assert view.sent[-1]["layout"]["height"] == ""

    chat.close()
    assert view.sent[-1] == {"widget": id_, "closed": True}
    panel.say(view, Page(), widget=id_, content=json.dumps(HELLO))
    assert view.sent[-1] == {"widget": id_, "closed": True}


def test_one_chat_for_all_is_live_in_each_page_until_the_page_goes(bench: Bench, panel: Panel) -> None:
    chat = bench.connected()
    pages = [Page(), Page()]
    views = [panel.show(chat, page) for page in pages]
    panel.show(chat, pages[0])
    panel.say(views[0], pages[0], widget=chat.model_id)  # Drawn again, in the same page.
    for view, page in zip(views, pages, strict=True):
        panel.say(view, page, widget=chat.model_id, content=json.dumps(HELLO))
    bench.simulator.agent_say("to both")
    eventually(lambda: all("deltas" in kinds(view) for view in views))

    pages[0].destroy()
    told = len(views[0].sent)
    chat.layout.height = "90px"
    bench.simulator.agent_say("to one")
    eventually(lambda: len(chat.messages) == 2 and kinds(views[1]).count("deltas") > 1)
    assert (len(views[0].sent), chat.status) == (told, "connected")


@pytest.mark.parametrize("is_backwards", [False, True])
def test_what_a_session_has_made_ends_with_the_last_page_that_shows_it(
    panel: Panel, *, is_backwards: bool
) -> None:
    first, second = Page(), Page()
    panel.state.curdoc = first
    chat = ig.Chat.demo(seed=1)
    chat.connect().wait(30)
    panel.show(chat, first)
    panel.show(chat, second)
    first.destroy(is_backwards=is_backwards)
    assert chat.status == "connected"
    second.destroy()
    eventually(lambda: chat.status == "closed")
    eventually(lambda: not list(threads()))


def test_pieces_of_files_come_through(bench: Bench, panel: Panel) -> None:
    chat, page = bench.chat(), Page()
    view = panel.show(chat, page)
    heard: list[object] = []
    chat.on_msg(lambda _widget, content, buffers: heard.extend((content, *buffers)))
    panel.say(view, page, widget=chat.model_id, content='{"kind": "x"}', buffers=[memoryview(b"abc"), b"de"])
    assert heard == [{"kind": "x"}, b"abc", b"de"]


@pytest.mark.parametrize(
    "said",
    [
        "no message",
        {"widget": 1},
        {"widget": "{id}", "content": "no JSON"},
        {"widget": "{id}", "content": "[" * 200_000},
        {"widget": "{id}", "content": "{}", "buffers": ["text"]},
        {"widget": "{id}", "content": "{}", "buffers": 3},
        {"widget": "{id}", "content": "\ud83d"},
    ],
)
def test_what_makes_no_sense_is_ignored_and_not_repeated_in_the_log(
    bench: Bench, panel: Panel, caplog: pytest.LogCaptureFixture, said: Any
) -> None:
    chat, page = bench.chat(), Page()
    view = panel.show(chat, page)
    told = list(view.sent)
    if isinstance(said, dict) and said["widget"] == "{id}":
        said = {**said, "widget": chat.model_id}
    panel.state.curdoc = page
    with caplog.at_level(logging.WARNING):
        view._handle_msg(said)
    assert view.sent == told
    assert [record.getMessage() for record in caplog.records] == [
        "A message from the browser was not understood and is ignored"
    ]


def test_what_was_never_there_is_said_to_be_closed(bench: Bench, panel: Panel) -> None:
    page = Page()
    view = panel.show(bench.chat(), page)
    panel.say(view, page, widget="m2")
    assert view.sent[-1] == {"widget": "m2", "closed": True}


def test_a_page_that_comes_after_the_close_is_told_so(bench: Bench, panel: Panel) -> None:
    chat = bench.chat()
    chat.close()
    assert panel.show(chat, Page()).sent == [{"widget": "", "closed": True}]


def test_in_jupyter_panel_shows_the_widget_itself(
    bench: Bench, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = bench.chat()
    chat.__panel__()
    module = sys.modules["ipygenesys._widget.hosts.panel_view"]
    monkeypatch.setattr(module, "get_ipython", lambda: SimpleNamespace(kernel=object()))
    assert chat.__panel__() == ("ipywidget", chat)
    assert isinstance(panel.show(chat, Page()), Component)
