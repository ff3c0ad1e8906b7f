import { describe, expect, it } from "vitest";
import { lastSaid, nameOf, whoSaid } from "../../../src/inbox/state/words";
import { row, words } from "../examples";

describe("what was last said", () => {
  it.each([
    [{}, "Hello"],
    [{ typing: ["Ann", "Ben"] }, "Ann, Ben typing…"],
    [{ lastKind: "" }, "Nothing said yet"],
    [{ lastText: null, textState: "awaited" }, "Text is on its way…"],
    [{ lastText: null, textState: "missing" }, "Text cannot be read"],
    [{ lastText: null, textState: "none" }, "Message"],
    [{ lastText: "", lastKind: "image", textState: "none" }, "Image"],
    [{ lastText: null, lastKind: "structured", textState: "awaited" }, "Card or choices"],
    [{ lastText: "Look", lastKind: "image" }, "Look"],
  ] as const)("%j", (fields, said) => {
    expect(
      lastSaid(row("a", { ...fields, typing: [...("typing" in fields ? fields.typing : [])] }), words),
    ).toBe(said);
  });
});

it("who has said it is their name, else their role", () => {
  expect(whoSaid(row("a", { lastSender: "Cleo" }), words)).toBe("Cleo");
  expect(whoSaid(row("a", { lastRole: "bot" }), words)).toBe("Bot");
  expect(whoSaid(row("a", { lastRole: "" }), words)).toBe("System");
  expect(whoSaid(row("a", { lastKind: "" }), words)).toBe("");
});

it("a customer without a name is called one", () => {
  expect([nameOf(row("a"), words), nameOf(row("a", { name: "" }), words)]).toEqual(["A", "Customer"]);
});
