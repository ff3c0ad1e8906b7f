// What pictures say: the kernel sends the words of the page's language, by these names. Pure.

import type { Wording } from "../explore/wording";

export type Word =
  | "timeline"
  | "responseTimes"
  | "empty"
  | "emptyHint"
  | "noAnswers"
  | "noAnswersHint"
  | "you"
  | Role
  | "allAgents"
  | "message"
  | Kind
  | Status
  | "timeOfDay"
  | "sinceStart"
  | "responseTime"
  | "answers"
  | "participant"
  | "conversation"
  | "what"
  | "when"
  | "duration"
  | "state"
  | "text"
  | "number"
  | "median"
  | "p90"
  | "longest"
  | "mean"
  | "agentOrBot"
  | "rowSummary"
  | "binSummary"
  | "timelineSummary"
  | "longestWait"
  | "responseSummary"
  | "stillWaiting"
  | "readingShare"
  | "reading"
  | "readingBegan"
  | "readingDone"
  | "zoomIn"
  | "zoomOut"
  | "fit"
  | "table"
  | "more"
  | "rowsOf"
  | "saveSvg"
  | "savePng"
  | "saveFailed"
  | "keys"
  | "keysShow"
  | "keysRows"
  | "goToMessage"
  | "until"
  | "goesOn"
  | "definition";

type Role = "agent" | "customer" | "bot" | "system";
type Kind = "typing" | "waiting" | "offline";
export type Status = "read" | "delivered" | "sent" | "sending" | "failed" | "unknown" | "unread";

const STATUSES: readonly string[] = ["read", "delivered", "sent", "sending", "failed", "unknown", "unread"];

export type Words = Wording<Word>;

/** The state of a message in words; empty where none is told. */
export const stateIn = (words: Words, status: string): string =>
  STATUSES.includes(status) ? words(status as Status) : "";
