// Expressions are matched off the page's thread, and are given up when they take too long.
import { afterEach, expect, it, vi } from "vitest";
import { createMatcher } from "../../src/inspector/matcher";

afterEach(() => void vi.unstubAllGlobals());

class FakeWorker {
  static ended = 0;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  terminate(): void {
    FakeWorker.ended += 1;
  }
  postMessage({ id, source, words }: { id: number; source: string; words: string[] }): void {
    if (source === "slow") return;
    if (source === "refused") this.onerror?.();
    else this.onmessage?.({ data: { id, hits: words.map((each) => new RegExp(source, "i").test(each)) } });
  }
}

it("says what matches, what is none, what takes too long, and where it cannot be done", async () => {
  vi.stubGlobal("Worker", FakeWorker);
  const closing = new AbortController();
  const match = createMatcher(closing.signal, 10);
  expect(await match("^a", ["Abc", "bca"])).toEqual({ hits: [true, false], problem: "" });
  expect(await match("(", [])).toEqual({ hits: null, problem: "invalid" });
  expect(await match("slow", [])).toEqual({ hits: null, problem: "slow" });
  expect(await match("refused", [])).toEqual({ hits: null, problem: "impossible" });
  expect(await match("b", ["b"])).toEqual({ hits: [true], problem: "" });
  closing.abort();
  expect(FakeWorker.ended).toBe(3);
});

it("is impossible without workers", async () => {
  vi.stubGlobal("Worker", undefined);
  const match = createMatcher(new AbortController().signal);
  expect(await match("a", [])).toEqual({ hits: null, problem: "impossible" });
});
