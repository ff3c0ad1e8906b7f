"""The inspector in a real Chromium: its looks and languages, its keys, what it copies, and the way to a message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Locator, expect

import ipygenesys
from ipygenesys._inspector.wire import Gauges, InspectorDetail, InspectorRow, Problem, Rows, encode
from tests.view.conftest import HEAR_KEYS, Host, MakeHost
from tests.view.layout import overflowing
from tests.view.test_states import AXE, LOOKS, PICTURES, violations

WORDS = {
    file.stem: json.loads(file.read_text("utf-8"))
    for file in (Path(ipygenesys.__file__).parent / "_inspector" / "words").glob("*.json")
}
RAW = '{"class":"StructuredMessage","body":{"id":"m4","text":"Hello","channel":{"time":"2026-11-30"}}}'


def row(number: int, **fields: Any) -> InspectorRow:
    known: dict[str, Any] = {
        "number": number,
        "at_ms": number * 120.0,
        "direction": "in",
        "kind": "frame",
        "words": "MessageArrived",
        "text": RAW[:60],
        "size": len(RAW),
        "status": "",
        "message_id": f"m{number}",
    }
    return InspectorRow(**{**known, **fields})


TALK = [
    row(1, direction="note", kind="open", words="Stream 1 opened", text="wss://x", size=7, message_id=None),
    row(2, direction="out", kind="call", words="Sending a message", message_id=None),
    row(3, kind="answer", words="Answer to Sending a message", status="201", latency_ms=34.5, answers=2),
    row(4),
    row(5, ignored="a duplicate: the message was known already"),
    row(6, kind="answer", words="Answer to Reading", status="429", latency_ms=12.0, is_error=True),
    row(7, words="TypingNoticed", message_id=None),
    row(8, direction="note", kind="close", words="Stream 1 ended", status="1006", is_error=True),
]


class Inspected:
    """An inspector in a page, with its kernel."""

    def __init__(
        self, host: Host, rows: list[InspectorRow] = TALK, *, locale: str = "en", **state: Any
    ) -> None:
        self.host, self.page = host, host.page
        self.revision = 0
        self.page.evaluate("harness.start({bundle: 'inspector'})")
        self.page.evaluate("harness.open()")
        self.page.wait_for_function("harness.model.sent.length > 0")
        self.tell(rows, locale=locale, words=WORDS[locale], **state)
        self.entries.wait_for()
        host.shown()

    def tell(self, rows: list[InspectorRow], **state: Any) -> None:
        """The kernel has these rows."""
        self.revision += 1
        known: dict[str, Any] = {
            "revision": self.revision,
            "rows": rows,
            "changed": [],
            "first": 1,
            "total": rows[-1].number if rows else 0,
            "dropped": 0,
            "gauges": Gauges(requests_left=213, heartbeat_ms=900.0, now_ms=2_400.0, per_second=3.5),
        }
        self.deliver(Rows(**{**known, **state}))

    def deliver(self, message: Any) -> None:
        self.page.evaluate("content => harness.model.deliver(content)", encode(message))
        self.host.shown()

    def asked(self, kind: str) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = self.page.evaluate("harness.model.sent")
        return [each for each in sent if each["kind"] == kind]

    def open(self, number: int) -> None:
        """The details of a row, as the kernel tells them."""
        self.deliver(
            InspectorDetail(
                number, RAW, ["MessageArrived m4 (agent, 5 characters)"], ["new message m4 at place 3"]
            )
        )

    @property
    def root(self) -> Locator:
        return self.page.locator(".ipg-inspector")

    @property
    def entries(self) -> Locator:
        return self.page.get_by_role("listbox")

    def shown(self) -> list[str]:
        return self.page.locator(".ipg-what").all_inner_texts()


@pytest.mark.parametrize(
    "look",
    ["light", "dark", "narrow", "plain-dark", "high-contrast", "vscode", "forced", "right-to-left", "wide"],
)
def test_an_inspector_in_every_look(make_host: MakeHost, look: str) -> None:
    inspected = Inspected(make_host(**LOOKS[look]), can_inject=True)
    inspected.page.locator("#ipg-row-4").click()
    inspected.open(4)

    PICTURES.mkdir(parents=True, exist_ok=True)
    inspected.root.screenshot(path=PICTURES / f"inspector-{look}.png")
    assert violations(inspected.host, AXE.read_text("utf-8")) == []
    assert overflowing(inspected.host) == []


@pytest.mark.parametrize("locale", sorted(WORDS))
def test_it_speaks_the_pages_language(make_host: MakeHost, locale: str) -> None:
    assert WORDS[locale].keys() == WORDS["en"].keys()
    inspected = Inspected(make_host(width=480), locale=locale, can_inject=True)
    inspected.page.locator("#ipg-row-4").click()
    inspected.open(4)
    expect(inspected.page.get_by_role("region", name=WORDS[locale]["inspector"], exact=True)).to_be_visible()
    said = inspected.root.inner_text()
    assert "{" not in said.replace(RAW, "").replace("{2}", "").replace("{3}", "").replace("{1}", "")
    for key in ("pause", "goToMessage", "became", "raw", "inject"):
        assert WORDS[locale][key] in said
        assert locale == "en" or WORDS["en"][key] not in said or WORDS["en"][key] == WORDS[locale][key]
    inspected.root.screenshot(path=PICTURES / f"inspector-{locale}.png")
    assert overflowing(inspected.host) == []


def test_before_the_kernel_has_answered_it_says_so(make_host: MakeHost) -> None:
    host = make_host(locale="fr-FR")
    host.page.evaluate("harness.start({bundle: 'inspector'})")
    host.page.evaluate("harness.open()")
    expect(host.page.get_by_text("En attente du noyau…")).to_be_visible()
    assert host.page.evaluate("harness.model.sent")[0]["languages"] == ["fr-FR"]


def test_rows_are_gone_through_opened_and_left_by_keyboard(host: Host) -> None:
    inspected = Inspected(host)
    inspected.entries.focus()
    press = inspected.page.keyboard.press
    for key in ("Home", "ArrowDown", "ArrowDown", "ArrowDown"):
        press(key)
    expect(inspected.page.locator("#ipg-row-4")).to_have_attribute("aria-selected", "true")
    assert inspected.entries.get_attribute("aria-activedescendant") == "ipg-row-4"
    assert [each["number"] for each in inspected.asked("open")] == [1, 2, 3, 4]
    inspected.open(4)
    detail = inspected.page.get_by_role("region", name="Entry 4: MessageArrived")
    expect(detail).to_contain_text("new message m4 at place 3")
    expect(detail.get_by_text('"Hello"', exact=True)).to_be_visible()
    inspected.page.evaluate(
        "document.addEventListener('ipygenesys-show-message', event => { window.wanted = event.detail.id })"
    )
    press("Enter")
    assert inspected.page.evaluate("window.wanted") == "m4"
    press("Shift+ArrowDown")
    assert inspected.page.locator('[aria-selected="true"]').count() == 2
    press("Escape")
    assert inspected.page.locator('[aria-selected="true"]').count() == 0
    press("End")
    expect(inspected.page.locator("#ipg-row-8")).to_have_attribute("aria-selected", "true")


def test_a_call_that_nobody_has_answered_says_so(make_host: MakeHost) -> None:
    inspected = Inspected(make_host(), [row(1, kind="answer", words="Antwort", is_error=True)], locale="de")
    expect(inspected.page.locator("#ipg-row-1 .ipg-state")).to_have_text("keine Antwort")


def test_an_answer_leads_to_its_request(host: Host) -> None:
    inspected = Inspected(host)
    inspected.page.locator("#ipg-row-3").click()
    inspected.page.get_by_role("button", name="Go to its request, 2").click()
    expect(inspected.page.locator("#ipg-row-2")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize(
    ("kind", "numbers"), [("frame", 3), ("call", 3), ("stream", 2), ("ignored", 1), ("error", 2)]
)
def test_it_is_filtered_by_kind(host: Host, kind: str, numbers: int) -> None:
    inspected = Inspected(host)
    inspected.page.get_by_role("combobox", name="Kind").select_option(kind)
    host.shown()
    assert len(inspected.shown()) == numbers
    expect(inspected.root).to_contain_text(f"{numbers} of 8 entries")


def test_it_is_filtered_by_direction_words_ids_and_expressions(host: Host) -> None:
    inspected = Inspected(host)
    inspected.page.get_by_role("combobox", name="Direction").select_option("out")
    host.shown()
    assert inspected.shown() == ["Sending a message"]
    inspected.page.get_by_role("combobox", name="Direction").select_option("")
    field = inspected.page.get_by_role("searchbox", name="Filter by words")
    field.fill("m5")
    host.shown()
    assert len(inspected.shown()) == 1
    field.fill("^answer.*429")
    host.shown()
    assert inspected.shown() == []
    inspected.page.get_by_role("checkbox", name="Regular expression").check()
    expect(inspected.page.locator(".ipg-what")).to_have_text(["Answer to Reading"])
    field.fill("(")
    expect(inspected.root).to_contain_text("This is no regular expression.")
    field.fill("(a+)+$")
    expect(inspected.page.locator(".ipg-problem")).not_to_have_text("This is no regular expression.")


def test_rows_are_copied_as_json_and_as_a_test(make_host: MakeHost) -> None:
    host = make_host(permissions=["clipboard-read", "clipboard-write"])
    inspected = Inspected(host)
    expect(inspected.page.get_by_role("button", name="Copy as JSON")).to_be_disabled()
    inspected.page.locator("#ipg-row-4").click()
    inspected.page.locator("#ipg-row-5").click(modifiers=["Shift"])
    inspected.page.get_by_role("button", name="Copy as JSON").click()
    expect(inspected.page.get_by_text("Copied", exact=True)).to_be_attached()
    copied = json.loads(inspected.page.evaluate("navigator.clipboard.readText()"))
    assert copied == [msgspec.to_builtins(each) for each in TALK[3:5]]
    inspected.page.get_by_role("button", name="Copy as test").click()
    host.shown()
    written = inspected.page.evaluate("navigator.clipboard.readText()")
    compile(written, "copied.py", "exec")
    assert written.count('"MessageArrived"') == 2


def test_while_it_is_paused_nothing_moves_and_afterwards_all_is_there(host: Host) -> None:
    inspected = Inspected(host)
    inspected.page.get_by_role("button", name="Pause").click()
    inspected.tell([*TALK, row(9, words="Later")])
    assert "Later" not in inspected.shown()
    inspected.page.get_by_role("button", name="Pause").click()
    assert inspected.asked("look")[-1]["revision"] == 0
    inspected.tell([*TALK, row(9, words="Later")])
    assert "Later" in inspected.shown()


def test_of_many_rows_a_few_are_in_the_page_and_the_newest_are_followed(host: Host) -> None:
    many = [row(number) for number in range(1, 501)]
    inspected = Inspected(host, many)
    assert inspected.page.locator(".ipg-entry").count() < 40
    expect(inspected.page.locator("#ipg-row-500")).to_be_visible()
    inspected.tell([row(number) for number in range(501, 601)], total=600)
    expect(inspected.page.locator("#ipg-row-600")).to_be_visible()
    inspected.entries.evaluate("list => { list.scrollTop = 0 }")
    host.shown()
    inspected.tell([row(number) for number in range(601, 701)], total=700)
    expect(inspected.page.locator("#ipg-row-1")).to_be_visible()
    inspected.page.get_by_role("button", name="Follow").click()
    expect(inspected.page.locator("#ipg-row-700")).to_be_visible()


def test_a_frame_is_injected_where_that_can_be_and_what_prevents_it_is_said(host: Host) -> None:
    inspected = Inspected(host)
    expect(inspected.page.get_by_text("Inject a frame")).to_have_count(0)
    inspected.tell(TALK, can_inject=True)
    inspected.page.get_by_text("Inject a frame").click()
    inspected.page.get_by_role("textbox", name="Frame to inject").fill("{}")
    inspected.page.get_by_role("button", name="As if the server said it").click()
    inspected.page.get_by_role("button", name="Send it to the server").click()
    assert [(each["direction"], each["text"]) for each in inspected.asked("inject")] == [
        ("in", "{}"),
        ("out", "{}"),
    ]
    inspected.deliver(Problem("It is not connected."))
    expect(inspected.page.get_by_text("It is not connected.")).to_be_visible()


def test_keys_in_it_are_not_the_notebooks(host: Host) -> None:
    inspected = Inspected(host)
    host.page.evaluate(HEAR_KEYS)
    inspected.entries.focus()
    for key in ("x", "d", "Control+b", "Control+s"):
        host.page.keyboard.press(key)
    assert host.page.evaluate("heardKeys") == ["b", "s"]


def test_hostile_rows_are_text(host: Host) -> None:
    hostile = "<img src=x onerror=alert(1)>\u202e"
    inspected = Inspected(host, [row(1, words=hostile, text=hostile, ignored=None)])
    inspected.page.locator("#ipg-row-1").click()
    inspected.deliver(InspectorDetail(1, json.dumps({"a": hostile}), [hostile], [hostile]))
    assert inspected.page.locator("img").count() == 0
    assert host.foreign_requests == []
