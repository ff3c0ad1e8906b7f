// Tells screen readers of each new message of others once. The list itself is not live: rows that scroll in are not news.

import { useEffect, useRef, useState } from "preact/hooks";
import { announcements } from "../a11y";
import type { Arrival } from "../store";
import type { Strings } from "../strings";

/** Some screen readers drop a queued announcement whose words leave the page. */
export const KEPT_MS = 7_000;
/** What comes within this time of the last announcement is told together. */
export const GATHER_MS = 1_000;

interface Said {
  readonly id: number;
  readonly text: string;
}

interface Props {
  readonly arrivals: readonly Arrival[];
  /** Nothing up to this arrival is news to this view. */
  readonly lastSerial: number;
  readonly strings: Strings;
}

export function Announcer({ arrivals, lastSerial, strings }: Props) {
  const heard = useRef(lastSerial);
  const latest = useRef(arrivals);
  latest.current = arrivals;
  const [said, setSaid] = useState<readonly Said[]>([]);
  const timers = useRef<{ gather?: ReturnType<typeof setTimeout>; clear?: ReturnType<typeof setTimeout> }>(
    {},
  );

  const tell = (): void => {
    const news = latest.current.filter((each) => each.serial > heard.current);
    delete timers.current.gather;
    const first = news[0];
    if (first === undefined) return;
    heard.current = news.at(-1)?.serial ?? heard.current;
    const sentences = announcements(
      news.map((each) => each.message),
      strings,
    );
    setSaid((before) => [...before, ...sentences.map((text, i) => ({ id: first.serial + i, text }))]);
    clearTimeout(timers.current.clear);
    timers.current.clear = setTimeout(() => setSaid([]), KEPT_MS);
    timers.current.gather = setTimeout(tell, GATHER_MS);
  };
  useEffect(() => {
    if (timers.current.gather === undefined) tell();
  }, [arrivals]);
  useEffect(
    () => () => {
      clearTimeout(timers.current.gather);
      clearTimeout(timers.current.clear);
    },
    [],
  );
  return (
    <div class="ipg-hidden ipg-announcer" aria-live="polite" aria-relevant="additions">
      {said.map((each) => (
        <div key={each.id}>{each.text}</div>
      ))}
    </div>
  );
}
