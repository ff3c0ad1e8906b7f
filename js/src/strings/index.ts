// The words that the view says: English is built in, the kernel sends those of other languages.

import { BEFORE_KERNEL } from "./before-kernel";
import { english as table } from "./en";
import { isGroup, type Spoken, spoken } from "./spoken";

export interface Strings extends Spoken<typeof table> {
  /** Why something failed; empty where there are no words for it: in English the kernel's own say it. */
  readonly cause: (cause: string | null) => string;
}

/** The first of these locales that there are words for, region and all; English when there are none. */
export function spokenLocale(wished: readonly (string | null)[]): string {
  return wished.find((each) => each !== null && isKnown(languageOf(each)) && isLocale(each)) ?? "en";
}

/** The words of a locale's language, as the kernel has sent them; before that those few that need no kernel. */
export function stringsOf(locale: string, words: unknown = BEFORE_KERNEL.get(languageOf(locale))): Strings {
  const causes = isGroup(words) && isGroup(words.causes) ? words.causes : {};
  return {
    ...spoken(table, words, locale),
    cause(cause) {
      const said = cause === null ? null : causes[cause];
      return typeof said === "string" ? said : "";
    },
  };
}

const languageOf = (locale: string): string => locale.split("-", 1)[0]?.toLowerCase() ?? "";
const isKnown = (language: string): boolean => language === "en" || BEFORE_KERNEL.has(language);

/** What Intl does not take as a locale makes each of its formatters throw. */
function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

export const english = /* @__PURE__ */ stringsOf("en");
