// What stands over the table: filters, pause and follow, copying, and how the connection does.

import type { JSX } from "preact";
import type { Filters } from "./filters";
import type { Matched } from "./matcher";
import type { Table, TableState } from "./table";

interface Props {
  readonly table: Table;
  readonly state: TableState;
  readonly filters: Filters;
  readonly setFilters: (filters: Filters) => void;
  readonly problem: Matched["problem"];
  readonly shown: number;
  readonly isFollowing: boolean;
  readonly onFollow: () => void;
  readonly canCopy: boolean;
  readonly onCopy: (kind: "json" | "test") => void;
  readonly onOlder: (() => void) | null;
}

const PROBLEMS: Readonly<Record<Matched["problem"], string>> = {
  "": "",
  invalid: "This is no regular expression.",
  slow: "This expression takes too long and was given up.",
  impossible: "Expressions cannot be matched here: the page lets no worker in. Plain words can be found.",
};

export function Tools(props: Props): JSX.Element {
  const { table, state, filters, setFilters, problem, shown } = props;
  const { isPaused, gauges } = state;
  const age = gauges?.heartbeatMs == null ? null : (gauges.nowMs - gauges.heartbeatMs) / 1000;
  return (
    <header class="ipg-inspector-tools">
      <input
        type="search"
        aria-label="Filter by words"
        placeholder="Filter"
        value={filters.text}
        onInput={(event) => setFilters({ ...filters, text: event.currentTarget.value })}
        onKeyDown={(event) => event.stopPropagation()}
      />
      <label>
        <input
          type="checkbox"
          checked={filters.isRegex}
          onChange={(event) => setFilters({ ...filters, isRegex: event.currentTarget.checked })}
        />
        Regular expression
      </label>
      <select
        aria-label="Direction"
        value={filters.direction}
        onChange={(event) =>
          setFilters({ ...filters, direction: event.currentTarget.value as Filters["direction"] })
        }
      >
        <option value="">Both ways</option>
        <option value="in">In</option>
        <option value="out">Out</option>
      </select>
      <select
        aria-label="Kind"
        value={filters.kind}
        onChange={(event) => setFilters({ ...filters, kind: event.currentTarget.value as Filters["kind"] })}
      >
        <option value="">All kinds</option>
        <option value="frame">Frames</option>
        <option value="call">Calls and answers</option>
        <option value="stream">Opens, closes, pings</option>
        <option value="ignored">Ignored</option>
        <option value="error">Errors</option>
      </select>
      <button class="ipg-tool" type="button" aria-pressed={isPaused} onClick={() => table.pause(!isPaused)}>
        Pause
      </button>
      <button class="ipg-tool" type="button" aria-pressed={props.isFollowing} onClick={props.onFollow}>
        Follow
      </button>
      <button
        class="ipg-tool"
        type="button"
        disabled={props.onOlder === null}
        onClick={() => props.onOlder?.()}
      >
        Earlier
      </button>
      <button class="ipg-tool" type="button" onClick={table.clear}>
        Clear
      </button>
      <button class="ipg-tool" type="button" disabled={!props.canCopy} onClick={() => props.onCopy("json")}>
        Copy as JSON
      </button>
      <button class="ipg-tool" type="button" disabled={!props.canCopy} onClick={() => props.onCopy("test")}>
        Copy as test
      </button>
      <p class="ipg-gauges">
        {`${shown} of ${state.total} entries`}
        {state.dropped > 0 && ` (${state.dropped} have made room)`}
        {gauges !== null && ` · ${gauges.perSecond} a second`}
        {age !== null && ` · last sign of life ${age.toFixed(1)} s ago`}
        {gauges?.requestsLeft != null && ` · ${gauges.requestsLeft} requests left in this minute`}
      </p>
      <p class="ipg-problem" role="status">
        {PROBLEMS[problem]}
      </p>
    </header>
  );
}
