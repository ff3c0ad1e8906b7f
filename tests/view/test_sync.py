"""Hello, snapshot, deltas, resync; optimistic sending; several views; a kernel that goes away."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from ipygenesys._core.view import protocol as vp
from tests.view.conftest import Host
from tests.view.kernel import Kernel, conversation, message


def test_hello_then_snapshot_then_deltas(host: Host) -> None:
    kernel = host.start(conversation(2))
    (hello,) = kernel.heard(vp.Hello)
    assert (hello.seq, hello.revision, hello.protocol_version) == (1, None, vp.VIEW_PROTOCOL_VERSION)
    kernel.say(message(2))
    expect(host.page.get_by_role("article")).to_have_count(3)


def test_nothing_is_said_before_a_view_is_there(host: Host) -> None:
    host.stop_time()
    host.page.evaluate("harness.start()")
    host.pass_time(30_000)
    assert host.page.evaluate("harness.model.sent") == []


def test_initialize_is_synchronous_and_leaves_all_work_to_the_first_view(host: Host) -> None:
    done: list[str] = host.page.evaluate("""async () => {
      const module = await import('/widget.js');
      const widget = await module.default();
      const signal = new AbortController().signal;
      const done = [];
      for (const work of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'queueMicrotask', 'fetch'])
        window[work] = () => done.push(work);
      Document.prototype.createElement = name => done.push(name);
      const result = widget.initialize({model: new FakeModel(), signal});
      if (result instanceof Promise) throw new Error('asynchronous');
      return done;
    }""")
    assert done == []


def test_hello_is_repeated_until_it_is_answered(host: Host) -> None:
    host.page.clock.install()
    host.page.evaluate("harness.start()")
    host.page.evaluate("harness.open()")
    kernel = Kernel(host.page, conversation(1))
    host.page.clock.run_for(2_100)
    kernel.wait_for(vp.Hello, 2)
    expect(host.page.locator(".ipg-banner")).to_contain_text("Waiting for the kernel…")
    kernel.answer_hello(2)
    expect(host.page.get_by_role("article")).to_have_count(1)
    expect(host.page.locator(".ipg-banner")).to_have_text("")


def test_a_gap_leads_to_a_resync(host: Host) -> None:
    host.page.clock.install()
    kernel = host.start(conversation(3))
    host.page.clock.run_for(1_000)
    kernel.deltas(kernel.placed(message(3)))
    kernel.change(kernel.placed(message(4)))
    hello = kernel.wait_for(vp.Hello, 2)
    assert hello.revision == 7
    expect(host.page.get_by_role("article")).to_have_count(3)
    kernel.answer_hello(2)
    expect(host.page.get_by_role("article")).to_have_count(5)
    kernel.say(message(5))
    expect(host.page.get_by_role("article")).to_have_count(6)


def test_lost_deltas_at_the_end_are_found_by_the_heartbeat(host: Host) -> None:
    host.page.clock.install()
    kernel = host.start(conversation(3))
    kernel.deltas(kernel.placed(message(3)))
    kernel.deliver(vp.KernelHeartbeat(epoch=kernel.epoch, revision=kernel.revision))
    host.page.clock.run_for(1_100)
    kernel.answer_hello(2)
    expect(host.page.get_by_role("article")).to_have_count(4)


def test_a_resync_keeps_the_place_and_the_draft(host: Host) -> None:
    host.page.clock.install()
    kernel = host.start(conversation(80))
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("Half a sentence")
    host.page.evaluate("document.querySelector('.ipg-scroller').scrollTop = 700")
    host.at_rest()
    host.page.clock.run_for(1_050)
    place = "document.querySelector('[data-message-id=m25]').getBoundingClientRect().top"
    before = host.page.evaluate(place)
    kernel.deltas(kernel.placed(message(80)))
    kernel.say(message(81))
    kernel.answer_hello(2)
    expect(host.page.locator(".ipg-count")).to_have_text("1")  # m80 is the agent's.
    assert abs(host.page.evaluate(place) - before) <= 1
    expect(box).to_have_value("Half a sentence")
    expect(box).to_be_focused()


def test_another_epoch_starts_over(host: Host) -> None:
    host.page.clock.install()
    kernel = host.start(conversation(3))
    kernel.epoch, kernel.messages, kernel.revision = "e2", conversation(1, 50), 0
    host.page.clock.run_for(1_000)
    kernel.typing("Ann")
    kernel.answer_hello(2)
    expect(host.page.get_by_role("article")).to_have_count(1)


def test_a_reloaded_page_gets_everything_back(host: Host) -> None:
    host.start(conversation(5))
    host.page.reload()
    kernel = host.start(conversation(6))
    assert kernel.heard(vp.Hello)[0].seq == 1
    expect(host.page.get_by_role("article")).to_have_count(6)


def test_what_was_being_written_when_the_page_was_reloaded_is_there_again_once(host: Host) -> None:
    host.start(conversation(1))
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("Half a\nsentence")
    assert host.page.evaluate("sessionStorage.length") == 0, "while the page is there it keeps it itself"
    host.page.reload()
    kernel = host.start(conversation(1))
    expect(box).to_have_value("Half a\nsentence")
    expect(host.page.get_by_role("button", name="Send")).to_be_enabled()
    assert host.page.evaluate("sessionStorage.length") == 0
    assert kernel.heard(vp.KeystrokeNoted) == [], "nobody is typing"
    box.fill("")
    host.page.reload()
    host.start(conversation(1))
    expect(box).to_have_value("")


def test_a_message_shows_at_once_and_keeps_its_place_when_it_is_accepted(host: Host) -> None:
    kernel = host.start(conversation(2))
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("Hello")
    box.press("Enter")
    mine = host.page.get_by_role("article").nth(2)
    expect(mine).to_have_attribute("data-status", "sending")
    sent = kernel.wait_for(vp.SendRequested)
    expect(mine).to_have_attribute("data-message-id", sent.draft_id)
    mine.evaluate("element => { window.mine = element }")
    kernel.say(message(3, id=sent.draft_id, draft_id=sent.draft_id, text="Hello", status="sending"))
    kernel.replace(sent.draft_id, message(3, id="s-1", draft_id=sent.draft_id, text="Hello", status="sent"))
    expect(mine).to_have_attribute("data-status", "sent")
    expect(mine).to_have_attribute("data-message-id", "s-1")
    expect(host.page.get_by_role("article")).to_have_count(3)
    assert mine.evaluate("element => element === window.mine"), "the row was drawn anew"


def test_sending_works_while_the_kernel_is_blocked(host: Host) -> None:
    kernel = host.start(conversation(2))
    box = host.page.get_by_role("textbox", name="Message")
    for text in ("one", "two", "three"):
        box.fill(text)
        box.press("Enter")
    expect(host.page.locator('[data-status="sending"]')).to_have_count(3)
    said = kernel.heard(vp.SendRequested)
    assert [each.text for each in said] == ["one", "two", "three"]
    assert len({each.draft_id for each in said}) == 3
    numbers = [each.seq for each in kernel.sent()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_two_views_show_the_same_and_live_apart(host: Host) -> None:
    kernel = host.start(conversation(20))
    host.page.evaluate("harness.open()")
    regions = host.page.get_by_role("region", name="Conversation")
    expect(regions).to_have_count(2)
    assert len(kernel.heard(vp.Hello)) == 1
    kernel.say(message(20))
    for each in range(2):
        expect(regions.nth(each).get_by_role("article")).to_have_count(21)
    regions.nth(0).get_by_role("textbox", name="Message").fill("only here")
    expect(regions.nth(1).get_by_role("textbox", name="Message")).to_have_value("")
    host.page.evaluate("harness.close(0)")
    kernel.say(message(21))
    expect(regions).to_have_count(1)
    expect(regions.get_by_role("article")).to_have_count(22)
    assert kernel.heard(vp.Goodbye) == []
    host.page.evaluate("harness.close(1)")
    kernel.wait_for(vp.Goodbye)


def test_a_draft_survives_its_view(host: Host) -> None:
    host.start(conversation(1))
    host.page.get_by_role("textbox", name="Message").fill("not sent yet")
    host.page.evaluate("harness.close(0)")
    host.page.evaluate("harness.open()")
    expect(host.page.get_by_role("textbox", name="Message")).to_have_value("not sent yet")


def test_a_draft_goes_on_in_the_same_conversation_when_the_cell_is_run_again(host: Host) -> None:
    host.start(conversation(1), conversation="c1")
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("not sent yet")
    for name, found in (("c2", ""), ("c1", "not sent yet"), ("c1", "not sent yet")):
        host.page.evaluate("harness.close(0)")
        host.start(conversation(1), conversation=name)
        expect(box).to_have_value(found)
    assert host.page.evaluate("sessionStorage.length") == 0
    # The page goes and comes back with all that is in it.
    host.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    box.press("Enter")
    host.page.evaluate("harness.close(0)")
    host.start(conversation(1), conversation="c1")
    expect(box).to_have_value("")


def test_a_stopped_kernel_is_said_in_words(host: Host) -> None:
    kernel = host.start(conversation(2))
    host.page.get_by_role("textbox", name="Message").fill("too late")
    host.page.evaluate("harness.model.die()")
    expect(host.page.locator(".ipg-banner")).to_have_text(
        re.compile(r"^Kernel stopped: run the cell again\s*In a dashboard: reload the page\.$")
    )
    expect(host.page.get_by_role("textbox", name="Message")).to_be_disabled()
    expect(host.page.get_by_role("article")).to_have_count(2)
    assert kernel.heard(vp.SendRequested) == []


def test_a_send_that_finds_the_kernel_stopped_fails_and_can_be_discarded(host: Host) -> None:
    host.start(conversation(2))
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("Hello?")
    host.page.evaluate("harness.model.live = false")
    box.press("Enter")
    mine = host.page.get_by_role("article").nth(2)
    expect(mine).to_have_attribute("data-status", "failed")
    expect(mine).to_contain_text("The kernel has stopped")
    mine.get_by_role("button", name="Discard").click()
    expect(host.page.get_by_role("article")).to_have_count(2)


def test_it_works_in_a_shadow_root_with_a_reset(host: Host) -> None:
    host.page.evaluate("""async () => {
      await harness.start();
      const root = document.getElementById('host').attachShadow({mode: 'open'});
      root.innerHTML = '<style>*{margin:0;padding:0;border:0 solid} button,textarea{all:unset}</style>'
        + '<link rel="stylesheet" href="/widget.css"><div id="inner"></div>';
      await new Promise(done => root.querySelector('link').addEventListener('load', done));
      harness.open(root.getElementById('inner'));
    }""")
    kernel = Kernel(host.page, conversation(20, is_own=False, status="unread"))
    kernel.answer_hello()
    expect(host.page.get_by_role("article")).to_have_count(20)
    box = host.page.get_by_role("textbox", name="Message")
    box.fill("From the shadow")
    box.press("Enter")
    kernel.wait_for(vp.SendRequested)
    kernel.wait_for(vp.MessagesSeen)
    expect(box).to_be_focused()
