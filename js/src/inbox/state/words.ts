// What an inbox says: the kernel sends the words of the page's language, by these names. Pure.

import type { Wording } from "../../explore/wording";
import type { InboxProblem, InboxRow } from "../../explore.gen";

export const STATES = ["waiting", "agent", "bot", "parked", "open", "ended"] as const;
export const TABS = ["waiting", "unanswered", "all", "ended"] as const;
export const SORTS = ["unanswered", "latest", "sla", "wait", "unread"] as const;
export const GROUPS = ["", "state", "queue", "agent"] as const;

type Of<Prefix extends string, Names extends readonly string[]> = `${Prefix}.${Names[number]}`;
/** Of a figure: its name, and what is counted in it. */
type Figure = `kpi.${string}` | `def.${string}`;

export type Word =
  | Of<"state", typeof STATES>
  | Of<"tab", typeof TABS>
  | Of<"sort", typeof SORTS>
  | `group.${string}`
  | `kind.${string}`
  | `role.${string}`
  | `status.${string}`
  | `problem.${InboxProblem["about"]}`
  | Figure
  | "inbox"
  | "list"
  | "figures"
  | "definitions"
  | "median"
  | "p90"
  | "longest"
  | "number"
  | "noValue"
  | "sortBy"
  | "groupBy"
  | "anyState"
  | "anyQueue"
  | "anyAgent"
  | "byState"
  | "byQueue"
  | "byAgent"
  | "search"
  | "clearFilters"
  | "noQueue"
  | "noAgent"
  | "noName"
  | "unread"
  | "undelivered"
  | "own"
  | "typing"
  | "textComes"
  | "textMissing"
  | "nothingSaid"
  | "overdue"
  | "dueIn"
  | "unansweredFor"
  | "waitsFor"
  | "stateFor"
  | "empty"
  | "emptyFiltered"
  | "shown"
  | "held"
  | "update"
  | "choose"
  | "opening"
  | "cannotShow"
  | "close"
  | "conversation"
  | "newWaiting"
  | "newWaitingMany"
  | "problems"
  | "keys";

export type Words = Wording<Word>;

export const nameOf = (row: InboxRow, words: Words): string => row.name || words("noName");

/** What was last said in a row, or why it cannot be told. */
export function lastSaid(row: InboxRow, words: Words): string {
  if (row.typing.length > 0) return words("typing", { names: row.typing.join(", ") });
  if (row.lastKind === "") return words("nothingSaid");
  if (row.lastText !== null && row.lastText !== "") return row.lastText;
  if (row.lastKind !== "text" && row.lastKind !== "unknown") return words(`kind.${row.lastKind}`);
  if (row.textState === "awaited") return words("textComes");
  return words(row.textState === "missing" ? "textMissing" : "kind.unknown");
}

/** Who has said it, as far as that is known. */
export const whoSaid = (row: InboxRow, words: Words): string =>
  row.lastKind === "" ? "" : row.lastSender || words(`role.${row.lastRole || "system"}`);
