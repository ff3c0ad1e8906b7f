// What stands between the tabs and the list: search, filters, order, groups, and how many rows there are.

import type { JSX, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { InboxQuery } from "../explore.gen";
import { displayName } from "../text/format";
import type { Known } from "./state/known";
import { isFiltered, type Wants } from "./state/wants";
import { GROUPS, SORTS, STATES, type Words } from "./state/words";

/** Chosen: a pause in typing. */
const SEARCH_AFTER_MS = 180;

interface Props {
  readonly known: Known;
  readonly wants: Wants;
  readonly words: Words;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onChange: (change: Partial<InboxQuery>) => void;
  readonly onUpdate: () => void;
}

export function Tools({ known, wants, words, search, onChange, onUpdate }: Props): JSX.Element {
  const { query } = wants;
  const typed = useTyped(query.words, (text) => onChange({ words: text }));
  const clear = (): void => {
    typed.set("");
    search.current?.focus();
    onChange({ state: "", queue: "", agent: "", words: "" });
  };
  return (
    <div class="ipg-inbox-tools">
      <input
        type="search"
        ref={search}
        aria-label={words("search")}
        placeholder={words("search")}
        aria-keyshortcuts="/"
        value={typed.text}
        onInput={(event) => typed.set(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || typed.text === "") return;
          event.stopPropagation();
          typed.set("");
        }}
      />
      <Choice
        name={words("byState")}
        value={query.state}
        options={[["", words("anyState")], ...STATES.map((each) => [each, words(`state.${each}`)] as const)]}
        onChoose={(state) => onChange({ state })}
      />
      <Choice
        name={words("byQueue")}
        value={query.queue}
        options={[["", words("anyQueue")], ...named(known.queues, query.queue)]}
        onChoose={(queue) => onChange({ queue })}
      />
      <Choice
        name={words("byAgent")}
        value={query.agent}
        options={[["", words("anyAgent")], ...named(known.agents, query.agent)]}
        onChoose={(agent) => onChange({ agent })}
      />
      <Choice
        name={words("sortBy")}
        value={query.sort}
        options={SORTS.map((each) => [each, words(`sort.${each}`)])}
        onChoose={(sort) => onChange({ sort })}
      />
      <Choice
        name={words("groupBy")}
        value={query.group}
        options={GROUPS.map((each) => [each, words(`group.${each}`)])}
        onChoose={(group) => onChange({ group })}
      />
      <p class="ipg-inbox-note">
        <span class="ipg-inbox-live" role="status" data-status={known.status}>
          {words(`status.${known.status}`)}
        </span>
        <span>{words("shown", { count: known.counts[query.tab] ?? 0 })}</span>
        {isFiltered(query) && (
          <button type="button" class="ipg-inbox-link" onClick={clear}>
            {words("clearFilters")}
          </button>
        )}
        {known.pending > 0 && wants.isHeld && (
          <button type="button" class="ipg-inbox-link" title={words("held")} onClick={onUpdate}>
            {words("update", { count: known.pending })}
          </button>
        )}
      </p>
    </div>
  );
}

/** A name that is filtered by stays, also when no row has it any more. */
const named = (names: readonly string[], chosen: string): (readonly [string, string])[] =>
  (chosen === "" || names.includes(chosen) ? names : [chosen, ...names]).map((each) => [
    each,
    displayName(each),
  ]);

interface ChoiceProps<Value extends string> {
  readonly name: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly onChoose: (value: Value) => void;
}

function Choice<Value extends string>({ name, value, options, onChoose }: ChoiceProps<Value>): JSX.Element {
  return (
    <select
      class="ipg-inbox-choice"
      aria-label={name}
      title={name}
      value={value}
      data-set={value !== options[0]?.[0]}
      onChange={(event) => onChoose(event.currentTarget.value as Value)}
    >
      {options.map(([each, label]) => (
        <option key={each} value={each}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** What is typed shows at once, and is searched for after a pause. */
function useTyped(
  asked: string,
  onPause: (text: string) => void,
): { readonly text: string; readonly set: (text: string) => void } {
  const [text, setText] = useState(asked);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    text,
    set(next) {
      setText(next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => onPause(next), SEARCH_AFTER_MS);
    },
  };
}
