// Whether there is more of a text than is here.
import { expect, it } from "vitest";
import { isCut } from "../../src/text/cut";
import * as eg from "../examples";

it("a cut text is recognised by its characters, not by its UTF-16 units", () => {
  const smiles = "😀".repeat(16_384);
  expect(isCut(eg.message({ text: smiles, fullLength: 16_385 }))).toBe(true);
  expect(isCut(eg.message({ text: `${smiles}x`, fullLength: 16_385 }))).toBe(false);
  expect(isCut(eg.message({ text: "short", fullLength: 9 }))).toBe(false);
  expect(isCut(eg.message({ text: null, fullLength: 20_000 }))).toBe(false);
});
