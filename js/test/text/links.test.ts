// Link detection: what is a link, where it ends, what is never one.
import { describe, expect, it } from "vitest";
import { safeHref, splitLinks } from "../../src/text/links";

const links = (text: string): string[] =>
  splitLinks(text).flatMap((part) => (part.kind === "link" ? [part.text] : []));

describe("links", () => {
  it("are found between words, and the text stays whole", () => {
    const text = "See https://example.com/a?b=1#c, or mailto:ann@example.com.";
    expect(links(text)).toEqual(["https://example.com/a?b=1#c", "mailto:ann@example.com"]);
    expect(
      splitLinks(text)
        .map((part) => part.text)
        .join(""),
    ).toBe(text);
  });
  it.each([
    ["(https://example.com)", "https://example.com"],
    ["https://example.com/wiki/A_(b)", "https://example.com/wiki/A_(b)"],
    ["[https://example.com/x].", "https://example.com/x"],
    ["https://example.com/…", "https://example.com/"],
    ["<https://example.com>", "https://example.com"],
    ['"https://example.com"', "https://example.com"],
    ["HTTPS://EXAMPLE.com", "HTTPS://EXAMPLE.com"],
    ["https://例え.jp/道", "https://例え.jp/道"],
  ])("end where they end: %s", (text, link) => {
    expect(links(text)).toEqual([link]);
  });
  it.each([
    "javascript:alert(1)",
    "http://example.com",
    "data:text/html,x",
    "file:///etc/passwd",
    "ftp://example.com",
    "xhttps://example.com",
    "https://",
    "mailto:nobody",
    "https://user:pass@example.com",
    "https://good.example@evil.example",
    `https://example.com/${"a".repeat(3_000)}`,
  ])("are not made of %s", (text) => {
    expect(links(text)).toEqual([]);
    expect(
      splitLinks(text)
        .map((part) => part.text)
        .join(""),
    ).toBe(text);
  });
  it("stop before marks that turn the direction of text", () => {
    expect(links("https://example.com/\u202egpj.exe")).toEqual(["https://example.com/"]);
  });
  it("show the host that is really meant", () => {
    expect(safeHref("https://exаmple.com/")).toBe("https://xn--exmple-4nf.com/");
  });
  it("cost little in a text made to be slow", () => {
    const started = performance.now();
    splitLinks("https://".repeat(20_000));
    splitLinks(`https://a${")".repeat(100_000)}`);
    splitLinks("mailto:".repeat(20_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
  it("of nothing are nothing", () => {
    expect(splitLinks("")).toEqual([]);
  });
});
