// What a run says: the kernel sends the words of the page's language, by these names. Pure.

import type { Wording } from "../explore/wording";
import type { Column, Shown, State } from "./order";

export type Word =
  | `state.${State}`
  | `show.${Shown}`
  | `column.${Column}`
  | "run"
  | "progress"
  | "over"
  | "show"
  | "filter"
  | "scenarios"
  | "stop"
  | "heldBack"
  | "none"
  | "tries"
  | "seconds"
  | "details"
  | "steps"
  | "step.passed"
  | "step.failed"
  | "step.playing"
  | "step.not played"
  | "came"
  | "more"
  | "expected"
  | "onlyCame"
  | "toMessage"
  | "opening"
  | "noConversation"
  | "cannotShow"
  | "conversation"
  | "close";

export type Words = Wording<Word>;

/** To make one costs more than all else of a cell. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(locale: string, least: number, most: number): Intl.NumberFormat {
  const key = `${locale} ${least} ${most}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: most });
    formats.set(key, format);
  }
  return format;
}

export const count = (words: Words, value: number): string => formatOf(words.locale, 0, 0).format(value);

export const seconds = (words: Words, value: number): string =>
  words("seconds", { seconds: formatOf(words.locale, 1, value < 10 ? 2 : 1).format(value) });
