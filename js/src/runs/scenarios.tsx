// The table of scenarios: sorted, gone through by keys; a row opens its scenario; those in sight are drawn.

import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { placesInSight } from "../explore/rows";
import type { RunRow } from "../explore.gen";
import { useKeptFocus } from "./kept-focus";
import { type Column, clicked, type Order, STATES } from "./order";
import { count, seconds, type Words } from "./words";

/** The row that had the focus last, by the number of its scenario; 0 is none. */
export interface Cursor {
  readonly number: number;
  /** It shall have it now. */
  readonly takesFocus: boolean;
}

interface Props {
  readonly rows: readonly RunRow[];
  /** What they were chosen by: another choice begins at its top. */
  readonly chosenBy: string;
  readonly words: Words;
  readonly nowMs: number;
  readonly order: Order;
  readonly setOrder: (order: Order) => void;
  readonly open: number;
  readonly onOpen: (number: number) => void;
  readonly cursor: Cursor;
  readonly setCursor: (cursor: Cursor) => void;
}

/** Two lines: the name, and what is to be said of it. */
const ROW_HIGH = 44;
const BOX_HIGH = 560;
const PAGE = Math.floor(BOX_HIGH / ROW_HIGH) - 1;
const COLUMNS: readonly Column[] = ["state", "name", "said", "slowestS", "seconds"];
export const MARKS: Readonly<Record<RunRow["state"], string>> = {
  passed: "✓",
  failed: "✕",
  error: "!",
  skipped: "–",
  playing: "▸",
  waiting: "·",
};

export function Scenarios(props: Props): JSX.Element {
  const { rows, chosenBy, words, nowMs, order, setOrder, open, onOpen, cursor, setCursor } = props;
  const box = useRef<HTMLDivElement | null>(null);
  const [top, setTop] = useState(0);
  useKeptFocus(box);
  useLayoutEffect(() => {
    box.current?.scrollTo(0, 0);
    setTop(0);
  }, [chosenBy, order]);
  useLayoutEffect(() => {
    if (cursor.takesFocus) box.current?.querySelector<HTMLElement>(buttonOf(cursor.number))?.focus();
  }, [cursor]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>("tr[data-number]");
    const at = rows.findIndex(({ number }) => String(number) === row?.dataset.number);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + PAGE,
      PageUp: at - PAGE,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined || at === -1) return;
    event.preventDefault();
    const next = rows[Math.min(Math.max(to, 0), rows.length - 1)];
    if (next === undefined) return;
    setCursor({ number: next.number, takesFocus: true });
    // One that is open is followed by the next one.
    if (open !== 0 && open === rows[at]?.number) onOpen(next.number);
  };
  const [first, end] = placesInSight(top, BOX_HIGH, ROW_HIGH, rows.length);
  const places = Array.from({ length: end - first }, (_, at) => first + at);
  const held = rows.findIndex(({ number }) => number === cursor.number);
  if (held !== -1 && held < first) places.unshift(held);
  else if (held >= end) places.push(held);
  return (
    <div
      class="ipg-run-box"
      ref={box}
      tabIndex={-1}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <table
        class="ipg-run-table"
        aria-label={words("scenarios")}
        aria-rowcount={rows.length + 1}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr aria-rowindex={1}>
            {COLUMNS.map((column) => (
              <th
                key={column}
                scope="col"
                data-column={column}
                aria-sort={order.by === column ? (order.isDown ? "descending" : "ascending") : undefined}
              >
                <button type="button" onClick={() => setOrder(clicked(order, column))}>
                  {words(`column.${column}`)}
                  <span aria-hidden="true">{order.by === column ? (order.isDown ? " ▾" : " ▴") : ""}</span>
                </button>
                {column === "state" && <Widest {...{ words }} />}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.flatMap((place, at) => {
            const row = rows[place] as RunRow;
            return [
              <Gap key={`before ${row.number}`} rows={place - (places[at - 1] ?? -1) - 1} />,
              <Row
                key={row.number}
                {...{ row, place, words, onOpen, setCursor }}
                isOpen={row.number === open}
                time={lasted(row, nowMs, words)}
              />,
            ];
          })}
          <Gap key="after" rows={rows.length - 1 - (places.at(-1) ?? -1)} />
        </tbody>
      </table>
      {rows.length === 0 && <p class="ipg-run-none">{words("none")}</p>}
    </div>
  );
}

const buttonOf = (number: number): string => `tr[data-number="${number}"] button`;

/** In the place of so many rows. */
function Gap({ rows }: { readonly rows: number }): JSX.Element | null {
  if (rows === 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it can have the focus
    <tr aria-hidden="true" class="ipg-run-gap">
      <td colSpan={COLUMNS.length} style={{ height: `${rows * ROW_HIGH}px` }} />
    </tr>
  );
}

/** Columns are as wide as what is in the page; the states are in it always, so that scrolling moves none. */
function Widest({ words }: { readonly words: Words }): JSX.Element {
  return (
    <span class="ipg-run-widest" aria-hidden="true">
      {STATES.map((state) => (
        <span key={state}>{`${MARKS[state]} ${words(`state.${state}`)}`}</span>
      ))}
    </span>
  );
}

interface RowProps {
  readonly row: RunRow;
  readonly place: number;
  readonly words: Words;
  readonly isOpen: boolean;
  readonly time: string;
  readonly onOpen: (number: number) => void;
  readonly setCursor: (cursor: Cursor) => void;
}

/** Of many, only those are drawn again that have changed. */
function Row({ row, place, words, isOpen, time, onOpen, setCursor }: RowProps): JSX.Element {
  return useMemo(() => {
    const tries = row.tries > 1 ? words("tries", { count: row.tries }) : "";
    const hasMore = tries !== "" || row.words !== "";
    return (
      <tr
        aria-rowindex={place + 2}
        data-number={row.number}
        data-state={row.state}
        data-open={isOpen}
        onFocusIn={() => setCursor({ number: row.number, takesFocus: false })}
        onClick={({ detail }) => {
          // The second click of two does not close what the first has opened.
          if (detail < 2) onOpen(isOpen ? 0 : row.number);
        }}
      >
        <td class="ipg-run-state">
          <span aria-hidden="true">{MARKS[row.state]}</span> {words(`state.${row.state}`)}
        </td>
        <th scope="row">
          <button type="button" dir="auto" aria-expanded={isOpen}>
            <span class="ipg-run-name" data-lines={hasMore ? 1 : 2} title={row.name}>
              {row.name}
            </span>
          </button>
          {hasMore && (
            <p class="ipg-run-why">
              {tries}
              {tries !== "" && row.words !== "" && " · "}
              <span dir="auto" lang="en" title={row.words}>
                {row.words}
              </span>
            </p>
          )}
        </th>
        <td>{row.seconds === null ? "" : count(words, row.said)}</td>
        <td>{row.slowestS === null ? "" : seconds(words, row.slowestS)}</td>
        <td>{time}</td>
      </tr>
    );
  }, [row, place, words, isOpen, time, onOpen, setCursor]);
}

function lasted({ seconds: known, beganMs, state }: RunRow, nowMs: number, words: Words): string {
  if (known !== null) return seconds(words, known);
  return state === "playing" && beganMs !== null
    ? seconds(words, Math.round(Math.max(nowMs - beganMs, 0) / 100) / 10)
    : "";
}
