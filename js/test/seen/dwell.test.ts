// The read rule's clock: 800 ms in view without a break while the user attends.
import { describe, expect, it } from "vitest";
import { initialDwell, nextSeenMs, takeSeen, withAttention, withVisibility } from "../../src/seen/dwell";

const attending = withAttention(initialDwell, true, 0);

describe("a message", () => {
  it("is seen after 800 ms, once", () => {
    const dwell = withVisibility(attending, "a", true, 100);
    expect(nextSeenMs(dwell)).toBe(900);
    expect(takeSeen(dwell, 899)[1]).toEqual([]);
    const [rest, seen] = takeSeen(dwell, 900);
    expect(seen).toEqual(["a"]);
    expect(takeSeen(rest, 5_000)[1]).toEqual([]);
    expect(nextSeenMs(rest)).toBeNull();
  });
  it("that leaves and comes back starts anew", () => {
    const left = withVisibility(withVisibility(attending, "a", true, 0), "a", false, 700);
    const back = withVisibility(left, "a", true, 1_000);
    expect(takeSeen(back, 1_799)[1]).toEqual([]);
    expect(takeSeen(back, 1_800)[1]).toEqual(["a"]);
  });
  it("that stays in view does not start anew", () => {
    const again = withVisibility(withVisibility(attending, "a", true, 0), "a", true, 700);
    expect(takeSeen(again, 800)[1]).toEqual(["a"]);
  });
});

describe("attention", () => {
  it("is needed all the time, and its return starts the clock for all in view", () => {
    const lost = withAttention(withVisibility(attending, "a", true, 0), false, 500);
    expect(takeSeen(lost, 9_000)[1]).toEqual([]);
    expect(nextSeenMs(lost)).toBeNull();
    const back = withAttention(lost, true, 10_000);
    expect(takeSeen(back, 10_799)[1]).toEqual([]);
    expect(takeSeen(back, 10_800)[1]).toEqual(["a"]);
  });
  it("that was not lost changes nothing", () => {
    const dwell = withVisibility(attending, "a", true, 0);
    expect(withAttention(dwell, true, 700)).toBe(dwell);
  });
});

it("messages that are due together are seen together", () => {
  const dwell = ["a", "b", "c"].reduce(
    (before, id, i) => withVisibility(before, id, true, i * 10),
    attending,
  );
  const [rest, seen] = takeSeen(dwell, 810);
  expect(seen).toEqual(["a", "b"]);
  expect(nextSeenMs(rest)).toBe(820);
});
