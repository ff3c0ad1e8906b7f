"""Three real customer-service conversations, played by the simulator's agent and a customer in the browser."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ipygenesys import demo
from tests.e2e.conftest import OpenChat, Simulate
from tests.tools.paths import SOURCE, abcd_file

Turns = list[list[str]]

# What a person sees, in order: a typing line appearing, a message appearing.
WATCH = """region => {
  const seen = window.__seen = [];
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
      seen.push([article.dataset.own === 'true' ? 'customer' : 'agent', text]);
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
    number: int, tmp_path: Path, open_chat: OpenChat, simulate: Simulate
) -> None:
    name, turns = CASES[number]
    # One of the three in Voilà: both hosts, one browser each.
    host: demo.Application = "voila" if number == 2 else "jupyterlab"
    file = tmp_path / f"{name}.json"
    file.write_text(json.dumps(turns), "utf-8")
    simulator = simulate(scenario="manual", speed=8.0)
    notebook = open_chat(host, simulator)
    notebook.chat.region.evaluate(WATCH)
    simulator.control("/dialogue", {"name": str(file)})

    spoken = [turn for turn in turns if turn[0] != "action"]
    for position, (who, text) in enumerate(spoken, start=1):
        if who == "customer":
            notebook.chat.send(text)
        simulator.wait_for(
            lambda log, wanted=position: (
                len([e for e in log.sent if e["kind"] in ("message", "echo")]) >= wanted
            ),  # type: ignore[misc]
            f"turn {position}",
            30,
        )
        notebook.chat.articles.nth(position - 1).wait_for()
    agent_turns = sum(who == "agent" for who, _ in spoken)
    truth = simulator.wait_for(lambda log: len(log.read_ids) == agent_turns, "every agent turn marked read")

    assert [[e["role"], e["text"]] for e in truth.sent if e["kind"] in ("message", "echo")] == spoken
    assert [[("customer" if m.is_own else "agent"), m.text] for m in notebook.chat.messages()] == spoken
    assert sorted(truth.read_ids) == sorted(e["message_id"] for e in truth.sent_of("message"))
    assert not truth.received_of("read_repeated")
    seen: list[list[str]] = notebook.page.evaluate("window.__seen")
    untyped = [
        text
        for before, (who, text) in pairwise([["", ""], *seen])
        if who == "agent" and before[0] != "typing"
    ]
    assert not untyped, "typing was on screen before each agent turn"
