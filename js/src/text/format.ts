// How times, days, names, sizes and texts are written. Pure; the locale and the time zone are passed in.

import type { Strings } from "../strings";

export interface Format {
  readonly time: (ms: number) => string;
  /** Day, time and time zone in full, for a tooltip. */
  readonly moment: (ms: number) => string;
  /** The time to the second, with the day where it is not that of `beforeMs`. */
  readonly momentAfter: (ms: number, beforeMs: number) => string;
  /** "Today", "Yesterday", or the day in words. */
  readonly day: (ms: number, nowMs: number) => string;
  /** How long ago: "just now", "2 min ago", "yesterday". */
  readonly ago: (ms: number, nowMs: number) => string;
  /** A day without its time; a day and a time, for an appointment. */
  readonly date: (ms: number) => string;
  readonly slot: (ms: number) => string;
  readonly size: (bytes: number) => string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MAX_DATE_MS = 8.64e15;

/** A time that no calendar has would make every formatter throw, and the view with it. */
const valid = (ms: number): number => (Math.abs(ms) <= MAX_DATE_MS ? ms : 0);

/** Midnight before a moment; the same number for all moments of one local day. */
export function startOfDay(ms: number): number {
  return new Date(valid(ms)).setHours(0, 0, 0, 0);
}

export function createFormat(strings: Strings, locale?: string): Format {
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
  const seconds = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
  const near = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  const appointment = new Intl.DateTimeFormat(locale, {
    weekday: "short",
    day: "numeric",
    month: "long",
    hour: "2-digit",
    minute: "2-digit",
    // Whoever reads the answer may live elsewhere.
    timeZoneName: "short",
  });
  const far = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  // Each message tells its time twice, and neighbours mostly the same.
  let [minute, time] = [Number.NaN, ""];
  const daysBefore = (ms: number, nowMs: number): number =>
    Math.round((startOfDay(nowMs) - startOfDay(ms)) / DAY_MS);
  return {
    time(ms) {
      const now = Math.floor(ms / MINUTE_MS);
      if (now !== minute) [minute, time] = [now, clock.format(valid(ms))];
      return time;
    },
    moment: (ms) => full.format(valid(ms)),
    momentAfter: (ms, beforeMs) =>
      (startOfDay(ms) === startOfDay(beforeMs) ? seconds : full).format(valid(ms)),
    day(ms, nowMs) {
      const daysAgo = daysBefore(ms, nowMs);
      if (daysAgo === 0) return strings.today;
      if (daysAgo === 1) return strings.yesterday;
      return (Math.abs(daysAgo) < 300 ? near : far).format(valid(ms));
    },
    ago(ms, nowMs) {
      const age = nowMs - valid(ms);
      // Also what is still to come: another clock is ahead of ours.
      if (age < MINUTE_MS) return strings.justNow;
      if (age < HOUR_MS) return relative.format(-Math.floor(age / MINUTE_MS), "minute");
      const days = daysBefore(ms, nowMs);
      if (days === 0 || age < 12 * HOUR_MS) return relative.format(-Math.floor(age / HOUR_MS), "hour");
      if (days < 60) return relative.format(-days, "day");
      return days < 730
        ? relative.format(-Math.floor(days / 30.44), "month")
        : relative.format(-Math.floor(days / 365.25), "year");
    },
    date: (ms) => near.format(valid(ms)),
    slot: (ms) => appointment.format(valid(ms)),
    size(bytes) {
      const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
      const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
      const unit = units[step] ?? "byte";
      const unitDisplay = step > 0 ? "short" : "long";
      const digits = { maximumFractionDigits: step > 1 ? 1 : 0 };
      const number = new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay, ...digits });
      return number.format(bytes / 1000 ** step);
    },
  };
}

/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const words = displayName(name)
    .split(/[\s._-]+/u)
    .filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const [first, last] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return (
    [first, last]
      .map((word) => firstGrapheme(word ?? ""))
      .join("")
      .toLocaleUpperCase() || "?"
  );
}

const firstGrapheme = (word: string): string => [...word][0] ?? "";

/** A number from 0 to `count` - 1 that is always the same for one name. */
export function hue(name: string, count: number): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % count;
}

/**
 * Controls without a shape of their own, other than tab and line feed; overrides, which show letters in another order
 * than they are in; and what is no character, which cannot be in a file of XML. Embeddings and isolates end with the
 * text's own isolate.
 */
const UNSHOWN = /[\u202d\u202e\p{NChar}\p{Cs}]|[^\P{Cc}\t\n]/gu;
const NOT_OF_NAMES = /[\p{Bidi_C}\p{NChar}\p{Cs}]/gu;

/** A text as it may be shown: carriage returns normalised, controls and overrides made visible. */
export function displayText(text: string): string {
  return text.replace(/\r\n?/gu, "\n").replace(UNSHOWN, pictureOf);
}

function pictureOf(unshown: string): string {
  const code = unshown.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

/** A sender's or file's name in one line, with nothing in it that changes how its surroundings read. */
export function displayName(name: string): string {
  return name
    .replace(NOT_OF_NAMES, "")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

const EMOJI = /^(?:\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]*\u200d?|\p{RI}{2}){1,6}$/u;

/** A text of a few emoji and nothing else is drawn large. One may be made of several, such as a family. */
export const isEmoji = (text: string): boolean => EMOJI.test(text);

export const FOLD_CHARACTERS = 1_200;
const FOLD_LINES = 16;

/** The first part of a long text, or null when it is short enough to be shown whole. */
export function folded(text: string): string | null {
  let end = text.length > FOLD_CHARACTERS * 1.25 ? FOLD_CHARACTERS : text.length;
  let line = -1;
  for (let lines = 0; lines < FOLD_LINES; lines += 1) {
    line = text.indexOf("\n", line + 1);
    if (line === -1 || line >= end) break;
    if (lines === FOLD_LINES - 1 && text.length - line > 1) end = line;
  }
  if (end === text.length) return null;
  // Not between the halves of one character.
  if (/[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
