import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Arrivals, createAnnouncer } from "../../src/inbox/announcer";
import { row } from "./examples";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("says the first at once, what comes meanwhile together, and then nothing any more", () => {
  const said: (Arrivals | null)[] = [];
  const closing = new AbortController();
  const announcer = createAnnouncer((each) => said.push(each), closing.signal);
  announcer.hear({ rows: [], count: 0 });
  expect(said).toEqual([]);
  announcer.hear({ rows: [row("a")], count: 1 });
  announcer.hear({ rows: [row("b")], count: 1 });
  announcer.hear({ rows: [row("c")], count: 4 });
  expect(said).toEqual([{ rows: [row("a")], count: 1 }]);
  vi.advanceTimersByTime(6_000);
  expect(said.at(-1)).toEqual({ rows: [row("b"), row("c")], count: 5 });
  vi.advanceTimersByTime(6_000);
  expect(said.at(-1)).toBeNull();
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(3);

  announcer.hear({ rows: [row("d")], count: 1 });
  closing.abort();
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(4);
  expect(vi.getTimerCount()).toBe(0);
});
