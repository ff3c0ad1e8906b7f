// What keys mean wherever they are pressed in the view: writing is for the composer, saving for the host.

import { isComposing } from "./kit/is-composing";

const HAS_OWN_TEXT = "input, textarea, select";
const PRESSED_BY_SPACE = "button, a, [role]";

/** Whether somebody begins to write, or pastes, where nothing can be written. */
export function isWriting(event: KeyboardEvent): boolean {
  const at = event.target as Element;
  if (event.defaultPrevented || isComposing(event) || at.matches(HAS_OWN_TEXT)) return false;
  if (isCommand(event)) return event.key.toLowerCase() === "v";
  // What a button does with it is its own.
  return event.key.length === 1 && !(event.key === " " && at.matches(PRESSED_BY_SPACE));
}

/** With a key that makes a command of another. AltGr, which writes, says that it is Ctrl and Alt. */
export const isCommand = (event: KeyboardEvent): boolean =>
  (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph");

/** Ctrl or Cmd and a letter, and nothing else. */
export const isChord = (event: KeyboardEvent, letter: string): boolean =>
  event.key.toLowerCase() === letter && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;

/**
 * Tells the host of a key that is pressed in here, where it has been asked to look away. What it makes of it, the browser
 * does not do as well.
 */
export function tellHost(event: KeyboardEvent, host: Element | null | undefined): void {
  const { key, code, keyCode, ctrlKey, metaKey } = event;
  const same = { key, code, keyCode, which: keyCode, ctrlKey, metaKey };
  const again = new KeyboardEvent("keydown", { ...same, bubbles: true, cancelable: true, composed: true });
  if (host?.dispatchEvent(again) === false) event.preventDefault();
}
