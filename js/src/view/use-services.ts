// What the components of a view are given: the actions, and the words and formats of its locale.

import { useMemo } from "preact/hooks";
import type { Actions } from "../kernel/actions";
import type { ViewState } from "../state/store";
import { spokenLocale, stringsOf } from "../strings";
import { createFormat } from "../text/format";
import { createClock } from "./kit/clock";
import type { Services } from "./kit/services";
import { Voice } from "./kit/voice";

/** `chosen` is the kernel's choice; before there is one, the browser's languages decide. */
export function useServices(
  actions: Actions,
  { locale: chosen, words, aheadMs }: ViewState,
): Omit<Services, "mayPick" | "looksOn" | "isMarkdown"> {
  const clock = useMemo(() => createClock(() => Date.now() + aheadMs), [aheadMs]);
  const voice = useMemo(() => new Voice(), []);
  return useMemo(() => {
    const locale = spokenLocale([chosen, ...navigator.languages]);
    const strings = stringsOf(locale, locale === chosen ? words : undefined);
    return { actions, clock, locale, strings, voice, format: createFormat(strings, locale) };
  }, [actions, clock, chosen, words]);
}
