// The part of the messages that is in the page.
import { describe, expect, it } from "vitest";
import {
  endOnly,
  hasComeOut,
  movedOn,
  ROWS_KEPT,
  ROWS_MORE,
  ROWS_REACHED,
  reaching,
  rowsAtEnd,
  rowsFilling,
  rowsFor,
  windowAround,
  windowAtEnd,
  windowFrom,
} from "../../src/state/list-window";

describe("at the end", () => {
  const low = { from: 0, to: 8 };
  it("it holds all of a short conversation and the newest of a long one", () => {
    expect(windowAtEnd(10, -1, low)).toEqual({ from: 0, to: 10 });
    expect(windowAtEnd(3_000, -1, low)).toEqual({ from: 3_000 - ROWS_KEPT, to: 3_000 });
    expect(windowAtEnd(0, -1, low)).toEqual({ from: 0, to: 0 });
  });
  it("it grows for a while and is then cut back, so that not each message moves its start", () => {
    const starts: number[] = [];
    for (let i = 0; i < 200; i += 1) starts.push(windowAtEnd(1_000 + i, starts.at(-1) ?? -1, low).from);
    expect(new Set(starts).size).toBeLessThan(200 / ROWS_MORE + 1);
    starts.forEach((from, i) => {
      expect(1_000 + i - from).toBeLessThanOrEqual(ROWS_KEPT + ROWS_MORE);
      expect(1_000 + i - from).toBeGreaterThanOrEqual(ROWS_KEPT);
    });
  });
  it("a tall list keeps what it needs", () => {
    const tall = { from: 2_900, to: 3_000 };
    const from = 3_000 - rowsAtEnd(tall);
    expect(windowAtEnd(3_000, from, tall)).toEqual({ from, to: 3_000 });
    expect(windowAtEnd(3_100, from, tall)).toEqual({ from: from + 100, to: 3_100 });
  });
});

describe("at the end, in a burst", () => {
  it("it is cut to what fills the sight", () => {
    const sight = { from: 40, to: 50 };
    const few = endOnly({ from: 100, to: 160 }, sight);
    expect(few).toEqual({ from: 160 - rowsFilling(sight), to: 160 });
    expect(endOnly({ from: 155, to: 160 }, sight)).toEqual({ from: 155, to: 160 });
  });
});

describe("away from the end", () => {
  it("it stays where it started, within what is held", () => {
    expect(windowFrom(3_000, 100, 80)).toEqual({ from: 100, to: 180 });
    expect(windowFrom(3_000, 2_990, 80)).toEqual({ from: 2_920, to: 3_000 });
    expect(windowFrom(20, 5, 80)).toEqual({ from: 0, to: 20 });
  });
  it("it reaches as far as what must stay, unless that is too far", () => {
    const part = { from: 500, to: 560 };
    expect(reaching(part, { from: 480, to: 490 })).toEqual({ from: 480, to: 560 });
    expect(reaching(part, { from: 510, to: 600 })).toEqual({ from: 500, to: 600 });
    expect(reaching(part, { from: 559 - ROWS_REACHED, to: 300 })).toEqual(part);
  });
  it("it has the sight in its middle, and enough rows for a tall list", () => {
    expect(windowAround(3_000, { from: 500, to: 512 })).toEqual({ from: 476, to: 536 });
    expect(windowAround(3_000, { from: 3, to: 10 })).toEqual({ from: 0, to: 60 });
    const tall = { from: 500, to: 600 };
    expect(rowsFor(tall)).toBe(rowsAtEnd(tall) + 16);
    expect(windowAround(3_000, tall)).toEqual({ from: 484, to: 616 });
  });
  it("it moves when the sight comes near an end of it beyond which there is more, most of it ahead", () => {
    const shown = { from: 100, to: 160 };
    expect(movedOn(3_000, shown, { from: 130, to: 142 })).toBe(shown);
    expect(movedOn(3_000, shown, { from: 107, to: 119 })).toEqual({ from: 71, to: 131 });
    expect(movedOn(3_000, shown, { from: 141, to: 153 })).toEqual({ from: 129, to: 189 });
    expect(movedOn(160, shown, { from: 141, to: 153 })).toBe(shown);
    expect(movedOn(3_000, { from: 0, to: 60 }, { from: 0, to: 12 })).toEqual({ from: 0, to: 60 });
  });
  it("once moved it need not move again, nor for a few rows back", () => {
    for (let from = 0; from < 400; from += 7) {
      for (const seen of [1, 12, 60, 200]) {
        for (const shown of [
          { from: Math.max(0, from - 3), to: from + 300 },
          { from: 0, to: from + seen + 2 },
        ]) {
          const sight = { from, to: Math.min(400, from + seen) };
          const moved = movedOn(400, shown, sight);
          for (const by of [-4, 0, 4]) {
            const next = { from: Math.max(0, from + by), to: Math.min(400, sight.to + by) };
            expect(movedOn(400, moved, next)).toEqual(moved);
          }
        }
      }
    }
  });
  it("nothing is left of it for the next step once the sight reaches an end beyond which there is more", () => {
    const shown = { from: 100, to: 160 };
    expect(hasComeOut(3_000, shown, { from: 101, to: 113 })).toBe(false);
    expect(hasComeOut(3_000, shown, { from: 100, to: 112 })).toBe(true);
    expect(hasComeOut(3_000, shown, { from: 148, to: 160 })).toBe(true);
    expect(hasComeOut(160, shown, { from: 148, to: 160 })).toBe(false);
    expect(hasComeOut(3_000, { from: 0, to: 60 }, { from: 0, to: 12 })).toBe(false);
  });
});
