// Every word that the view says: one table a language, all of one shape, and the choice among them.

import { type Counted, countedIn } from "./counted";
import { inGerman } from "./de";
import { inEnglish, type Strings } from "./en";
import { inSpanish } from "./es";
import { inFrench } from "./fr";
import { inJapanese } from "./ja";

export type { Strings };

const TABLES = new Map<string, (counted: Counted) => Strings>([
  ["en", inEnglish],
  ["de", inGerman],
  ["es", inSpanish],
  ["fr", inFrench],
  ["ja", inJapanese],
]);

/** The first of these locales that there are words for, region and all; English when there are none. */
export function spokenLocale(wished: readonly (string | null)[]): string {
  return wished.find((each) => each !== null && TABLES.has(languageOf(each)) && isLocale(each)) ?? "en";
}

/** The words of a locale's language. */
export function stringsOf(locale: string): Strings {
  return (TABLES.get(languageOf(locale)) ?? inEnglish)(countedIn(locale));
}

const languageOf = (locale: string): string => locale.split("-", 1)[0]?.toLowerCase() ?? "";

/** What Intl does not take as a locale makes each of its formatters throw. */
function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

export const english = /* @__PURE__ */ stringsOf("en");
