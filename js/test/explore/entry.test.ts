// @vitest-environment happy-dom
// A widget beside the chat: looks while a view is there, whichever proxy of its model the host gives.
import type { AnyModel } from "@anywidget/types";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createEntry, LOOK_MS, type ToKernel } from "../../src/explore/entry";
import { FakeModel } from "../fake-model";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function made() {
  const fake = new FakeModel();
  const heard: string[] = [];
  const drawn: HTMLElement[] = [];
  let kernel: ToKernel<string> | undefined;
  const widget = createEntry<string, string>((toKernel) => {
    kernel = toKernel;
    return {
      hear: (message) => void heard.push(message),
      question: () => "look",
      isAnswered: () => heard.length > 0,
      mount: (el) => void drawn.push(el),
    };
  });
  const view = (): (() => void) =>
    widget.render({
      model: fake.proxy() as AnyModel,
      el: document.createElement("div"),
      signal: new AbortController().signal,
    });
  return { fake, heard, drawn, widget, view, kernel: () => kernel };
}

it("looks while somebody does, and hears what comes", () => {
  const { fake, heard, drawn, widget, view, kernel } = made();
  const lifetime = new AbortController();
  widget.initialize({ model: fake.proxy(), signal: lifetime.signal });
  kernel()?.say("nobody is there");
  expect(fake.sent).toEqual([]);
  const [first, second] = [view(), view()];
  expect([fake.sent, drawn.length]).toEqual([["look"], 2]);
  fake.emit("msg:custom", "hello");
  kernel()?.say("more");
  kernel()?.look();
  expect([heard, fake.sent]).toEqual([["hello"], ["look", "more", "look"]]);
  first();
  vi.advanceTimersByTime(LOOK_MS);
  expect(fake.sent).toHaveLength(4);
  second();
  vi.advanceTimersByTime(LOOK_MS);
  expect(fake.sent).toHaveLength(4);
  lifetime.abort();
  expect(fake.listenerCount).toBe(0);
});

it("begins with its first view where the host skips the beginning", () => {
  const { fake, view } = made();
  view();
  expect(fake.sent).toEqual(["look"]);
});
