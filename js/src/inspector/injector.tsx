// Says something as if the server, or we, had said it: in the simulator's conversations only.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Table } from "./table";
import type { Words } from "./words";

interface Props {
  readonly table: Table;
  readonly problem: string;
  readonly words: Words;
}

export function Injector({ table, problem, words }: Props): JSX.Element {
  const [text, setText] = useState("");
  const inject = (direction: "in" | "out"): void => table.ask({ kind: "inject", direction, text });
  return (
    <details class="ipg-injector">
      <summary>{words("inject")}</summary>
      <textarea
        aria-label={words("frameToInject")}
        rows={3}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.stopPropagation()}
      />
      <p>
        <button class="ipg-tool" type="button" disabled={text === ""} onClick={() => inject("in")}>
          {words("asServer")}
        </button>
        <button class="ipg-tool" type="button" disabled={text === ""} onClick={() => inject("out")}>
          {words("toServer")}
        </button>
      </p>
      <p role="status">{problem}</p>
    </details>
  );
}
