// What a screen reader is told: a message's name, a new message's announcement. Pure.

import type { ViewMessage } from "../protocol.gen";
import type { Strings } from "../strings";
import { displayName, displayText, type Format } from "./format";

/** A name is read in one go; beyond this the text itself is there to be read. */
const LONGEST_NAME = 1_000;
const LONGEST_ANNOUNCEMENT = 300;
/** More new messages than this at once are counted instead of read out. */
const READ_OUT_AT_MOST = 3;
/** So much of a message says which one it is. */
const LONGEST_MENTION = 60;

/** One after the other; what has a stop of its own gets no second one. */
export const sentences = (parts: readonly string[]): string =>
  parts
    .map((each) => each.trim())
    .filter(Boolean)
    .reduce((said, each) => (said === "" ? each : said + (STOPPED.test(said) ? " " : ". ") + each), "");
const STOPPED = /[.!?…:;。！？]$/;

export function senderName(message: ViewMessage, strings: Strings): string {
  return displayName(message.sender) || (message.isOwn ? strings.you : strings.someone);
}

/** The side that somebody is on, for who is on none; empty where the name says it already. */
export function sideName({ role, sender }: ViewMessage, strings: Strings): string {
  const side = strings.sides[role];
  return displayName(sender) === side ? "" : side;
}

/** The accessible name of a message: sender, time, text and state. Who looks on hears the side, for no state is theirs. */
export function messageName(
  message: ViewMessage,
  format: Format,
  strings: Strings,
  looksOn: boolean,
): string {
  const name = senderName(message, strings);
  const who = looksOn ? [name, sideName(message, strings)].filter(Boolean).join(", ") : name;
  const words = `${who}, ${format.time(message.timeMs)}: ${said(message, strings, LONGEST_NAME)}`;
  // That somebody has read what others wrote is no news to themselves.
  const hasState = !looksOn && (message.isOwn || message.status === "unread");
  return sentences([words, hasState ? stateOf(message, strings) : ""]);
}

/** The state of a message in words; what is only inferred says so. */
export function stateOf(message: ViewMessage, strings: Strings): string {
  const status = strings.status[message.status];
  return isSeenInferred(message) ? `${status}, ${strings.seenInferred}` : status;
}

/** Whether there is no better news of it than that somebody reacted afterwards. */
export const isSeenInferred = ({ seenInferred, status }: ViewMessage): boolean =>
  seenInferred && (status === "sent" || status === "delivered");

/** What is said when so many messages have just come, the newest of which are these. */
export function announcement(
  messages: readonly ViewMessage[],
  strings: Strings,
  count = messages.length,
): string {
  const each = messages.map(
    (message) => `${senderName(message, strings)}: ${said(message, strings, LONGEST_ANNOUNCEMENT)}`,
  );
  return count > READ_OUT_AT_MOST ? strings.manyNew(count, each.at(-1) ?? "") : sentences(each);
}

type Outcome = "sending" | "sent" | "failed" | "unknown";

/** Only so many of the newest messages are looked at for what has become of them. */
export const WATCHED_AT_MOST = 50;

/** What has become of our newest messages, by the draft that each of them was. */
export function outcomes(messages: readonly ViewMessage[]): ReadonlyMap<string, Outcome> {
  const found = new Map<string, Outcome>();
  for (const { draftId, status } of messages.slice(-WATCHED_AT_MOST)) {
    if (draftId === null) continue;
    const isOpen = status === "sending" || status === "failed" || status === "unknown";
    found.set(draftId, isOpen ? status : "sent");
  }
  return found;
}

/** What is said of each draft whose outcome has changed: that it was sent, or that it was not, and why. */
export function outcomeWords(
  before: ReadonlyMap<string, Outcome>,
  messages: readonly ViewMessage[],
  strings: Strings,
): readonly string[] {
  const now = outcomes(messages);
  return messages.slice(-WATCHED_AT_MOST).flatMap((each) => {
    const { draftId, error, cause } = each;
    const [was, is] = draftId === null ? [] : [before.get(draftId), now.get(draftId)];
    if (is === undefined || is === was || is === "sending" || was === undefined) return [];
    if (is === "sent") return [strings.status.sent];
    const words = is === "failed" ? strings.failed : strings.unknown;
    const which = strings.fact(words, said(each, strings, LONGEST_MENTION));
    return [sentences([which, strings.cause(cause) || error || ""])];
  });
}

/** What is in a message, files and all. */
function said(message: ViewMessage, strings: Strings, longest: number): string {
  const files = message.attachments.length > 0 ? strings.attachments(message.attachments.length) : "";
  return sentences([shortened(contentOf(message, strings), longest), files]);
}

function contentOf(message: ViewMessage, strings: Strings): string {
  if (message.withdrawn) return strings.withdrawn;
  if (message.unavailable) return strings.unavailable;
  if (message.text === null) return strings.textPending;
  const parts = message.content.flatMap((part) => partWords(part, strings));
  return sentences([displayText(message.text), ...parts]);
}

/** What a part says, for somebody who does not see it. */
function partWords(part: ViewMessage["content"][number], strings: Strings): string[] {
  switch (part.kind) {
    case "quick-replies":
      return [displayName(part.title), part.replies.map((each) => displayName(each.text)).join(", ")];
    case "card":
      return [displayName(part.title), displayText(part.description)];
    case "carousel":
      return [strings.content.cards(part.cards.length), ...part.cards.map((each) => displayName(each.title))];
    case "date-picker":
    case "list-picker":
    case "form":
      return [displayName(part.title), displayText(part.subtitle)];
    case "location":
      return [displayName(part.name), displayText(part.address)];
    case "unsupported":
      return [unsupportedName(part.type, strings)];
    default:
      return []; // An answer: its words are the message's text.
  }
}

/** What is there but cannot be shown. */
export function unsupportedName(type: string, { content }: Strings): string {
  const name = displayName(type);
  return name === "" ? content.unsupported : content.unsupportedType(name);
}

const shortened = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;
