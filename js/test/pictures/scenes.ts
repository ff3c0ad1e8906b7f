// Example scenes: Cleo asks, Ann types and answers, Cleo asks again.
import type { Drawing, TimelineScene } from "../../src/explore.gen";

export const timeline = (changes: Partial<TimelineScene> = {}): TimelineScene => ({
  kind: "timeline",
  lanes: [
    { label: "Cleo", role: "customer", isOwn: false, messages: 2 },
    { label: "Ann", role: "agent", isOwn: true, messages: 1 },
  ],
  senders: [
    { name: "Cleo", role: "customer", isOwn: false },
    { name: "Ann", role: "agent", isOwn: true },
  ],
  isRelative: true,
  beginMs: 0,
  endMs: 60_000,
  nowMs: null,
  messages: {
    timeMs: [0, 30_000, 60_000],
    lane: [0, 1, 0],
    sender: [0, 1, 0],
    status: ["sent", "read", "sent"],
    deliveredMs: [null, null, null],
    readMs: [null, 40_000, null],
    id: ["m1", "m2", "m3"],
    text: ["Hello?", null, "Thanks"],
  },
  spans: {
    kind: ["typing", "waiting", "offline"],
    lane: [1, 0, -1],
    beginMs: [20_000, 0, 45_000],
    endMs: [30_000, 30_000, null],
  },
  keepMessages: 0,
  keepSpans: 0,
  talks: 1,
  title: "",
  ...changes,
});

export const drawing = (changes: Partial<Drawing> = {}): Drawing => ({
  kind: "drawing",
  revision: 1,
  base: 0,
  locale: "en",
  words: { timeline: "Timeline" },
  scene: timeline(),
  ...changes,
});
