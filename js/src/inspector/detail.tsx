// All of one row: what it became, what that changed or why it was ignored, as a tree, and as it was said.

import type { JSX } from "preact";
import { waitingForKernel } from "../explore/before-kernel";
import type { InspectorDetail, InspectorRow } from "../explore.gen";
import { displayText } from "../text/format";
import { JsonTree, parsed } from "./json-tree";
import type { Words } from "./words";

interface Props {
  readonly row: InspectorRow;
  readonly detail: InspectorDetail | null;
  readonly words: Words;
  readonly onGo: (id: string) => void;
  readonly onOpen: (number: number) => void;
}

const MOST = 100_000;

export function Detail({ row, detail, words, onGo, onOpen }: Props): JSX.Element {
  const value = detail === null ? undefined : parsed(detail.raw);
  const { answers, messageId, ignored } = row;
  const name = displayText(row.words);
  return (
    <section
      class="ipg-entry-detail"
      aria-label={words("entry", { number: row.number, words: name })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
    >
      <p>
        <b>{`${row.number}. ${name}`}</b>
        {messageId !== null && (
          <button class="ipg-tool" type="button" onClick={() => onGo(messageId)}>
            {words("goToMessage")}
          </button>
        )}
        {answers !== null && (
          <button class="ipg-tool" type="button" onClick={() => onOpen(answers)}>
            {words("goToRequest", { number: answers })}
          </button>
        )}
      </p>
      {ignored !== null && <p class="ipg-ignored">{words("ignored", { why: displayText(ignored) })}</p>}
      {detail === null ? (
        <p>{waitingForKernel([words.locale])}</p>
      ) : (
        <>
          <Lines name={words("became")} lines={detail.became} />
          <Lines name={words("changed")} lines={detail.changed} />
          {value !== undefined && (
            <ul class="ipg-tree">
              <JsonTree value={value} />
            </ul>
          )}
          <details class="ipg-raw">
            <summary>{words("raw")}</summary>
            <pre dir="auto">{displayText(detail.raw.slice(0, MOST))}</pre>
          </details>
        </>
      )}
    </section>
  );
}

function Lines({
  name,
  lines,
}: {
  readonly name: string;
  readonly lines: readonly string[];
}): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <p>
      <b>{`${name}: `}</b>
      {displayText(lines.join("; "))}
    </p>
  );
}
