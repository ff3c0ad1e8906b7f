// Applies a batch of deltas to what a view knows; the messages held are copied once, however many come. Pure.

import type {
  Deltas,
  MessagePlacedDelta,
  MessagesSkippedDelta,
  StatusDelta,
  ViewMessage,
} from "../protocol.gen";
import { isCut } from "../text/cut";
import { bounded, type HeldWork, heldAt, place, skip, take, workOn } from "./held";
import { type Newness, noteNews } from "./newness";
import { type Delta, type Draft, isNoNews, type ViewState } from "./view-state";

/** Arrivals are for the announcer, which looks at once; older ones are not kept. */
const ARRIVALS_KEPT = 64;

/** The parts that deltas change in place, so that a batch copies the messages once and not once per delta. */
interface Work extends HeldWork {
  readonly isFollowing: boolean;
  readonly isNoNews: boolean;
  drafts: readonly Draft[];
  arrived: ViewMessage[];
  allArrived: number;
  newness: Newness;
  awaitingText: Set<string>;
  patch: { -readonly [Key in keyof ViewState]?: ViewState[Key] };
}

export function applyDeltas(state: ViewState, { revision, deltas }: Deltas, nowMs: number): ViewState {
  const work: Work = {
    ...workOn(state),
    isFollowing: state.isFollowing,
    isNoNews: isNoNews(state),
    drafts: state.drafts,
    arrived: [],
    allArrived: 0,
    newness: state.newness,
    awaitingText: new Set(state.awaitingText),
    patch: {},
  };
  for (const delta of deltas) {
    if (!applyDelta(work, delta, nowMs)) return { ...state, consistent: false };
  }
  return {
    ...state,
    ...work.patch,
    revision: revision + deltas.length - 1,
    ...bounded(work, state.isFollowing),
    drafts: work.drafts,
    awaitingText: work.awaitingText,
    newness: work.newness,
    ...arrivalsWith(state, work.arrived, work.allArrived),
  };
}

/** Applies one delta; false when it contradicts what is held. */
function applyDelta(work: Work, delta: Delta, nowMs: number): boolean {
  switch (delta.kind) {
    case "message-placed":
      return placeMessage(work, delta);
    case "message-removed":
      return take(work, delta.index, delta.id);
    case "message-status": {
      const message = heldAt(work, delta.index);
      if (message === undefined) return delta.index < work.total;
      if (message.id !== delta.id) return false;
      const { status, statusTimeMs, seenInferred, error, cause } = delta;
      work.messages[delta.index - work.firstIndex] = {
        ...message,
        status,
        statusTimeMs,
        seenInferred,
        error,
        cause,
      };
      return true;
    }
    case "messages-skipped":
      return skipMessages(work, delta);
    case "history-prepended":
      work.firstIndex += delta.count;
      work.total += delta.count;
      work.patch.hasOlder = delta.hasOlder;
      return true;
    case "typing":
      work.patch.typing = delta.names;
      return true;
    case "unread":
      work.patch.unreadCount = delta.count;
      return true;
    case "status":
      Object.assign(work.patch, connection(delta, nowMs));
      return true;
    case "capabilities":
      work.patch.capabilities = new Set(delta.capabilities);
      work.patch.uploads = delta.uploads;
      work.patch.looksOn = delta.looksOn;
      return true;
    case "title":
      work.patch.title = delta.title;
      return true;
    case "hint":
      work.patch.hint = delta.hint;
      return true;
    case "error":
      work.patch.error = delta;
      return true;
    default:
      // A newer kernel's delta: counted in the revision, and of no use here.
      delta satisfies never;
      return true;
  }
}

function placeMessage(work: Work, delta: MessagePlacedDelta): boolean {
  const { message, formerIndex, formerId } = delta;
  const former = formerIndex === null ? null : heldAt(work, formerIndex);
  if (formerIndex !== null && !take(work, formerIndex, formerId ?? message.id)) return false;
  if (!place(work, delta, keepFullText(former, message))) return false;
  if (message.draftId !== null) {
    const { draftId } = message;
    work.drafts = work.drafts.filter((each) => each.draftId !== draftId);
  }
  noteArrival(work, message, formerIndex === null);
  return true;
}

function skipMessages(work: Work, delta: MessagesSkippedDelta): boolean {
  if (!skip(work, delta, work.isFollowing)) return false;
  if (delta.firstOtherId !== null) {
    work.newness = noteNews(work.newness, delta.firstOtherId, delta.others, work.isNoNews);
    work.allArrived += delta.others;
  }
  return true;
}

/** A text that was fetched whole stays whole when only something else about its message changes. */
function keepFullText(former: ViewMessage | null | undefined, message: ViewMessage): ViewMessage {
  const same = former?.fullLength === message.fullLength && former.text !== null;
  return same && isCut(message) && !isCut(former) ? { ...message, text: former.text } : message;
}

function noteArrival(work: Work, message: ViewMessage, isNew: boolean): void {
  if (message.isOwn) return;
  const awaited = work.awaitingText.delete(message.id);
  if (!isNew && !awaited) return;
  if (message.text === null && !message.unavailable) work.awaitingText.add(message.id);
  else {
    work.arrived.push(message);
    work.allArrived += 1;
    work.newness = noteNews(work.newness, message.id, 1, work.isNoNews);
  }
}

/** With these messages of others, which are the newest of so many that came. */
export function arrivalsWith(state: ViewState, messages: readonly ViewMessage[], count: number) {
  if (count === 0) return { arrivals: state.arrivals, lastSerial: state.lastSerial };
  const lastSerial = state.lastSerial + count;
  const first = lastSerial - messages.length + 1;
  const news = messages.map((message, i) => ({ serial: first + i, message }));
  return { arrivals: [...state.arrivals, ...news].slice(-ARRIVALS_KEPT), lastSerial };
}

export function connection(delta: StatusDelta, nowMs: number) {
  return {
    status: delta.status,
    statusDetail: delta.detail,
    statusCause: delta.cause,
    retryAtMs: delta.retryInMs === null ? null : nowMs + delta.retryInMs,
  };
}
