// @vitest-environment happy-dom
// A file of its own out of a page's drawings; how it looks is tested in a real browser.
import { expect, it } from "vitest";
import { asSvg } from "../../src/pictures/save";

it("nothing is no file", () => {
  expect(asSvg([], "Timeline")).toBe("");
});
