"""Text that wants to be more than text: markup, scripts, links, direction marks, a word of 100 kB."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view import hostile
from tests.view.conftest import Host, MakeHost
from tests.view.corpus import EVIL, TEXTS
from tests.view.findings import Findings
from tests.view.kernel import message

MARKUP = (
    "<script>window.owned = 1</script>",
    '<img src="https://evil.test/x.png" onerror="window.owned = 2">',
    "<svg onload=window.owned=3>",
    '"><iframe src="javascript:window.owned=4"></iframe>',
    "<a href=javascript:window.owned=5>click</a>",
    "<style>*{display:none}</style><link rel=stylesheet href=https://evil.test/x.css>",
    "javascript:window.owned=6 data:text/html,<b>x</b> http://evil.test/",
    "{{constructor.constructor('window.owned=7')()}} ${window.owned=8} &lt;b&gt;",
)


OF_THE_CHAT = ("view", "saved copy", "transcripts")
A_FEW = tuple(text for text in TEXTS if not text.isprintable())[2:8] + TEXTS[::18]
"""One page of them: with marks that turn and hide, and with markup."""


def test_markup_is_text_and_nothing_leaves_the_page(host: Host) -> None:
    messages = [message(number, text=text, sender=text, is_own=False) for number, text in enumerate(MARKUP)]
    messages.append(
        message(
            99,
            text="",
            is_own=False,
            attachments=(
                vp.ViewAttachment(name=MARKUP[1], url="javascript:window.owned=9"),
                vp.ViewAttachment(name="x.svg", url="https://evil.test/x.svg", media_type="image/svg+xml"),
            ),
        )
    )
    kernel = host.start(messages, title=MARKUP[0])
    kernel.typing(*MARKUP[:1])
    kernel.set_status("reconnecting", MARKUP[1], 9_000)
    kernel.change(vp.ErrorDelta(code="c", message=MARKUP[2], correlation_id=MARKUP[3]))
    kernel.say(message(100, text=MARKUP[1], is_own=False))
    host.has_asked_for_all()
    shown = host.page.locator(".ipg-text").all_text_contents()
    assert shown[: len(MARKUP)] == list(MARKUP)
    assert host.page.evaluate("window.owned") is None
    assert host.page.locator(".ipg-root :is(img, script, iframe, style, link, object, embed)").count() == 0
    links = host.page.locator(".ipg-root a").evaluate_all("all => all.map(a => a.protocol)")
    assert set(links) == {"https:"}
    assert host.foreign_requests == []


def test_markdown_is_no_more_than_marks_and_links(host: Host) -> None:
    texts = [
        *MARKUP,
        f"[a picture](https://evil.test/x.png) ![x]({EVIL}/y.png)",
        "[click](javascript:window.owned=10) **<img src=x onerror=window.owned=11>**",
        '[<b>x</b>](https://example.com/"onclick="window.owned=12) <javascript:window.owned=13>',
        "**" * 5_000 + "[" * 5_000,
    ]
    host.start(
        [message(number, text=text, is_own=False) for number, text in enumerate(texts)],
        capabilities=("markdown",),
    )
    host.has_asked_for_all()
    assert host.page.evaluate("window.owned") is None
    names = host.page.locator(".ipg-text *").evaluate_all("all => [...new Set(all.map(e => e.localName))]")
    assert set(names) <= {"a", "strong", "em", "code"}
    links = host.page.locator(".ipg-root a").evaluate_all("all => all.map(a => [a.protocol, a.rel])")
    assert {tuple(each) for each in links} == {("https:", "noopener noreferrer")}
    assert host.foreign_requests == []


@pytest.mark.parametrize("place", hostile.PLACES)
def test_no_field_is_more_than_text(make_host: MakeHost, place: str) -> None:
    chosen = TEXTS[::3] if place in OF_THE_CHAT else A_FEW  # All of them: poe hostile.
    findings = Findings()
    for texts in hostile.pages(chosen):
        host = make_host()
        hostile.PLACES[place](host, texts, findings)
        host.errors.clear()  # The browser's own words about what a transcript's reader was not let to fetch.
    assert findings.problems == []
    assert findings.places >= len(chosen)


def test_a_script_that_runs_and_a_request_that_leaves_are_noticed(host: Host) -> None:
    findings = Findings()
    host.page.set_content(f"<img src='{EVIL}/x.png' onerror='window.owned=1'>")
    findings.look(host, ["x"])
    host.errors.clear()
    assert len(findings.scripts) == len(findings.requests) == 1


def test_links_are_https_and_mailto_only_and_give_nothing_away(host: Host) -> None:
    host.start(
        [message(0, text="https://example.com/a?b=1, mailto:a@example.com http://no.test ftp://no.test")]
    )
    links = host.page.locator(".ipg-root a").evaluate_all("all => all.map(a => [a.href, a.rel, a.target])")
    assert links == [
        ["https://example.com/a?b=1", "noopener noreferrer", "_blank"],
        ["mailto:a@example.com", "noopener noreferrer", "_blank"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "\u202e" * 5_000 + "abc",
        "a\u0300" * 30_000,
        "https://" + "a" * 50_000,
        "\n" * 20_000,
        "😀" * 20_000,
    ],
    ids=["one word", "overrides", "combining", "link", "line breaks", "emoji"],
)
def test_monstrous_texts_neither_break_the_layout_nor_freeze_the_page(host: Host, text: str) -> None:
    kernel = host.start([message(0), message(1)])
    kernel.say(message(2, text=text[: vp.MAX_SHOWN_CHARACTERS], full_length=len(text), sender=text[:300]))
    host.page.get_by_role("button", name="Show more").click()
    asked = kernel.wait_for(vp.TextRequested) if len(text) > vp.MAX_SHOWN_CHARACTERS else None
    if asked:
        kernel.deliver(vp.FullText(to=asked.client, id=asked.id, text=text))
        expect(host.page.get_by_role("button", name="Show less")).to_be_attached()
    kernel.say(message(3, text="after it"))
    expect(host.page.get_by_text("after it")).to_be_attached()
    widths = host.page.evaluate("""() => {
      const root = document.querySelector('.ipg-root').getBoundingClientRect();
      const scroller = document.querySelector('.ipg-scroller');
      const widest = Math.max(...[...document.querySelectorAll('.ipg-bubble, .ipg-sender')]
        .map(e => e.getBoundingClientRect().right));
      return [scroller.scrollWidth - scroller.clientWidth, widest - root.right, document.body.scrollWidth - innerWidth];
    }""")
    assert all(each <= 0 for each in widths), widths


def test_marks_that_turn_the_direction_stay_within_their_message(host: Host) -> None:
    kernel = host.start(
        [message(0, text="exe.\u202egpj.nimda \u2067 open", sender="Ann\u202e", is_own=False)]
    )
    kernel.typing("Ann\u202e\u2066")
    expect(host.page.get_by_role("article").first).to_contain_text("exe.\ufffdgpj.nimda")
    expect(host.page.locator("[data-typing]")).to_have_text("Ann is typing…")
    order: list[float] = host.page.evaluate("""() => {
      const range = document.createRange(), text = document.querySelector('.ipg-text').firstChild;
      return [0, 5].map(at => { range.setStart(text, at); range.setEnd(text, at + 1);
        return range.getBoundingClientRect().left; });
    }""")
    assert order[0] < order[1], "an override turned the letters round"
    meta = host.page.locator(".ipg-meta").bounding_box()
    words = host.page.locator(".ipg-text").bounding_box()
    assert meta and words and meta["x"] > words["x"]


def test_right_to_left_text_reads_from_the_right(host: Host) -> None:
    host.start(
        [message(0, text="שלום, איך אפשר לעזור לך היום עם ההזמנה?", is_own=False), message(2, text="Hello")]
    )
    directions = host.page.locator(".ipg-content").evaluate_all(
        "all => all.map(e => getComputedStyle(e).direction)"
    )
    assert directions == ["rtl", "ltr"]
