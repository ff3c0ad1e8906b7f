// Times, days, sizes, names; texts made harmless and short.
import { describe, expect, it } from "vitest";
import { english } from "../../src/strings";
import {
  createFormat,
  displayName,
  displayText,
  FOLD_CHARACTERS,
  folded,
  hue,
  initials,
  isEmoji,
  startOfDay,
} from "../../src/text/format";

const format = createFormat(english, "en-GB");
const at = (year: number, month: number, day: number, hour = 0, minute = 0): number =>
  new Date(year, month, day, hour, minute).getTime();
const NOW = at(2026, 10, 23, 9, 5);

describe("times", () => {
  it("are written in the locale's way", () => {
    expect(format.time(NOW)).toBe("09:05");
    expect(createFormat(english, "en-US").time(NOW)).toMatch(/^9:05\sAM$/);
    expect(format.moment(NOW)).toContain("23 November 2026");
  });
  it("that no calendar has do not throw", () => {
    expect(format.time(1e20)).toMatch(/\d\d:\d\d/);
    expect(startOfDay(Number.MAX_VALUE)).toBe(startOfDay(0));
  });
});

describe("days", () => {
  it.each([
    [at(2026, 10, 23, 0, 0), "Today"],
    [at(2026, 10, 22, 23, 59), "Yesterday"],
    [at(2026, 10, 16, 12), "Monday 16 November"],
    [at(2025, 0, 2, 12), "2 January 2025"],
  ])("%s is %s", (ms, words) => {
    expect(format.day(ms, NOW)).toBe(words);
  });
});

describe("how long ago", () => {
  const MINUTE = 60_000;
  it.each([
    [-90 * MINUTE, "just now"],
    [0.9 * MINUTE, "just now"],
    [2.9 * MINUTE, "2 min ago"],
    [59 * MINUTE, "59 min ago"],
    [3 * 60 * MINUTE, "3 hr ago"],
    [10 * 60 * MINUTE, "10 hr ago"],
    [30 * 60 * MINUTE, "yesterday"],
    [5 * 24 * 60 * MINUTE, "5 days ago"],
    [90 * 24 * 60 * MINUTE, "2 mo ago"],
    [1000 * 24 * 60 * MINUTE, "2 yr ago"],
  ])("%s ms is %s", (age, words) => {
    expect(format.ago(NOW - age, NOW)).toBe(words);
  });
});

it("sizes have the unit that fits", () => {
  expect([0, 999, 1_000, 52_300, 1_540_000, 3e9].map(format.size)).toEqual([
    "0 bytes",
    "999 bytes",
    "1 kB",
    "52 kB",
    "1.5 MB",
    "3 GB",
  ]);
});

describe("initials", () => {
  it.each([
    ["Ann Archer", "AA"],
    ["ann", "A"],
    ["Mary Jane Watson", "MW"],
    ["o'neil", "O"],
    ["ann.archer@example.com", "AC"],
    ["山田 太郎", "山太"],
    ["😀", "?"],
    ["", "?"],
  ])("of %j are %s", (name, letters) => {
    expect(initials(name)).toBe(letters);
  });
});

it("one name always has one colour", () => {
  expect(hue("Ann", 6)).toBe(hue("Ann", 6));
  expect(
    new Set(["Ann", "Ben", "Cleo", "Dan", "Eve", "Fay"].map((name) => hue(name, 6))).size,
  ).toBeGreaterThan(2);
});

describe("texts", () => {
  it("show controls and overrides instead of obeying them", () => {
    expect(displayText("a\u0000b\u0007c\u007fd\u0085e\u202ef\u202dg")).toBe("a␀b␇c␡d�e�f�g");
  });
  it("keep tabs, line breaks, marks and joined emoji", () => {
    const text = "a\tb\nשלום \u200f \u2067x\u2069 👩‍👩‍👧 \u061c";
    expect(displayText(text)).toBe(text);
    expect(displayText("a\r\nb\rc")).toBe("a\nb\nc");
  });
});

it.each([
  ["🎉", true],
  ["👍🏽👍", true],
  ["👩‍👩‍👧‍👦", true],
  ["❤️", true],
  ["🇺🇦", true],
  ["🎉🎉🎉🎉🎉🎉🎉", false],
  ["", false],
  ["7", false],
  ["ok 👍", false],
  ["\u200d", false],
])("%s is a few emoji alone: %s", (text, expected) => {
  expect(isEmoji(text)).toBe(expected);
});

it("names are one line without marks that turn what stands around them", () => {
  expect(displayName(" Ann\u202e\u2066 \n\tArcher\u0000 ")).toBe("Ann Archer");
});

describe("a long text", () => {
  it("is folded by its characters", () => {
    expect(folded("x".repeat(FOLD_CHARACTERS))).toBeNull();
    expect(folded("x".repeat(5_000))).toHaveLength(FOLD_CHARACTERS);
  });
  it("is not cut in two just to hide a few characters", () => {
    expect(folded("x".repeat(FOLD_CHARACTERS + 100))).toBeNull();
  });
  it("is folded by its lines", () => {
    expect(folded("a\n".repeat(40))).toBe(`${"a\n".repeat(15)}a`);
    expect(folded("a\n".repeat(15))).toBeNull();
  });
  it("is not cut within a character", () => {
    const text = `${"x".repeat(FOLD_CHARACTERS - 1)}${"😀".repeat(1_000)}`;
    expect(folded(text)).toBe("x".repeat(FOLD_CHARACTERS - 1));
  });
});
