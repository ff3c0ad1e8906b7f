// Whether a message's text goes on: of a long one the kernel sends the beginning, the rest when asked. Pure.

import type { ViewMessage } from "../protocol.gen";

/** Texts of at most this many characters are never cut (MAX_SHOWN_CHARACTERS in _core/view/protocol). */
const NEVER_CUT_CHARACTERS = 16_384;

/** Whether the kernel holds more of this message's text. Python counts code points, `length` counts UTF-16 units. */
export function isCut({ text, fullLength }: ViewMessage): boolean {
  return text !== null && fullLength > NEVER_CUT_CHARACTERS && [...text].length < fullLength;
}
