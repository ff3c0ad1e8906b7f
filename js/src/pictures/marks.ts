// The shapes of a timeline: a path for all marks of a kind, for ten thousand elements would be slow. Pure.

import type { TimelineScene } from "../explore.gen";
import { widthOf } from "./scale";

export type Role = "agent" | "customer" | "bot" | "system";

/** Fewer lanes are higher. */
export const laneHeight = (lanes: number): number => Math.max(16, Math.min(36, 540 / Math.max(lanes, 1)));

/** Marks at an end are whole. */
export const PAD = 8;
const RIGHT = 20;
/** Narrower, labels that do not fit beside their lanes stand above them. */
const NARROW_PX = 520;
const LABEL_HIGH = 16;
/** Around a label that stands beside its lane. */
const BESIDE_PX = 18;

export interface Layout {
  /** Where the lanes begin, and how long they are. */
  readonly left: number;
  readonly plot: number;
  /** From one lane to the next, and how much of it its label above it takes. */
  readonly high: number;
  readonly label: number;
}

export function layoutOf(labels: readonly string[], width: number): Layout {
  const wanted = Math.max(0, ...labels.map(widthOf)) + BESIDE_PX;
  const beside = Math.round(Math.min(Math.max(wanted, 70), Math.max(width * 0.3, 70), 180));
  const isAbove = width < NARROW_PX && wanted > beside;
  const left = isAbove ? PAD + 4 : beside;
  const label = isAbove ? LABEL_HIGH : 0;
  return { left, plot: Math.max(width - left - RIGHT, 40), high: laneHeight(labels.length) + label, label };
}

/** Where a lane's marks stand. */
export const middleOf = (lane: number, { high, label }: Pick<Layout, "high" | "label">): number =>
  high * lane + (high + label) / 2;

/** Round for a customer, square for an agent, on its tip for a bot and for the system: colour is not all there is. */
export function mark(role: Role, x: number, y: number, size: number): string {
  const r = size / 2;
  if (role === "agent") return `M${round(x - r)} ${round(y - r)}h${size}v${size}h${-size}z`;
  if (role === "customer")
    return `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${size} 0a${r} ${r} 0 1 0 ${-size} 0z`;
  const tip = r * 1.25;
  return `M${round(x)} ${round(y - tip)}l${tip} ${tip}l${-tip} ${tip}l${-tip} ${-tip}z`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

export interface Paths {
  readonly messages: ReadonlyMap<Role, string>;
  /** From a message to when it was read. */
  readonly reads: string;
  readonly typing: string;
  readonly waiting: string;
  readonly offline: string;
}

interface Frame {
  readonly x: (ms: number) => number;
  readonly width: number;
  readonly high: number;
  /** Of a lane, what stands above it: its label, where there is no room beside it. */
  readonly label: number;
  readonly height: number;
  readonly endMs: number;
  /** The lanes that are in the page. */
  readonly first: number;
  readonly last: number;
}

export function pathsOf({ messages, spans, senders, lanes }: TimelineScene, frame: Frame): Paths {
  const { x, width, high, label, height, endMs, first, last } = frame;
  const free = high - label;
  const middle = (lane: number): number => middleOf(lane, frame);
  const size = Math.min(Math.max(Math.round(free * 0.34), 6), 11);
  const isInSight = (from: number, to = from): boolean => to >= -size && from <= width + size;
  const dots = new Map<Role, string[]>();
  const reads: string[] = [];
  messages.timeMs.forEach((timeMs, at) => {
    const lane = messages.lane[at] ?? 0;
    if (lane < first || lane > last) return;
    const place = x(timeMs);
    const readMs = messages.readMs[at] ?? null;
    if (readMs !== null && lanes.length <= 40 && isInSight(place, x(readMs))) {
      reads.push(`M${round(place)} ${round(middle(lane))}H${round(x(readMs))}m0-5v10`);
    }
    if (!isInSight(place)) return;
    const role = senders[messages.sender[at] ?? 0]?.role ?? "system";
    const list = dots.get(role) ?? [];
    list.push(mark(role, place, middle(lane), size));
    dots.set(role, list);
  });
  const bars = { typing: [] as string[], waiting: [] as string[], offline: [] as string[] };
  spans.kind.forEach((kind, at) => {
    const lane = spans.lane[at] ?? -1;
    if (lane >= 0 && (lane < first || lane > last)) return;
    const from = x(spans.beginMs[at] ?? 0);
    const to = Math.max(x(spans.endMs[at] ?? endMs), from + 1);
    if (!isInSight(from, to)) return;
    // Far outside, some browsers' numbers end.
    const [left, right] = [round(Math.max(from, -50)), round(Math.min(to, width + 50))];
    const [top, tall] = lane < 0 ? [0, height] : [high * lane, high];
    if (kind === "offline") bars.offline.push(`M${left} ${top}H${right}v${tall}H${left}z`);
    else if (kind === "typing") bars.typing.push(`M${left} ${round(middle(lane))}H${right}`);
    else bars.waiting.push(`M${left} ${round(middle(lane) + free * 0.38)}H${right}`);
  });
  return {
    messages: new Map([...dots].map(([role, list]) => [role, list.join("")])),
    reads: reads.join(""),
    typing: bars.typing.join(""),
    waiting: bars.waiting.join(""),
    offline: bars.offline.join(""),
  };
}
