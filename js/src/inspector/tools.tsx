// What stands over the table: filters, pause and follow, copying, and how the connection does.

import type { JSX } from "preact";
import type { Filters } from "./filters";
import type { Matched } from "./matcher";
import type { Table, TableState } from "./table";
import type { Words } from "./words";

interface Props {
  readonly table: Table;
  readonly state: TableState;
  readonly words: Words;
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

export function Tools(props: Props): JSX.Element {
  const { table, state, words, filters, setFilters, problem, shown } = props;
  const { isPaused, gauges } = state;
  const age = gauges?.heartbeatMs == null ? null : (gauges.nowMs - gauges.heartbeatMs) / 1000;
  return (
    <header class="ipg-inspector-tools">
      <input
        type="search"
        aria-label={words("filterByWords")}
        placeholder={words("filter")}
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
        {words("regularExpression")}
      </label>
      <select
        aria-label={words("direction")}
        value={filters.direction}
        onChange={(event) =>
          setFilters({ ...filters, direction: event.currentTarget.value as Filters["direction"] })
        }
      >
        <option value="">{words("bothWays")}</option>
        <option value="in">{words("in")}</option>
        <option value="out">{words("out")}</option>
      </select>
      <select
        aria-label={words("kind")}
        value={filters.kind}
        onChange={(event) => setFilters({ ...filters, kind: event.currentTarget.value as Filters["kind"] })}
      >
        <option value="">{words("allKinds")}</option>
        <option value="frame">{words("frames")}</option>
        <option value="call">{words("calls")}</option>
        <option value="stream">{words("streams")}</option>
        <option value="ignored">{words("ignoredOnes")}</option>
        <option value="error">{words("errors")}</option>
      </select>
      <button class="ipg-tool" type="button" aria-pressed={isPaused} onClick={() => table.pause(!isPaused)}>
        {words("pause")}
      </button>
      <button class="ipg-tool" type="button" aria-pressed={props.isFollowing} onClick={props.onFollow}>
        {words("follow")}
      </button>
      <button
        class="ipg-tool"
        type="button"
        disabled={props.onOlder === null}
        onClick={() => props.onOlder?.()}
      >
        {words("earlier")}
      </button>
      <button class="ipg-tool" type="button" onClick={table.clear}>
        {words("clear")}
      </button>
      <button class="ipg-tool" type="button" disabled={!props.canCopy} onClick={() => props.onCopy("json")}>
        {words("copyJson")}
      </button>
      <button class="ipg-tool" type="button" disabled={!props.canCopy} onClick={() => props.onCopy("test")}>
        {words("copyTest")}
      </button>
      <p class="ipg-gauges">
        {[
          words("entriesOf", { shown, total: state.total }),
          state.dropped > 0 && words("madeRoom", { dropped: state.dropped }),
          gauges !== null && words("perSecond", { count: gauges.perSecond }),
          age !== null && words("signOfLife", { seconds: Math.round(age * 10) / 10 }),
          gauges?.requestsLeft != null && words("requestsLeft", { count: gauges.requestsLeft }),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      <p class="ipg-problem" role="status">
        {problem !== "" && words(problem)}
      </p>
    </header>
  );
}
