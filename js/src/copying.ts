// Messages as clean text, for the clipboard: who, when and what, without a word of the view's own. Pure.

import { senderName } from "./a11y";
import { displayText, type Format } from "./format";
import type { ViewMessage } from "./protocol.gen";
import type { Strings } from "./strings";
import { isCut } from "./view-state";

/** One message; `part` is what of its text was selected, when that is not all. What is not loaded of it is "…". */
export function asText(message: ViewMessage, format: Format, strings: Strings, part?: string): string {
  const files = message.attachments.map(({ name }) => `[${name}]`);
  const text = part ?? displayText(message.text ?? "") + (isCut(message) ? "…" : "");
  const lines = [`${senderName(message, strings)}, ${format.moment(message.timeMs)}`, text, ...files];
  return lines.filter(Boolean).join("\n");
}

export const allAsText = (messages: readonly ViewMessage[], { format, strings }: Wording): string =>
  messages.map((each) => asText(each, format, strings)).join("\n\n");

interface Wording {
  readonly format: Format;
  readonly strings: Strings;
}
