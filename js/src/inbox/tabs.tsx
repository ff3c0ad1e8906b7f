// The tabs over the list, each with how many conversations there are in it.

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import type { InboxQuery } from "../explore.gen";
import { TABS, type Words } from "./state/words";

interface Props {
  readonly query: Required<InboxQuery>;
  readonly counts: Readonly<Record<string, number>>;
  readonly words: Words;
  readonly onChange: (change: Partial<InboxQuery>) => void;
}

export function Tabs({ query, counts, words, onChange }: Props): JSX.Element {
  const tabs = useRef<HTMLDivElement | null>(null);
  const numbers = new Intl.NumberFormat(words.locale);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = TABS.indexOf(query.tab);
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: TABS.length - 1,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const tab = TABS[(step + TABS.length) % TABS.length] ?? "all";
    onChange({ tab });
    tabs.current?.querySelector<HTMLElement>(`[data-tab="${tab}"]`)?.focus();
  };
  return (
    <div class="ipg-inbox-tabs" role="tablist" aria-label={words("list")} ref={tabs} onKeyDown={onKeyDown}>
      {TABS.map((tab) => (
        <button
          key={tab}
          type="button"
          role="tab"
          data-tab={tab}
          class="ipg-inbox-tab"
          aria-selected={query.tab === tab}
          tabIndex={query.tab === tab ? 0 : -1}
          onClick={() => onChange({ tab })}
        >
          {words(`tab.${tab}`)} <span class="ipg-inbox-count">{numbers.format(counts[tab] ?? 0)}</span>
        </button>
      ))}
    </div>
  );
}
