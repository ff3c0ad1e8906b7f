import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createAttention } from "../../src/inbox/attention";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("is paid while the pointer moves, ends when it leaves, and when it rests", () => {
  const told: boolean[] = [];
  const closing = new AbortController();
  const attention = createAttention((isPaid) => told.push(isPaid), closing.signal);
  attention.left();
  expect(told).toEqual([]);
  for (let moves = 0; moves < 5; moves += 1) {
    attention.paid();
    vi.advanceTimersByTime(14_000);
  }
  expect(told).toEqual([true]);
  attention.left();
  attention.left();
  expect(told).toEqual([true, false]);
  attention.paid();
  vi.advanceTimersByTime(15_000);
  expect(told).toEqual([true, false, true, false]);
  attention.paid();
  closing.abort();
  vi.advanceTimersByTime(60_000);
  expect(told).toHaveLength(5);
});
