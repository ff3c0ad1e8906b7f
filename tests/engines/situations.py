"""What the view is for, in each engine: a situation raises where it does not hold, and says what else there is to know."""

from __future__ import annotations

from collections.abc import Callable

from ipygenesys._core.model.messages import UploadRules
from ipygenesys._core.view import protocol as vp
from tests.engines.bench import Bench
from tests.view import rich
from tests.view.kernel import Kernel, conversation, message

Situation = Callable[[Bench], str]
"""Plays itself; a remark, or nothing."""

STEP_PX = 240
# In the list: that itself moves with what is said above it, as of a kernel that has been silent for a while.
TOP = """const list = document.querySelector('.ipg-scroller');
  const top = each => each.getBoundingClientRect().top - list.getBoundingClientRect().top;"""
SCROLL = f"""async by => {{ {TOP}
  let worst = 0, frames = 0, lost = 0, where = '';
  for (; frames < 20 && list.scrollTop > 0; frames++) {{
    const read = [...list.querySelectorAll('article')].slice(1).find(each => top(each) >= 0);
    const step = Math.min(by, list.scrollTop);
    const before = top(read);
    list.scrollTop -= step;
    await harness.shown(1);
    if (!read.isConnected) lost++;
    const off = Math.abs(top(read) - before - step);
    if (read.isConnected && off > worst) {{ worst = off; where = read.dataset.messageId; }}
  }}
  return {{worst, frames, lost, where, first: list.querySelector('article').dataset.messageId}};
}}"""
# The oldest of the page loses its day, and its sender's name, when earlier ones come before it.
FIRST_PLACE = f"""() => {{ {TOP} const [, read] = document.querySelectorAll('article');
  return [read.dataset.messageId, top(read)]; }}"""
PLACE = f"""async id => {{ {TOP} await harness.atRest();
  const read = document.querySelector(`[data-message-id="${{id}}"]`);
  return read && top(read); }}"""
SAFARIS_ENTER = """() => document.activeElement.dispatchEvent(
  new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"""
DROP = """name => { const data = new DataTransfer();
  data.items.add(new File(['dropped'], name, {type: 'text/plain'}));
  document.querySelector('.ipg-scroller').dispatchEvent(
    new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})); }"""


def text_of(number: int) -> str:
    return f"Message {number}. " + "And some more of it. " * (number % 9)


def scrolling(bench: Bench) -> str:
    """2,000 messages from the end to the beginning: in every frame, what is read has moved by the step and no more."""
    talk = [message(number, text=text_of(number)) for number in range(2_000)]
    kernel = bench.start(talk, newest=100, has_older=False)
    worst, frames, pages, first, still = 0.0, 0, 0, "", 0
    while first != "m0":
        moved = bench.page.evaluate(SCROLL, STEP_PX)
        still = 0 if moved["frames"] else still + 1
        assert still < 100, f"after {frames} frames nothing comes before {first}"
        assert moved["worst"] <= 1, (
            f"{moved['where']} has moved by {moved['worst']:.1f} px more than the step"
        )
        worst, frames = max(worst, moved["worst"]), frames + moved["frames"]
        assert moved["lost"] == 0, f"{moved['lost']} times what was read had left the page"
        first = moved["first"]
        if len(kernel.heard(vp.PageRequested)) > pages:
            name, before = bench.page.evaluate(FIRST_PLACE)
            pages += 1
            kernel.answer_page(pages)
            after = bench.page.evaluate(PLACE, name)
            assert after is not None, "what was read has left the page with the page that came"
            assert abs(after - before) <= 1, f"an earlier page has moved {name} by {after - before:.1f} px"
        assert frames < 4_000, f"after {frames} frames still at {first}"
    return f"2,000 messages in {frames} frames, what is read at most {worst:.1f} px off"


def seen(bench: Bench) -> str:
    """What is in sight of a window with the focus is read; what comes while the window is away is not."""
    kernel = bench.start(conversation(2, is_own=False, status="unread"))
    assert set(kernel.wait_for(vp.MessagesSeen).ids) == {"m0", "m1"}
    with bench.screen.put_away():
        bench.page.until("() => !document.hasFocus()")
        kernel.say(message(2, is_own=False, status="unread"))
        bench.page.wait_for_timeout(2_500)
        assert len(kernel.heard(vp.MessagesSeen)) == 1, "read while the window was put away"
    assert kernel.wait_for(vp.MessagesSeen, 2).ids == ("m2",)
    return ""


def typing(bench: Bench) -> str:
    """Keys are noted, Enter sends, and who types shows."""
    kernel = bench.start(conversation(3))
    bench.page.click(".ipg-box")
    bench.page.type("Hello")
    kernel.wait_for(vp.KeystrokeNoted)
    bench.page.press("Shift+Enter", "x", "Enter")
    assert kernel.wait_for(vp.SendRequested).text == "Hello\nx"
    assert bench.value() == ""
    kernel.typing("Ann")
    bench.page.until(
        """() => document.querySelector('[data-typing="true"]')?.textContent === 'Ann is typing…'"""
    )
    return ""


def input_method(bench: Bench) -> str:
    """The Enter that ends a composition neither sends a message nor goes to a hit."""
    kernel = bench.start(conversation(3))
    bench.page.click(".ipg-box")
    is_real = bench.engine.compose("かん", is_done=False)
    if is_real:
        assert bench.value() == "かん"
    bench.page.evaluate(SAFARIS_ENTER)
    assert kernel.heard(vp.SendRequested) == [], "sent while it was being composed"
    if is_real:
        bench.engine.compose("漢字", is_done=True)
    else:
        bench.page.type("kanji")
    bench.page.press("Enter")
    assert kernel.wait_for(vp.SendRequested).text == ("漢字" if is_real else "kanji")
    search(bench, kernel, "Message")
    asked = len(kernel.heard(vp.PageRequested))
    bench.page.evaluate(SAFARIS_ENTER)
    bench.page.wait_for_timeout(300)
    assert len(kernel.heard(vp.PageRequested)) == asked, "the search took the Enter of a composition"
    return "" if is_real else "input methods by their events alone"


def search(bench: Bench, kernel: Kernel, words: str) -> None:
    """The bar, open, with the first hit of these words."""
    bench.page.click(".ipg-tools button")
    bench.page.until("() => document.activeElement.matches('.ipg-field')")
    bench.page.type(words)
    kernel.answer_search_for(words)
    kernel.answer_page()
    bench.page.until("() => document.querySelector('.ipg-hits').textContent.startsWith('1 of')")


def searching(bench: Bench) -> str:
    """A hit far away comes into sight, with what was looked for marked in it."""
    talk = conversation(600)
    talk[70] = message(70, text="The parcel is blue.")
    kernel = bench.start(talk, newest=100)
    search(bench, kernel, "parcel")
    bench.page.until("""() => document.querySelector('[data-hit="true"]')?.dataset.messageId === 'm70'""")
    marked = bench.page.evaluate(
        "() => [...(CSS.highlights?.get('ipg-hit') ?? [])].map(each => each.toString())"
    )
    return "" if marked == ["parcel"] else "hits are not marked within their text"


def copying(bench: Bench) -> str:
    """What is selected across messages with the pointer, and copied with the keys, can be pasted here."""
    bench.start(conversation(4))
    first, last = (f'[data-message-id="m{number}"] .ipg-text' for number in (1, 3))
    bench.page.drag(first, last)
    bench.page.press("Control+c")
    bench.page.click(".ipg-box")
    bench.page.press("Control+v")
    bench.page.until("() => document.querySelector('.ipg-box').value !== ''")
    pasted = bench.value()
    assert [f"Message {number}" in pasted for number in range(4)] == [False, True, True, True], pasted
    return ""


def files(bench: Bench) -> str:
    """A file that is chosen, and one that is dropped, go to the kernel in pieces."""
    kernel = bench.start([message(0)], can_answer=True, uploads=UploadRules())
    path = bench.folder / "notes.txt"
    path.write_bytes(b"x" * 1_000)
    bench.page.give_files("input[type=file]", str(path))
    bench.page.evaluate(DROP, "dropped.txt")
    bench.page.until(
        """() => /notes\\.txt.*dropped\\.txt/s.test(document.querySelector('.ipg-composer').textContent)"""
    )
    bench.page.click(".ipg-box")
    bench.page.press("Enter")
    offer = kernel.wait_for(vp.FileOffered)
    kernel.deliver(vp.FileWanted(to=offer.client, draft_id=offer.draft_id, offset=0))
    kernel.wait_for(vp.FileChunk)
    sizes = bench.page.evaluate("() => harness.model.buffers.map(each => each.byteLength)")
    assert (offer.name, sizes) == ("notes.txt", [1_000])
    return ""


def drafts(bench: Bench) -> str:
    """What was being written is there after the page has been loaded again."""
    bench.start(conversation(3))
    bench.page.click(".ipg-box")
    bench.page.type("Half a sen")
    assert bench.value() == "Half a sen"
    bench.page.reload()
    bench.show(conversation(3))
    assert bench.value() == "Half a sen"
    bench.page.click(".ipg-box")
    bench.page.press("Control+a", "Backspace")
    return ""


def pickers(bench: Bench) -> str:
    """A reply is picked by a click, a time by keys."""
    kernel = bench.start([rich.bot(1, rich.REPLIES)], can_answer=True)
    bench.page.click(".ipg-replies li:nth-child(2) button")
    assert kernel.wait_for(vp.AnswerRequested).picks == (1,)
    kernel = bench.start([rich.bot(1, rich.DATES)], can_answer=True)
    bench.page.evaluate("() => document.querySelector('.ipg-rows input[type=radio]').focus()")
    bench.page.press("ArrowDown", "ArrowDown", "Tab", "Enter")
    assert kernel.wait_for(vp.AnswerRequested).picks == (2,)
    return ""


ALL: dict[str, Situation] = {
    each.__name__.replace("_", " "): each
    for each in (
        scrolling, seen, typing, input_method, copying, files, searching, drafts, pickers,
    )
}  # fmt: skip
