// The list's own scroll position: at the end when the user is there, else where it is, whatever grows above it.

import type { Hold, Sight } from "../../state/list-window";
import { rowOf } from "./articles";
import type { Stand } from "./part";

/** Who comes down to within this of the end is at the end. */
const END_SLACK_PX = 24;
/** As exactly as rounded sizes and places tell. */
const END_PX = 1;
/** Rows that are remembered as holds; a few, for a change may take some of them away. */
const ANCHORS = 6;

/** Where some rows in sight stood before a change; the first that survives it is put back there. */
export type Anchors = readonly { readonly row: HTMLElement; readonly top: number }[];

/** Moves only this element's own scroll position: nothing here may move the host's page. */
export class ListScroll {
  readonly #stand: Stand;
  readonly #scroller: HTMLElement;
  readonly #content: HTMLElement;
  /** Where the list stands if nobody else has scrolled it since: the difference is the user's move. */
  #ownTop = 0;
  /** Of the list, then. Where what stands around it has changed its size, the browser may have moved it. */
  #ownHeight = 0;
  /** When last looked at. Who has been brought to the end since has not moved, whatever is drawn there. */
  #wasAtEnd = true;
  #held: Anchors = [];

  constructor(stand: Stand, scroller: HTMLElement, content: HTMLElement) {
    this.#stand = stand;
    this.#scroller = scroller;
    this.#content = content;
  }

  get isHidden(): boolean {
    return this.#scroller.clientHeight === 0;
  }

  /** There is something to scroll. */
  get isFilled(): boolean {
    return this.#scroller.scrollHeight > this.#scroller.clientHeight;
  }

  /** A scroll event that only tells of our own way to the end. */
  get hasArrived(): boolean {
    return this.#stand.isAtEnd && this.#scroller.scrollTop === this.#ownTop;
  }

  get #left(): number {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return scrollHeight - clientHeight - scrollTop;
  }

  /**
   * The user or the page may have scrolled, what is in the list may have grown: notices whether the user is at the end
   * now, and keeps what is in sight where it is.
   * `hasBelow`: there is more than what is in the page; `isDrawn`: not told by a scroll event, so that who is at the end
   * goes on to where that is now.
   */
  settle(hasBelow: boolean, isDrawn = false): void {
    if (this.isHidden) return;
    // What was hidden, or was put elsewhere in the page, forgets where it was scrolled to, and no event tells.
    if (isDrawn && this.#scroller.scrollTop === 0) this.#scroller.scrollTop = this.#ownTop;
    const isBrought = this.#stand.isAtEnd && !this.#wasAtEnd;
    const isResized = this.#stand.isAtEnd && this.#scroller.clientHeight !== this.#ownHeight;
    const by = isBrought || isResized ? END_PX : this.#scroller.scrollTop - this.#ownTop;
    // However small the move: who goes up while messages come must not be taken back by each of them.
    // But what has become shorter moves the list too.
    const isShorter = this.#left + by < -END_PX;
    if (by <= -END_PX && this.#left >= (isShorter ? END_SLACK_PX : END_PX)) this.#stand.isAtEnd = false;
    // Where it stood is then no place any more, and the browser has put it elsewhere.
    if (!this.#stand.isAtEnd) this.#restore(this.#held, isShorter ? this.#ownTop : undefined);
    if (!hasBelow && this.#left < (by > 0 ? END_SLACK_PX : END_PX)) this.#stand.isAtEnd = true;
    if (this.#stand.isAtEnd && isDrawn) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#hold();
  }

  /** Rows have come or gone: these stand where they stood. What the user has scrolled meanwhile is noticed later. */
  keep(anchors: Anchors): void {
    const from = this.#scroller.scrollTop;
    this.#restore(anchors);
    this.#ownTop += this.#scroller.scrollTop - from;
    this.#held = this.anchors();
  }

  #restore(anchors: Anchors, from = this.#scroller.scrollTop): void {
    const anchor = anchors.find(({ row }) => row.isConnected);
    const moved = anchor === undefined ? 0 : anchor.row.offsetTop - anchor.top;
    if (moved !== 0) this.#scroller.scrollTop = from + moved;
  }

  /** Remembers what is in sight, so that it can be kept there. */
  #hold(): void {
    this.#ownTop = this.#scroller.scrollTop;
    this.#ownHeight = this.#scroller.clientHeight;
    this.#wasAtEnd = this.#stand.isAtEnd;
    this.#held = this.anchors();
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

  /**
   * The rows in sight, as offsets; the first row of the page has the offset `from`.
   * Where they leave space, it begins with the row before them that would about fill it.
   */
  sight(from: number): Sight {
    const rows = this.#content.children;
    const { scrollTop, clientHeight } = this.#scroller;
    const last = rowAt(rows, scrollTop + clientHeight);
    const space = clientHeight / this.#content.offsetHeight - 1;
    const first = space > 0 ? -Math.ceil(rows.length * space) : rowAt(rows, scrollTop);
    return { from: Math.max(0, from + first), to: from + Math.min(rows.length, last + 1) };
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
  }

  /** Where somebody reads who is not at the end; known too when all of it has left the page. */
  hold(): Hold | null {
    const [anchor] = this.#held;
    const id = anchor?.row.querySelector("article")?.dataset.messageId;
    if (this.#stand.isAtEnd || anchor === undefined || id === undefined) return null;
    return { id, top: anchor.top - this.#ownTop };
  }

  /** Scrolls so that a message stands there, or, for null, where the eye looks first. */
  aimAt(article: HTMLElement, top: number | null): void {
    const row = rowOf(article);
    const { clientHeight } = this.#scroller;
    const space = Math.max(0, clientHeight - row.offsetHeight);
    this.#scroller.scrollTop = row.offsetTop - (top ?? Math.min(clientHeight / 4, space));
    this.#hold();
    // From above, so that what is near the end is the end.
    this.#ownTop = -1;
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
