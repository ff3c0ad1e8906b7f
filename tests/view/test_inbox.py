"""An inbox in a real Chromium: what it shows, by pointer and keyboard, and that nothing moves under a pointer."""

from __future__ import annotations

import re

import msgspec
import pytest
from playwright.sync_api import expect

from ipygenesys._core.model.failures import Failure
from ipygenesys._inboxes.languages import inbox_words
from tests.core.inbox_view.rows import row
from tests.view.conftest import HEAR_KEYS, Host, MakeHost
from tests.view.inboxed import NOW_MS, Inboxed, busy
from tests.view.test_states import AXE, LOOKS, PICTURES, violations

ROWS = busy(60)
MAX_NODES = 1_500
CUT = """() => [...document.querySelectorAll('.ipg-inbox-part')].flatMap(part => {
  const box = part.getBoundingClientRect();
  return [...part.querySelectorAll('*')]
    .filter(e => !e.closest('.ipg-hidden') && e.getClientRects().length > 0)
    .filter(e => { const own = e.getBoundingClientRect(); return own.left < box.left - 1 || own.right > box.right + 1; })
    .map(e => e.getAttribute('class'));
})"""
SHOW_A_CHAT = """() => { harness.model.widget_manager = {
  get_model: async id => id,
  create_view: async id => {
    const el = document.createElement('div');
    el.className = 'shown'; el.textContent = `chat ${id}`;
    return { el, remove: () => el.remove() };
  },
}; }"""

PROBLEMS = {
    "typing": Failure(
        kind="permission",
        message="Subscribing to who types: refused. Missing permission: conversation:message:view. "
        "Add it to a role of the user or of the OAuth client.",
    ),
    "list": Failure(kind="rejected", message="The platform names only some of the conversations."),
}

LOOKED_AT = [
    *(("busy", look) for look in ("light", "dark", "narrow", "narrow-dark", "wide", "plain-dark")),
    *(("busy", look) for look in ("high-contrast", "vscode", "forced", "right-to-left")),
    ("groups", "wide"),
    *(("problems", look) for look in ("light", "narrow-dark")),
    ("empty", "light"),
]


@pytest.mark.parametrize(("state", "look"), LOOKED_AT)
def test_an_inbox_in_every_look(make_host: MakeHost, state: str, look: str) -> None:
    host = make_host(**{"height": 900, **LOOKS[look]})
    inbox = Inboxed(host, [] if state == "empty" else ROWS)
    if state == "groups":
        host.page.get_by_label("Groups").select_option("queue")
        inbox.settle()
    if state == "problems":
        inbox.has_problems(PROBLEMS)
        host.page.locator(".ipg-inbox-problems summary").click()
    if look == "wide":
        inbox.show(inbox.ids()[1])
    for _ in range(12):
        inbox.step += 7
        inbox.now += 10
        inbox.answer()
    host.page.mouse.move(0, 0)
    host.shown()

    PICTURES.mkdir(parents=True, exist_ok=True)
    host.page.screenshot(path=PICTURES / f"inbox-{state}-{look}.png")
    assert violations(host, AXE.read_text("utf-8")) == []
    assert host.page.evaluate(CUT) == []
    assert host.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("locale", ["de", "es", "fr", "ja"])
def test_an_inbox_speaks_the_pages_language(make_host: MakeHost, locale: str) -> None:
    host = make_host(width=400, height=1000)
    Inboxed(host, ROWS, locale=locale)
    host.page.locator("summary").click()
    host.shown()

    words = inbox_words()[locale]
    expect(host.page.get_by_role("region", name=words["inbox"], exact=True)).to_be_visible()
    expect(host.page.get_by_role("tab", name=re.compile(re.escape(words["tab.unanswered"])))).to_be_visible()
    shown = host.page.locator("#host").inner_text()
    assert "{" not in shown
    for key in ("definitions", "def.waiting", "clearFilters", "anyState", "keys"):
        assert inbox_words()["en"][key] not in shown, key
    host.page.screenshot(path=PICTURES / f"inbox-{locale}.png")
    assert host.page.evaluate(CUT) == []


def test_a_row_says_in_words_what_its_colours_say(host: Host) -> None:
    inbox = Inboxed(
        host,
        [
            row(
                "late",
                "waiting",
                name="Cleo",
                queue="Sales",
                due_ms=NOW_MS - 61_000,
                since_ms=NOW_MS - 90_000,
                unread=2,
            ),
            row("soon", "waiting", name="Ida", due_ms=NOW_MS + 30_500, since_ms=NOW_MS),
            row("asked", "agent", name="Amir", agent="Ann", unanswered_since_ms=NOW_MS - 200_000),
            row("done", "ended", name="Jun"),
        ],
    )
    late = inbox.row("late")
    expect(late).to_have_attribute("data-urgency", "late")
    expect(late).to_have_accessible_name(re.compile(r"Cleo.* Unread: 2 Waiting 1:\d\d Sales Overdue 1:"))
    expect(inbox.row("soon")).to_have_attribute("data-urgency", "soon")
    expect(inbox.row("soon")).to_contain_text("Due in 0:")
    expect(inbox.row("asked")).to_contain_text("Unanswered 3:2")
    assert inbox.ids()[0] == "asked", "the longest unanswered comes first"
    assert "done" not in inbox.ids()


def test_tabs_tell_how_many_and_filters_go_together(host: Host) -> None:
    inbox = Inboxed(host, ROWS)
    page = host.page
    waiting = sum(each.state == "waiting" for each in ROWS)
    tab = page.get_by_role("tab", name=f"Waiting {waiting}")
    tab.click()
    inbox.settle()
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(page.locator(".ipg-inbox-note")).to_contain_text(f"Conversations: {waiting}")
    tab.press("ArrowRight")
    inbox.settle()
    expect(page.get_by_role("tab", selected=True)).to_contain_text("Unanswered")
    expect(page.get_by_role("tab", selected=True)).to_be_focused()

    page.get_by_label("Filter by queue").select_option("Sales")
    inbox.settle()
    page.get_by_label("Search names and texts").fill("PARCEL")
    inbox.settle()
    wanted = [
        each
        for each in ROWS
        if each.queue == "Sales"
        and each.state != "ended"
        and each.unanswered_since_ms
        and "parcel" in (each.last_text or "")
    ]
    assert inbox.ids() == [each.id for each in sorted(wanted, key=lambda each: each.unanswered_since_ms or 0)]
    page.get_by_label("Search names and texts").fill("nobody says this")
    inbox.settle()
    expect(page.get_by_text("No conversation that these filters let through.")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    inbox.settle()
    expect(page.get_by_label("Filter by queue")).to_have_value("")


def test_it_is_gone_through_by_keyboard_as_a_mail_program(host: Host) -> None:
    inbox = Inboxed(host, ROWS)
    page = host.page
    ids = inbox.ids()
    inbox.listbox.focus()
    moves = []
    for key in ("j", "j", "ArrowDown", "k", "Home"):
        page.keyboard.press(key)
        host.shown(1)
        moves.append(inbox.active())
    assert moves == [ids[0], ids[1], ids[2], ids[1], ids[0]]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    inbox.answer()
    assert inbox.selected == [ids[1]]
    inbox.show(ids[1])
    expect(inbox.row(ids[1])).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    inbox.answer()
    assert inbox.selected[-1] == ""
    page.keyboard.press("/")
    expect(page.get_by_label("Search names and texts")).to_be_focused()

    inbox.listbox.focus()
    page.keyboard.press("End")
    inbox.settle()
    live = [each for each in ROWS if each.state != "ended"]
    expect(inbox.listbox.locator("[role=option]").last).to_have_attribute("aria-posinset", str(len(live)))
    assert inbox.active() == inbox.ids()[-1]


def test_nothing_moves_under_the_pointer_and_all_of_it_afterwards(host: Host) -> None:
    inbox = Inboxed(host, ROWS)
    page = host.page
    before = inbox.ids()
    third = inbox.row(before[2])
    third.hover()
    inbox.settle()
    place = third.bounding_box()
    known = inbox.pages.rows[before[2]]
    inbox.put(
        msgspec.structs.replace(known, unanswered_since_ms=NOW_MS, unread=7),
        row("new", "waiting", unanswered_since_ms=1),
    )
    expect(third.locator(".ipg-inbox-unread")).to_have_text("7Unread: 7")
    assert inbox.ids() == before and third.bounding_box() == place
    update = page.get_by_role("button", name="Order held, 2 moved: update")
    expect(update).to_be_visible()
    page.mouse.move(0, 0)
    inbox.settle()
    assert inbox.ids()[0] == "new"
    expect(update).to_be_hidden()


def test_who_goes_through_it_by_keyboard_keeps_the_row_that_moves_afterwards(host: Host) -> None:
    inbox = Inboxed(host, ROWS)
    inbox.listbox.focus()
    host.page.keyboard.press("j")
    inbox.settle()
    first = inbox.active()
    assert first is not None
    inbox.put(row("new", "waiting", unanswered_since_ms=1))
    assert inbox.ids()[0] == first
    host.page.get_by_label("Order", exact=True).focus()
    inbox.settle()
    assert inbox.ids()[0] == "new" and inbox.active() == first


def test_who_waits_since_now_is_said_once_and_politely(host: Host) -> None:
    inbox = Inboxed(host, ROWS)
    status = host.page.locator(".ipg-inbox-rows > [role=status]")
    expect(status).to_have_text("")
    inbox.put(row("new", "waiting", name="Cleo", queue="Sales"))
    expect(status).to_have_text("New: Cleo is waiting, Sales")
    inbox.put(row("new", "waiting", name="Cleo", queue="Sales", unread=1))
    inbox.put(row("x1", "waiting"), row("x2", "waiting"))
    expect(status).to_have_text("2 new conversations are waiting")
    expect(status).to_have_text("")


def test_the_page_holds_what_is_in_sight_however_many_there_are(host: Host) -> None:
    inbox = Inboxed(host, busy(10_000))
    assert host.page.evaluate("document.querySelectorAll('*').length") < MAX_NODES
    page = host.page
    for top in (9_000, 300_000, 11_000, 0):
        page.evaluate("top => { document.querySelector('[role=listbox]').scrollTop = top; }", top)
        inbox.settle()
        shown = page.locator(".ipg-inbox-row").count()
        in_sight = page.evaluate("""() => { const list = document.querySelector('[role=listbox]').getBoundingClientRect();
          return [...document.querySelectorAll('.ipg-inbox-row')].filter(e => {
            const box = e.getBoundingClientRect(); return box.bottom > list.top && box.top < list.bottom; }).length; }""")
        assert shown < 60 and in_sight >= 4
    assert len(inbox.heard) < 30


def test_keys_in_it_are_not_the_notebooks(host: Host) -> None:
    inbox = Inboxed(host, ROWS)
    page = host.page
    page.evaluate(HEAR_KEYS)
    inbox.row(inbox.ids()[1]).click()
    expect(inbox.listbox).to_be_focused()
    page.keyboard.press("x")
    page.get_by_role("tab", selected=True).focus()
    for key in ("d", "Control+b", "Control+s"):
        page.keyboard.press(key)
    assert page.evaluate("heardKeys") == ["b", "s"]


def test_a_button_that_goes_leaves_the_focus_in_the_inbox(host: Host) -> None:
    inbox = Inboxed(host, ROWS)
    page = host.page
    page.get_by_label("Filter by queue").select_option("Sales")
    inbox.settle()
    page.get_by_role("button", name="Clear").press("Enter")
    inbox.settle()
    expect(page.get_by_label("Search names and texts")).to_be_focused()
    inbox.show(inbox.ids()[0])
    page.get_by_role("button", name="Close").press("Enter")
    inbox.answer()
    expect(inbox.listbox).to_be_focused()
    page.keyboard.press("j")
    inbox.settle()
    inbox.put(row("new", "waiting", unanswered_since_ms=1))
    page.get_by_role("button", name="update").click()
    inbox.settle()
    expect(inbox.listbox).to_be_focused()
    assert inbox.ids()[0] == "new"


FOLD_WHILE_IT_SCROLLS = """() => {
  document.querySelectorAll(".ipg-inbox-heading")[1].click();
  const list = document.querySelector(".ipg-inbox-list");
  list.scrollTop = 1e4;
  list.dispatchEvent(new Event("scroll"));
}"""


def test_groups_fold_by_their_heading(host: Host) -> None:
    inbox = Inboxed(host, ROWS)
    page = host.page
    page.get_by_label("Groups").select_option("state")
    inbox.settle()
    group = page.get_by_role("group", name="Waiting")
    waiting = sum(each.state == "waiting" for each in ROWS)
    expect(group.locator(".ipg-inbox-row")).to_have_count(waiting)
    group.locator(".ipg-inbox-heading").click()
    inbox.settle()
    expect(group.locator(".ipg-inbox-row")).to_have_count(0)
    expect(group.locator(".ipg-inbox-count")).to_have_text(str(waiting))
    # A list that has just been scrolled says so before the next frame draws it.
    page.evaluate(FOLD_WHILE_IT_SCROLLS)
    inbox.settle()
    assert set(inbox.heard[-1].folded) == {"waiting", "agent"}
    assert inbox.heard[-1].first > 0


def test_groups_are_gone_through_and_folded_by_keyboard(host: Host) -> None:
    inbox = Inboxed(host, ROWS)
    page = host.page
    page.get_by_label("Groups").select_option("state")
    inbox.settle()
    tree = page.get_by_role("tree", name="Conversations")
    headings = tree.locator(".ipg-inbox-heading")
    tree.focus()

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)
            inbox.settle()

    press("ArrowDown")
    expect(headings.first).to_have_attribute("data-active", "true")
    expect(headings.first).to_have_attribute("aria-expanded", "true")
    press("ArrowRight", "ArrowDown")
    row = tree.locator(".ipg-inbox-row[data-active=true]")
    expect(row).to_have_attribute("aria-level", "2")
    assert tree.get_attribute("aria-activedescendant") == row.get_attribute("id")
    before = tree.locator(".ipg-inbox-row").count()
    press("ArrowLeft", "ArrowLeft")
    expect(headings.first).to_have_attribute("aria-expanded", "false")
    assert tree.get_attribute("aria-activedescendant") == headings.first.get_attribute("id")
    press("ArrowDown")
    expect(headings.nth(1)).to_have_attribute("data-active", "true")
    press("ArrowUp", "ArrowRight")
    expect(headings.first).to_have_attribute("aria-expanded", "true")
    press("Enter", " ")
    expect(headings.first).to_have_attribute("aria-expanded", "true")
    expect(tree.locator(".ipg-inbox-row")).to_have_count(before)
    press("ArrowDown")
    headings.first.click()
    inbox.settle()
    expect(headings.first).to_have_attribute("aria-expanded", "false")
    expect(tree).to_be_focused()
    press("Enter")  # Acts where the click was.
    expect(headings.first).to_have_attribute("aria-expanded", "true")
    press("End", "ArrowLeft", "ArrowLeft", "Home", "Enter")
    expect(headings.first).to_have_attribute("aria-expanded", "false")
    press("End")
    expect(headings.last).to_have_attribute("data-active", "true")
    expect(headings.last).to_have_attribute("aria-expanded", "false")
    press("PageUp", "Home", "j")
    expect(tree.locator(".ipg-inbox-row[data-active=true]")).to_have_count(1)
    press("Home", "Enter")
    assert inbox.selected == []
    assert violations(host, AXE.read_text("utf-8")) == []


def test_the_conversation_is_shown_beside_the_list_and_goes_with_the_selection(make_host: MakeHost) -> None:
    host = make_host(width=1200)
    inbox = Inboxed(host, ROWS, looks=False)
    host.page.evaluate(SHOW_A_CHAT)
    inbox.open()
    first, other = inbox.ids()[:2]
    expect(host.page.get_by_text("Choose a conversation to see it here.")).to_be_visible()
    inbox.row(first).click()
    inbox.answer()
    assert inbox.selected == [first]
    inbox.show(first)
    expect(host.page.get_by_text("Opening…")).to_be_visible()
    inbox.show(first, chat="m1")
    expect(host.page.locator(".shown")).to_have_text("chat m1")
    list_box, chat_box = inbox.listbox.bounding_box(), host.page.locator(".shown").bounding_box()
    assert list_box is not None and chat_box is not None and chat_box["x"] > list_box["x"] + list_box["width"]
    inbox.show(other, chat="m2")
    expect(host.page.locator(".shown")).to_have_text("chat m2")
    inbox.show("gone", said="It cannot be read: conversation:message:view is missing.")
    expect(host.page.locator(".shown")).to_have_count(0)
    expect(host.page.get_by_text("conversation:message:view is missing")).to_be_visible()
    host.page.get_by_role("button", name="Close").click()
    inbox.answer()
    assert inbox.selected[-1] == ""
    host.page.evaluate("harness.close(0)")
    inbox.answer()
    assert len(inbox.gone) == 1 and host.page.locator("#host *").count() == 0


def test_figures_tell_what_they_mean(host: Host) -> None:
    Inboxed(host, ROWS)
    page = host.page
    longest = page.locator("[data-figure=wait_s]")
    expect(longest).to_contain_text("Longest wait")
    expect(longest).to_contain_text(re.compile(r"7:1\d"))
    expect(longest).to_contain_text("n = 48 · median 1:14 · p90 3:32")
    expect(page.locator("[data-figure=sla]")).to_contain_text("84%")
    page.locator("summary").click()
    expect(page.get_by_text("Conversations that are in a queue, with no agent connected.")).to_be_visible()


def test_what_does_not_work_is_one_quiet_line_with_the_cure_behind_it(host: Host) -> None:
    inbox = Inboxed(host, ROWS)
    line = host.page.locator(".ipg-inbox-problems")
    status = host.page.locator(".ipg-inbox-rows > [role=status]")
    expect(line).to_have_count(0)
    inbox.has_problems({"typing": PROBLEMS["typing"]})
    expect(line.locator("summary")).to_have_text("Who is typing is not shown")
    expect(status).to_have_text("Who is typing is not shown")
    expect(line.get_by_text("conversation:message:view")).to_be_hidden()
    line.locator("summary").press("Enter")
    expect(line.get_by_text("conversation:message:view")).to_be_visible()

    inbox.has_problems(PROBLEMS)
    expect(line.locator("summary")).to_have_text("Does not work: 2")
    expect(line.get_by_role("listitem")).to_have_count(2)
    inbox.has_problems({})
    expect(line).to_have_count(0)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_new_rows_move_only_where_motion_is_wanted(make_host: MakeHost, motion: str) -> None:
    host = make_host(reduced_motion=motion)
    inbox = Inboxed(host, ROWS)
    inbox.put(row("new", "waiting", since_ms=NOW_MS, unanswered_since_ms=1))
    name = inbox.row("new").evaluate("e => getComputedStyle(e).animationName")
    assert name == ("none" if motion == "reduce" else "ipg-inbox-came")
    assert inbox.row(ROWS[0].id).count() == 0 or "ipg" not in inbox.row(inbox.ids()[1]).evaluate(
        "e => getComputedStyle(e).animationName"
    )
