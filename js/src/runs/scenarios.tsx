// The table of scenarios: sorted by its columns, gone through by keys, a row opens its scenario.

import type { JSX, RefObject } from "preact";
import { useMemo } from "preact/hooks";
import type { RunRow } from "../explore.gen";
import { type Column, clicked, type Order } from "./order";
import { count, seconds, type Words } from "./words";

interface Props {
  readonly rows: readonly RunRow[];
  readonly words: Words;
  readonly nowMs: number;
  readonly order: Order;
  readonly setOrder: (order: Order) => void;
  readonly open: number;
  readonly onOpen: (number: number) => void;
  readonly table: RefObject<HTMLTableElement | null>;
}

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
  const { rows, words, nowMs, order, setOrder, open, onOpen, table } = props;
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>("tr[data-number]");
    const at = rows.findIndex(({ number }) => String(number) === row?.dataset.number);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    const next = to === undefined || row === null ? undefined : rows[Math.max(to, 0)];
    if (next === undefined) return;
    event.preventDefault();
    const button = table.current?.querySelector<HTMLElement>(`[data-number="${next.number}"] button`);
    button?.focus();
    // One that is open is followed by the next one.
    if (open !== 0 && open === rows[at]?.number) onOpen(next.number);
  };
  return (
    <div class="ipg-run-box" tabIndex={-1}>
      <table class="ipg-run-table" ref={table} aria-label={words("scenarios")} onKeyDown={onKeyDown}>
        <thead>
          <tr>
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
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.number}
              {...{ row, words, onOpen }}
              isOpen={row.number === open}
              time={lasted(row, nowMs, words)}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p class="ipg-run-none">{words("none")}</p>}
    </div>
  );
}

interface RowProps {
  readonly row: RunRow;
  readonly words: Words;
  readonly isOpen: boolean;
  readonly time: string;
  readonly onOpen: (number: number) => void;
}

/** Of many, only those are drawn again that have changed. */
function Row({ row, words, isOpen, time, onOpen }: RowProps): JSX.Element {
  return useMemo(
    () => (
      <tr
        data-number={row.number}
        data-state={row.state}
        data-open={isOpen}
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
            {row.name}
          </button>
          {row.tries > 1 && <span class="ipg-run-tries">{words("tries", { count: row.tries })}</span>}
          {row.words !== "" && (
            <p class="ipg-run-why" dir="auto" lang="en">
              {row.words}
            </p>
          )}
        </th>
        <td>{row.seconds === null ? "" : count(words, row.said)}</td>
        <td>{row.slowestS === null ? "" : seconds(words, row.slowestS)}</td>
        <td>{time}</td>
      </tr>
    ),
    [row, words, isOpen, time, onOpen],
  );
}

function lasted({ seconds: known, beganMs, state }: RunRow, nowMs: number, words: Words): string {
  if (known !== null) return seconds(words, known);
  return state === "playing" && beganMs !== null
    ? seconds(words, Math.round(Math.max(nowMs - beganMs, 0) / 100) / 10)
    : "";
}
