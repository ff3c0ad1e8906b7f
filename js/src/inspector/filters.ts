// Which rows are shown: by direction, kind, errors, and words. Regular expressions are matched elsewhere. Pure.

import type { InspectorRow } from "../explore.gen";

export interface Filters {
  readonly text: string;
  readonly isRegex: boolean;
  readonly direction: "" | "in" | "out" | "note";
  readonly kind: "" | "frame" | "call" | "stream" | "ignored" | "error";
}

export const ALL: Filters = { text: "", isRegex: false, direction: "", kind: "" };

const KINDS: Readonly<Record<Filters["kind"], (row: InspectorRow) => boolean>> = {
  "": () => true,
  frame: ({ kind }) => kind === "frame",
  call: ({ kind }) => kind === "call" || kind === "answer",
  stream: ({ kind }) => kind === "open" || kind === "close" || kind === "ping",
  ignored: ({ ignored }) => ignored !== null,
  error: ({ isError }) => isError,
};

export const wordsOf = (row: InspectorRow): string =>
  `${row.words} ${row.text} ${row.status} ${row.ignored ?? ""} ${row.messageId ?? ""}`;

/** Without the expression's part, which the page asks a worker for. */
export function isWanted(row: InspectorRow, { text, isRegex, direction, kind }: Filters): boolean {
  if (direction !== "" && row.direction !== direction) return false;
  if (!KINDS[kind](row)) return false;
  return text === "" || isRegex || wordsOf(row).toLowerCase().includes(text.toLowerCase());
}
