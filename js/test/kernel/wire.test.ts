// What the kernel writes by position has its names in the page, and its defaults.
import { describe, expect, it } from "vitest";
import { named } from "../../src/kernel/wire";
import { LAYOUT } from "../../src/protocol.gen";
import * as eg from "../examples";

const number = (kind: string): number => LAYOUT.findIndex(([each]) => each === kind) + 1;
const MESSAGE = LAYOUT.findIndex(([, fields]) => "timeMs" in fields && "sender" in fields) + 1;

describe("named", () => {
  it("names the fields and fills in the defaults, in messages within messages too", () => {
    const message = [MESSAGE, "m0", "Hello", "Ann Archer", eg.NOW];
    const content = [
      number("deltas"),
      "e1",
      11,
      [0, [number("message-placed"), message, 0], [number("typing"), [0, "Ann"]]],
    ];
    expect(named(content)).toEqual(
      eg.deltas(11, eg.placed(eg.message(), 0), { kind: "typing", names: ["Ann"] }),
    );
  });
  it("takes what is there for what it is, also when it is empty or false", () => {
    expect(named([number("typing"), [0]])).toEqual({ kind: "typing", names: [] });
    expect(named([number("history-prepended"), 0, false])).toMatchObject({ count: 0, hasOlder: false });
  });
  it("leaves out what a newer kernel has added to a message", () => {
    expect(named([number("unread"), 3, "new"])).toEqual({ kind: "unread", count: 3 });
  });
  it.each([[[99, "x"]], [["x"]], [[]]])("passes over what it does not know: %j", (content) => {
    expect(named(content)).toEqual({ kind: "unknown" });
  });
  it.each([null, "x", 5, { kind: "deltas" }])("leaves what is no array: %j", (content) => {
    expect(named(content)).toBe(content);
  });
});
