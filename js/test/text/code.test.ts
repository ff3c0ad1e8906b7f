// Which parts of a plain text are code, and that nothing of it is lost.
import { describe, expect, it } from "vitest";
import { splitCode } from "../../src/text/code";

const prose = (text: string) => ({ kind: "prose", text });
const code = (text: string) => ({ kind: "code", text });
const block = (text: string) => ({ kind: "block", text });

describe("code", () => {
  it.each([
    ["", [prose("")]],
    ["Hello", [prose("Hello")]],
    ["Run `pip install x` now", [prose("Run "), code("pip install x"), prose(" now")]],
    ["`a`, `b`", [code("a"), prose(", "), code("b")]],
    ["```\na\n  b\n```", [block("a\n  b")]],
    [
      "Try:\n```python\nprint(1)\n```\nThen `x`",
      [prose("Try:"), block("print(1)"), prose("Then "), code("x")],
    ],
    ["```\na\n```\n```\nb\n```", [block("a"), block("b")]],
    ["```\n```", [block("")]],
  ])("in %j", (text, parts) => {
    expect(splitCode(text)).toEqual(parts);
  });
  it.each([
    "I don`t know, and it`s late",
    "a ` alone",
    "``",
    "``two``",
    "`not\nover lines`",
    "```\nno end",
    "a ``` in a line ```",
    "   ```\nindented\n```",
  ])("is not in %j", (text) => {
    expect(splitCode(text)).toEqual([prose(text)]);
  });
  it("that was cut goes on to the end", () => {
    expect(splitCode("See:\n```\nfor x in", true)).toEqual([prose("See:"), block("for x in")]);
  });
  it("of a text that is all backticks takes no time to speak of", () => {
    const looked = splitCode("```a\n".repeat(200_000));
    expect(looked.map((each) => each.text).join("")).toHaveLength(1_000_000);
  });
});
