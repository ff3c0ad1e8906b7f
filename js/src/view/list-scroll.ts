// The list's own scroll position: at the end when the user is there, else where it is, whatever grows above it.

import type { Sight } from "../list-window";
import type { Stand } from "./list-part";
import { rowOf } from "./list-rows";

/** Closer to the end than this counts as at the end. */
const END_SLACK_PX = 24;
/** Rows that are remembered as holds; a few, for a change may take some of them away. */
const ANCHORS = 6;

/** Where some rows in sight stood before a change; the first that survives it is put back there. */
export type Anchors = readonly { readonly row: HTMLElement; readonly top: number }[];

/** Moves only this element's own scroll position: nothing here may move the host's page. */
export class ListScroll {
  readonly #stand: Stand;
  readonly #scroller: HTMLElement;
  readonly #content: HTMLElement;
  #lastTop = 0;
  #held: Anchors = [];

  constructor(stand: Stand, scroller: HTMLElement, content: HTMLElement) {
    this.#stand = stand;
    this.#scroller = scroller;
    this.#content = content;
  }

  get isHidden(): boolean {
    return this.#scroller.clientHeight === 0;
  }

  /** A scroll event that only tells of our own way to the end. */
  get hasArrived(): boolean {
    return this.#stand.isAtEnd && this.#scroller.scrollTop === this.#lastTop;
  }

  /** The user or the page has scrolled; `hasBelow`: there is more than what is in the page. */
  scrolled(hasBelow: boolean): void {
    // What has grown above is told only later in this frame; the holds are taken anew before that.
    if (!this.#stand.isAtEnd) restore(this.#scroller, this.#held);
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const isUp = scrollTop < this.#lastTop - 1;
    this.#lastTop = scrollTop;
    if (scrollHeight - clientHeight - scrollTop <= END_SLACK_PX && !hasBelow) this.#stand.isAtEnd = true;
    // Growing content leaves the end without the user's doing: only a move upwards counts as leaving.
    else if (isUp) this.#stand.isAtEnd = false;
    this.hold();
  }

  /** Something has grown or shrunk, or was drawn anew: back to the end, or to where the holds were. */
  keep(anchors: Anchors = this.#held): void {
    if (this.#stand.isAtEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    else restore(this.#scroller, anchors);
    this.hold();
  }

  /** Remembers what is in sight, so that it can be kept there; the end needs no hold. */
  hold(): void {
    this.#lastTop = this.#scroller.scrollTop;
    this.#held = this.#stand.isAtEnd ? [] : this.anchors();
  }

  anchors(): Anchors {
    const rows = this.#content.children;
    const first = rowAt(rows, this.#scroller.scrollTop);
    const near = [...rows].slice(first, first + ANCHORS) as HTMLElement[];
    // The oldest row may lose its day and its name when earlier ones come before it: the second is a better hold.
    const [oldest, ...others] = near;
    const held = first === 0 && oldest !== undefined ? [...others, oldest] : near;
    return held.map((row) => ({ row, top: row.offsetTop }));
  }

  /** The rows in sight, as offsets; the first row of the page has the offset `from`. */
  sight(from: number): Sight {
    const rows = this.#content.children;
    const { scrollTop, clientHeight } = this.#scroller;
    const last = rowAt(rows, scrollTop + clientHeight);
    return { from: from + rowAt(rows, scrollTop), to: from + Math.min(rows.length, last + 1) };
  }

  /** Scrolls as little as it takes to show all of a message, or its beginning when it is taller than the space. */
  show(article: HTMLElement): void {
    const row = rowOf(article);
    const { scrollTop, clientHeight } = this.#scroller;
    const above = row.offsetTop - scrollTop;
    const below = row.offsetTop + row.offsetHeight - scrollTop - clientHeight;
    const by = above < 0 || row.offsetHeight > clientHeight ? above : Math.max(0, below);
    if (by === 0) return;
    // Now, not with the scroll event: what is drawn before that must not take the user back to the end.
    if (by < 0) this.#stand.isAtEnd = false;
    this.#scroller.scrollTop += by;
    this.hold();
  }

  /** Scrolls so that a message stands where the eye looks first, unless the end is where it is. */
  aimAt(article: HTMLElement): void {
    if (this.#stand.isAtEnd) {
      this.keep();
      return;
    }
    const row = rowOf(article);
    const { clientHeight } = this.#scroller;
    const space = Math.max(0, clientHeight - row.offsetHeight);
    this.#scroller.scrollTop = row.offsetTop - Math.min(clientHeight / 4, space);
    this.hold();
  }
}

/** The first of these rows, one below the other, that ends below a height; their number when there is none. */
function rowAt(rows: HTMLCollection, top: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle] as HTMLElement;
    if (row.offsetTop + row.offsetHeight > top) high = middle;
    else low = middle + 1;
  }
  return low;
}

function restore(scroller: HTMLElement, anchors: Anchors): void {
  const anchor = anchors.find(({ row }) => row.isConnected);
  if (anchor === undefined) return;
  const moved = anchor.row.offsetTop - anchor.top;
  if (moved !== 0) scroller.scrollTop += moved;
}
