// What a picture says in words.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { wording } from "../../src/explore/wording";
import { described, rowOf, summaryOf } from "../../src/pictures/facts";
import { durationsOf, timesOf } from "../../src/pictures/scale";
import type { Word } from "../../src/pictures/words";
import { timeline } from "./scenes";

const file = join(import.meta.dirname, "../../../src/ipygenesys/_pictures/words/en.json");
const words = wording<Word>(JSON.parse(readFileSync(file, "utf8")), "en");
const facts = (scene = timeline()) => ({
  scene,
  words,
  times: timesOf("en", true),
  durations: durationsOf("en"),
});

it("tells who said what when, and what became of it", () => {
  const item = { kind: "message", at: 1, lane: 1, beginMs: 30_000 } as const;
  expect(described(facts(), item, 60_000)).toEqual({
    who: "Ann (You)",
    lines: ["Message (Agent)", "0:00:30", "Read 0:00:40"],
  });
});

it("tells how long a span was, and whether it goes on", () => {
  const waiting = { kind: "span", at: 1, lane: 0, beginMs: 0 } as const;
  const offline = { kind: "span", at: 2, lane: 0, beginMs: 45_000 } as const;
  expect(rowOf(facts(), waiting, 60_000)).toMatchObject({ who: "Cleo", duration: "30 sec" });
  expect(rowOf(facts(), offline, 60_000)).toMatchObject({ who: "", duration: "15 sec, goes on" });
  expect(described(facts(), offline, 60_000).who).toBe("Connection lost");
});

it("of several conversations, names the conversation", () => {
  const several = facts(timeline({ talks: 2 }));
  const item = { kind: "span", at: 1, lane: 0, beginMs: 0 } as const;
  expect(rowOf(several, item, 60_000)).toMatchObject({ conversation: "Cleo", who: "" });
});

it("sums up, with the longest wait", () => {
  const all = { from: 0, to: 60_000 };
  expect(summaryOf(facts(), all)).toBe(
    "Conversations: 1, participants: 2, messages: 3. From 0:00:00 to 0:01:00. Longest wait for an answer: 30 sec, Cleo.",
  );
  expect(summaryOf(facts(timeline({ lanes: [] })), all)).toBe(
    "What is said in this conversation appears here.",
  );
});
