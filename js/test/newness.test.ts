// The "New messages" mark and the count on "Jump to latest".
import { describe, expect, it } from "vitest";
import { answered, noteArrivals, reachedEnd, startNewness } from "../src/newness";
import * as eg from "./examples";

const arrivals = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    serial: from + i,
    message: eg.message({ id: `m${from + i}` }),
  }));

describe("the mark", () => {
  const start = startNewness(eg.live(eg.messages(3), { firstUnreadIndex: 1 }));

  it("stands before what was unread at first sight", () => {
    expect(start).toEqual({ markId: "m1", waiting: 0, lastSerial: 0 });
  });
  it("stays where it is while the user sees messages come", () => {
    expect(noteArrivals(start, arrivals(1, 2), true)).toEqual({ markId: "m1", waiting: 0, lastSerial: 2 });
  });
  it("moves to the first message that came unseen, and stays there for the next ones", () => {
    const one = noteArrivals(start, arrivals(1, 2), false);
    expect(one).toEqual({ markId: "m1", waiting: 2, lastSerial: 2 });
    const more = noteArrivals(one, arrivals(1, 5), false);
    expect(more).toEqual({ markId: "m1", waiting: 5, lastSerial: 5 });
    const later = noteArrivals(reachedEnd(more), arrivals(1, 7), false);
    expect(later).toEqual({ markId: "m6", waiting: 2, lastSerial: 7 });
  });
  it("goes when the user answers", () => {
    expect(answered(noteArrivals(start, arrivals(1, 2), false))).toEqual({
      markId: null,
      waiting: 0,
      lastSerial: 2,
    });
  });
  it("is the same object when nothing has changed", () => {
    const none = answered(start);
    expect(answered(none)).toBe(none);
    expect(reachedEnd(none)).toBe(none);
    expect(noteArrivals(none, [], false)).toBe(none);
  });
});
