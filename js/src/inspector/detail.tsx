// All of one row: what it became, what that changed or why it was ignored, as a tree, and as it was said.

import type { JSX } from "preact";
import type { InspectorDetail, InspectorRow } from "../explore.gen";
import { JsonTree, parsed } from "./json-tree";

interface Props {
  readonly row: InspectorRow;
  readonly detail: InspectorDetail | null;
  readonly onGo: (id: string) => void;
  readonly onOpen: (number: number) => void;
}

const MOST = 100_000;

export function Detail({ row, detail, onGo, onOpen }: Props): JSX.Element {
  const value = detail === null ? undefined : parsed(detail.raw);
  const { answers, messageId, ignored } = row;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="ipg-entry-detail" aria-label={`Entry ${row.number}: ${row.words}`} tabIndex={0}>
      <p>
        <b>{`${row.number}. ${row.words}`}</b>
        {messageId !== null && (
          <button class="ipg-tool" type="button" onClick={() => onGo(messageId)}>
            Go to the message
          </button>
        )}
        {answers !== null && (
          <button class="ipg-tool" type="button" onClick={() => onOpen(answers)}>
            {`Go to its request, ${answers}`}
          </button>
        )}
      </p>
      {ignored !== null && <p class="ipg-ignored">{`Ignored: ${ignored}`}</p>}
      {detail === null ? (
        <p>Waiting for the kernel…</p>
      ) : (
        <>
          <Lines name="Became" lines={detail.became} />
          <Lines name="Changed" lines={detail.changed} />
          {value !== undefined && (
            <ul class="ipg-tree">
              <JsonTree value={value} />
            </ul>
          )}
          <details class="ipg-raw">
            <summary>As it was said (secrets are masked)</summary>
            <pre dir="auto">{detail.raw.slice(0, MOST)}</pre>
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
      {lines.join("; ")}
    </p>
  );
}
