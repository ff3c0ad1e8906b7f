// What the kernel hears of the user's typing: the first key at once, later ones seldom, the end once. Pure.

import type { ComposingStopped } from "../protocol.gen";

/** Keystrokes within this time of the last one that was noted are not noted. */
export const KEYSTROKE_COALESCE_MS = 300;

export interface ComposerState {
  /** Whether the kernel believes that the user is typing. */
  readonly isComposing: boolean;
  readonly lastNotedMs: number;
}

export type ComposerSignal =
  | { kind: "keystroke-noted" }
  | { kind: "composing-stopped"; reason: ComposingStopped["reason"] };

export type ComposerStep = readonly [ComposerState, ComposerSignal | null];

export const initialComposer: ComposerState = { isComposing: false, lastNotedMs: Number.NEGATIVE_INFINITY };

/** The draft has changed to `text`. */
export function typed(state: ComposerState, text: string, nowMs: number): ComposerStep {
  if (text.trim() === "") return stopped(state, "cleared");
  if (state.isComposing && nowMs - state.lastNotedMs < KEYSTROKE_COALESCE_MS) return [state, null];
  return [{ isComposing: true, lastNotedMs: nowMs }, { kind: "keystroke-noted" }];
}

/** The draft was cleared, lost the focus or went out of sight. */
export function stopped(state: ComposerState, reason: ComposingStopped["reason"]): ComposerStep {
  return state.isComposing ? [initialComposer, { kind: "composing-stopped", reason }] : [state, null];
}

/** The draft was sent, which says by itself that the typing has ended. */
export function sent(): ComposerStep {
  return [initialComposer, null];
}
