// Words that depend on what they speak of.
import { expect, it } from "vitest";
import { english } from "../src/strings";

it.each([
  [[], ""],
  [["Ann"], "Ann is typing…"],
  [["Ann", "Ben"], "Ann and Ben are typing…"],
  [["Ann", "Ben", "Cleo"], "Several people are typing…"],
])("%j: %s", (names, words) => {
  expect(english.typing(names)).toBe(words);
});

it("counts agree with their nouns", () => {
  expect([1, 2].map(english.newMessagesCounted)).toEqual(["new message", "new messages"]);
  expect([1, 3].map(english.attachments)).toEqual(["1 attachment", "3 attachments"]);
});
