// The table behind a picture: the same in rows and columns, for those who do not see it or want figures.

import type { ComponentChildren, JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { type Facts, type Row, rowOf } from "./facts";
import { type Item, itemsOf } from "./items";
import type { Word, Words } from "./words";

/** Of a long one, so many rows at a time are put into the page. */
const ROWS = 100;

interface FoldProps {
  readonly words: Words;
  readonly children: () => ComponentChildren;
}

/** Nothing of it is in the page until somebody wants it. */
export function Fold({ words, children }: FoldProps): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="ipg-fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words("table")}</summary>
      {isOpen && children()}
    </details>
  );
}

interface ScrolledProps {
  readonly name: string;
  readonly children: ComponentChildren;
}

/** Keys scroll it, too. */
export const Scrolled = ({ name, children }: ScrolledProps): JSX.Element => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
  <section class="ipg-table" tabIndex={0} aria-label={name}>
    {children}
  </section>
);

interface Props {
  readonly facts: Facts;
  readonly endMs: number;
  readonly onShow: (item: Item) => void;
}

export const TimelineTable = (props: Props): JSX.Element => (
  <Fold words={props.facts.words}>{() => <Rows {...props} />}</Fold>
);

const COLUMNS: readonly (readonly [keyof Row, Word])[] = [
  ["when", "when"],
  ["conversation", "conversation"],
  ["who", "participant"],
  ["what", "what"],
  ["duration", "duration"],
  ["state", "state"],
  ["text", "text"],
];

function Rows({ facts, endMs, onShow }: Props): JSX.Element {
  const [most, setMost] = useState(ROWS);
  const { scene, words } = facts;
  const items = useMemo(
    () =>
      itemsOf(scene)
        .flat()
        .sort((one, other) => one.beginMs - other.beginMs),
    [scene],
  );
  const rows = items.slice(0, most).map((item) => rowOf(facts, item, endMs));
  const columns = COLUMNS.filter(([key]) => key !== "conversation" || scene.talks > 1);
  const hasIds = scene.messages.id.some((id) => id !== "");
  return (
    <Scrolled name={words("table")}>
      <table>
        <thead>
          <tr>
            {columns.map(([key, word]) => (
              <th key={key} scope="col">
                {words(word)}
              </th>
            ))}
            {hasIds && <th scope="col">{words("goToMessage")}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.item.kind}${row.item.at}`}>
              {columns.map(([key]) => (
                <td key={key} dir="auto">
                  {String(row[key])}
                </td>
              ))}
              {hasIds && (
                <td>
                  {row.item.kind === "message" && (
                    <button
                      class="ipg-tool"
                      type="button"
                      aria-label={`${words("goToMessage")}: ${row.who}, ${row.when}`}
                      onClick={() => onShow(row.item)}
                    >
                      →
                    </button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {items.length > most && (
        <p>
          {words("rowsOf", { shown: most, all: items.length })}{" "}
          <button class="ipg-tool" type="button" onClick={() => setMost(most + ROWS)}>
            {words("more")}
          </button>
        </p>
      )}
    </Scrolled>
  );
}
