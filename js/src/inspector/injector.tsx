// Says something as if the server, or we, had said it: in the simulator's conversations only.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Table } from "./table";

interface Props {
  readonly table: Table;
  readonly problem: string;
}

export function Injector({ table, problem }: Props): JSX.Element {
  const [text, setText] = useState("");
  const inject = (direction: "in" | "out"): void => table.ask({ kind: "inject", direction, text });
  return (
    <details class="ipg-injector">
      <summary>Inject a frame</summary>
      <textarea
        aria-label="Frame to inject"
        rows={3}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.stopPropagation()}
      />
      <p>
        <button class="ipg-tool" type="button" disabled={text === ""} onClick={() => inject("in")}>
          As if the server said it
        </button>
        <button class="ipg-tool" type="button" disabled={text === ""} onClick={() => inject("out")}>
          Send it to the server
        </button>
      </p>
      <p role="status">{problem}</p>
    </details>
  );
}
