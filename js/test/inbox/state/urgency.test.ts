import { describe, expect, it } from "vitest";
import { clock, urgencyOf } from "../../../src/inbox/state/urgency";
import { row, START_MS, words } from "../examples";

const at = (fields: Parameters<typeof row>[1], seconds = 0) =>
  urgencyOf(row("a", fields), START_MS + seconds * 1000, words);

describe("urgency", () => {
  it.each([
    [{ dueMs: START_MS + 90_000 }, "waits", "Due in 1:30"],
    [{ dueMs: START_MS + 59_000 }, "soon", "Due in 0:59"],
    [{ dueMs: START_MS - 61_000 }, "late", "Overdue 1:01"],
    [{ unansweredSinceMs: START_MS - 5_000 }, "waits", "Unanswered 0:05"],
    [{ state: "waiting", sinceMs: START_MS - 3_000 }, "waits", "Waits 0:03"],
    [{ state: "waiting", sinceMs: null }, "", ""],
    [{}, "", ""],
    [{ state: "ended", unansweredSinceMs: START_MS, dueMs: START_MS }, "", ""],
  ] as const)("is told in colour and in words: %j", (fields, level, said) => {
    expect(at(fields)).toEqual({ level, words: said });
  });

  it("goes on with the time", () => {
    expect(at({ dueMs: START_MS + 90_000 }, 40).level).toBe("soon");
    expect(at({ dueMs: START_MS + 90_000 }, 91)).toEqual({ level: "late", words: "Overdue 0:01" });
  });
});

it.each([
  [0, "0:00"],
  [-9, "0:00"],
  [7_999, "0:07"],
  [723_000, "12:03"],
  [7_450_000, "2:04:10"],
])("%d ms are %s", (ms, said) => {
  expect(clock(ms)).toBe(said);
});
