// Which messages are chosen.
import { describe, expect, it } from "vitest";
import { emptySelection, extended, inOrder, type Selection, toggled } from "../../src/state/selection";
import * as eg from "../examples";

const held = eg.messages(6);
const at = (number: number) => held[number] ?? eg.message();
const ids = ({ chosen }: Selection): string[] => [...chosen.keys()].sort();

describe("choosing", () => {
  it("one adds it, once more takes it away", () => {
    const one = toggled(emptySelection, at(2));
    expect(ids(one)).toEqual(["m2"]);
    expect(ids(toggled(one, at(2)))).toEqual([]);
  });
  it("a range takes the place of the range before it, and keeps what was chosen before", () => {
    const started = toggled(toggled(emptySelection, at(0)), at(3));
    const down = extended(started, held, at(5));
    expect(ids(down)).toEqual(["m0", "m3", "m4", "m5"]);
    const up = extended(down, held, at(2));
    expect(ids(up)).toEqual(["m0", "m2", "m3"]);
    expect(up.isPartial).toBe(false);
  });
  it("a range without a beginning is one message", () => {
    expect(ids(extended(emptySelection, held, at(4)))).toEqual(["m4"]);
  });
  it("a range whose beginning is not held any more takes what is held, and says that it is not all", () => {
    const gone = eg.message({ id: "gone", timeMs: at(0).timeMs - 1 });
    const before = extended(toggled(emptySelection, gone), held, at(1));
    expect([ids(before), before.isPartial]).toEqual([["gone", "m0", "m1"], true]);
    const later = eg.message({ id: "later", timeMs: at(5).timeMs + 1 });
    const after = extended(toggled(emptySelection, later), held, at(4));
    expect([ids(after), after.isPartial]).toEqual([["later", "m4", "m5"], true]);
  });
});

it("what is chosen is in the order of the conversation and as it is now, also when it has left the list", () => {
  const chosen = toggled(toggled(toggled(emptySelection, at(5)), at(0)), at(3));
  const now = held.slice(2).map((each) => (each.id === "m3" ? { ...each, text: "New" } : each));
  expect(inOrder(chosen, now).map(({ id, text }) => [id, text])).toEqual([
    ["m0", at(0).text],
    ["m3", "New"],
    ["m5", at(5).text],
  ]);
});
