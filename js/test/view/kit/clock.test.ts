// One timer for all, and only while somebody looks.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createClock, TICK_MS } from "../../../src/view/kit/clock";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("tells all its listeners with one timer", () => {
  const clock = createClock(() => 5);
  const lifetime = new AbortController();
  const listeners = Array.from({ length: 100 }, () => vi.fn());
  for (const each of listeners) clock.subscribe(each, lifetime.signal);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(2 * TICK_MS);
  for (const each of listeners) expect(each).toHaveBeenCalledTimes(2);
  expect(clock.now()).toBe(5);
});

it("stands still when the last listener has gone, and runs again for the next", () => {
  const clock = createClock(() => 0);
  const [first, second, late] = [new AbortController(), new AbortController(), new AbortController()];
  clock.subscribe(vi.fn(), first.signal);
  clock.subscribe(vi.fn(), second.signal);
  first.abort();
  expect(vi.getTimerCount()).toBe(1);
  second.abort();
  expect(vi.getTimerCount()).toBe(0);
  const listener = vi.fn();
  clock.subscribe(listener, late.signal);
  vi.advanceTimersByTime(TICK_MS);
  expect(listener).toHaveBeenCalledOnce();
  clock.subscribe(vi.fn(), AbortSignal.abort());
  late.abort();
  expect(vi.getTimerCount()).toBe(0);
});
