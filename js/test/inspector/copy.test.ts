// Rows to take along.
import { expect, it } from "vitest";
import { asJson, asTest } from "../../src/inspector/copy";
import { row } from "./rows";

it("as JSON they are what they were", () => {
  expect(JSON.parse(asJson([row(1)]))).toEqual([row(1)]);
});

it("as a test they are what has to come again: frames that came in", () => {
  const written = asTest([
    row(1),
    row(2, { direction: "out", words: "Ours" }),
    row(3, { words: "TypingNoticed" }),
  ]);
  expect(written).toContain('        "MessageArrived",\n        "TypingNoticed",\n    ]');
  expect(written).not.toContain("Ours");
});

it("what became no event is told in words, and no test can look for those", () => {
  for (const words of ["Heartbeat or answer", "ハートビートまたは応答"]) {
    expect(asTest([row(1, { words })])).not.toContain(words);
  }
});
