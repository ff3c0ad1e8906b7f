// An inspector put together: filters and gauges, the table, a part of it in the page, the details of one row.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { waitingForKernel } from "../explore/before-kernel";
import { placesInSight, scrollToPlace } from "../explore/rows";
import { showMessage } from "../explore/show-message";
import { wording } from "../explore/wording";
import type { InspectorRow } from "../explore.gen";
import { displayText } from "../text/format";
import { OWN_KEYS } from "../view/own-keys";
import type { PageShade } from "../view/theme";
import { asJson, asTest } from "./copy";
import { Detail } from "./detail";
import { ALL, type Filters, isWanted, wordsOf } from "./filters";
import { Injector } from "./injector";
import type { Matched } from "./matcher";
import type { Table, TableState } from "./table";
import { Tools } from "./tools";
import type { Word, Words } from "./words";

interface Props {
  readonly table: Table;
  readonly state: TableState;
  readonly shade: PageShade;
  readonly match: (source: string, words: readonly string[]) => Promise<Matched>;
}

export const ROW_HIGH = 24;
const LIST_HIGH = 312;
const ARROWS = { in: "↓", out: "↑", note: "·" } as const;

export function Inspector({ table, state, shade, match }: Props): JSX.Element {
  const list = useRef<HTMLDivElement | null>(null);
  const [filters, setFilters] = useState<Filters>(ALL);
  const [isFollowing, setFollowing] = useState(true);
  const [chosen, setChosen] = useState<readonly [number, number] | null>(null);
  const [top, setTop] = useState(0);
  const [said, setSaid] = useState("");
  const words = useMemo(() => wording<Word>(state.words, state.locale), [state.words, state.locale]);
  const wanted = useMemo(() => state.rows.filter((row) => isWanted(row, filters)), [state.rows, filters]);
  const { rows, problem } = useMatches(wanted, filters, match);
  const [from, to] = chosen === null ? [0, -1] : [Math.min(...chosen), Math.max(...chosen)];
  const current = chosen?.[1] ?? null;

  useEffect(() => {
    const box = list.current;
    if (isFollowing && box !== null) box.scrollTop = box.scrollHeight;
  }, [rows.length, rows.at(-1)?.number, isFollowing]);

  const [begin, end] = placesInSight(top, LIST_HIGH, ROW_HIGH, rows.length);
  const choose = (at: number, isMore: boolean): void => {
    const row = rows[at];
    if (row === undefined) return;
    setChosen([isMore && chosen !== null ? chosen[0] : row.number, row.number]);
    table.ask({ kind: "open", number: row.number });
    if (list.current === null) return;
    scrollToPlace(list.current, at, ROW_HIGH);
    setFollowing(at === rows.length - 1 && isFollowing);
  };
  const selected = (): InspectorRow[] => rows.filter(({ number }) => number >= from && number <= to);
  const copy = async (text: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(words("copied"));
    } catch {
      setSaid(words("notCopied"));
    }
  };
  const go = (id: string): void => {
    if (list.current !== null) showMessage(list.current.ownerDocument, id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rows.findIndex(({ number }) => number === current);
    const page = Math.floor(LIST_HIGH / ROW_HIGH) - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at === -1 ? rows.length - 1 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    };
    const step = steps[event.key];
    if ((event.ctrlKey || event.metaKey) && event.key === "c" && chosen !== null)
      void copy(asJson(selected()));
    else if (step !== undefined) choose(Math.min(Math.max(step, 0), rows.length - 1), event.shiftKey);
    else if (event.key === "Escape" && chosen !== null) setChosen(null);
    else if (event.key === "Enter" && rows[at]?.messageId) go(rows[at]?.messageId ?? "");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onScroll = (): void => {
    const box = list.current;
    if (box === null) return;
    setTop(box.scrollTop);
    setFollowing(box.scrollTop + box.clientHeight >= box.scrollHeight - ROW_HIGH / 2);
  };
  const detail = state.detail !== null && state.detail.number === current ? state.detail : null;
  const row = rows.find(({ number }) => number === current) ?? null;
  const oldest = state.rows[0]?.number ?? 0;
  if (Object.keys(state.words).length === 0) {
    return (
      <section class="ipg-root ipg-inspector" data-shade={shade}>
        <p class="ipg-none">{waitingForKernel(navigator.languages)}</p>
      </section>
    );
  }
  return (
    <section
      class="ipg-root ipg-inspector"
      data-shade={shade}
      aria-label={words("inspector")}
      lang={state.locale}
      data-revision={state.revision}
      {...OWN_KEYS}
    >
      <Tools
        {...{ table, state, words, filters, setFilters, problem, isFollowing }}
        shown={rows.length}
        onFollow={() => setFollowing(true)}
        canCopy={chosen !== null}
        onCopy={(kind) => void copy(kind === "json" ? asJson(selected()) : asTest(selected()))}
        onOlder={oldest > state.first ? () => table.ask({ kind: "older", before: oldest }) : null}
      />
      <div
        class="ipg-entries"
        ref={list}
        role="listbox"
        aria-label={words("entries")}
        aria-multiselectable="true"
        aria-activedescendant={row === null ? undefined : `ipg-row-${row.number}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
      >
        <div class="ipg-rows-box" role="presentation" style={{ height: `${rows.length * ROW_HIGH}px` }}>
          {rows.slice(begin, end).map((each, place) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the list's, which points at the active one
            <div
              key={each.number}
              id={`ipg-row-${each.number}`}
              class="ipg-entry"
              role="option"
              tabIndex={-1}
              aria-selected={each.number >= from && each.number <= to}
              aria-posinset={begin + place + 1}
              aria-setsize={rows.length}
              data-direction={each.direction}
              data-error={each.isError}
              data-ignored={each.ignored !== null}
              style={{ top: `${(begin + place) * ROW_HIGH}px` }}
              onClick={(event) => choose(begin + place, event.shiftKey)}
            >
              <span class="ipg-way" title={each.direction === "note" ? "" : words(each.direction)}>
                <span aria-hidden="true">{ARROWS[each.direction]}</span>
                <span class="ipg-hidden">{each.direction === "note" ? "" : words(each.direction)}</span>
              </span>
              <span class="ipg-when">{`${(each.atMs / 1000).toFixed(3)} s`}</span>
              <b class="ipg-what">{displayText(each.words)}</b>
              <span class="ipg-text" dir="auto">
                {displayText(each.ignored === null ? each.text : words("rowIgnored", { why: each.ignored }))}
              </span>
              <span class="ipg-size">{each.size}</span>
              <span class="ipg-state">{stateOf(each, words)}</span>
            </div>
          ))}
        </div>
        {rows.length === 0 && <p class="ipg-none">{words("none")}</p>}
      </div>
      {row !== null && (
        <Detail
          row={row}
          detail={detail}
          words={words}
          onGo={go}
          onOpen={(number) => {
            const at = rows.findIndex((each) => each.number === number);
            if (at !== -1) choose(at, false);
          }}
        />
      )}
      {state.canInject && <Injector table={table} problem={state.problem} words={words} />}
      <p class="ipg-hidden" role="status">
        {said}
      </p>
    </section>
  );
}

function stateOf({ kind, status, latencyMs, answers }: InspectorRow, words: Words): string {
  const latency = latencyMs === null ? "" : `${latencyMs} ms`;
  const state = kind === "answer" && status === "" ? words("noAnswer") : displayText(status);
  return [state, latency, answers === null ? "" : `#${answers}`].filter(Boolean).join(" ");
}

/** An expression is matched in a worker; until it has answered, what was shown stays. */
function useMatches(
  wanted: readonly InspectorRow[],
  { text, isRegex }: Filters,
  match: Props["match"],
): { rows: readonly InspectorRow[]; problem: Matched["problem"] } {
  const isAsked = isRegex && text !== "";
  const [found, setFound] = useState<{ rows: readonly InspectorRow[]; problem: Matched["problem"] }>({
    rows: [],
    problem: "",
  });
  useEffect(() => {
    if (!isAsked) return;
    let isCurrent = true;
    void match(text, wanted.map(wordsOf)).then(({ hits, problem }) => {
      if (!isCurrent || (hits === null && problem === "")) return;
      setFound({ rows: hits === null ? [] : wanted.filter((_, at) => hits[at]), problem });
    });
    return () => {
      isCurrent = false;
    };
  }, [isAsked, text, wanted, match]);
  return isAsked ? found : { rows: wanted, problem: "" };
}
