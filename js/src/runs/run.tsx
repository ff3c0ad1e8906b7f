// A run put together: how far it is, the table of its scenarios, and the one that is open beside it or below it.

import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { waitingForKernel } from "../explore/before-kernel";
import type { Show } from "../explore/show-widget";
import { wording } from "../explore/wording";
import { OWN_KEYS } from "../view/own-keys";
import type { PageShade } from "../view/theme";
import type { Board, BoardState } from "./board";
import { useKeptFocus } from "./kept-focus";
import { IN_ORDER, type Shown, wanted } from "./order";
import { Scenario } from "./scenario";
import { type Cursor, Scenarios } from "./scenarios";
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
  const [cursor, setCursor] = useState<Cursor>({ number: 0, takesFocus: false });
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
    setCursor({ number: state.open, takesFocus: true });
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
          {...{ rows, words, nowMs, order, setOrder, cursor, setCursor }}
          chosenBy={`${shown} ${text}`}
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
