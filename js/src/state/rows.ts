// Lays out messages as rows: what starts or ends a group, where a day begins, where the new ones begin. Pure.

import type { ViewMessage } from "../protocol.gen";
import type { Strings } from "../strings";
import { type Format, startOfDay } from "../text/format";
import { endOf, holdsEnd } from "./held";
import type { Draft, ViewState } from "./view-state";

/** Messages of one sender further apart than this are not grouped. */
export const GROUP_GAP_MS = 5 * 60_000;

export interface Row {
  readonly key: string;
  readonly message: ViewMessage;
  /** 1 for the oldest message that the kernel holds. */
  readonly position: number;
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
  /** The day's name when this is the first message of a day. */
  readonly day: string | null;
  readonly startsNew: boolean;
}

export interface RowOptions {
  /** Positions in the conversation: the first message to show, and the one after the last. */
  readonly fromIndex: number;
  readonly toIndex: number;
  /** The message before which the "New messages" mark stands. */
  readonly newId: string | null;
  readonly nowMs: number;
  readonly format: Format;
  readonly strings: Strings;
}

export function buildRows(state: ViewState, options: RowOptions): readonly Row[] {
  const { format, nowMs, newId } = options;
  const fromIndex = Math.max(options.fromIndex, state.firstIndex);
  const isToEnd = holdsEnd(state) && options.toIndex >= endOf(state);
  const messages = [
    ...state.messages.slice(fromIndex - state.firstIndex, options.toIndex - state.firstIndex),
    ...(isToEnd ? state.drafts.map((draft) => draftMessage(draft, options.strings)) : []),
  ];
  // What stands before and behind the part that is shown decides how its ends look.
  const around = [
    state.messages[fromIndex - state.firstIndex - 1],
    ...messages,
    isToEnd ? undefined : state.messages[options.toIndex - state.firstIndex],
  ];
  const days = around.map((each) => each && startOfDay(each.timeMs));
  return messages.map((message, i) => {
    const [previous, next] = [around[i], around[i + 2]];
    const isFirstOfDay = days[i + 1] !== days[i];
    const startsNew = message.id === newId;
    const startsGroup = startsNew || !belongTogether(previous, message, !isFirstOfDay);
    const endsGroup = next?.id === newId || !belongTogether(next, message, days[i + 2] === days[i + 1]);
    return {
      key: message.draftId ?? message.id,
      message,
      position: fromIndex + i + 1,
      startsGroup,
      endsGroup,
      day: isFirstOfDay ? format.day(message.timeMs, nowMs) : null,
      startsNew,
    };
  });
}

function belongTogether(one: ViewMessage | undefined, other: ViewMessage, isSameDay: boolean): boolean {
  return (
    one !== undefined &&
    isSameDay &&
    one.isOwn === other.isOwn &&
    // Our own messages carry no name in the view, and a draft does not know yet which one it will get.
    (one.isOwn || (one.sender === other.sender && one.role === other.role)) &&
    Math.abs(one.timeMs - other.timeMs) <= GROUP_GAP_MS
  );
}

/** A draft as the message that it is going to be. */
export function draftMessage(draft: Draft, strings: Strings): ViewMessage {
  const error = {
    "kernel-stopped": strings.kernelStopped,
    "kernel-restarted": strings.kernelRestarted,
  };
  return {
    id: draft.draftId,
    draftId: draft.draftId,
    text: draft.text,
    fullLength: draft.text.length,
    unavailable: false,
    sender: strings.you,
    role: "customer",
    isOwn: true,
    timeMs: draft.timeMs,
    status: draft.trouble === null ? "sending" : "failed",
    statusTimeMs: null,
    error: draft.trouble === null ? null : error[draft.trouble],
    cause: null,
    seenInferred: false,
    attachments: [],
    content: [],
    withdrawn: false,
  };
}
