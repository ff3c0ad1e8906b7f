// Example rows.
import type { InspectorRow, Rows } from "../../src/explore.gen";

export const row = (number: number, changes: Partial<InspectorRow> = {}): InspectorRow => ({
  number,
  atMs: number * 10,
  direction: "in",
  kind: "frame",
  words: "MessageArrived",
  text: `text ${number}`,
  size: 10,
  status: "",
  isError: false,
  answers: null,
  latencyMs: null,
  ignored: null,
  messageId: null,
  ...changes,
});

export const rows = (numbers: readonly number[], changes: Partial<Rows> = {}): Rows => ({
  kind: "rows",
  revision: 1,
  rows: numbers.map((number) => row(number)),
  changed: [],
  first: 1,
  total: numbers.at(-1) ?? 0,
  dropped: 0,
  gauges: { requestsLeft: null, heartbeatMs: null, nowMs: 0, perSecond: 0 },
  canInject: false,
  isOlder: false,
  locale: "en",
  words: { inspector: "Inspector" },
  ...changes,
});
