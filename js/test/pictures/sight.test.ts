// Which rows of a tall drawing are in the page; that they come into sight is tested in a real browser.
import { expect, it } from "vitest";
import { around, stepAt } from "../../src/pictures/sight";

it("what is in sight is in the page wherever it is scrolled to, and not much besides", () => {
  for (let top = 0; top <= 12_000 - 560; top += 7) {
    const step = stepAt(top) * 280;
    const [first, last] = around(step, 60, 200);
    expect(first * 60).toBeLessThanOrEqual(Math.max(top - 220, 0));
    expect((last + 1) * 60).toBeGreaterThanOrEqual(Math.min(top + 560 + 220, 12_000));
    expect(last - first).toBeLessThan(25);
  }
});

it("few rows are all in the page, and none is beyond the last", () => {
  expect(around(0, 36, 3)).toEqual([0, 2]);
  expect(around(0, 60, 0)).toEqual([0, -1]);
});
