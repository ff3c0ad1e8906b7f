// Messages as clean text for the clipboard: of several also who and when, nothing of the view's own. Pure.

import type { ViewMessage } from "../protocol.gen";
import type { Strings } from "../strings";
import { senderName } from "./a11y";
import { isCut } from "./cut";
import { displayText, type Format } from "./format";

/** One message; `part` is what of its text was selected, when that is not all. What is not loaded of it is "…". */
export function asText(message: ViewMessage, format: Format, strings: Strings, part?: string): string {
  const who = `${senderName(message, strings)}, ${format.moment(message.timeMs)}`;
  return [who, contentAsText(message, part)].filter(Boolean).join("\n");
}

function contentAsText(message: ViewMessage, part?: string): string {
  const files = message.attachments.map(({ name }) => `[${name}]`);
  const text = part ?? displayText(message.text ?? "") + (isCut(message) ? "…" : "");
  return [text, ...files].filter(Boolean).join("\n");
}

/** What is copied of one message is put into something else: it is its words alone, if it has any. */
export function allAsText(messages: readonly ViewMessage[], { format, strings }: Wording): string {
  const [first, second] = messages;
  const words = first !== undefined && second === undefined ? contentAsText(first) : "";
  return words || messages.map((each) => asText(each, format, strings)).join("\n\n");
}

interface Wording {
  readonly format: Format;
  readonly strings: Strings;
}
