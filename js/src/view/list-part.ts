// Which part of the messages is in the page, and which message the next draw brings into sight.

import { holdsEnd } from "../held";
import {
  type ListWindow,
  mustMove,
  ROWS_MAX,
  rowsFor,
  rowsNeeded,
  type Sight,
  windowAround,
  windowAtEnd,
  windowFrom,
} from "../list-window";
import type { ViewState } from "../view-state";

/** A message that the next draw brings into sight, and whether it gets the focus. */
export interface Aim {
  readonly id: string;
  readonly takesFocus: boolean;
}

/** Whether the user is at the end: the scroll position decides it, and every way to a place of one's own. */
export interface Stand {
  isAtEnd: boolean;
}

/** Keeps its start by the message there, for offsets move with what comes and goes above. */
export class ListPart {
  shown: ListWindow = { from: 0, to: 0 };
  private aim: Aim | null = null;
  private firstId: string | null = null;
  private rows = 0;
  private nextLandingTakesFocus = false;

  constructor(
    private readonly stand: Stand,
    private landingSerial: number,
    private readonly onJumped: (id: string) => void,
  ) {}

  /** What has been asked for is where the user goes on by keyboard. */
  expectFocus(): void {
    this.nextLandingTakesFocus = true;
  }

  /** The next draw shows the end, with this message focused if one is given. */
  showEnd(focusId: string | null = null): void {
    this.firstId = null;
    this.stand.isAtEnd = true;
    this.aim = focusId === null ? null : { id: focusId, takesFocus: true };
  }

  /** The next draw starts with this message, which gets the focus. */
  showStart(id: string): void {
    this.firstId = id;
    this.stand.isAtEnd = false;
    this.aim = { id, takesFocus: true };
  }

  get hasAim(): boolean {
    return this.aim !== null;
  }

  /** The aim, which holds for one draw. */
  takeAim(): Aim | null {
    const { aim } = this;
    this.aim = null;
    return aim;
  }

  /** Up to the state that is about to be drawn. */
  follow(state: ViewState): void {
    if (state.landing !== null && state.landing.serial !== this.landingSerial)
      this.land(state, state.landing);
    const { messages } = state;
    const count = messages.length;
    const at = this.firstId === null ? -1 : messages.findIndex((each) => each.id === this.firstId);
    this.shown =
      this.stand.isAtEnd && holdsEnd(state)
        ? windowAtEnd(count, at)
        : windowFrom(count, Math.max(0, at), Math.max(this.rows, ROWS_MAX));
    this.firstId = messages[this.shown.from]?.id ?? null;
  }

  /** Slides with what is in sight; whether there is something to draw. */
  slide(state: ViewState, sight: Sight): boolean {
    const count = state.messages.length;
    if (this.stand.isAtEnd) return this.growUpwards(state, sight);
    if (!mustMove(count, this.shown, sight)) return false;
    return this.slideTo(state, windowAround(count, sight), rowsFor(sight));
  }

  /** At the end of a list so tall that few rows do not fill it, there would be nothing to scroll. */
  private growUpwards(state: ViewState, sight: Sight): boolean {
    const count = state.messages.length;
    const missing = rowsNeeded(sight) - (this.shown.to - this.shown.from);
    if (missing <= 0 || this.shown.from === 0) return false;
    const { from } = windowAtEnd(count, Math.max(0, this.shown.from - missing));
    return this.slideTo(state, { from, to: count }, this.rows);
  }

  private slideTo(state: ViewState, part: ListWindow, rows: number): boolean {
    if (part.from === this.shown.from && part.to === this.shown.to) return false;
    this.firstId = state.messages[part.from]?.id ?? null;
    this.rows = rows;
    return true;
  }

  private land({ messages }: ViewState, landing: NonNullable<ViewState["landing"]>): void {
    this.landingSerial = landing.serial;
    const takesFocus = this.nextLandingTakesFocus;
    this.nextLandingTakesFocus = false;
    const { targetId, where } = landing;
    if (where === "latest") {
      this.showEnd(takesFocus ? (messages.at(-1)?.id ?? null) : null);
      return;
    }
    const at = messages.findIndex((each) => each.id === targetId);
    if (at === -1 || targetId === null) return;
    const part = windowAround(messages.length, { from: at, to: at + 1 });
    this.firstId = messages[part.from]?.id ?? null;
    this.stand.isAtEnd = false;
    this.aim = { id: targetId, takesFocus };
    if (where === "time" || where === "first-unread") this.onJumped(targetId);
  }
}
