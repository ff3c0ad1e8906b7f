"""A run of conversation tests in JupyterLab and Voilà: it fills live, and a failed scenario opens its conversation."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from ipygenesys.commands import demo
from tests.e2e.conftest import OpenNotebook

RUN = """
import functools, ipygenesys as ig
bot = {"start": "hello", "nodes": {"hello": [{"collect": "name", "ask": "Who is there?"}, {"say": "Hello {name}!"}]}}
simulator = ig.Simulator(bot=bot, speed=20, deployment={"auto_start": True}).start()
guest = functools.partial(ig.WebMessaging, base_url=simulator.base_url, deployment_id=simulator.deployment_id)
def greeted(name, answer):
    return ig.Script.scenario(f"{name} is greeted").expect("who").say(name).expect(equals=answer, within=1)
script = ig.Script(
    greeted("Ann", "Hello Ann!"), greeted("Ben", "Good day, Ben!"), ig.Script.scenario("slow").expect("who").wait(90),
    name="greetings",
)
run = script.start(guest, parallel=2)
run
"""


@pytest.mark.parametrize("application", ["jupyterlab", "voila"])
def test_a_run_fills_live_and_a_failed_scenario_opens_at_its_turn(
    open_notebook: OpenNotebook, application: demo.Application
) -> None:
    notebook = open_notebook(application, [RUN])
    if application != "voila":
        notebook.run_cell(0)
    page = notebook.page
    region = page.get_by_role("region", name="Run of greetings", exact=True)
    rows = region.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_have_attribute("data-state", "failed")
    expect(rows.nth(0)).to_have_attribute("data-state", "passed")
    expect(rows.nth(2)).to_have_attribute("data-state", "playing")
    expect(region).to_contain_text("2 of 3 played")

    region.get_by_role("button", name=re.compile("^Failed")).click()
    expect(rows).to_have_count(1)
    region.get_by_role("button", name="Ben is greeted").press("Enter")
    details = region.get_by_role("region", name="Scenario: Ben is greeted")
    expect(details.locator("del").first).to_have_text("Good day,")
    chat = region.locator(".ipg-run-chat")
    expect(chat.get_by_role("article").last).to_contain_text("Hello Ben!")
    expect(chat.get_by_role("article")).to_have_count(3)
    details.get_by_role("button", name="expect a text with 'who'").click()
    expect(chat.get_by_role("article").first).to_be_in_viewport()

    region.get_by_role("button", name=re.compile("^Failed")).click()
    region.get_by_role("button", name="slow", exact=True).press("Enter")
    expect(chat.get_by_role("article")).to_have_count(1)
    region.get_by_role("button", name="Stop").click()
    expect(rows.nth(2)).to_have_attribute("data-state", "error")
    expect(region).to_contain_text("3 of 3 played")
    assert notebook.problems == []
