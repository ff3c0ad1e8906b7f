import { describe, expect, it } from "vitest";
import { learned, NOTHING, placeOf, slotAt } from "../../../src/inbox/state/known";
import { heading, knownOf, row, START_MS, windowOf } from "../examples";

describe("a window", () => {
  it("that is whole stands for itself", () => {
    const known = learned(
      NOTHING,
      windowOf(1, { slots: ["a"], rows: [row("a")], total: 5, first: 2, words: { inbox: "Inbox" } }),
      START_MS - 500,
    );
    expect(known).toMatchObject({ revision: 1, total: 5, first: 2, slots: ["a"], aheadMs: 500 });
    expect(known?.rows.get("a")?.name).toBe("A");
  });

  it("tells what has changed, and what it does not tell stays", () => {
    const before = { ...knownOf(["a", "b"]), queues: ["Sales"], words: { inbox: "Inbox" } };
    const after = learned(before, windowOf(2, { rows: [row("b", { unread: 3 })] }), START_MS);
    expect(after?.slots).toEqual(["a", "b"]);
    expect([after?.rows.get("a")?.unread, after?.rows.get("b")?.unread]).toEqual([0, 3]);
    expect(after).toMatchObject({ queues: ["Sales"], words: { inbox: "Inbox" } });
    // An unchanged row is the same object, so that nothing of it is drawn again.
    expect(after?.rows.get("a")).toBe(before.rows.get("a"));
  });

  it("forgets rows that are out of sight", () => {
    const after = learned(
      knownOf(["a", "b", "c"]),
      windowOf(2, { slots: ["c", "d"], rows: [row("d")], first: 2 }),
      START_MS,
    );
    expect([...(after?.rows.keys() ?? [])]).toEqual(["c", "d"]);
  });

  it("that comes twice is heard once, and after a gap all is asked for", () => {
    const known = knownOf(["a"]);
    expect(learned(known, windowOf(1, { isWhole: false }), START_MS)).toBe(known);
    expect(learned(known, windowOf(3), START_MS)).toBeNull();
  });

  it("keeps the row of the open conversation until another is open", () => {
    const opened = learned(
      knownOf(["a"]),
      windowOf(2, { selected: "z", selectedRow: row("z"), chat: "m1" }),
      START_MS,
    );
    if (opened === null) throw new Error("nothing was lost");
    expect(learned(opened, windowOf(3, { selected: "z", chat: "m1" }), START_MS)?.selectedRow?.id).toBe("z");
    expect(learned(opened, windowOf(3, { selected: "y" }), START_MS)?.selectedRow).toBeNull();
  });
});

it("places count from the beginning of the whole list", () => {
  const known = knownOf(["a", heading("Sales"), "b"], 10);
  expect([placeOf(known, "b"), placeOf(known, "x")]).toEqual([12, -1]);
  expect([slotAt(known, 10), slotAt(known, 9), slotAt(known, 13)]).toEqual(["a", undefined, undefined]);
});
