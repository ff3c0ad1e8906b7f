// When a message came and what has become of it, in full, line by line. Pure.

import type { ViewMessage } from "../protocol.gen";
import type { Strings } from "../strings";
import { sentences, stateOf } from "./a11y";
import type { Format } from "./format";

export function detail(
  message: ViewMessage,
  nowMs: number,
  format: Format,
  strings: Strings,
): readonly string[] {
  const came = withAge(format.moment(message.timeMs), message.timeMs, nowMs, format);
  if (!message.isOwn || message.role === "system") return [came];
  const { status, statusTimeMs } = message;
  if (statusTimeMs === null) return [came, stateOf(message, strings)];
  const when = format.momentAfter(statusTimeMs, message.timeMs);
  return [came, strings.fact(strings.status[status], withAge(when, statusTimeMs, nowMs, format))];
}

/** The same to be said in one go. */
export const spokenDetail = (...of: Parameters<typeof detail>): string =>
  sentences(detail(...of)).replaceAll(" ·", ",");

const withAge = (moment: string, ms: number, nowMs: number, format: Format): string =>
  `${moment} · ${format.ago(ms, nowMs)}`;
