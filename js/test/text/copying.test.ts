// Messages as clean text.
import { expect, it } from "vitest";
import { english } from "../../src/strings";
import { allAsText, asText } from "../../src/text/copying";
import { createFormat } from "../../src/text/format";
import * as eg from "../examples";

const format = createFormat(english, "en-GB");
const lines = (...args: Parameters<typeof eg.message>): string[] =>
  asText(eg.message(...args), format, english).split("\n");

it("a message is who, when and what", () => {
  const [head, ...text] = lines({ text: "Hello\r\nthere" });
  expect(head).toMatch(/^Ann Archer, .*2026/);
  expect(text).toEqual(["Hello", "there"]);
});
it("a text that is not here as a whole says so", () => {
  const text = "x".repeat(16_384);
  expect(lines({ text, fullLength: 99_000 }).at(-1)).toBe(`${text}…`);
});
it("several are set apart by an empty line", () => {
  const all = allAsText([eg.message({ text: "a" }), eg.message({ text: "b" })], { format, strings: english });
  expect(all.split("\n").filter((line) => line.length <= 1)).toEqual(["a", "", "b"]);
});
it("one alone is what it says, and who and when where it says nothing", () => {
  const copied = (text: string) => allAsText([eg.message({ text })], { format, strings: english });
  expect(copied("3348917502")).toBe("3348917502");
  expect(copied("")).toMatch(/^Ann Archer, .*2026/);
});
it("files are named, and no word of the view is in it", () => {
  const file = {
    name: "a.png",
    mediaType: "image/png",
    sizeBytes: 5,
    url: "https://example.com/a.png",
    canRefresh: false,
  };
  expect(lines({ text: "", attachments: [file] }).slice(1)).toEqual(["[a.png]"]);
});
it("a part of it may be all that is wanted", () => {
  expect(
    asText(eg.message({ text: "Hello" }), format, english, "ell")
      .split("\n")
      .at(-1),
  ).toBe("ell");
});
