// What may be sent is known before it is: types, sizes, names, endings.
import { expect, it } from "vitest";
import { accepted, MOST_BYTES, mostBytes, objectionTo } from "../../src/kernel/upload-rules";

const rules = {
  types: ["image/*", "application/pdf"],
  maxBytes: 100,
  blockedExtensions: [".exe"],
  maxNameCharacters: 20,
  needsExtension: false,
};
const file = (fields = {}) => ({ name: "a.png", type: "image/png", size: 5, ...fields });

it.each([
  ["allowed by its family", file(), null],
  ["allowed by its type", file({ type: "application/pdf" }), null],
  ["of another type", file({ type: "text/html" }), "type"],
  ["of no type", file({ type: "" }), "type"],
  ["of a blocked ending", file({ name: "a.png.EXE" }), "type"],
  ["empty", file({ size: 0 }), "empty"],
  ["as large as may be", file({ size: 100 }), null],
  ["too large", file({ size: 101 }), "size"],
  ["of a long name", file({ name: "a".repeat(21) }), "name"],
])("a file that is %s", (_, each, objection) => {
  expect(objectionTo(each, rules)).toBe(objection);
});

it.each([
  ["a.png", null],
  ["png", "extension"],
  [".png", "extension"],
  ["a.", "extension"],
])("where names need an ending, %s is told so", (name, objection) => {
  expect(objectionTo(file({ name }), { ...rules, needsExtension: true })).toBe(objection);
});

it("a platform that takes everything takes what has no type, up to a limit of our own", () => {
  const open = {
    types: ["*/*"],
    maxBytes: null,
    blockedExtensions: [],
    maxNameCharacters: 255,
    needsExtension: false,
  };
  expect(objectionTo(file({ type: "" }), open)).toBe(null);
  expect(objectionTo(file({ size: MOST_BYTES + 1 }), open)).toBe("size");
  expect([mostBytes(open), mostBytes(rules)]).toEqual([MOST_BYTES, 100]);
});

it("the file dialog offers what is allowed", () => {
  expect(accepted(rules)).toBe("image/*,application/pdf");
  expect(accepted({ ...rules, types: ["image/*", "*/*"] })).toBe("");
});
