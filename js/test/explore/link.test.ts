// A page looks until it is answered, then now and then, and not after its end.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createLink } from "../../src/explore/link";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function made(options: { fails?: boolean } = {}) {
  const said: number[] = [];
  const state = { revision: 0 };
  const link = createLink<number>({
    transmit(each) {
      said.push(each);
      if (options.fails) throw new Error("no kernel");
    },
    question: () => state.revision,
    isAnswered: () => state.revision > 0,
    lookMs: 20_000,
  });
  return { said, state, link };
}

it("looks at once, every two seconds until it is answered, then seldom", () => {
  const { said, state, link } = made();
  vi.advanceTimersByTime(4_500);
  expect(said).toEqual([0, 0, 0]);
  state.revision = 5;
  vi.advanceTimersByTime(2_000);
  expect(said).toEqual([0, 0, 0, 5]);
  vi.advanceTimersByTime(19_000);
  expect(said).toHaveLength(4);
  vi.advanceTimersByTime(1_000);
  expect(said).toHaveLength(5);
  link.close();
});

it("looks again when asked, and then waits its time", () => {
  const { said, state, link } = made();
  state.revision = 2;
  link.look();
  vi.advanceTimersByTime(19_999);
  expect(said).toEqual([0, 2]);
  link.close();
});

it("says nothing after its end", () => {
  const { said, link } = made();
  link.close();
  link.look();
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([0]);
});

it("goes on asking where there is no kernel", () => {
  const { said, link } = made({ fails: true });
  vi.advanceTimersByTime(2_000);
  expect(said).toHaveLength(2);
  link.close();
});
