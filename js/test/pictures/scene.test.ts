// What a page knows of a picture, drawing by drawing.
import { expect, it } from "vitest";
import { endOf, learned, NOTHING } from "../../src/pictures/scene";
import { drawing, timeline } from "./scenes";

const first = learned(NOTHING, drawing(), 10);

it("begins with a whole", () => {
  expect(first).toMatchObject({ revision: 1, locale: "en", heardAtMs: 10, words: { timeline: "Timeline" } });
});

it("takes what is new to what it keeps, and the words that it has", () => {
  const messages = { ...timeline().messages, timeMs: [70_000], id: ["m4"] };
  const scene = timeline({ messages, keepMessages: 2, keepSpans: 1 });
  const next = first && learned(first, drawing({ revision: 2, base: 1, words: {}, scene }), 20);
  expect(next?.scene).toMatchObject({
    messages: { timeMs: [0, 30_000, 70_000], id: ["m1", "m2", "m4"] },
    spans: { kind: ["typing", "typing", "waiting", "offline"] },
  });
  expect(next?.words).toEqual({ timeline: "Timeline" });
});

it("does not take what it has, and says when something between was lost", () => {
  if (first === null) throw new Error();
  expect(learned(first, drawing({ revision: 1, base: 1 }), 20)).toBe(first);
  expect(learned(first, drawing({ revision: 9, base: 8 }), 20)).toBeNull();
});

it("goes on until now only while something in it goes on", () => {
  expect(endOf(timeline(), 5_000)).toBe(60_000);
  expect(endOf(timeline({ nowMs: 60_000 }), 5_000)).toBe(65_000);
  const over = { ...timeline().spans, endMs: [1, 1, 1] };
  expect(endOf(timeline({ nowMs: 60_000, spans: over }), 5_000)).toBe(60_000);
});
