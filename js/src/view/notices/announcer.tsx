// Tells screen readers once of each new message and what became of ours: the list itself is not live.

import { useEffect, useRef, useState } from "preact/hooks";
import type { ViewMessage } from "../../protocol.gen";
import type { Arrival } from "../../state/store";
import type { Strings } from "../../strings";
import { announcements, outcomes, outcomeWords } from "../../text/a11y";

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
  /** How many have come; at first sight, none of them is news to this view. */
  readonly lastSerial: number;
  /** Ours among them, in the state that they are in. */
  readonly messages: readonly ViewMessage[];
  readonly strings: Strings;
}

export function Announcer({ arrivals, lastSerial, messages, strings }: Props) {
  const heard = useRef(lastSerial);
  const latest = useRef({ arrivals, lastSerial });
  latest.current = { arrivals, lastSerial };
  const [said, setSaid] = useState<readonly Said[]>([]);
  const timers = useRef<{ gather?: ReturnType<typeof setTimeout>; clear?: ReturnType<typeof setTimeout> }>(
    {},
  );

  const serial = useRef(0);
  const say = (sentences: readonly string[]): void => {
    if (sentences.length === 0) return;
    setSaid((before) => [...before, ...sentences.map((text) => ({ id: ++serial.current, text }))]);
    clearTimeout(timers.current.clear);
    timers.current.clear = setTimeout(() => setSaid([]), KEPT_MS);
  };

  const known = useRef(outcomes(messages));
  useEffect(() => {
    say(outcomeWords(known.current, messages, strings));
    known.current = outcomes(messages);
  }, [messages]);

  const tell = (): void => {
    const news = latest.current.arrivals.filter((each) => each.serial > heard.current);
    delete timers.current.gather;
    if (news.length === 0) return;
    const newest = Math.max(latest.current.lastSerial, news.at(-1)?.serial ?? 0);
    const count = newest - heard.current;
    heard.current = newest;
    say(
      announcements(
        news.map((each) => each.message),
        strings,
        count,
      ),
    );
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
