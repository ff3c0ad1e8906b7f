// The list: its roles, its keys, how little is drawn for one more message. Scrolling is tested in a real browser.
// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import { reduce, type ViewState } from "../../../src/state/store";
import { MessageList } from "../../../src/view/list/message-list";
import * as eg from "../../examples";
import { draw, services } from "../draw";

const list = (state: ViewState, with_ = services(), onEscape = vi.fn()) => (
  <MessageList state={state} services={with_} onEscape={onEscape} handle={{ current: null }} />
);
const press = (target: HTMLElement, key: string): void => {
  act(
    () => void target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })),
  );
};

describe("the list", () => {
  it("is a feed of articles, and a plain region while it is empty", () => {
    const drawn = draw(list(eg.live([])));
    expect(drawn.find("[aria-label=Messages]").getAttribute("role")).toBe("region");
    expect(drawn.el.textContent).toContain("No messages yet");
    drawn.redraw(list(eg.live(eg.messages(3))));
    expect(drawn.find("[aria-label=Messages]").getAttribute("role")).toBe("feed");
    expect(drawn.all("[role=feed] article")).toHaveLength(3);
    expect(drawn.find("[role=feed]").tabIndex).toBe(0);
  });
  it("draws one row for one more message, not all of them", () => {
    const with_ = services();
    const time = vi.spyOn(with_.format, "time");
    const before = eg.live(eg.messages(300));
    const drawn = draw(list(before, with_));
    // Twice a row: what shows, and the message's name.
    expect(time).toHaveBeenCalledTimes(2 * 16);
    const news = eg.message({ id: "new", sender: "Ben", timeMs: eg.NOW + 900 * 60_000 });
    drawn.redraw(list(reduce(before, eg.deltas(11, eg.placed(news, 300)), eg.NOW), with_));
    expect(drawn.all("article")).toHaveLength(17);
    expect(time).toHaveBeenCalledTimes(2 * 17);
  });
  it("draws only the row whose receipt has come", () => {
    const with_ = services();
    const time = vi.spyOn(with_.format, "time");
    const before = eg.live(eg.messages(15));
    const drawn = draw(list(before, with_));
    const receipt = eg.receipt({ id: "m7", index: 7 });
    drawn.redraw(list(reduce(before, eg.deltas(11, receipt), eg.NOW), with_));
    expect(time).toHaveBeenCalledTimes(2 * 16);
  });
  it("keeps the row of a message whose draft the server has accepted", () => {
    const drafted = reduce(eg.live([]), { kind: "draft-added", draftId: "d", text: "Hi" }, eg.NOW);
    const drawn = draw(list(drafted));
    const row = drawn.find("article");
    expect(row.dataset).toMatchObject({ messageId: "d", status: "sending", own: "true" });
    const accepted = eg.placed(eg.own({ id: "server", draftId: "d", text: "Hi" }), 0);
    drawn.redraw(list(reduce(drafted, eg.deltas(11, accepted), eg.NOW)));
    expect(drawn.find("article")).toBe(row);
    expect(row.dataset).toMatchObject({ messageId: "server", status: "sent" });
  });
});

describe("keys", () => {
  const focused = (): string | undefined => (document.activeElement as HTMLElement | null)?.dataset.messageId;

  it("move from article to article", () => {
    const drawn = draw(list(eg.live(eg.messages(4))));
    const feed = drawn.find("[role=feed]");
    feed.focus();
    press(feed, "PageUp");
    expect(focused()).toBe("m3");
    const keys: [string, string][] = [
      ["PageUp", "m2"],
      ["Home", "m0"],
      ["PageUp", "m0"],
      ["PageDown", "m1"],
      ["End", "m3"],
      ["PageDown", "m3"],
    ];
    for (const [key, id] of keys) {
      press(document.activeElement as HTMLElement, key);
      expect(focused()).toBe(id);
    }
  });
  it("Esc goes back to the composer", () => {
    const onEscape = vi.fn();
    const drawn = draw(list(eg.live(eg.messages(1)), services(), onEscape));
    press(drawn.find("article"), "Escape");
    expect(onEscape).toHaveBeenCalledOnce();
  });
  it("that mean nothing here are the host's", () => {
    const drawn = draw(list(eg.live(eg.messages(1))));
    const host = vi.fn();
    document.addEventListener("keydown", host, { once: true });
    press(drawn.find("article"), "F2");
    expect(host).toHaveBeenCalledOnce();
  });
});
