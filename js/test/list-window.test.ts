// The part of the messages that is in the page.
import { describe, expect, it } from "vitest";
import { listWindow, movedFirst, ROWS_KEPT, ROWS_MAX, ROWS_STEP } from "../src/list-window";
import * as eg from "./examples";

const many = eg.messages(3_000);

describe("the window", () => {
  it("holds all of a short conversation", () => {
    expect(listWindow(eg.messages(10), null, true)).toEqual({ from: 0, to: 10 });
  });
  it("is cut back while the user is at the end", () => {
    expect(listWindow(many, null, true)).toEqual({ from: 3_000 - ROWS_KEPT, to: 3_000 });
    expect(listWindow(many, "m2100", true)).toEqual({ from: 2_100, to: 3_000 });
  });
  it("stays where the user reads, and does not grow without end below", () => {
    expect(listWindow(many, "m100", false)).toEqual({ from: 100, to: 100 + ROWS_MAX });
  });
  it("starts at the oldest message when its first one has gone", () => {
    expect(listWindow(many, "gone", false)).toEqual({ from: 0, to: ROWS_MAX });
  });
});

it("the window moves by steps and stops at the ends", () => {
  const window = { from: 500, to: 1_500 };
  expect(movedFirst(many, window, -ROWS_STEP)).toBe("m300");
  expect(movedFirst(many, { from: 50, to: 1_050 }, -ROWS_STEP)).toBe("m0");
  expect(movedFirst(many, { from: 2_390, to: 3_000 }, ROWS_STEP)).toBe(`m${3_000 - ROWS_KEPT}`);
  expect(movedFirst([], { from: 0, to: 0 }, ROWS_STEP)).toBeNull();
});
