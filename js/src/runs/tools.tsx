// What stands over the table: how far the run is, what is shown of it, and the way to stop it.

import type { JSX } from "preact";
import type { BoardState } from "./board";
import { countOf, SHOWN, type Shown } from "./order";
import type { Words } from "./words";

interface Props {
  readonly state: BoardState;
  readonly words: Words;
  readonly shown: Shown;
  readonly setShown: (shown: Shown) => void;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly onStop: () => void;
}

export function Tools({ state, words, shown, setShown, text, setText, onStop }: Props): JSX.Element {
  const { rows, isOver, heldBack } = state;
  const total = rows.length;
  const done = total - countOf(rows, "open");
  const failed = countOf(rows, "failed");
  const numbers = new Intl.NumberFormat(words.locale);
  const summary = SHOWN.slice(1)
    .map((each) => [each, countOf(rows, each)] as const)
    .filter(([, count]) => count > 0)
    .map(([each, count]) => `${numbers.format(count)} ${words(`show.${each}`)}`)
    .join(", ");
  return (
    <header class="ipg-run-tools">
      <div class="ipg-run-progress">
        {/* The words beside it say the same. */}
        <div class="ipg-run-bar" aria-hidden="true" data-failed={failed > 0}>
          <div style={{ inlineSize: `${total === 0 ? 0 : (100 * done) / total}%` }} />
        </div>
        <span>{words("progress", { done, total })}</span>
        {!isOver && (
          <button type="button" class="ipg-run-button" onClick={onStop}>
            {words("stop")}
          </button>
        )}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend that shows */}
      <div class="ipg-run-shown" role="group" aria-label={words("show")}>
        {SHOWN.map((each) => {
          const count = countOf(rows, each);
          return (
            (each === "all" || count > 0 || each === shown) && (
              <button
                key={each}
                type="button"
                class="ipg-run-button"
                data-show={each}
                aria-pressed={each === shown}
                onClick={() => setShown(each === shown ? "all" : each)}
              >
                {words(`show.${each}`)} <span class="ipg-run-count">{numbers.format(count)}</span>
              </button>
            )
          );
        })}
        <input
          type="search"
          aria-label={words("filter")}
          placeholder={words("filter")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape" || text === "") return;
            event.preventDefault();
            setText("");
          }}
        />
      </div>
      {heldBack > 0 && <p class="ipg-run-note">{words("heldBack", { count: heldBack })}</p>}
      <p class="ipg-hidden" role="status">
        {isOver && words("over", { summary })}
      </p>
    </header>
  );
}
