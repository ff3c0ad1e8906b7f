// The "New messages" mark and the count on "Jump to latest".
import { expect, it } from "vitest";
import { answered, noteNews, reachedEnd, startNewness } from "../../src/state/newness";

const start = startNewness("m1");

it("the mark stands before what was unread at first sight", () => {
  expect(start).toEqual({ markId: "m1", waiting: 0 });
});
it("it stays where it is while the user sees messages come", () => {
  expect(noteNews(start, "m2", 3, true)).toBe(start);
});
it("it moves to the first message that came unseen, and stays there for the next ones", () => {
  const one = noteNews(start, "m5", 2, false);
  expect(one).toEqual({ markId: "m5", waiting: 2 });
  const more = noteNews(one, "m7", 10_000, false);
  expect(more).toEqual({ markId: "m5", waiting: 10_002 });
  expect(noteNews(reachedEnd(more), "m9", 1, false)).toEqual({ markId: "m9", waiting: 1 });
});
it("it goes when the user answers", () => {
  expect(answered(noteNews(start, "m5", 2, false))).toEqual({ markId: null, waiting: 0 });
});
it("is the same object when nothing has changed", () => {
  const none = answered(start);
  expect(answered(none)).toBe(none);
  expect(reachedEnd(none)).toBe(none);
});
