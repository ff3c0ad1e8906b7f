// Tells screen readers once of each new message and what became of ours: the list itself is not live.

import { useEffect, useRef, useState } from "preact/hooks";
import type { ViewMessage } from "../../protocol.gen";
import type { ViewState } from "../../state/store";
import { announcement, outcomes, outcomeWords } from "../../text/a11y";
import type { Services } from "../kit/services";
import type { Said } from "../kit/voice";

interface Props {
  readonly state: Pick<ViewState, "arrivals" | "lastSerial">;
  /** Ours among them, in the state that they are in. */
  readonly messages: readonly ViewMessage[];
  readonly services: Services;
}

export function Announcer({ state, messages, services }: Props) {
  const { strings, voice } = services;
  const [said, setSaid] = useState<readonly Said[]>([]);
  useEffect(() => {
    const mounted = new AbortController();
    voice.open(document, setSaid, mounted.signal);
    return () => mounted.abort();
  }, [voice]);

  const known = useRef(outcomes(messages));
  useEffect(() => {
    for (const words of outcomeWords(known.current, messages, strings)) voice.say(words);
    known.current = outcomes(messages);
  }, [messages]);

  const latest = useRef(state);
  latest.current = state;
  // At first sight, none of them is news to this view.
  const heard = useRef(state.lastSerial);
  const news = (): string => {
    const { arrivals, lastSerial } = latest.current;
    const messages = arrivals.filter((each) => each.serial > heard.current).map((each) => each.message);
    const count = lastSerial - heard.current;
    heard.current = lastSerial;
    return announcement(messages, strings, count);
  };
  useEffect(() => {
    if (state.lastSerial > heard.current) voice.say("news", news);
  }, [state.arrivals]);
  return (
    <div class="ipg-hidden ipg-announcer" aria-live="polite" aria-relevant="additions">
      {said.map((each) => (
        <div key={each.id}>{each.text}</div>
      ))}
    </div>
  );
}
