// What the components of a view are given: the actions, and the words and formats of its locale.

import { useMemo } from "preact/hooks";
import type { Actions } from "../actions";
import { createClock } from "../clock";
import { createFormat } from "../format";
import { spokenLocale, stringsOf } from "../strings";
import type { Services } from "./services";

/** `asked` is the locale that the notebook asks for; else the browser's languages decide. */
export function useServices(actions: Actions, asked: string | null): Services {
  const clock = useMemo(() => createClock(() => Date.now()), []);
  return useMemo(() => {
    const locale = spokenLocale([asked, ...navigator.languages]);
    const strings = stringsOf(locale);
    return { actions, clock, locale, strings, format: createFormat(strings, locale) };
  }, [actions, clock, asked]);
}
