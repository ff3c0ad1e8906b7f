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

export const seconds = (words: Words, value: number): string =>
  words("seconds", {
    seconds: new Intl.NumberFormat(words.locale, {
      maximumFractionDigits: value < 10 ? 2 : 1,
      minimumFractionDigits: 1,
    }).format(value),
  });
