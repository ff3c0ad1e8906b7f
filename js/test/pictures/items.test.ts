// What one can point at, or go through by keyboard.
import { describe, expect, it } from "vitest";
import { firstFrom, type Item, itemAt, itemsOf, neighbour } from "../../src/pictures/items";
import { timeline } from "./scenes";

const scene = timeline();
const items = itemsOf(scene);
const named = (item: Item | null): string | null => item && `${item.kind} ${item.at}`;

it("stands lane by lane in order of time; what is of no lane stands in the first", () => {
  expect(items.map((lane) => lane.map(named))).toEqual([
    ["message 0", "span 1", "span 2", "message 2"],
    ["span 0", "message 1"],
  ]);
});

it.each([
  [-1, 0],
  [0, 0],
  [1, 2],
  [99_999, 4],
])("the first from %d on", (ms, place) => {
  expect(firstFrom(items[0] ?? [], ms)).toBe(place);
});

describe("what is pointed at", () => {
  const at = (lane: number, ms: number) => named(itemAt(scene, items[lane] ?? [], ms, 1_000, 60_000));
  it("is the nearest message, else the shortest span around", () => {
    expect([at(0, 500), at(0, 10_000), at(0, 50_000), at(0, 40_000)]).toEqual([
      "message 0",
      "span 1",
      "span 2",
      null,
    ]);
    expect([at(1, 25_000), at(1, 29_500)]).toEqual(["span 0", "message 1"]);
  });
});

describe("arrow keys", () => {
  const [cleo = [], ann = []] = items;
  it("go along a lane and stay at its ends", () => {
    expect(named(neighbour(items, null, 1, 0))).toBe("message 0");
    expect(named(neighbour(items, cleo[0] ?? null, 1, 0))).toBe("span 1");
    expect(named(neighbour(items, cleo[3] ?? null, 1, 0))).toBe("message 2");
    expect(named(neighbour(items, cleo[0] ?? null, -1, 0))).toBe("message 0");
  });
  it("go across to what is nearest in time", () => {
    expect(named(neighbour(items, cleo[3] ?? null, 0, 1))).toBe("message 1");
    expect(named(neighbour(items, ann[0] ?? null, 0, -1))).toBe("span 1");
    expect(named(neighbour(items, ann[0] ?? null, 0, 1))).toBe("span 0");
    expect(neighbour([[], []], null, 1, 0)).toBeNull();
  });
});
