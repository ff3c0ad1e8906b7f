// Axes: round ticks, few of them; times and durations as people write them.
import { describe, expect, it } from "vitest";
import {
  durationsOf,
  elapsed,
  fitted,
  panned,
  timeStep,
  timesOf,
  timeTicks,
  widthOf,
  zoneAheadMs,
  zoomed,
} from "../../src/pictures/scale";

const HOUR = 3_600_000;

describe("ticks", () => {
  it.each([
    [10, 10, 1],
    [65_000, 8, 10_000],
    [24 * HOUR, 8, 3 * HOUR],
    [1e12, 5, 7 * 365 * 24 * HOUR],
  ])("of %d ms, at most %d, stand %d ms apart", (span, most, step) => {
    expect(timeStep(span, most)).toBe(step);
  });
  it("stand at whole steps of the local day", () => {
    const ticks = timeTicks({ from: 1_000, to: 24 * HOUR }, 6 * HOUR, 2 * HOUR);
    expect(ticks.map((ms) => (ms + 2 * HOUR) % (6 * HOUR))).toEqual([0, 0, 0, 0]);
  });
  it("are none where none fits", () => {
    expect(timeTicks({ from: 1, to: 2 }, 1_000, 0)).toEqual([]);
  });
});

describe("times", () => {
  it.each([
    [0, 1_000, "0:00:00"],
    [3_723_004, 1_000, "1:02:03"],
    [3_723_004, 100, "1:02:03.004"],
    [-61_000, 1_000, "−0:01:01"],
  ])("since the start: %d", (ms, step, written) => {
    expect(elapsed(ms, step)).toBe(written);
  });
  it("of day say as much as tells them apart", () => {
    const { tick } = timesOf("en-GB", false);
    const ms = Date.UTC(2026, 0, 5, 12) - zoneAheadMs(Date.UTC(2026, 0, 5, 12));
    expect([tick(ms, 24 * HOUR), tick(ms, HOUR), tick(ms, 1_000)]).toEqual(["5 Jan", "12:00", "12:00:00"]);
    expect(timesOf("en", true).moment(1_000)).toBe("0:00:01");
  });
});

it.each([
  ["en", 0.42, "0.42 sec"],
  ["en", 59, "59 sec"],
  ["en", 90, "1.5 min"],
  ["de", 5_400, "1,5 Std."],
  ["en", 200_000, "2.3 days"],
])("durations in %s: %d s", (locale, seconds, written) => {
  expect(durationsOf(locale)(seconds)).toBe(written);
});

describe("what is shown", () => {
  const all = { from: 0, to: 1_000 };
  it("is less and less around a place, and all in the end", () => {
    expect(zoomed(all, all, 2, 250)).toEqual({ from: 125, to: 625 });
    expect(zoomed({ from: 0, to: 500 }, all, 2, 0)).toEqual({ from: 0, to: 250 });
    expect(zoomed({ from: 0, to: 500 }, all, 0.25)).toBeNull();
  });
  it("ends where there is nothing more", () => {
    expect(panned({ from: 0, to: 500 }, all, -100)).toEqual({ from: 0, to: 500 });
    expect(panned({ from: 0, to: 500 }, all, 900)).toEqual({ from: 500, to: 1_000 });
  });
});

it("of a label there is as much as there is room for", () => {
  expect(fitted("Customer (You)", 120)).toBe("Customer (You)");
  expect(fitted("Customer (You)", 64)).toBe("Custome…");
  expect(fitted("お客様サポート担当", 64)).toBe("お客様サ…");
  expect(fitted("Ann", 1)).toBe("…");
  for (const px of [20, 64, 100])
    expect(widthOf(fitted("Ann and 太郎 of Zürich", px))).toBeLessThanOrEqual(px);
});
