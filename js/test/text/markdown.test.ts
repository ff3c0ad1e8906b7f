// What Markdown marks in a text, what it does not, and that nothing else is lost or slow.
import { describe, expect, it } from "vitest";
import { splitMarkdown } from "../../src/text/markdown";

const text = (words: string) => ({ kind: "text", text: words });
const strong = (words: string) => ({ kind: "strong", text: words });
const em = (words: string) => ({ kind: "em", text: words });
const link = (words: string, href: string) => ({ kind: "link", text: words, href });

describe("Markdown", () => {
  it.each([
    ["Hello", [text("Hello")]],
    ["", []],
    ["**Yes**, *please*", [strong("Yes"), text(", "), em("please")]],
    ["__Yes__, _please_.", [strong("Yes"), text(", "), em("please"), text(".")]],
    ["これは**重要**です", [text("これは"), strong("重要"), text("です")]],
    ["**a *b* c**", [strong("a *b* c")]],
    [
      "See [the map](https://maps.example/x?a=1).",
      [text("See "), link("the map", "https://maps.example/x?a=1"), text(".")],
    ],
    ["# Opening hours\nMon", [strong("Opening hours"), text("\nMon")]],
    ["Bring:\n- a pen\n  * paper\n+ time", [text("Bring:\n• a pen\n  • paper\n• time")]],
    ["1. First\n2. Second", [text("1. First\n2. Second")]],
    ["\\*not\\* and 2 \\_ 3", [text("*not* and 2 _ 3")]],
  ])("in %j", (words, parts) => {
    expect(splitMarkdown(words)).toEqual(parts);
  });
  it.each([
    "2 * 3 * 4 and 2**3",
    "** not this **",
    "**no end",
    "snake_case_name and a_b",
    "https://example.com/a_b_/_c_*d*",
    "[click](javascript:alert(1))",
    "[click](http://example.com)",
    "[click](https://user@example.com)",
    "[no address]",
    "#tag and 5 - 3",
    "**over\nlines**",
    "-5 °C",
    "<b>bold</b>",
    "C:\\temp",
  ])("is not in %j", (words) => {
    expect(splitMarkdown(words)).toEqual([text(words)]);
  });
  it.each(["**a ", "*a ", "_a ", "[a](", "[", "# ", "\\", "__", "- - "])(
    "of 16,384 characters of %j takes no time to speak of",
    (mark) => {
      const words = mark.repeat(16_384 / mark.length);
      const began = performance.now();
      splitMarkdown(words);
      expect(performance.now() - began).toBeLessThan(2_000);
    },
  );
});
