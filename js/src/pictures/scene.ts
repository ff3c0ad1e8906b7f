// What a page knows of a picture, and how each drawing of the kernel changes that. Pure.

import type { Drawing, MessageColumns, Reading, SpanColumns, TimelineScene } from "../explore.gen";

export interface Known {
  readonly revision: number;
  readonly locale: string;
  readonly words: Readonly<Record<string, string>>;
  readonly scene: Drawing["scene"] | null;
  /** By the page's clock: what goes on has gone on since. */
  readonly heardAtMs: number;
  /** Of the recordings that it is made of; null: nothing was said of that. */
  readonly reading: Reading | null;
}

export const NOTHING: Known = {
  revision: 0,
  locale: "en",
  words: {},
  scene: null,
  heardAtMs: 0,
  reading: null,
};

/** Null: something between was lost, and the page has to look again. */
export function learned(known: Known, drawing: Drawing, nowMs: number): Known | null {
  const { revision, locale, base, scene } = drawing;
  const words = Object.keys(drawing.words).length > 0 ? drawing.words : known.words;
  if (base === 0) return { revision, locale, words, scene, heardAtMs: nowMs, reading: null };
  if (revision <= known.revision) return known;
  if (base !== known.revision) return null;
  const isBoth = scene.kind === "timeline" && known.scene?.kind === "timeline";
  const merged = isBoth ? joined(known.scene as TimelineScene, scene as TimelineScene) : scene;
  return { ...known, revision, words, scene: merged, heardAtMs: nowMs };
}

function joined(before: TimelineScene, after: TimelineScene): TimelineScene {
  return {
    ...after,
    messages: spliced(before.messages, after.messages, after.keepMessages ?? 0),
    spans: spliced(before.spans, after.spans, after.keepSpans ?? 0),
  };
}

function spliced<Columns extends MessageColumns | SpanColumns>(
  before: Columns,
  after: Columns,
  keep: number,
): Columns {
  const kept = before as unknown as Record<string, unknown[]>;
  const columns = Object.entries(after).map(([name, values]) => [
    name,
    [...(kept[name] ?? []).slice(0, keep), ...(values as unknown[])],
  ]);
  return Object.fromEntries(columns) as Columns;
}

/** Until when the picture goes, if something in it goes on. */
export function endOf(scene: TimelineScene, sinceHeardMs: number): number {
  const goesOn = scene.nowMs !== null && scene.spans.endMs.includes(null);
  return goesOn ? scene.endMs + sinceHeardMs : scene.endMs;
}
