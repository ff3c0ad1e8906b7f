// Scenarios as the kernel tells them.
import type { RunRow, RunRows } from "../../src/explore.gen";

export const row = (number: number, fields: Partial<RunRow> = {}): RunRow => ({
  number,
  name: `scenario ${number}`,
  state: "passed",
  words: "",
  beganMs: null,
  seconds: number,
  said: 1,
  slowestS: null,
  tries: 1,
  ...fields,
});

export const told = (rows: RunRow[], fields: Partial<RunRows> = {}): RunRows => ({
  kind: "run",
  revision: 1,
  isWhole: true,
  rows,
  name: "suite",
  isOver: false,
  nowMs: 5_000,
  heldBack: 0,
  locale: "en",
  words: { run: "Run of {name}" },
  ...fields,
});
