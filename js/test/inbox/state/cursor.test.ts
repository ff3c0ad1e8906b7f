import { describe, expect, it } from "vitest";
import { moved, NOWHERE, settled, stepOf, stepped, toHeading } from "../../../src/inbox/state/cursor";
import { heading, knownOf } from "../examples";

const GROUPED = knownOf([heading("Sales"), "a", "b", heading("Service"), "c", heading("Empty", 4, true)]);

describe("keys", () => {
  it("move as in a mail program", () => {
    const steps = ["j", "J", "ArrowDown", "k", "K", "ArrowUp", "PageDown", "PageUp", "Home", "End", "x"].map(
      (key) => stepOf(key, 10, 99),
    );
    expect(steps).toEqual([1, 1, 1, -1, -1, -1, 9, -9, -99, 99, null]);
  });

  it("go from nowhere to the first or the last row", () => {
    expect(moved(NOWHERE, 1, GROUPED)).toEqual({ id: "a", place: 1 });
    expect(moved(NOWHERE, -1, knownOf(["a", "b"]))).toEqual({ id: "b", place: 1 });
    expect(moved(NOWHERE, 1, knownOf([]))).toEqual(NOWHERE);
  });

  it("step over headings, and stay where there is no row beyond", () => {
    expect(moved({ id: "b", place: 2 }, 1, GROUPED)).toEqual({ id: "c", place: 4 });
    expect(moved({ id: "c", place: 4 }, -1, GROUPED)).toEqual({ id: "b", place: 2 });
    expect(moved({ id: "c", place: 4 }, 1, GROUPED)).toEqual({ id: "c", place: 4 });
    expect(moved({ id: "a", place: 1 }, -1, GROUPED)).toEqual({ id: "a", place: 1 });
  });

  it("go to the outermost row where a heading is beyond it", () => {
    const many = knownOf([
      heading("Sales"),
      "a",
      "b",
      "c",
      heading("Empty", 4, true),
      heading("None", 2, true),
    ]);
    expect(moved({ id: "c", place: 3 }, -6, many)).toEqual({ id: "a", place: 1 });
    expect(moved({ id: "b", place: 2 }, -9, many)).toEqual({ id: "a", place: 1 });
    expect(moved({ id: "a", place: 1 }, 6, many)).toEqual({ id: "c", place: 3 });
    expect(moved(NOWHERE, -1, many)).toEqual({ id: "c", place: 3 });
    expect(moved(NOWHERE, 1, knownOf([heading("A", 1, true), heading("B", 1, true)]))).toEqual(NOWHERE);
  });

  it("go beyond what is in the page, and find the row once it is there", () => {
    const far = moved({ id: "a", place: 0 }, 99, knownOf(["a", "b"], 0, 50));
    expect(far).toEqual({ id: "", place: 49 });
    expect(settled(far, knownOf(["a", "b"], 0, 50))).toEqual(far);
    expect(settled(far, knownOf(["x", "y"], 48, 50))).toEqual({ id: "y", place: 49 });
    expect(settled({ id: "", place: 3 }, GROUPED)).toEqual({ id: "#Service", place: 3 });
  });
});

it("the keyboard stays with its row, wherever that goes", () => {
  expect(settled({ id: "b", place: 0 }, knownOf(["a", "b"]))).toEqual({ id: "b", place: 1 });
  const gone = { id: "z", place: 0 };
  expect(settled(gone, knownOf(["a", "b"]))).toBe(gone);
  expect(settled(NOWHERE, knownOf(["a"]))).toBe(NOWHERE);
});

describe("in groups", () => {
  it("arrows stop at headings as well", () => {
    expect(stepped(NOWHERE, 1, GROUPED)).toEqual({ id: "#Sales", place: 0 });
    expect(stepped(NOWHERE, -1, GROUPED)).toEqual({ id: "#Empty", place: 5 });
    expect(stepped({ id: "b", place: 2 }, 1, GROUPED)).toEqual({ id: "#Service", place: 3 });
    expect(stepped({ id: "#Empty", place: 5 }, 1, GROUPED)).toEqual({ id: "#Empty", place: 5 });
    expect(stepped(NOWHERE, 1, knownOf([]))).toEqual(NOWHERE);
    expect(stepped({ id: "b", place: 1 }, 1, knownOf(["a", "b"], 0, 50))).toEqual({ id: "", place: 2 });
  });

  it("keys that go far stop at headings as well, though all are folded", () => {
    const folded = knownOf([heading("A", 9, true), heading("B", 9, true), heading("C", 9, true)]);
    const at = (by: number, from = NOWHERE): string => stepped(from, by, folded).id;
    const step = (key: string): number => stepOf(key, 2, folded.total) ?? 0;
    expect([at(step("Home")), at(step("End"))]).toEqual(["#A", "#C"]);
    expect(at(step("PageDown"), { id: "#A", place: 0 })).toBe("#B");
    expect(at(step("PageUp"), { id: "#A", place: 0 })).toBe("#A");
    expect(moved({ id: "#B", place: 1 }, step("j"), folded)).toEqual({ id: "#B", place: 1 });
    expect(moved({ id: "#B", place: 1 }, step("K"), folded)).toEqual({ id: "#B", place: 1 });
  });

  it("a row knows its heading, if that is in the page", () => {
    expect(toHeading({ id: "b", place: 2 }, GROUPED)).toEqual({ id: "#Sales", place: 0 });
    const below = { id: "y", place: 31 };
    expect(toHeading(below, knownOf(["x", "y"], 30, 50))).toBe(below);
  });

  it("the keyboard stays with its heading", () => {
    expect(settled({ id: "#Service", place: 1 }, GROUPED)).toEqual({ id: "#Service", place: 3 });
  });
});
