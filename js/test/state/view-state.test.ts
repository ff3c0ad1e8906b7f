// What everybody asks of the state.
import { describe, expect, it } from "vitest";
import { hasEarlier, hasLater, isCut } from "../../src/state/view-state";
import * as eg from "../examples";

describe("a cut text", () => {
  it("is recognised by its characters, not by its UTF-16 units", () => {
    const smiles = "😀".repeat(16_384);
    expect(isCut(eg.message({ text: smiles, fullLength: 16_385 }))).toBe(true);
    expect(isCut(eg.message({ text: `${smiles}x`, fullLength: 16_385 }))).toBe(false);
    expect(isCut(eg.message({ text: "short", fullLength: 9 }))).toBe(false);
    expect(isCut(eg.message({ text: null, fullLength: 20_000 }))).toBe(false);
  });
});

it("there may be messages before and after those that are held", () => {
  const state = eg.live(eg.messages(5));
  expect([hasEarlier(state), hasLater(state)]).toEqual([false, false]);
  expect(hasEarlier({ ...state, hasOlder: true })).toBe(true);
  expect(hasEarlier({ ...state, firstIndex: 1, total: 6 })).toBe(true);
  expect(hasLater({ ...state, total: 6 })).toBe(true);
});
