// A value of JSON as a tree that opens and closes; of long lists, the beginning.

import type { JSX } from "preact";
import { displayText } from "../text/format";

const MOST = 200;

export function parsed(text: string): unknown {
  const body = text.slice(text.search(/[[{]/));
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

interface Props {
  readonly name?: string;
  readonly value: unknown;
  readonly depth?: number;
}

export function JsonTree({ name, value, depth = 0 }: Props): JSX.Element {
  const label = name === undefined ? "" : `${displayText(name)}: `;
  if (typeof value !== "object" || value === null) {
    return (
      <li dir="auto">
        {label}
        <code data-type={value === null ? "null" : typeof value}>{displayText(JSON.stringify(value))}</code>
      </li>
    );
  }
  const entries = Object.entries(value);
  const size = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  return (
    <li>
      <details open={depth < 2}>
        <summary>{`${label}${size}`}</summary>
        <ul>
          {entries.slice(0, MOST).map(([key, each]) => (
            <JsonTree key={key} name={key} value={each} depth={depth + 1} />
          ))}
          {entries.length > MOST && <li>…</li>}
        </ul>
      </details>
    </li>
  );
}
