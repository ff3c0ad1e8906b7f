// Which scenarios are shown, and in which order.
import { expect, it } from "vitest";
import { type Column, clicked, countOf, IN_ORDER, wanted } from "../../src/runs/order";
import { row } from "./examples";

const ROWS = [
  row(1, { name: "order 10", seconds: 2, slowestS: 0.5 }),
  row(2, { name: "order 9", seconds: 3, state: "failed", words: "It did not come" }),
  row(3, { name: "Ännchen", seconds: null, state: "playing", slowestS: null }),
  row(4, { name: "zoo", seconds: 2, state: "error", slowestS: 0.9 }),
];
const numbers = (by: Column | null, isDown = false) =>
  wanted(ROWS, "all", "", { by, isDown }, "en").map(({ number }) => number);

it("is the script's, or a column's; what is not known stands last", () => {
  expect(numbers(null)).toEqual([1, 2, 3, 4]);
  expect(numbers("name")).toEqual([3, 2, 1, 4]);
  expect(numbers("state")).toEqual([2, 4, 1, 3]);
  expect(numbers("seconds", true)).toEqual([2, 1, 4, 3]);
  expect(numbers("seconds")).toEqual([1, 4, 2, 3]);
  expect(numbers("slowestS", true)).toEqual([4, 1, 2, 3]);
});

it("is filtered by what came of them and by words", () => {
  const shown = (...[each, text]: [Parameters<typeof wanted>[1], string]) =>
    wanted(ROWS, each, text, IN_ORDER, "en").map(({ number }) => number);
  expect(shown("failed", "")).toEqual([2, 4]);
  expect(shown("open", "")).toEqual([3]);
  expect(shown("all", " ORDER ")).toEqual([1, 2]);
  expect(shown("failed", "did not come")).toEqual([2]);
  expect([countOf(ROWS, "all"), countOf(ROWS, "passed"), countOf(ROWS, "skipped")]).toEqual([4, 1, 0]);
});

it("goes back to the script's with the third click", () => {
  const thrice = (by: Column) => {
    const one = clicked(IN_ORDER, by);
    const two = clicked(one, by);
    return [one, two, clicked(two, by)];
  };
  expect(thrice("seconds")).toEqual([
    { by: "seconds", isDown: true },
    { by: "seconds", isDown: false },
    IN_ORDER,
  ]);
  expect(thrice("name").map(({ isDown }) => isDown)).toEqual([false, true, false]);
  expect(clicked({ by: "name", isDown: true }, "state")).toEqual({ by: "state", isDown: false });
});
