import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Asked, createSeat, type Seat } from "../../src/inbox/seat";
import { asked } from "../../src/inbox/state/wants";
import { problem, row, windowOf } from "./examples";

let sent: Asked[];
let closing: AbortController;
let seat: Seat;
let changes: number;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("navigator", { languages: ["de"] });
  [sent, closing, changes] = [[], new AbortController(), 0];
  seat = createSeat(
    "p",
    (each) => sent.push(each),
    () => {
      changes += 1;
    },
    closing.signal,
  );
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const revisions = (): number[] => sent.flatMap((each) => (each.kind === "look" ? [each.revision] : []));

describe("a seat", () => {
  it("asks until it is answered, then says now and then that it is there", () => {
    vi.advanceTimersByTime(5_000);
    expect(revisions()).toEqual([0, 0, 0]);
    seat.hear(windowOf(1));
    vi.advanceTimersByTime(2_000);
    const before = sent.length;
    vi.advanceTimersByTime(40_000);
    expect(revisions().slice(before)).toEqual([1, 1]);
    expect(sent[0]).toMatchObject({ page: "p", languages: ["de"] });
  });

  it("hears what is meant for it, once", () => {
    seat.hear(windowOf(1, { page: "other", total: 9 }));
    expect(seat.known().total).toBe(0);
    seat.hear(windowOf(1, { total: 3 }));
    const before = changes;
    seat.hear(windowOf(1, { isWhole: false, total: 4 }));
    expect([seat.known().total, changes]).toEqual([3, before]);
  });

  it("asks for all at once when something was lost", () => {
    seat.hear(windowOf(1));
    const before = sent.length;
    seat.hear(windowOf(3));
    expect(revisions().slice(before)).toEqual([0]);
    seat.hear(windowOf(4, { isWhole: true, total: 7 }));
    expect(seat.known()).toMatchObject({ revision: 4, total: 7 });
  });

  it("asks for what it wants at once, and not in a flood", () => {
    seat.hear(windowOf(1));
    vi.advanceTimersByTime(100);
    const before = sent.length;
    for (let first = 1; first <= 100; first += 1) {
      seat.want((now) => ({ ...now, first }));
      vi.advanceTimersByTime(10);
    }
    const looks = sent.slice(before);
    expect(looks.length).toBeLessThanOrEqual(18);
    vi.advanceTimersByTime(100);
    expect(sent.at(-1)).toMatchObject({ first: 100 });
    seat.want((now) => now);
    seat.want((now) => asked(now, { sort: "latest" }));
    vi.advanceTimersByTime(100);
    expect(sent.at(-1)).toMatchObject({ first: 0, query: { sort: "latest" } });
  });

  it("has who waits announced", () => {
    seat.hear(windowOf(1, { arrived: [row("a")], arrivedCount: 1 }));
    expect(seat.said()).toEqual({ rows: [row("a")], count: 1, problems: [] });
  });

  it("has a problem announced once, and keeps it until it has gone", () => {
    seat.hear(windowOf(1, { problems: [problem("texts")] }));
    expect(seat.said()).toEqual({ rows: [], count: 0, problems: [problem("texts")] });
    vi.advanceTimersByTime(10_000);
    expect(seat.said()).toBeNull();
    seat.hear(windowOf(2));
    expect(seat.known().problems).toEqual([problem("texts")]);
    seat.hear(windowOf(3, { problems: [] }));
    seat.hear(windowOf(4, { isWhole: true, problems: [problem("texts")] }));
    expect([seat.known().problems, seat.said()]).toEqual([[problem("texts")], null]);
    seat.hear(windowOf(5, { isWhole: true }));
    expect(seat.known().problems).toEqual([]);
  });

  it("selects, and says that it has gone", () => {
    seat.select("c1");
    expect(sent.at(-1)).toEqual({ kind: "select", page: "p", id: "c1" });
    seat.want((now) => ({ ...now, first: 4 }));
    closing.abort();
    expect(sent.at(-1)).toEqual({ kind: "gone", page: "p" });
    const before = sent.length;
    vi.advanceTimersByTime(120_000);
    expect(sent).toHaveLength(before);
    expect(vi.getTimerCount()).toBe(0);
  });
});
