// Which messages are chosen, to copy them together: one by one, or all between two of them. Pure.

import type { ViewMessage } from "../protocol.gen";

/** A message that has left the list stays chosen. */
export interface Selection {
  readonly chosen: ReadonlyMap<string, ViewMessage>;
  /** Where a range begins, and what was chosen before it. */
  readonly anchor: ViewMessage | null;
  readonly base: ReadonlyMap<string, ViewMessage>;
  /** Some messages of a range are not held here, and so are not among those chosen. */
  readonly isPartial: boolean;
}

const none: ReadonlyMap<string, ViewMessage> = new Map();
export const emptySelection: Selection = { chosen: none, anchor: null, base: none, isPartial: false };

/** The next range begins with it. */
export function toggled(selection: Selection, message: ViewMessage): Selection {
  const chosen = new Map(selection.chosen);
  if (!chosen.delete(message.id)) chosen.set(message.id, message);
  return { ...selection, chosen, anchor: message, base: chosen };
}

/** All from where the range begins to this one, in place of the range so far. */
export function extended(
  selection: Selection,
  held: readonly ViewMessage[],
  message: ViewMessage,
): Selection {
  const { anchor, base } = selection;
  if (anchor === null) return toggled(selection, message);
  const to = held.findIndex((each) => each.id === message.id);
  const at = held.findIndex((each) => each.id === anchor.id);
  const isHeld = at !== -1;
  const from = isHeld ? at : anchor.timeMs < message.timeMs ? 0 : held.length - 1;
  const range = held.slice(Math.min(from, to), Math.max(from, to) + 1);
  const chosen = new Map([...base, [anchor.id, anchor], ...range.map((each) => [each.id, each] as const)]);
  return { chosen, anchor, base, isPartial: selection.isPartial || !isHeld };
}

/** In the order of the conversation, as they are now. */
export function inOrder({ chosen }: Selection, held: readonly ViewMessage[]): ViewMessage[] {
  const now = held.filter((each) => chosen.has(each.id));
  const ids = new Set(now.map((each) => each.id));
  const gone = [...chosen.values()].filter((each) => !ids.has(each.id));
  return [...gone, ...now].sort((one, other) => one.timeMs - other.timeMs);
}
