// Rows: groups, days, the mark before what is new, drafts at the end.
import { describe, expect, it } from "vitest";
import { buildRows, GROUP_GAP_MS, type RowOptions } from "../../src/state/rows";
import type { ViewState } from "../../src/state/store";
import { english } from "../../src/strings";
import { createFormat } from "../../src/text/format";
import * as eg from "../examples";

function rows(state: ViewState, options: Partial<RowOptions> = {}) {
  const format = createFormat(english, "en-GB");
  const everything = { fromIndex: 0, toIndex: 1e9, newId: null };
  return buildRows(state, { ...everything, nowMs: eg.NOW, format, strings: english, ...options });
}
const shape = (state: ViewState, options: Partial<RowOptions> = {}): string[] =>
  rows(state, options).map(
    (row) => `${row.startsGroup ? "[" : ""}${row.message.id}${row.endsGroup ? "]" : ""}`,
  );

describe("groups", () => {
  const at = (id: string, minutes: number, fields = {}) =>
    eg.message({ id, timeMs: eg.NOW + minutes * 60_000, ...fields });

  it("hold consecutive messages of one sender", () => {
    const held = [at("a", 0), at("b", 1), eg.own({ id: "c", timeMs: eg.NOW + 120_000 }), at("d", 3)];
    expect(shape(eg.live(held))).toEqual(["[a", "b]", "[c]", "[d]"]);
  });
  it("end with time, with another person of the same side, and at midnight", () => {
    const minutes = GROUP_GAP_MS / 60_000;
    expect(shape(eg.live([at("a", 0), at("b", minutes), at("c", 2 * minutes + 1)]))).toEqual([
      "[a",
      "b]",
      "[c]",
    ]);
    expect(shape(eg.live([at("a", 0), at("b", 1, { sender: "Ben" })]))).toEqual(["[a]", "[b]"]);
    const midnight = new Date(2026, 10, 24).getTime();
    const around = [
      eg.message({ id: "a", timeMs: midnight - 1_000 }),
      eg.message({ id: "b", timeMs: midnight + 1_000 }),
    ];
    expect(shape(eg.live(around))).toEqual(["[a]", "[b]"]);
  });
  it("of ours hold drafts too, whatever name they will have", () => {
    const drafted = eg.state(eg.snapshot({ messages: [eg.own({ id: "a" })] }), {
      kind: "draft-added",
      draftId: "d",
      text: "Hi",
    });
    expect(shape(drafted)).toEqual(["[a", "d]"]);
  });
  it("are parted by the mark before what is new", () => {
    const held = [at("a", 0), at("b", 1), at("c", 2)];
    expect(shape(eg.live(held), { newId: "b" })).toEqual(["[a]", "[b", "c]"]);
    expect(rows(eg.live(held), { newId: "b" }).map((row) => row.startsNew)).toEqual([false, true, false]);
  });
});

it("each day begins with its name", () => {
  const days = [0, 1, 24, 25].map((hours, i) =>
    eg.message({ id: `m${i}`, timeMs: eg.NOW + (hours - 24) * 3_600_000 }),
  );
  expect(rows(eg.live(days)).map((row) => row.day)).toEqual(["Yesterday", null, "Today", null]);
});

describe("positions", () => {
  const state = eg.live(eg.messages(5), { firstIndex: 40 });
  it("count from the oldest message that the kernel holds", () => {
    expect(rows(state).map((row) => row.position)).toEqual([41, 42, 43, 44, 45]);
  });
  it("are kept in a part of the messages", () => {
    const part = rows(state, { fromIndex: 42, toIndex: 44 });
    expect(part.map((row) => [row.position, row.message.id])).toEqual([
      [43, "m2"],
      [44, "m3"],
    ]);
  });
});

describe("a draft", () => {
  const drafted = eg.state(eg.snapshot({ messages: eg.messages(2) }), {
    kind: "draft-added",
    draftId: "d",
    text: "Hi",
  });
  it("is a message that is being sent, at the end, under the key that it keeps", () => {
    const last = rows(drafted).at(-1);
    expect(last).toMatchObject({
      key: "d",
      position: 3,
      message: { id: "d", text: "Hi", status: "sending", isOwn: true },
    });
    const sent = rows(eg.live([eg.own({ id: "server-id", draftId: "d" })]));
    expect(sent[0]?.key).toBe("d");
  });
  it("that cannot be sent has failed and says why", () => {
    const state = eg.state(
      { kind: "draft-added", draftId: "d", text: "Hi" },
      { kind: "draft-troubled", draftId: "d", trouble: "kernel-stopped" },
    );
    expect(rows(state)[0]?.message).toMatchObject({ status: "failed", error: english.kernelStopped });
  });
  it("is not shown below a part that ends before the newest message", () => {
    expect(rows(drafted, { toIndex: 1 }).map((row) => row.message.id)).toEqual(["m0"]);
  });
});
