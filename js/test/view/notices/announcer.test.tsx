// New messages as heard: each once, gathered when they come fast; and what became of ours.
// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Arrival } from "../../../src/state/store";
import { GATHER_MS, KEPT_MS } from "../../../src/view/kit/voice";
import { Announcer } from "../../../src/view/notices/announcer";
import * as eg from "../../examples";
import { draw, pass, services } from "../draw";

const arrivals = (count: number): Arrival[] =>
  Array.from({ length: count }, (_, i) => ({ serial: i + 1, message: eg.message({ text: `T${i + 1}` }) }));
let given = services();
const announcer = (count: number) => (
  <Announcer state={{ arrivals: arrivals(count), lastSerial: count }} messages={[]} services={given} />
);
const said = (el: HTMLElement): string[] =>
  [...el.querySelectorAll("[aria-live] div")].map((each) => each.textContent ?? "");

beforeEach(() => {
  vi.useFakeTimers();
  given = services();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the announcer", () => {
  it("says a new message once, and clears it later", () => {
    const { el, redraw } = draw(announcer(0));
    redraw(announcer(1));
    expect(said(el)).toEqual(["Ann Archer: T1"]);
    redraw(announcer(1));
    expect(said(el)).toEqual(["Ann Archer: T1"]);
    pass(KEPT_MS);
    expect(said(el)).toEqual([]);
    redraw(announcer(1));
    expect(said(el)).toEqual([]);
  });
  it("does not say what came before the view was there", () => {
    expect(said(draw(announcer(5)).el)).toEqual([]);
  });
  it("gathers what comes fast", () => {
    const { el, redraw } = draw(announcer(0));
    redraw(announcer(1));
    redraw(announcer(4));
    redraw(announcer(9));
    expect(said(el)).toEqual(["Ann Archer: T1"]);
    pass(GATHER_MS);
    expect(said(el)).toEqual(["Ann Archer: T1", "8 new messages. Ann Archer: T9"]);
  });
  it("is polite and leaves no timer behind", () => {
    const { find, redraw } = draw(announcer(0));
    expect(find(".ipg-announcer").getAttribute("aria-live")).toBe("polite");
    redraw(announcer(2));
    redraw(null);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("what became of our messages", () => {
  const withOwn = (...messages: ReturnType<typeof eg.own>[]) => (
    <Announcer state={{ arrivals: [], lastSerial: 0 }} messages={messages} services={given} />
  );
  const draft = (status: "sending" | "sent" | "read" | "failed", error: string | null = null) =>
    eg.own({ id: "m1", draftId: "d1", status, error });

  it("is said once: sent, or not and why", () => {
    const { el, redraw } = draw(withOwn());
    redraw(withOwn(draft("sending")));
    expect(said(el)).toEqual([]);
    redraw(withOwn(draft("failed", "No route.")));
    redraw(withOwn(draft("failed", "No route.")));
    redraw(withOwn(draft("sending")));
    pass(GATHER_MS);
    redraw(withOwn(draft("sent")));
    redraw(withOwn(draft("read")));
    expect(said(el)).toEqual(["Not sent: Hello. No route.", "Sent"]);
  });
  it("is said of each, by its words, also when the reason is the same", () => {
    const failed = (id: string, text: string) =>
      eg.own({ id, draftId: id, text, status: "failed", error: "No." });
    const sending = (id: string, text: string) => eg.own({ id, draftId: id, text, status: "sending" });
    const { el, redraw } = draw(withOwn(sending("a", "One"), sending("b", "Two?")));
    redraw(withOwn(failed("a", "One"), failed("b", "Two?")));
    pass(GATHER_MS);
    expect(said(el)).toEqual(["Not sent: One. No.", "Not sent: Two? No."]);
  });
  it("is not said of what was there before", () => {
    const { el, redraw } = draw(withOwn(draft("failed")));
    redraw(withOwn(draft("failed"), eg.own({ id: "m2", draftId: "d2", status: "sent" })));
    expect(said(el)).toEqual([]);
  });
});
