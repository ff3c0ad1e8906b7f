// Link detection: what is a link, where it ends, what is never one.
import { describe, expect, it } from "vitest";
import { safeHref, shownLabel, splitLinks } from "../../src/text/links";

import { stepsOf } from "./steps";

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
    ["詳しくはhttps://example.com/a。よろしく", "https://example.com/a"],
    ["https://example.com/b（全角括弧）です", "https://example.com/b"],
    ["（https://example.com/b）", "https://example.com/b"],
    ["「https://example.com/c」をご覧ください", "https://example.com/c"],
    ["请看https://example.com/路径，谢谢！", "https://example.com/路径"],
    ["https://example.comです", "https://example.com"],
    ["https://example.com:8443です。", "https://example.com:8443"],
    ["mailto:ann@example.comまで", "mailto:ann@example.com"],
    [
      "https://ja.wikipedia.org/wiki/スティーブ・ジョブズ",
      "https://ja.wikipedia.org/wiki/スティーブ・ジョブズ",
    ],
    ["ดูที่https://example.com/หน้า", "https://example.com/หน้า"],
    ["«https://example.com/e»", "https://example.com/e"],
    ["“see https://example.com/d”", "https://example.com/d"],
    ["‘https://example.com/d’s", "https://example.com/d"],
    ["„https://example.com/d“", "https://example.com/d"],
    ["https://example.com/f—dash", "https://example.com/f"],
    ["https://example.com/f–dash – so", "https://example.com/f–dash"],
    ["انظر https://example.com/م، وغيره", "https://example.com/م"],
    ["https://example.com/देवनागरी।", "https://example.com/देवनागरी"],
    [
      "https://en.wikipedia.org/wiki/Schrödinger's_cat's",
      "https://en.wikipedia.org/wiki/Schrödinger's_cat's",
    ],
    ["'https://example.com/g'.", "https://example.com/g"],
    ["[Foo](https://example.com/Foo_(bar))", "https://example.com/Foo_(bar)"],
    ["https://example.com/a(see", "https://example.com/a"],
    ["https://example.com/a)b", "https://example.com/a"],
    ["https://example.com/?q={a[0]}&b=(1)", "https://example.com/?q={a[0]}&b=(1)"],
    ["***https://example.com/h***", "https://example.com/h"],
    ["https://example.com/😀!", "https://example.com/😀"],
    ['{\\"url\\": \\"https://example.com/j\\"}', "https://example.com/j"],
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
    "https://:pass@example.com",
    "https://@example.com",
    "https://good.example:443@evil.example/",
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
  it.each([
    "https://",
    "mailto:",
    "https://a.example/",
    "https://a@",
    "https://(",
    "https://a)",
    "ahttps://",
  ])("take steps like the length of %j over and over", (part) => {
    const steps = (times: number): number => stepsOf(part.repeat(times), splitLinks);
    expect(steps(4_000)).toBeLessThanOrEqual(2.1 * steps(2_000));
  });
  it.each([
    ["Our shop", "https://shop.example/", "Our shop"],
    ["shop.example", "https://www.shop.example/jackets?size=m", "shop.example"],
    ["HTTPS://Shop.example/jackets/", "https://shop.example/jackets", "HTTPS://Shop.example/jackets/"],
    ["例え.jp", "https://xn--r8jz45g.jp/", "例え.jp"],
    ["ann@shop.example", "mailto:ann@shop.example", "ann@shop.example"],
    ["https://bank.example/", "https://evil.example/", "https://evil.example/"],
    ["bank.example", "https://bank.example.evil.example/", "https://bank.example.evil.example/"],
    ["www.bank.example/login", "https://evil.example/", "https://evil.example/"],
    ["Sign in at bank.example now", "https://evil.example/", "https://evil.example/"],
    ["ｂａｎｋ．example", "https://evil.example/", "https://evil.example/"],
    ["bank.\u200bexample", "https://evil.example/", "https://evil.example/"],
    ["192.0.2.1", "https://evil.example/", "https://evil.example/"],
    ["help@bank.example", "mailto:help@evil.example", "mailto:help@evil.example"],
  ])("labelled %j and leading to %j read %j", (label, href, shown) => {
    expect(shownLabel(label, href)).toBe(shown);
  });
  it("of nothing are nothing", () => {
    expect(splitLinks("")).toEqual([]);
  });
});
