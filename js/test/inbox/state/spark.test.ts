import { expect, it } from "vitest";
import { sparkPath } from "../../../src/inbox/state/spark";

it("a way goes from edge to edge, high values above low ones", () => {
  expect(sparkPath([0, 5, 10], 42, 22)).toBe("M1 21L21 11L41 1");
});

it("where there was no value there is a gap, and what stays the same is in the middle", () => {
  expect(sparkPath([3, null, 3, 3], 32, 20)).toBe("M1 10M21 10L31 10");
});

it("one value is no way", () => {
  expect([sparkPath([], 9, 9), sparkPath([4], 9, 9), sparkPath([null, 4], 9, 9)]).toEqual(["", "", ""]);
});
