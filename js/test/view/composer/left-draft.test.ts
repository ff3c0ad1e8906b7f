// A draft over a reload: found once, by its own conversation, and no host without a storage is troubled.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { leaveDraft, takeLeftDraft } from "../../../src/view/composer/left-draft";

describe("a draft that is left", () => {
  const held = new Map<string, string>();
  beforeEach(() => {
    vi.stubGlobal("sessionStorage", {
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, text: string) => held.set(key, text),
      removeItem: (key: string) => held.delete(key),
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    held.clear();
  });

  it("is found once, by its own conversation", () => {
    leaveDraft("e1", "Half a sentence");
    expect([takeLeftDraft("e2"), takeLeftDraft(null)]).toEqual(["", ""]);
    expect([takeLeftDraft("e1"), takeLeftDraft("e1"), held.size]).toEqual(["Half a sentence", "", 0]);
  });
  it("is not kept where there is none, or no conversation", () => {
    leaveDraft("e1", "");
    leaveDraft("e1", undefined);
    leaveDraft(null, "Half a sentence");
    expect(held.size).toBe(0);
  });
  it("is given up where the host has no storage", () => {
    vi.stubGlobal("sessionStorage", undefined);
    leaveDraft("e1", "Half a sentence");
    expect(takeLeftDraft("e1")).toBe("");
  });
});
