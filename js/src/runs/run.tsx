// A run put together: how far it is, the table of its scenarios, and the one that is open beside it or below it.

import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { waitingForKernel } from "../explore/before-kernel";
import type { Show } from "../explore/show-widget";
import { wording } from "../explore/wording";
import { OWN_KEYS } from "../view/own-keys";
import type { PageShade } from "../view/theme";
import type { Board, BoardState } from "./board";
import { IN_ORDER, type Shown, wanted } from "./order";
import { Scenario } from "./scenario";
import { Scenarios } from "./scenarios";
import { Tools } from "./tools";
import type { Word, Words } from "./words";

interface Props {
  readonly board: Board;
  readonly state: BoardState;
  readonly nowMs: number;
  readonly shade: PageShade;
  readonly show: Show;
}

export function Run({ board, state, nowMs, shade, show }: Props): JSX.Element {
  const words: Words = useMemo(() => wording<Word>(state.words, state.locale), [state.words, state.locale]);
  const [shown, setShown] = useState<Shown>("all");
  const [text, setText] = useState("");
  const [order, setOrder] = useState(IN_ORDER);
  const table = useRef<HTMLTableElement | null>(null);
  const frame = useRef<HTMLDivElement | null>(null);
  useKeptFocus(frame);
  const rows = useMemo(
    () => wanted(state.rows, shown, text, order, state.locale),
    [state.rows, shown, text, order, state.locale],
  );
  if (Object.keys(state.words).length === 0) {
    return (
      <section class="ipg-root ipg-run-part ipg-run-waits" data-shade={shade} data-revision="0">
        <p>{waitingForKernel(navigator.languages)}</p>
      </section>
    );
  }
  const row = state.rows.find(({ number }) => number === state.open);
  const close = (): void => {
    // A button that goes leaves the focus where it was opened.
    table.current?.querySelector<HTMLElement>(`[data-number="${state.open}"] button`)?.focus();
    board.open(0);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section within the sections of its parts would nest their roots
    <div
      class="ipg-run-frame"
      ref={frame}
      role="region"
      aria-label={words("run", { name: state.name })}
      lang={state.locale}
      data-open={row !== undefined}
      data-revision={state.revision}
      {...OWN_KEYS}
    >
      <section
        class="ipg-root ipg-run-part ipg-run-list"
        data-shade={shade}
        aria-label={words("scenarios")}
        onKeyDown={(event) => {
          if (event.key === "Escape" && row !== undefined && !event.defaultPrevented) close();
        }}
      >
        <Tools {...{ state, words, shown, setShown, text, setText }} onStop={board.stop} />
        <Scenarios
          {...{ rows, words, nowMs, order, setOrder, table }}
          open={state.open}
          onOpen={board.open}
        />
      </section>
      {row !== undefined && (
        <Scenario key={row.number} {...{ row, words, shade, show }} opened={state.opened} onClose={close} />
      )}
    </div>
  );
}

/** What goes while it has the focus leaves it to the table's box: outside of the widget, the next key is the notebook's. */
function useKeptFocus(frame: RefObject<HTMLElement | null>): void {
  const root = frame.current?.getRootNode() as Document | ShadowRoot | undefined;
  const focused = root?.activeElement ?? null;
  const before = frame.current?.contains(focused) ? focused : null;
  useLayoutEffect(() => {
    if (before === null || before.isConnected) return;
    frame.current?.querySelector<HTMLElement>(".ipg-run-box")?.focus({ preventScroll: true });
  });
}
