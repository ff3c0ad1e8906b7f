// The shapes of a timeline: one path for all of a kind, nothing that is out of sight.
import { expect, it } from "vitest";
import { laneHeight, mark, pathsOf } from "../../src/pictures/marks";
import { timeline } from "./scenes";

const frame = {
  x: (ms: number) => ms / 100,
  width: 600,
  high: 30,
  height: 60,
  endMs: 60_000,
  first: 0,
  last: 1,
};

it("each role has a shape of its own", () => {
  const shapes = (["agent", "customer", "bot"] as const).map((role) => mark(role, 5, 5, 10));
  expect(new Set(shapes.map((d) => d.replace(/[-\d. ]+/g, ""))).size).toBe(3);
  expect(mark("system", 5, 5, 10)).toBe(mark("bot", 5, 5, 10));
});

it("marks and spans stand in their lanes", () => {
  const paths = pathsOf(timeline(), frame);
  expect([...paths.messages.keys()]).toEqual(["customer", "agent"]);
  expect(paths.messages.get("customer")?.match(/M/g)).toHaveLength(2);
  expect(paths.typing).toBe("M200 45H300");
  expect(paths.waiting).toBe("M0 26.4H300");
  expect(paths.offline).toBe("M450 0H600v60H450z");
  expect(paths.reads).toBe("M300 45H400m0-5v10");
});

it("what is out of sight is not drawn", () => {
  const paths = pathsOf(timeline(), { ...frame, x: (ms) => ms / 100 - 10_000 });
  expect([paths.messages.size, paths.typing, paths.reads]).toEqual([0, "", ""]);
});

it("only what is of the lanes in the page is drawn, and what is of all of them", () => {
  const paths = pathsOf(timeline(), { ...frame, first: 1, last: 1 });
  expect([...paths.messages.keys()]).toEqual(["agent"]);
  expect([paths.typing, paths.waiting]).toEqual(["M200 45H300", ""]);
  expect(paths.offline).toBe("M450 0H600v60H450z");
});

it("fewer lanes are higher", () => {
  expect([1, 20, 200].map(laneHeight)).toEqual([36, 27, 16]);
});
