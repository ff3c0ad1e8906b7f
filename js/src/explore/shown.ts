// What a kernel says, as it may be shown: no string of it hides a control or turns letters round. Pure.

import { displayText } from "../text/format";

/** Most of what is sent by the thousand: nothing in it could be meant. */
const PLAIN = /^[ -~]*$/;

export function shown<Message>(message: Message): Message {
  if (typeof message === "string") return PLAIN.test(message) ? message : (displayText(message) as Message);
  if (Array.isArray(message)) return message.map(shown) as Message;
  if (typeof message !== "object" || message === null) return message;
  return Object.fromEntries(Object.entries(message).map(([name, value]) => [name, shown(value)])) as Message;
}
