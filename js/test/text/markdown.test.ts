// What Markdown marks in a text, what it does not, and that nothing else is lost or slow.
import { describe, expect, it } from "vitest";
import { MARKED_MOST, splitMarkdown } from "../../src/text/markdown";
import { stepsOf } from "./steps";

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
    ["[Foo](https://example.com/Foo_(bar)).", [link("Foo", "https://example.com/Foo_(bar)"), text(".")]],
    ['[Foo](https://example.com/a "A title")', [link("Foo", "https://example.com/a")]],
    ["[Foo](https://example.com/a 'A title')", [link("Foo", "https://example.com/a")]],
    ["[Foo](<https://example.com/a> (A title))", [link("Foo", "https://example.com/a")]],
    ["[Foo]( https://example.com/a )", [link("Foo", "https://example.com/a")]],
    [
      "See <https://example.com/a>.",
      [text("See "), link("https://example.com/a", "https://example.com/a"), text(".")],
    ],
    ["<mailto:ann@example.com>", [link("mailto:ann@example.com", "mailto:ann@example.com")]],
    ["[bank.example](https://evil.example/)", [link("https://evil.example/", "https://evil.example/")]],
    ["***both***, ___both___", [strong("*both*"), text(", "), strong("_both_")]],
    ["**so *it***", [strong("so *it*")]],
    ["_**both**_", [em("**both**")]],
    [
      "詳しくはhttps://example.com/a_b。**重要**",
      [text("詳しくはhttps://example.com/a_b。"), strong("重要")],
    ],
    ["**https://example.com/a**", [strong("https://example.com/a")]],
    ["**a \\*\\* b**", [strong("a \\*\\* b")]],
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
    "[click](https://:password@example.com)",
    "[click](https://example.com/a 'no end)",
    "<javascript:alert(1)>",
    "<https://user@example.com>",
    "<a href='https://example.com'>",
    "****",
    "[no address]",
    "#tag and 5 - 3",
    "**over\nlines**",
    "-5 °C",
    "<b>bold</b>",
    "C:\\temp",
  ])("is not in %j", (words) => {
    expect(splitMarkdown(words)).toEqual([text(words)]);
  });
  it("is not read again in what it marks as the beginning of a line", () => {
    expect(splitMarkdown("# a", true)).toEqual([text("# a")]);
    expect(splitMarkdown("- a\n# b", true)).toEqual([text("- a\n# b")]);
  });
  it.each([
    ...'**a |*a |_a |[a](|[|# |\\|__|- - |<|<h|[a](<|[a](b "|h|https://|*_|***a |[a\\](b)|('.split("|"),
    " ",
  ])("of %j over and over takes steps like its length", (mark) => {
    const steps = (length: number): number => stepsOf(mark.repeat(length / mark.length), splitMarkdown);
    const [once, twice] = [steps(8_192), steps(16_384)];
    expect(twice).toBeLessThanOrEqual(2.05 * once);
    expect(twice).toBeLessThanOrEqual(16_384 * 2 * MARKED_MOST);
  });
});
