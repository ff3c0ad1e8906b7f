// What screen readers are told.
import { describe, expect, it } from "vitest";
import { english } from "../../src/strings";
import { announcement, messageName, sentences } from "../../src/text/a11y";
import { createFormat } from "../../src/text/format";
import * as eg from "../examples";

const format = createFormat(english, "en-GB");
const name = (fields: Parameters<typeof eg.message>[0], looksOn = false): string =>
  messageName(eg.message(fields), format, english, looksOn);
const file = { name: "a.pdf", mediaType: null, sizeBytes: null, url: null, canRefresh: false };

describe("a message's name", () => {
  it("holds sender, time, text and state", () => {
    expect(name({ text: "Good morning" })).toBe(`Ann Archer, ${format.time(eg.NOW)}: Good morning. Unread`);
    expect(name({ status: "read" })).toMatch(/Hello$/);
    expect(name({ status: "read", isOwn: true })).toMatch(/Hello\. Read$/);
  });
  it("holds the side for who is on none, and no state, for none is theirs", () => {
    const time = format.time(eg.NOW);
    expect(name({ text: "Hi" }, true)).toBe(`Ann Archer, Agent, ${time}: Hi`);
    expect(name({ text: "Hi", sender: "Customer", role: "customer" }, true)).toBe(`Customer, ${time}: Hi`);
  });
  it("says when there is no text, and counts the files", () => {
    expect(name({ text: null })).toContain("Loading message…");
    expect(name({ text: null, unavailable: true })).toContain("Message unavailable");
    expect(name({ text: "", withdrawn: true })).toContain("Message withdrawn");
    expect(name({ attachments: [file, file] })).toContain("Hello. 2 attachments.");
    expect(name({ attachments: [file], text: "" })).toContain(": 1 attachment. ");
  });
  it("does not read out a novel", () => {
    expect(name({ text: "x".repeat(100_000) }).length).toBeLessThan(1_100);
  });
  it("has a sender, whatever the sender is called", () => {
    expect(name({ sender: " \u202e " })).toMatch(/^Someone, /);
    expect(name({ sender: "", isOwn: true })).toMatch(/^You, /);
  });
});

describe("sentences", () => {
  it("get a stop where they have none of their own", () => {
    expect(sentences(["What now?", " ", "Take these", "終わりました。", "Sent"])).toBe(
      "What now? Take these. 終わりました。 Sent",
    );
    expect(sentences([])).toBe("");
  });
});

describe("new messages", () => {
  const said = (count: number) =>
    announcement(
      Array.from({ length: count }, (_, i) => eg.message({ text: `T${i}` })),
      english,
    );
  it("are read out, up to three", () => {
    expect(said(0)).toBe("");
    expect(said(3)).toBe("Ann Archer: T0. Ann Archer: T1. Ann Archer: T2");
  });
  it("are counted when there are more", () => {
    expect(said(9)).toBe("9 new messages. Ann Archer: T8");
  });
  it("that hold files only say so", () => {
    expect(announcement([eg.message({ attachments: [file] })], english)).toBe(
      "Ann Archer: Hello. 1 attachment",
    );
    expect(announcement([eg.message({ text: "", attachments: [file] })], english)).toBe(
      "Ann Archer: 1 attachment",
    );
  });
});
