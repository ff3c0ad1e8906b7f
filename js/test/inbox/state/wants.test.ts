import { describe, expect, it } from "vitest";
import {
  AT_FIRST,
  asked,
  held,
  inSight,
  isFiltered,
  question,
  SPARE,
  toggled,
} from "../../../src/inbox/state/wants";

const ROW = 60;
const HIGH = 600;

describe("the part in sight", () => {
  it("has some to spare on both sides", () => {
    const wants = inSight(AT_FIRST, 100 * ROW, HIGH, ROW);
    expect([wants.first, wants.count]).toEqual([100 - SPARE, 11 + 2 * SPARE]);
  });

  it("stays while what is in sight is well within it, and is never short of a row", () => {
    let wants = inSight(AT_FIRST, 0, HIGH, ROW);
    let asks = 0;
    for (let top = 0; top < 200 * ROW; top += 7) {
      const next = inSight(wants, top, HIGH, ROW);
      asks += next === wants ? 0 : 1;
      wants = next;
      expect(wants.first).toBeLessThanOrEqual(Math.floor(top / ROW));
      expect(wants.first + wants.count).toBeGreaterThanOrEqual(Math.ceil((top + HIGH) / ROW));
    }
    expect(asks).toBeLessThan(60);
  });
});

it("another order or filter begins at the top, held by nothing", () => {
  const wants = { ...AT_FIRST, first: 40, isHeld: true, folded: ["Sales"] };
  expect(asked(wants, { sort: "latest" })).toMatchObject({ first: 0, isHeld: false, folded: ["Sales"] });
  expect(asked(wants, { group: "agent" }).folded).toEqual([]);
  expect(asked(wants, { queue: "Sales" }).query).toEqual({ ...AT_FIRST.query, queue: "Sales" });
});

it("the same order and filters leave the list where it is", () => {
  const wants = { ...AT_FIRST, first: 40, isHeld: true };
  expect(asked(wants, { tab: "all", words: "" })).toBe(wants);
  expect(asked(wants, { tab: "all", words: "a" }).first).toBe(0);
});

it("groups fold and unfold", () => {
  const folded = toggled(toggled(AT_FIRST, "a"), "b");
  expect(folded.folded).toEqual(["a", "b"]);
  expect(toggled(folded, "a").folded).toEqual(["b"]);
});

it("what stays the same is the same", () => {
  expect(held(AT_FIRST, false)).toBe(AT_FIRST);
  expect(held(AT_FIRST, true).isHeld).toBe(true);
});

it("filters are told from order and tabs", () => {
  expect(isFiltered({ ...AT_FIRST.query, tab: "ended", sort: "latest", group: "queue" })).toBe(false);
  for (const filter of [{ state: "bot" }, { queue: "a" }, { agent: "a" }, { words: "a" }] as const) {
    expect(isFiltered({ ...AT_FIRST.query, ...filter })).toBe(true);
  }
});

it("is asked for in one message", () => {
  expect(question(AT_FIRST, "p", 4, ["de"])).toEqual({
    kind: "look",
    page: "p",
    revision: 4,
    ...AT_FIRST,
    languages: ["de"],
  });
});
