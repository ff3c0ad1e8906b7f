// What the connection banner says, and why the composer is closed. Pure.

import type { Strings } from "../strings";
import type { Cause, ConnectionStatus, Link, ViewState } from "./store";

export interface Banner {
  readonly tone: "quiet" | "warning" | "error";
  readonly text: string;
  readonly detail: string | null;
  /** The detail is the kernel's, and this is it in one word. */
  readonly cause: Cause | null;
  readonly retryAtMs: number | null;
  readonly canReconnect: boolean;
  /** The conversation is over, and another one can be begun. */
  readonly canBeginAnew: boolean;
  /** States that usually pass in a moment are shown only when they last. */
  readonly isFleeting: boolean;
}

const PLAIN = {
  detail: null,
  cause: null,
  retryAtMs: null,
  canReconnect: false,
  canBeginAnew: false,
  isFleeting: false,
} as const;
const FLEETING: ReadonlySet<ConnectionStatus> = new Set(["idle", "connecting"]);

/** Why a conversation has failed for good. */
const ENDS: ReadonlySet<Cause | null> = new Set([
  "ended",
  "expired",
  "cleared",
  "elsewhere",
  "authentication",
]);

const isOver = ({ status, statusCause }: ViewState): boolean =>
  status === "read_only" || (status === "failed" && ENDS.has(statusCause));

export function bannerOf(state: ViewState, strings: Strings): Banner | null {
  if (state.link === "absent") return absentBanner(state, strings);
  if (state.link !== "live") return linkBanner(state.link, strings);
  const { status } = state;
  if (status === "connected") return null;
  // A first connection that failed also waits for its next try.
  const isLost = status === "reconnecting" || state.retryAtMs !== null;
  return {
    tone: isLost ? "warning" : status === "failed" ? "error" : "quiet",
    text: strings.connection[status],
    detail: state.statusDetail,
    cause: state.statusCause,
    retryAtMs: state.retryAtMs,
    canReconnect: isLost || status === "failed",
    canBeginAnew: state.canBeginAnew && isOver(state),
    isFleeting: FLEETING.has(status) && !isLost,
  };
}

/** Where there is nothing else to show, the same is said in the place of the messages. */
function absentBanner(state: ViewState, strings: Strings): Banner | null {
  if (state.messages.length === 0) return null;
  return { ...PLAIN, tone: "quiet", text: strings.savedCopy, detail: strings.link.absent };
}

function linkBanner(link: Exclude<Link, "live" | "absent">, strings: Strings): Banner {
  const detail = link === "mismatch" ? null : strings.linkDetail[link];
  const said = { ...PLAIN, text: strings.link[link], detail };
  if (link === "starting") return { ...said, tone: "quiet", isFleeting: true };
  return { ...said, tone: link === "silent" ? "warning" : "error" };
}

/** Why nothing can be written now; null when it can. A lost connection is no reason: what is sent waits for it. */
export function cannotSend(state: ViewState, strings: Strings): string | null {
  if (state.link === "absent" || state.link === "gone" || state.link === "mismatch")
    return strings.cannotSend[state.link];
  const { status } = state;
  if (status === "read_only" || status === "closed" || status === "failed") return strings.cannotSend[status];
  // Nobody knows before the kernel has answered.
  return state.epoch === null || state.capabilities.has("send") ? null : strings.cannotSend.unanswered;
}

/** Whether what is seen here may be reported: not by a viewer who only looks on, and not into the void. */
export function canReportSeen(state: ViewState): boolean {
  const isOver = state.status === "read_only" || state.status === "closed";
  return state.link === "live" && !state.looksOn && !isOver;
}
