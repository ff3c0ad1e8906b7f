// What everybody asks of the state.
import { expect, it } from "vitest";
import { hasEarlier, hasLater } from "../../src/state/view-state";
import * as eg from "../examples";

it("there may be messages before and after those that are held", () => {
  const state = eg.live(eg.messages(5));
  expect([hasEarlier(state), hasLater(state)]).toEqual([false, false]);
  expect(hasEarlier({ ...state, hasOlder: true })).toBe(true);
  expect(hasEarlier({ ...state, firstIndex: 1, total: 6 })).toBe(true);
  expect(hasLater({ ...state, total: 6 })).toBe(true);
});
