"""Named states of a view, for the accessibility tests and the screenshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from playwright.sync_api import FilePayload

from ipygenesys._core.model.messages import TextLimit, UploadRules
from ipygenesys._core.view import protocol as vp
from tests.view import rich
from tests.view.conftest import Host
from tests.view.kernel import START_MS, message, saved

WATCHING: dict[str, Any] = {"capabilities": ("history",), "looks_on": True}
"""What a kernel says to who has no part in the conversation."""

TALK: tuple[tuple[str, str], ...] = (
    ("agent", "Hello Crystal, thank you for contacting us. How can I help you today?"),
    (
        "customer",
        "Hi! I ordered a pair of boots last week and the tracking page has not moved since Tuesday.",
    ),
    ("customer", "The order number is 3348917502."),
    ("agent", "I'm sorry to hear that. Let me have a look."),
    (
        "agent",
        "The parcel was held at the depot in San Mateo because the house number on the label is smudged.",
    ),
    ("customer", "Oh no. It's 6821 1st Avenue."),
    (
        "agent",
        "Thank you. I have corrected the address with the carrier; they will deliver it tomorrow before noon.",
    ),
    ("customer", "That's great, thank you so much 🎉"),
    ("agent", "You can follow it here: https://tracking.example.com/p/3348917502"),
    ("customer", "Perfect."),
)


def talk(count: int = 30, **last: Any) -> list[vp.ViewMessage]:
    """A plausible conversation; ``last`` changes its last message."""
    messages = []
    time_ms = START_MS
    for number in range(count):
        side, text = TALK[number % len(TALK)]
        own = side == "customer"
        time_ms += 20_000 if number and TALK[(number - 1) % len(TALK)][0] == side else 95_000
        fields: dict[str, Any] = {"text": text, "is_own": own, "time_ms": time_ms, "status": "read"}
        if number == count - 1:
            fields |= last
        messages.append(message(number, **fields))
    return messages


def watched(count: int = 30) -> list[vp.ViewMessage]:
    """The same as somebody sees it who takes part in nothing: a bot begins, an agent goes on, nobody is us."""
    bot = {"role": "bot", "sender": "Ada"}
    agent = {"role": "agent", "sender": "Ann Archer"}
    customer = {"role": "customer", "sender": "Crystal Minh"}
    return [
        msgspec.structs.replace(
            each,
            is_own=False,
            status="unread",
            **(customer if each.role == "customer" else bot if number < count - 6 else agent),
        )
        for number, each in enumerate(talk(count))
    ]


def watching(host: Host) -> None:
    kernel = host.start(watched(), title="Crystal Minh", **WATCHING)
    kernel.typing("Ann Archer")
    host.page.wait_for_selector('[data-typing="true"]')


def make_low(host: Host, height: int = 300) -> None:
    """As one of many in a page."""
    host.page.evaluate(
        "height => document.documentElement.style.setProperty('--ipg-height', height + 'px')", height
    )


def watching_low(host: Host) -> None:
    """Somebody has scrolled up, and more was said meanwhile."""
    make_low(host)
    kernel = host.start(watched(), title="Crystal Minh", **WATCHING)
    host.page.get_by_role("feed").press("Home")
    host.page.get_by_role("article").first.blur()
    kernel.say(message(200, is_own=False, status="unread", time_ms=kernel.messages[-1].time_ms + 60_000))
    kernel.typing("Ann Archer")
    host.page.get_by_role("button", name="Jump to latest").wait_for()


def watching_lost(host: Host) -> None:
    make_low(host, 260)
    kernel = host.start(watched(), title="Crystal Minh", **WATCHING)
    kernel.set_status("reconnecting", "The event stream was closed (1006).", 9_000)
    host.page.wait_for_selector('.ipg-banner[data-shown="true"]')


def empty(host: Host) -> None:
    host.start()


def thirty(host: Host) -> None:
    host.start(talk())


def ticks(host: Host) -> None:
    messages = talk(10)
    messages[-3] = msgspec.structs.replace(messages[-3], status="sent", seen_inferred=True)
    for number, status in enumerate(("read", "delivered", "sent", "sending")):
        own = message(
            100 + number,
            is_own=True,
            text=f"This one is {status}",
            status=status,
            time_ms=messages[-1].time_ms + 60_000,
        )
        messages.append(own)
    host.start(messages)


def typing(host: Host) -> None:
    kernel = host.start(talk(9))
    kernel.typing("Ann Archer")
    host.page.wait_for_selector('[data-typing="true"]')


def failed(host: Host) -> None:
    messages = talk(8)
    at = messages[-1].time_ms + 60_000
    error = "The server refused it: the text is too long (400)."
    messages.append(
        message(
            90,
            is_own=True,
            text="A message that was refused",
            status="failed",
            id="d1",
            draft_id="d1",
            error=error,
            time_ms=at,
        )
    )
    messages.append(
        message(
            91,
            is_own=True,
            text="And one of which nobody knows",
            status="unknown",
            id="d2",
            draft_id="d2",
            error="The answer was lost.",
            time_ms=at,
        )
    )
    kernel = host.start(messages)
    kernel.change(
        vp.ErrorDelta(
            code="permission-denied",
            message="Messages cannot be marked read: the OAuth client lacks the scope messaging:write.",
            correlation_id="0c5d1f7e",
        )
    )
    host.page.wait_for_selector('.ipg-error[data-shown="true"]')


def disconnected(host: Host) -> None:
    kernel = host.start(talk(9))
    words = "The event stream was closed (1013). This has happened too often: there is one try a minute until a stream lasts."
    kernel.set_status("reconnecting", words, 57_000)
    host.page.wait_for_selector('.ipg-banner[data-shown="true"]')


def read_only(host: Host) -> None:
    kernel = host.start(talk(9))
    host.page.get_by_role("textbox", name="Message").fill("A sentence that was begun")
    kernel.set_status("read_only", "The agent has left the conversation.")
    host.page.wait_for_selector('.ipg-banner[data-shown="true"]')


def stopped(host: Host) -> None:
    host.start(talk(9))
    host.page.evaluate("harness.model.die()")
    host.page.wait_for_selector('.ipg-banner[data-tone="error"]')


def hostile(host: Host) -> None:
    texts = (
        "A very long story. " * 120,
        "w" * 3_000,
        "<img src=x onerror=alert(1)> <b>bold?</b> \u202eright to left\u202c \u0007",
        "Look: https://example.com/a/very/long/path/that/goes/on/and/on?with=many&parameters=and&values=12345678901234567890",
    )
    messages = [message(n, text=text, is_own=n % 2 == 1, time_ms=START_MS) for n, text in enumerate(texts)]
    messages.append(message(9, text=None, is_own=False))
    messages.append(message(10, text=None, unavailable=True, is_own=False))
    files = (
        vp.ViewAttachment(name="invoice-2026-09.pdf", size_bytes=52_300, url="https://files.example/1"),
        vp.ViewAttachment(
            name="a photograph with a rather long name, as cameras make them.jpeg", size_bytes=4_100_000
        ),
    )
    messages.append(message(12, text="Here are the documents.", is_own=False, attachments=files))
    host.start(messages)


def new_messages(host: Host) -> None:
    messages = talk(24)
    kernel = host.start(messages)
    host.page.evaluate("document.querySelector('.ipg-scroller').scrollTop -= 260")
    host.at_rest()
    at = messages[-1].time_ms
    kernel.say(
        *[
            message(200 + n, is_own=False, status="unread", text=text, time_ms=at + n * 9_000)
            for n, text in enumerate(
                ("One more thing:", "would you like a confirmation by mail?", "It is free.")
            )
        ]
    )
    host.page.wait_for_selector(".ipg-count")


def unread(host: Host) -> None:
    messages = talk(6)
    at = messages[-1].time_ms + 86_400_000
    fresh = ("Good morning, Crystal.", "Your parcel is out for delivery.")
    messages += [
        message(50 + n, is_own=False, status="unread", text=text, time_ms=at + n * 5_000)
        for n, text in enumerate(fresh)
    ]
    host.start(messages, unread_count=2)


def several(host: Host) -> None:
    at = START_MS
    host.start(
        [
            message(
                0, is_own=False, role="system", sender="", text="Ada joined the conversation", time_ms=at
            ),
            message(
                1,
                is_own=False,
                role="bot",
                sender="Ada",
                text="Hi, I'm Ada. What is it about?",
                time_ms=at + 1_000,
            ),
            message(2, is_own=True, text="A parcel", time_ms=at + 30_000),
            message(
                3,
                is_own=False,
                role="bot",
                sender="Ada",
                text="I'll get somebody who knows.",
                time_ms=at + 33_000,
            ),
            message(
                4,
                is_own=False,
                role="system",
                sender="",
                text="Ben Okafor joined the conversation",
                time_ms=at + 50_000,
            ),
            message(5, is_own=False, sender="Ben Okafor", text="Hello, this is Ben.", time_ms=at + 60_000),
            message(
                6, is_own=False, sender="Mia Schäfer", text="And Mia, from the depot.", time_ms=at + 70_000
            ),
        ],
        title="Parcel 3348917502",
    )


def right_to_left(host: Host) -> None:
    host.start(
        [
            message(
                0, is_own=False, sender="נועה לוי", text="שלום, איך אפשר לעזור לך היום?", time_ms=START_MS
            ),
            message(
                1,
                is_own=True,
                text="ההזמנה שלי (3348917502) לא הגיעה. Order number above.",
                time_ms=START_MS + 40_000,
            ),
            message(
                2,
                is_own=False,
                sender="נועה לוי",
                text="אני בודקת: https://tracking.example.com/p/33",
                time_ms=START_MS + 60_000,
            ),
            message(
                3,
                is_own=False,
                sender="Ann Archer",
                text="Mixed: the word שלום means peace.",
                time_ms=START_MS + 80_000,
            ),
            message(4, is_own=True, text="مرحبا، شكرا جزيلا", time_ms=START_MS + 90_000),
        ],
        title="נועה לוי",
    )


def _high(host: Host) -> None:
    """Room for all of it in one picture."""
    host.page.set_viewport_size({"width": host.page.viewport_size["width"], "height": 900})  # type: ignore[index]
    host.page.evaluate("document.documentElement.style.setProperty('--ipg-height', '860px')")


def cards(host: Host) -> None:
    _high(host)
    host.start(rich.CARDS, can_answer=True)


def pickers(host: Host) -> None:
    _high(host)
    host.start(rich.PICKERS, can_answer=True)
    host.page.get_by_role("radio", name="11:00").first.check()
    host.page.get_by_role("checkbox", name="Brush").check()


def forms(host: Host) -> None:
    _high(host)
    host.start([rich.bot(0, rich.picked(rich.FORM)), rich.bot(1, rich.FORM)], can_answer=True)
    host.page.get_by_role("textbox", name="Your name").last.fill("Ann")


def limits(host: Host) -> None:
    """A draft that is too long."""
    host.start(talk(6), text_limit=TextLimit(most=20, unit="bytes"))
    host.page.get_by_role("textbox", name="Message").fill("x" * 22)


def places(host: Host) -> None:
    _high(host)
    host.start(rich.OTHERS, can_answer=True)


def uploads(host: Host) -> None:
    rules = UploadRules(types=("image/*", "application/pdf"), max_bytes=5_000_000)
    kernel = host.start(talk(6), uploads=rules)
    files: list[FilePayload] = [
        {"name": "boots.png", "mimeType": "image/png", "buffer": rich.picture()},
        {"name": "receipt.pdf", "mimeType": "application/pdf", "buffer": bytes(900_000)},
        {"name": "label.exe", "mimeType": "application/x-msdownload", "buffer": bytes(10)},
    ]
    host.page.locator("input[type=file]").set_input_files(files)
    host.page.get_by_role("button", name="Send").click()
    offer = kernel.wait_for(vp.FileOffered)
    file = vp.ViewAttachment(name=offer.name, media_type="image/png", size_bytes=offer.size_bytes)
    own = message(
        90,
        id=offer.draft_id,
        draft_id=offer.draft_id,
        is_own=True,
        text="",
        status="sending",
        attachments=(file,),
    )
    kernel.say(own)
    kernel.deliver(vp.UploadProgress(draft_id=own.id, sent_bytes=3, total_bytes=10))
    second = kernel.wait_for(vp.FileOffered, 2)
    kernel.deliver(vp.FileWanted(to=second.client, draft_id=second.draft_id, offset=0))
    kernel.deliver(vp.FileWanted(to=second.client, draft_id=second.draft_id, offset=524_288))
    host.page.wait_for_selector(".ipg-waiting [aria-valuenow='29']")


def code(host: Host) -> None:
    text = (
        "Please run `pip install --upgrade ipygenesys`, then:\n```python\nimport ipygenesys as ig\n\n"
        "chat = ig.Chat.demo()\nchat\n```\nMore at https://docs.example.com/install?os=linux."
    )
    host.start(
        [
            message(0, is_own=True, text="How do I update it?", time_ms=START_MS),
            message(1, is_own=False, text=text, time_ms=START_MS + 60_000),
            message(
                2,
                is_own=True,
                text="`Collecting ipygenesys` … it works, thank you!",
                time_ms=START_MS + 90_000,
            ),
        ]
    )


def read_detail(host: Host) -> None:
    host.page.clock.set_fixed_time((START_MS + 420_000) / 1000)
    read = message(3, status="read", status_time_ms=START_MS + 240_000)
    host.start([*talk(3), read])
    host.page.get_by_role("article").last.focus()
    host.page.wait_for_selector(".ipg-detail")


def long_text(host: Host) -> None:
    host.start([message(0, text="\n".join(f"{n}. Put the part into its box." for n in range(1, 40)))])


def german(host: Host) -> None:
    host.page.clock.set_fixed_time((START_MS + 900_000) / 1000)
    kernel = host.start(
        [
            message(0, is_own=False, sender="Jana Weiß", text="Guten Tag, wie kann ich Ihnen helfen?"),
            message(1, text="Mein Paket mit der Nummer 3348917502 ist nicht angekommen.", sender="Crystal"),
            message(2, is_own=False, sender="Jana Weiß", text="Das tut mir leid. Ich sehe gleich nach."),
            message(
                3,
                text="Vielen Dank!",
                status="failed",
                draft_id="m3",
                error="Too many requests (429).",
                cause="rate_limited",
            ),
        ],
        title="Jana Weiß",
        locale="de",
        typing=("Jana",),
    )
    kernel.set_status("reconnecting", None, retry_in_ms=9_000)


def japanese(host: Host) -> None:
    host.page.clock.set_fixed_time((START_MS + 300_000) / 1000)
    host.start(
        [
            message(
                0,
                is_own=False,
                sender="佐藤 美咲",
                text="お問い合わせありがとうございます。ご用件をお伺いいたします。",
            ),
            message(1, text="注文した荷物がまだ届きません。番号は 3348917502 です。", sender="田中"),
            message(
                2,
                is_own=False,
                sender="佐藤 美咲",
                text="確認いたしますので、少々お待ちください。",
                status="read",
            ),
            message(
                3,
                text="よろしくお願いします。",
                status="read",
                status_time_ms=START_MS + 240_000,
                sender="田中",
            ),
        ],
        title="佐藤 美咲",
        locale="ja",
        typing=("佐藤",),
    )


def without_kernel(host: Host) -> None:
    host.page.clock.install()
    host.page.evaluate("harness.start()")
    host.page.evaluate("harness.open()")
    host.page.clock.run_for(6_500)
    host.page.wait_for_selector('[data-link="absent"]')


def saved_copy(host: Host) -> None:
    host.open_saved(saved(*talk(8), title="Ann Archer"))


def right_to_left_cards(host: Host) -> None:
    host.page.evaluate("document.documentElement.dir = 'rtl'")
    cards(host)


def search_open(host: Host) -> None:
    kernel = host.start(talk())
    host.page.get_by_role("button", name="Search").click()
    host.page.get_by_role("searchbox").fill("the")
    kernel.answer_search(has_older=True)
    kernel.answer_page()
    host.page.wait_for_selector('[data-hit="true"]')


def menu_open(host: Host) -> None:
    host.start(talk())
    host.page.get_by_role("button", name="More").click()
    host.page.wait_for_selector("[role=menu]")


def selecting(host: Host) -> None:
    host.start(talk())
    host.page.get_by_role("button", name="More").click()
    host.page.get_by_role("menuitem", name="Select messages").click()
    articles = host.page.get_by_role("article")
    articles.nth(-4).click()
    articles.nth(-1).click(modifiers=["Shift"])
    articles.nth(-3).click()
    host.page.wait_for_selector('[data-selected="true"]')


def date_open(host: Host) -> None:
    """A day that was looked for and not found yet."""
    kernel = host.start(talk(), has_older=True)
    host.page.get_by_role("button", name="More").click()
    host.page.get_by_role("menuitem", name="Go to date…").click()
    host.page.get_by_label("Date", exact=True).fill("2020-01-01")
    host.page.get_by_role("button", name="Go", exact=True).click()
    kernel.answer_page(has_older=True, stopped_early=True)
    host.page.get_by_role("button", name="Look further").wait_for()


STATES: dict[str, Callable[[Host], None]] = {
    "empty": empty,
    "thirty": thirty,
    "watching": watching,
    "watching_low": watching_low,
    "watching_lost": watching_lost,
    "ticks": ticks,
    "typing": typing,
    "failed": failed,
    "disconnected": disconnected,
    "read_only": read_only,
    "stopped": stopped,
    "hostile": hostile,
    "new_messages": new_messages,
    "unread": unread,
    "several": several,
    "right_to_left": right_to_left,
    "cards": cards,
    "pickers": pickers,
    "forms": forms,
    "limits": limits,
    "places": places,
    "uploads": uploads,
    "right_to_left_cards": right_to_left_cards,
    "code": code,
    "read_detail": read_detail,
    "long_text": long_text,
    "german": german,
    "japanese": japanese,
    "without_kernel": without_kernel,
    "saved_copy": saved_copy,
    "search_open": search_open,
    "menu_open": menu_open,
    "date_open": date_open,
    "selecting": selecting,
}
