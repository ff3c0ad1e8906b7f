// The shapes of a timeline: one path for all of a kind, nothing that is out of sight.
import { expect, it } from "vitest";
import { laneHeight, layoutOf, mark, pathsOf } from "../../src/pictures/marks";
import { timeline } from "./scenes";

const frame = {
  x: (ms: number) => ms / 100,
  width: 600,
  high: 30,
  label: 0,
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

it("below labels that stand above them, marks and spans are in the middle of what is left", () => {
  const paths = pathsOf(timeline(), { ...frame, high: 46, label: 16, height: 92 });
  expect(paths.typing).toBe("M200 77H300");
  expect(paths.waiting).toBe("M0 42.4H300");
  expect(paths.offline).toBe("M450 0H600v92H450z");
});

it("labels that do not fit beside their lanes stand above them where it is narrow", () => {
  const long = ["Conversation 1", "Conversation 2"];
  expect(layoutOf(long, 360)).toEqual({ left: 12, plot: 328, high: 52, label: 16 });
  expect(layoutOf(["Ann", "Bea"], 360)).toEqual({ left: 70, plot: 270, high: 36, label: 0 });
  expect(layoutOf(long, 420)).toEqual({ left: 123, plot: 277, high: 36, label: 0 });
  expect(layoutOf([...long, "x".repeat(40)], 960)).toEqual({ left: 180, plot: 760, high: 36, label: 0 });
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
