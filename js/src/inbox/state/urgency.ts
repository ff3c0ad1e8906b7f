// How urgent a row is, in colour and in words, and how long something lasts. Pure; the time is passed in.

import type { InboxRow } from "../../explore.gen";
import type { Words } from "./words";

export type Urgency = "late" | "soon" | "waits" | "";

/** Chosen: a minute is enough to answer in. */
const SOON_MS = 60_000;

export interface Urgent {
  readonly level: Urgency;
  readonly words: string;
}

export function urgencyOf(row: InboxRow, nowMs: number, words: Words): Urgent {
  const { dueMs, unansweredSinceMs, state, sinceMs } = row;
  if (state === "ended") return { level: "", words: "" };
  if (dueMs !== null) {
    const leftMs = dueMs - nowMs;
    if (leftMs < 0) return { level: "late", words: words("overdue", { time: clock(-leftMs) }) };
    const level = leftMs < SOON_MS ? "soon" : "waits";
    return { level, words: words("dueIn", { time: clock(leftMs) }) };
  }
  if (unansweredSinceMs !== null) {
    return { level: "waits", words: words("unansweredFor", { time: clock(nowMs - unansweredSinceMs) }) };
  }
  if (state === "waiting" && sinceMs !== null) {
    return { level: "waits", words: words("waitsFor", { time: clock(nowMs - sinceMs) }) };
  }
  return { level: "", words: "" };
}

/** Minutes and seconds, with hours where there are some: 0:07, 12:03, 2:04:10. */
export function clock(ms: number): string {
  const seconds = Math.floor(Math.max(ms, 0) / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  const end = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${end}` : `${minutes}:${end}`;
}
