// The entry: one session per model, one tree per view, nothing left behind.
// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import createWidget from "../src/widget";
import * as eg from "./examples";
import { FakeModel } from "./fake-model";

function setUp({ initialize = true } = {}) {
  const model = new FakeModel();
  const widget = createWidget();
  const lifetime = new AbortController();
  if (initialize) widget.initialize({ model: model.proxy(), signal: lifetime.signal });
  const open = (proxy = model.proxy()) => {
    const el = document.body.appendChild(document.createElement("div"));
    const closing = new AbortController();
    act(() => void widget.render({ model: proxy, el, signal: closing.signal }));
    return { el, close: () => act(() => closing.abort()) };
  };
  const answer = (fields: Parameters<typeof eg.snapshot>[0] = {}) => {
    const to = model.heard("hello").at(-1)?.client ?? "";
    act(() => model.deliver(eg.snapshot({ to, ...fields })));
  };
  const texts = (el: HTMLElement): (string | null)[] =>
    [...el.querySelectorAll(".ipg-text")].map((each) => each.textContent);
  return { model, lifetime, open, answer, texts };
}

/** The listeners that are on the page and the window now. */
function watchListeners(): ReadonlySet<unknown> {
  const there = new Set<unknown>();
  for (const target of [document, window] as EventTarget[]) {
    const add = target.addEventListener.bind(target);
    const remove = target.removeEventListener.bind(target);
    vi.spyOn(target, "addEventListener").mockImplementation((type, callback, options) => {
      there.add(callback);
      const { signal } = (typeof options === "object" ? options : {}) as AddEventListenerOptions;
      signal?.addEventListener("abort", () => there.delete(callback));
      add(type, callback, options);
    });
    vi.spyOn(target, "removeEventListener").mockImplementation((type, callback, options) => {
      there.delete(callback);
      remove(type, callback, options);
    });
  }
  return there;
}

beforeEach(() => {
  vi.useFakeTimers({ now: eg.NOW });
});
afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = "";
});

describe("initialize", () => {
  it("is synchronous, listens, and does not connect: nobody is looking yet", () => {
    const { model } = setUp();
    expect([model.sent, model.listenerCount]).toEqual([[], 2]);
  });
});

describe("views", () => {
  it("say hello once, show the snapshot and follow the deltas, all alike", () => {
    const { model, open, answer, texts } = setUp();
    const one = open();
    const two = open();
    expect(model.heard("hello")).toHaveLength(1);
    answer({ messages: eg.messages(2) });
    act(() => model.deliver(eg.deltas(11, eg.placed(eg.message({ id: "n", text: "New" }), 2))));
    act(() => void vi.advanceTimersByTime(300));
    for (const view of [one, two]) expect(texts(view.el)).toEqual(["Message 0", "Message 1", "New"]);
  });
  it("close one by one; with the last one goes the kernel's viewer", () => {
    const { model, open, answer } = setUp();
    const one = open();
    const two = open();
    answer();
    one.close();
    expect([one.el.innerHTML, model.heard("goodbye").length]).toEqual(["", 0]);
    two.close();
    expect(model.heard("goodbye")).toHaveLength(1);
    open();
    expect(model.heard("hello")).toHaveLength(2);
  });
  it("leave no listener and no timer behind", () => {
    const listeners = watchListeners();
    const { model, lifetime, open, answer } = setUp();
    const before = vi.getTimerCount();
    const one = open();
    const two = open();
    answer({
      messages: eg.messages(5),
      typing: ["Ann"],
      status: eg.status({ status: "reconnecting", retryInMs: 9_000 }),
    });
    act(() => void vi.advanceTimersByTime(500));
    expect(listeners.size).toBeGreaterThan(0);
    one.close();
    two.close();
    act(() => void vi.advanceTimersByTime(100));
    expect([...listeners]).toEqual([]);
    expect(vi.getTimerCount()).toBe(before);
    lifetime.abort();
    expect(model.listenerCount).toBe(0);
  });
  it("work in a host that never initializes", () => {
    const { model, open, answer, texts } = setUp({ initialize: false });
    const { el } = open();
    answer({ messages: eg.messages(1) });
    expect([texts(el), model.heard("hello").length]).toEqual([["Message 0"], 1]);
  });
  it("work in a shadow root", () => {
    const { model } = setUp();
    const host = document.body.appendChild(document.createElement("div"));
    const el = host.attachShadow({ mode: "open" }).appendChild(document.createElement("div"));
    const widget = createWidget();
    act(() => void widget.render({ model: model.proxy(), el, signal: new AbortController().signal }));
    expect(el.querySelector("[aria-label=Conversation]")).toBeTruthy();
  });
});

describe("the kernel", () => {
  it("that lost track of us is asked again", () => {
    const { model, open, answer } = setUp();
    open();
    answer({ messages: eg.messages(2) });
    vi.advanceTimersByTime(2_000);
    act(() => model.deliver(eg.deltas(11, { kind: "message-removed", id: "not there", index: 0 })));
    expect(model.heard("hello").at(-1)).toMatchObject({ revision: 11, pageSize: 100 });
  });
  it("that stops is said in words, and closes the composer", () => {
    const { model, open, answer } = setUp();
    const { el } = open();
    answer();
    model.isLive = false;
    act(() => model.emit("comm_live_update"));
    act(() => void vi.advanceTimersByTime(300));
    expect(el.querySelector("[role=status]")?.textContent).toContain("Kernel stopped: run the cell again");
    expect(el.querySelector("textarea")?.readOnly).toBe(true);
  });
});

describe("a copy in the model", () => {
  it("is shown before any kernel answers", () => {
    const model = new FakeModel();
    model.state = { _saved_content: eg.snapshot({ messages: eg.messages(2), title: "Ann" }) };
    const el = document.body.appendChild(document.createElement("div"));
    act(() => void createWidget().render({ model: model.proxy(), el, signal: new AbortController().signal }));
    expect(el.querySelectorAll("article")).toHaveLength(2);
  });
  it.each([undefined, null, "text", 7, [], [99], { kind: "other" }])(
    "that is none is passed over: %j",
    (copy) => {
      const model = new FakeModel();
      model.state = { _saved_content: copy };
      const el = document.body.appendChild(document.createElement("div"));
      act(
        () => void createWidget().render({ model: model.proxy(), el, signal: new AbortController().signal }),
      );
      expect(el.querySelectorAll("article")).toHaveLength(0);
    },
  );
});
