// What a picture says in words: of one message or span, and of all of it. Pure.

import type { TimelineScene } from "../explore.gen";
import type { Item } from "./items";
import type { Times, View } from "./scale";
import { stateIn, type Words } from "./words";

export interface Facts {
  readonly scene: TimelineScene;
  readonly words: Words;
  readonly times: Times;
  readonly durations: (seconds: number) => string;
}

export interface Described {
  readonly who: string;
  readonly lines: readonly string[];
}

export interface Row {
  readonly item: Item;
  readonly beginMs: number;
  readonly when: string;
  readonly conversation: string;
  readonly who: string;
  readonly what: string;
  readonly duration: string;
  readonly state: string;
  readonly text: string;
}

export function rowOf({ scene, words, times, durations }: Facts, item: Item, endMs: number): Row {
  const { lanes, messages, senders, spans } = scene;
  const label = lanes[item.lane]?.label ?? "";
  const [conversation, ownLane] = scene.talks > 1 ? [label, ""] : ["", label];
  const common = { item, beginMs: item.beginMs, when: times.moment(item.beginMs), conversation };
  if (item.kind === "span") {
    const kind = spans.kind[item.at] ?? "typing";
    const until = spans.endMs[item.at] ?? null;
    const length = durations(Math.max((until ?? endMs) - item.beginMs, 0) / 1000);
    const who = kind === "offline" || scene.talks > 1 ? "" : ownLane;
    const duration = until === null ? `${length}, ${words("goesOn")}` : length;
    return { ...common, who, what: words(kind), duration, state: "", text: "" };
  }
  const sender = senders[messages.sender[item.at] ?? 0];
  const readMs = messages.readMs[item.at] ?? null;
  const deliveredMs = messages.deliveredMs[item.at] ?? null;
  const at = readMs ?? deliveredMs;
  const state = stateIn(words, messages.status[item.at] ?? "") || (readMs === null ? "" : words("read"));
  return {
    ...common,
    who: sender === undefined ? "" : sender.isOwn ? `${sender.name} (${words("you")})` : sender.name,
    what: `${words("message")} (${words(sender?.role ?? "system")})`,
    duration: "",
    state: at === null ? state : `${state} ${times.moment(at)}`.trim(),
    text: messages.text[item.at] ?? "",
  };
}

export function described(facts: Facts, item: Item, endMs: number): Described {
  const { when, conversation, who, what, duration, state, text } = rowOf(facts, item, endMs);
  const lines = [
    what,
    [when, duration].filter(Boolean).join(" · "),
    state,
    text,
    who === "" ? "" : conversation,
  ];
  return {
    who: who || conversation || facts.words(facts.scene.spans.kind[item.at] ?? "offline"),
    lines: lines.filter(Boolean),
  };
}

export function summaryOf(facts: Facts, all: View): string {
  const { scene, words, times, durations } = facts;
  const { lanes, messages, spans } = scene;
  if (lanes.length === 0) return words("emptyHint");
  const summary = words("timelineSummary", {
    talks: scene.talks,
    people: scene.senders.length,
    messages: messages.timeMs.length,
    from: times.moment(all.from),
    to: times.moment(all.to),
  });
  let longest = { ms: 0, lane: -1 };
  spans.kind.forEach((kind, at) => {
    const ms = (spans.endMs[at] ?? all.to) - (spans.beginMs[at] ?? 0);
    if (kind === "waiting" && ms > longest.ms) longest = { ms, lane: spans.lane[at] ?? -1 };
  });
  if (longest.ms === 0) return summary;
  const who = lanes[longest.lane]?.label ?? "";
  return `${summary} ${words("longestWait", { duration: durations(longest.ms / 1000), who })}`;
}
