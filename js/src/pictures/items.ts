// What one can point at in a timeline, or go through by keyboard: messages and spans, lane by lane. Pure.

import type { TimelineScene } from "../explore.gen";

export interface Item {
  readonly kind: "message" | "span";
  /** Among those of its kind. */
  readonly at: number;
  readonly lane: number;
  readonly beginMs: number;
}

/** By lane, in order of time. What is of no lane stands in the first. */
export function itemsOf({ lanes, messages, spans }: TimelineScene): Item[][] {
  const items: Item[][] = lanes.map(() => []);
  const add = (kind: Item["kind"], at: number, lane: number, beginMs: number): void => {
    items[Math.max(lane, 0)]?.push({ kind, at, lane: Math.max(lane, 0), beginMs });
  };
  for (const [at, timeMs] of messages.timeMs.entries()) add("message", at, messages.lane[at] ?? 0, timeMs);
  for (const [at, beginMs] of spans.beginMs.entries()) add("span", at, spans.lane[at] ?? 0, beginMs);
  for (const lane of items) lane.sort((one, other) => one.beginMs - other.beginMs);
  return items;
}

/** Most pictures are looked at and no more: worked out when somebody points or takes a key, and then known. */
export function itemsWhenWanted(scene: TimelineScene): () => Item[][] {
  let items: Item[][] | null = null;
  return () => {
    items ??= itemsOf(scene);
    return items;
  };
}

/** The place of the first item of a lane that does not begin before then. */
export function firstFrom(items: readonly Item[], ms: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.beginMs ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The message nearest to a moment, if one is near enough; else a span that holds it, the shortest first. */
export function itemAt(
  scene: TimelineScene,
  items: readonly Item[],
  ms: number,
  nearMs: number,
  endMs: number,
): Item | null {
  let best: Item | null = null;
  for (let at = firstFrom(items, ms - nearMs); at < items.length; at += 1) {
    const item = items[at] as Item;
    if (item.beginMs > ms + nearMs) break;
    const isNearer = best === null || Math.abs(item.beginMs - ms) < Math.abs(best.beginMs - ms);
    if (item.kind === "message" && isNearer) best = item;
  }
  if (best !== null) return best;
  const length = ({ at, beginMs }: Item): number => (scene.spans.endMs[at] ?? endMs) - beginMs;
  const around = items.filter(
    (item) => item.kind === "span" && item.beginMs <= ms && item.beginMs + length(item) >= ms,
  );
  return around.sort((one, other) => length(one) - length(other))[0] ?? null;
}

/** Where an arrow key leads from an item: along its lane, or to what is nearest in time in another. */
export function neighbour(
  items: readonly Item[][],
  from: Item | null,
  along: number,
  across: number,
): Item | null {
  if (from === null) return items.find((lane) => lane.length > 0)?.[0] ?? null;
  const lane = items[from.lane] ?? [];
  if (across === 0) return lane[lane.indexOf(from) + along] ?? from;
  for (let at = from.lane + across; at >= 0 && at < items.length; at += across) {
    const other = items[at] ?? [];
    const after = firstFrom(other, from.beginMs);
    const near = [other[after - 1], other[after]].filter((each) => each !== undefined);
    const distance = (item: Item): number => Math.abs(item.beginMs - from.beginMs);
    if (near.length > 0) return near.sort((one, other_) => distance(one) - distance(other_))[0] ?? from;
  }
  return from;
}
