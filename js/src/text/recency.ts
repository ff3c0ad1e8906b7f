// How long ago the conversation last moved: when its newest message came, or what became of our own. Pure.

import type { ViewMessage } from "../protocol.gen";
import type { Strings } from "../strings";
import type { Format } from "./format";

/** In words; empty where there is nothing to say, or where the message itself says what is wrong. */
export function recency(
  newest: ViewMessage | undefined,
  nowMs: number,
  format: Format,
  strings: Strings,
): string {
  if (newest === undefined) return "";
  if (!newest.isOwn) return strings.lastMessage(format.ago(newest.timeMs, nowMs));
  const { status, statusTimeMs } = newest;
  if (status === "sent") return strings.sentWhen(format.ago(newest.timeMs, nowMs));
  if (status !== "delivered" && status !== "read") return "";
  if (statusTimeMs === null) return strings.status[status];
  const when = format.ago(statusTimeMs, nowMs);
  return status === "read" ? strings.readWhen(when) : strings.deliveredWhen(when);
}
