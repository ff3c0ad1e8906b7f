import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createAnnouncer, type News } from "../../src/inbox/announcer";
import { problem, row } from "./examples";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("says the first at once, what comes meanwhile together, and then nothing any more", () => {
  const said: (News | null)[] = [];
  const closing = new AbortController();
  const announcer = createAnnouncer((each) => said.push(each), closing.signal);
  announcer.hear({ rows: [], count: 0, problems: [] });
  expect(said).toEqual([]);
  announcer.hear({ rows: [row("a")], count: 1, problems: [] });
  announcer.hear({ rows: [row("b")], count: 1, problems: [] });
  announcer.hear({ rows: [row("c")], count: 4, problems: [] });
  expect(said).toEqual([{ rows: [row("a")], count: 1, problems: [] }]);
  vi.advanceTimersByTime(6_000);
  expect(said.at(-1)).toEqual({ rows: [row("b"), row("c")], count: 5, problems: [] });
  vi.advanceTimersByTime(6_000);
  expect(said.at(-1)).toBeNull();
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(3);

  announcer.hear({ rows: [row("d")], count: 1, problems: [] });
  closing.abort();
  vi.advanceTimersByTime(60_000);
  expect(said).toHaveLength(4);
  expect(vi.getTimerCount()).toBe(0);
});

it("says each problem once, also if it goes and comes back", () => {
  const said: (News | null)[] = [];
  const closing = new AbortController();
  const announcer = createAnnouncer((each) => said.push(each), closing.signal);
  const [typing, texts] = [problem("typing"), problem("texts")];
  announcer.hear({ rows: [], count: 0, problems: [typing] });
  announcer.hear({ rows: [], count: 0, problems: [typing, texts] });
  announcer.hear({ rows: [row("a")], count: 1, problems: [] });
  announcer.hear({ rows: [], count: 0, problems: [typing] });
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([
    { rows: [], count: 0, problems: [typing] },
    { rows: [row("a")], count: 1, problems: [texts] },
    null,
  ]);
  closing.abort();
});
