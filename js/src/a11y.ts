// What a screen reader is told: a message's name, a new message's announcement. Pure.

import { displayName, displayText, type Format } from "./format";
import type { ViewMessage } from "./protocol.gen";
import type { Strings } from "./strings";

/** A name is read in one go; beyond this the text itself is there to be read. */
const LONGEST_NAME = 1_000;
const LONGEST_ANNOUNCEMENT = 300;
/** More new messages than this at once are counted instead of read out. */
const READ_OUT_AT_MOST = 3;

export function senderName(message: ViewMessage, strings: Strings): string {
  return displayName(message.sender) || (message.isOwn ? strings.you : strings.someone);
}

/** The accessible name of a message: sender, time, text and state. */
export function messageName(message: ViewMessage, format: Format, strings: Strings): string {
  const who = `${senderName(message, strings)}, ${format.time(message.timeMs)}`;
  const files = message.attachments.length > 0 ? strings.attachments(message.attachments.length) : "";
  const state = stateOf(message, strings);
  return [`${who}: ${shortened(contentOf(message, strings), LONGEST_NAME)}`, files, state]
    .filter(Boolean)
    .join(". ");
}

/** The state of a message in words; what is only inferred says so. */
export function stateOf(message: ViewMessage, strings: Strings): string {
  const status = strings.status[message.status];
  return isSeenInferred(message) ? `${status}, ${strings.seenInferred}` : status;
}

/** Whether there is no better news of it than that somebody reacted afterwards. */
export const isSeenInferred = ({ seenInferred, status }: ViewMessage): boolean =>
  seenInferred && (status === "sent" || status === "delivered");

/** What is said when these messages have just come; empty when nothing is to be said. */
export function announcements(messages: readonly ViewMessage[], strings: Strings): readonly string[] {
  const sentences = messages.map(
    (each) =>
      `${senderName(each, strings)}: ${shortened(contentOf(each, strings), LONGEST_ANNOUNCEMENT) || strings.attachments(each.attachments.length)}`,
  );
  const last = sentences.at(-1);
  if (last === undefined || sentences.length <= READ_OUT_AT_MOST) return sentences;
  return [strings.manyNew(sentences.length, last)];
}

function contentOf(message: ViewMessage, strings: Strings): string {
  if (message.unavailable) return strings.unavailable;
  return message.text === null ? strings.textPending : displayText(message.text);
}

const shortened = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;
