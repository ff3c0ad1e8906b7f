"""Three real customer-service conversations: played against the simulator's agent, and between two widgets."""

from __future__ import annotations

import json
import time
from collections import deque
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.chat_view import ChatView
from tests.e2e.conftest import OpenNotebook, Servers
from tests.e2e.pages import NotebookPage
from tests.e2e.sides import ADDRESSES, AGENT, EVENTS, GUEST
from tests.e2e.simulator_process import SimulatorProcess
from tests.tools.paths import ARTIFACTS, SOURCE, abcd_file

Turns = list[list[str]]

TYPINGS_A_MINUTE = 10
"""Of an agent in this test: two less than Genesys allows, for typing that has to be refreshed."""
SPEED = 12
"""Times as fast as a person."""

# What a person sees, in order: a typing line appearing, a message appearing.
WATCH = """region => {
  const seen = region.seen = [];
  const known = new Set();
  let typing = '';
  const look = () => {
    const words = region.querySelector('[data-typing]').textContent;
    if (words && !typing) seen.push(['typing', words]);
    typing = words;
    for (const article of region.querySelectorAll('article[data-message-id]')) {
      const text = article.querySelector('.ipg-text')?.textContent;
      const place = article.getAttribute('aria-posinset');
      if (text === undefined || known.has(place)) continue;
      known.add(place);
      seen.push([article.dataset.own === 'true' ? 'own' : 'other', text]);
    }
  };
  new MutationObserver(look).observe(region, {childList: true, subtree: true, characterData: true, attributes: true});
  look(); }"""


def dialogues() -> list[tuple[str, Turns]]:
    file = abcd_file()
    if file is not None:
        return [
            (f"abcd-{entry['convo_id']}", entry["original"]) for entry in json.loads(file.read_text("utf-8"))
        ]
    # A clone without the data set: the package's own three, and the tests' names say so.
    own = sorted((SOURCE / "dialogues").glob("*.json"))
    return [(f"packaged-{path.stem}", turns_of(json.loads(path.read_text("utf-8")))) for path in own]


def turns_of(content: Any) -> Turns:
    turns: Turns = content["original"] if isinstance(content, dict) else content
    return turns


CASES = dialogues()


@pytest.mark.parametrize("number", range(len(CASES)), ids=[name for name, _ in CASES])
def test_a_real_conversation_is_the_same_on_both_sides(
    number: int, lab: NotebookPage, simulator: SimulatorProcess
) -> None:
    _, turns = CASES[number]
    lab.chat.region.evaluate(WATCH)

    spoken = [turn for turn in turns if turn[0] != "action"]
    for position, (who, text) in enumerate(spoken, start=1):
        if who == "customer":
            lab.chat.send(text)
        else:
            # A typing that is over before the page has painted it is rightly not shown: it is seen before the line comes.
            lab.chat.expect_typing("")
            simulator.agent_types()
            lab.chat.expect_typing(EVENTS.typing_line)
            simulator.control("/dialogue", {"turns": [[who, text]], "speed": SPEED})
        simulator.wait_for(lambda log, wanted=position: len(log.spoken) >= wanted, f"turn {position}")  # type: ignore[misc]
        expect(lab.chat.region.locator(f'[aria-posinset="{position}"]')).to_be_attached()
    agent_turns = sum(who == "agent" for who, _ in spoken)
    truth = simulator.wait_for(lambda log: len(log.read_ids) == agent_turns, "every agent turn marked read")
    expect(
        lab.chat.articles.nth(min(24, len(spoken)) - 1)
    ).to_be_attached()  # What is above the sight is drawn after it.

    assert [[entry["role"], entry["text"]] for entry in truth.spoken] == spoken
    shown = [[("customer" if m.is_own else "agent"), m.text] for m in lab.chat.messages()]
    assert shown == spoken[-len(shown) :]
    assert len(shown) >= min(24, len(spoken))  # Of a long conversation the page has the newest ones.
    assert sorted(truth.read_ids) == sorted(entry["message_id"] for entry in truth.sent_of("message"))
    assert not truth.received_of("read_repeated")
    assert not untyped(lab.chat)


def untyped(view: ChatView) -> list[str]:
    """Messages of the other side that came without a typing line right before them."""
    seen: list[list[str]] = view.region.evaluate("region => region.seen")
    return [
        text
        for before, (who, text) in pairwise([["", ""], *seen])
        if who == "other" and before[0] != "typing"
    ]


TWO_SIDES = f"""\
{ADDRESSES}
import ipywidgets
guest = ig.Chat({GUEST.code})
agent = ig.Chat({AGENT.code})
for chat in (guest, agent):
    chat.layout.width = "50%"
ipywidgets.HBox([guest, agent])"""

TRANSCRIPTS = """\
print(json.dumps([[[message.role, message.text] for message in chat.messages] for chat in (guest, agent)]))"""


def test_a_guest_and_an_agent_in_one_notebook_hold_a_long_conversation(
    open_notebook: OpenNotebook, servers: Servers, simulator: SimulatorProcess
) -> None:
    turns = forty_turns()
    (servers["jupyterlab"].folder / "two-sides.json").write_text(json.dumps(simulator.addresses), "utf-8")
    notebook = open_notebook("jupyterlab", [TWO_SIDES.format(name="two-sides.json")])
    notebook.collapse_side_bars()
    notebook.run_cell(0)
    views = {"customer": notebook.view(0), "agent": notebook.view(1)}
    simulator.wait_for(lambda log: len(log.connections_of("authenticated")) == 2, "both streams")
    for view in views.values():
        view.expect_usable()
        view.region.evaluate(WATCH)
    listener = {"customer": "agent", "agent": "customer"}
    lines = {"customer": AGENT.typing_line, "agent": GUEST.typing_line}
    typed: deque[float] = deque(maxlen=TYPINGS_A_MINUTE)
    for who, text in turns:
        speaks, listens = views[who], views[listener[who]]
        if who == "agent":
            if len(typed) == TYPINGS_A_MINUTE:
                notebook.page.wait_for_timeout(max(0.0, typed[0] + 61.0 - time.monotonic()) * 1000)
            typed.append(time.monotonic())
        speaks.composer.press_sequentially(text[0])
        listens.expect_typing(lines[who])
        expect(speaks.typing_line).to_have_text("")
        speaks.send(text)
        listens.expect_typing("")
        if who == "agent":
            lines["agent"] = "Ann is typing…"  # A guest learns the name from the first message.
    for view in views.values():
        expect(view.articles.last).to_have_attribute("aria-posinset", str(len(turns)))
    notebook.page.screenshot(path=ARTIFACTS / "e2e" / "two-sides.png")

    for who, view in views.items():
        expect(view.articles.nth(23)).to_be_attached()  # What is above the sight is drawn after it.
        shown = [[who if m.is_own else listener[who], m.text] for m in view.messages()]
        assert len(shown) >= 24  # Of a long conversation the page has the newest ones.
        assert shown == turns[-len(shown) :]
        assert not untyped(view)
    assert json.loads(notebook.execute(TRANSCRIPTS)) == [turns, turns]
    truth = simulator.truth()
    assert [[entry["role"], entry["text"]] for entry in truth.spoken] == turns
    for side, role in ((GUEST, "customer"), (AGENT, "agent")):
        heard = truth.of(side.protocol)
        assert heard.texts == [text for who, text in turns if who == role]
        assert set(heard.typing) == {True}
        assert not heard.rejected_of("send")


def forty_turns() -> Turns:
    """The dialogues one after the other, cut there."""
    spoken = [turn for _, turns in CASES for turn in turns if turn[0] != "action"]
    return (spoken * 3)[:40]
