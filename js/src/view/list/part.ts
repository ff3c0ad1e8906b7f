// Which part of the messages is in the page, and which message the next draw brings into sight.

import { holdsEnd } from "../../state/held";
import {
  endOnly,
  type Hold,
  type ListWindow,
  movedOn,
  ROWS_MAX,
  ROWS_STEP,
  reaching,
  rowsAtEnd,
  rowsFilling,
  rowsFor,
  type Sight,
  windowAround,
  windowAtEnd,
  windowFrom,
} from "../../state/list-window";
import type { ViewState } from "../../state/view-state";

/** A message that the next draw brings into sight, and whether it gets the focus. */
export interface Aim {
  readonly id: string;
  /** How far below the upper edge of the list; null for where the eye looks first. */
  readonly top: number | null;
  readonly takesFocus: boolean;
}

/** At the end, until it has been measured. */
const FIRST_SIGHT: Sight = { from: 0, to: 12 };

/** Whether the user is at the end: the scroll position decides it, and every way to a place of one's own. */
export interface Stand {
  isAtEnd: boolean;
}

/** Keeps its start by the message there, for offsets move with what comes and goes above. */
export class ListPart {
  readonly #stand: Stand;
  #landingSerial: number;
  readonly #onJumped: (id: string) => void;
  shown: ListWindow = { from: 0, to: 0 };
  /** Everything held is in the page, to be printed. */
  holdsAll = false;
  /** The messages with which a selection begins and ends: what is selected stays in the page, for the browser copies it there. */
  selected: readonly [string, string] | null = null;
  #aim: Aim | null = null;
  #firstId: string | null = null;
  #lastId: string | undefined;
  /** At the end, when it was last measured. */
  #sightAtEnd: Sight = FIRST_SIGHT;
  #rows = 0;
  #nextLandingTakesFocus = false;

  constructor(stand: Stand, landingSerial: number, onJumped: (id: string) => void) {
    this.#stand = stand;
    this.#landingSerial = landingSerial;
    this.#onJumped = onJumped;
  }

  /** What has been asked for is where the user goes on by keyboard. */
  expectFocus(): void {
    this.#nextLandingTakesFocus = true;
  }

  /** The next draw shows the end, with this message focused if one is given. */
  showEnd(focusId: string | null = null): void {
    this.#firstId = null;
    this.#stand.isAtEnd = true;
    this.#aim = focusId === null ? null : { id: focusId, top: null, takesFocus: true };
  }

  /** The next draw starts with this message, which gets the focus. */
  showStart(id: string): void {
    this.#firstId = id;
    this.#stand.isAtEnd = false;
    this.#aim = { id, top: null, takesFocus: true };
  }

  /** The next draw shows a message where it stood; false when it is not held. */
  showAgain({ messages }: ViewState, { id, top }: Hold): boolean {
    const isHeld = this.#startAround(messages, id);
    if (isHeld) this.#aim = { id, top, takesFocus: false };
    return isHeld;
  }

  get hasAim(): boolean {
    return this.#aim !== null;
  }

  /** The aim, which holds for one draw. Where nothing has a place yet, one with a place of its own waits. */
  takeAim(isHidden: boolean): Aim | null {
    const aim = this.#aim;
    if (isHidden && aim !== null && aim.top !== null) return null;
    this.#aim = null;
    return aim;
  }

  /** Up to the state that is about to be drawn. */
  follow(state: ViewState): void {
    if (state.landing !== null && state.landing.serial !== this.#landingSerial)
      this.#land(state, state.landing);
    const { messages } = state;
    const count = messages.length;
    const at = this.#firstId === null ? -1 : messages.findIndex((each) => each.id === this.#firstId);
    // The oldest of all loses its day when earlier ones come: some come with that, for at the very top nothing can give way.
    const from = this.shown.from === 0 && at > 0 ? at - ROWS_STEP : at;
    const part =
      this.#stand.isAtEnd && holdsEnd(state)
        ? this.#endPart(state, at)
        : windowFrom(count, Math.max(0, from), Math.max(this.#rows, ROWS_MAX));
    this.#firstId = messages[part.from]?.id ?? null;
    this.#lastId = messages[part.to - 1]?.id;
    this.shown = this.holdsAll ? { from: 0, to: count } : this.#withSelected(messages, part);
  }

  #withSelected(messages: ViewState["messages"], part: ListWindow): ListWindow {
    if (this.selected === null) return part;
    const [first = -1, last = -1] = this.selected.map((id) => messages.findIndex((each) => each.id === id));
    return first === -1 || last === -1 ? part : reaching(part, { from: first, to: last + 1 });
  }

  /** A burst replaces what is in the page, again and again: each draw of it costs no more than what is in sight. */
  #endPart({ messages }: ViewState, from: number): ListWindow {
    const part = windowAtEnd(messages.length, from, this.#sightAtEnd);
    const last = messages.findIndex((each) => each.id === this.#lastId);
    const news = messages.length - 1 - Math.max(last, part.from - 1);
    return news <= ROWS_STEP ? part : endOnly(part, this.#sightAtEnd);
  }

  /** Slides with what is in sight; whether there is something to draw. `isAtRest`: nothing has come for a moment. */
  slide(state: ViewState, sight: Sight, isAtRest: boolean): boolean {
    const count = state.messages.length;
    if (this.#stand.isAtEnd) return this.#growUpwards(state, sight, isAtRest);
    return this.#slideTo(state, movedOn(count, this.shown, sight), rowsFor(sight));
  }

  /** At the end: first what fills the sight, for there must be something to scroll; some more when there is time. */
  #growUpwards(state: ViewState, sight: Sight, isAtRest: boolean): boolean {
    const { from, to } = this.shown;
    if (to > from) this.#sightAtEnd = sight;
    const needed = isAtRest ? rowsAtEnd(sight) : rowsFilling(sight);
    const missing = needed - (to - from);
    if (missing <= 0 || from === 0) return false;
    // What is empty is filled at once.
    const step = sight.from < from ? missing : Math.min(missing, ROWS_STEP);
    return this.#slideTo(state, { from: Math.max(0, from - step), to }, this.#rows);
  }

  #slideTo(state: ViewState, part: ListWindow, rows: number): boolean {
    if (part.from === this.shown.from && part.to === this.shown.to) return false;
    this.#firstId = state.messages[part.from]?.id ?? null;
    this.#rows = rows;
    return true;
  }

  #land({ messages }: ViewState, landing: NonNullable<ViewState["landing"]>): void {
    this.#landingSerial = landing.serial;
    const takesFocus = this.#nextLandingTakesFocus;
    this.#nextLandingTakesFocus = false;
    const { targetId, where } = landing;
    if (where === "latest") {
      this.showEnd(takesFocus ? (messages.at(-1)?.id ?? null) : null);
      return;
    }
    if (targetId === null || !this.#startAround(messages, targetId)) return;
    this.#aim = { id: targetId, top: null, takesFocus };
    if (where === "time" || where === "first-unread") this.#onJumped(targetId);
  }

  #startAround(messages: ViewState["messages"], id: string): boolean {
    const at = messages.findIndex((each) => each.id === id);
    if (at === -1) return false;
    const part = windowAround(messages.length, { from: at, to: at + 1 });
    this.#firstId = messages[part.from]?.id ?? null;
    this.#stand.isAtEnd = false;
    return true;
  }
}
