// Where the list's reader is, what is in sight there, and what that calls for: sliding, fetching, telling.

import { type SeenWatcher, watchSeen } from "../../seen/watcher";
import { neededPage, unreadAbove } from "../../state/list-paging";
import { hasComeOut, type Sight } from "../../state/list-window";
import { hasLater, type ViewState } from "../../state/store";
import type { Services } from "../kit/services";
import { unreadRows } from "./articles";
import { isAttended } from "./events";
import { ListPace } from "./pace";
import type { ListPart, Stand } from "./part";
import { ListScroll } from "./scroll";

/** The list, as far as its reader's place concerns it. */
interface ReadList {
  readonly props: { readonly state: ViewState; readonly services: Services };
  readonly forceUpdate: () => void;
}

/** A message that was in sight; null for the end. */
export type Place = string | null;

export class ListReader {
  readonly #list: ReadList;
  readonly #stand: Stand;
  readonly #part: ListPart;
  readonly #pace = new ListPace(
    () => this.#beforePaint(),
    () => this.#afterPaint(),
  );
  /** From the first draw on. */
  scroll: ListScroll | null = null;
  #content: HTMLElement | null = null;
  #watcher: SeenWatcher | null = null;
  /** Unread messages before those in sight. */
  unreadAbove = 0;

  constructor(list: ReadList, stand: Stand, part: ListPart) {
    this.#list = list;
    this.#stand = stand;
    this.#part = part;
  }

  /** The list is in the page, until `signal` aborts. */
  begin(scroller: HTMLElement, content: HTMLElement, signal: AbortSignal): void {
    this.#content = content;
    this.scroll = new ListScroll(this.#stand, scroller, content);
    this.#watcher = watchSeen({
      list: scroller,
      onSeen: (ids) => this.#list.props.services.actions.seen(ids),
      signal,
    });
    signal.addEventListener("abort", () => this.#pace.stop(), { once: true });
  }

  /** To come back to. */
  place(): Place {
    const at = (this.#sight()?.from ?? 0) + 1;
    const { messages } = this.#list.props.state;
    return this.#stand.isAtEnd ? null : ((messages[at] ?? messages.at(-1))?.id ?? null);
  }

  /** The last message in sight, as an offset into those in the page. */
  lastInSight(): number {
    const { from, to } = this.#part.shown;
    return Math.max(0, (this.#sight()?.to ?? to) - from - 1);
  }

  drawn(): void {
    this.tellPlace();
    this.#pace.drawn(this.#list.props.state.messages);
  }

  readonly onResized = (): void => {
    if (this.#part.hasAim) {
      this.#list.forceUpdate();
      return;
    }
    this.settle(true);
    this.#pace.changed();
  };

  readonly onScroll = (): void => {
    if (this.scroll === null || this.scroll.isHidden || this.scroll.hasArrived) return;
    this.settle(false);
    this.tellPlace();
    const sight = this.#sight();
    const { length } = this.#list.props.state.messages;
    if (sight && hasComeOut(length, this.#part.shown, sight)) this.#lookAround();
    else this.#pace.changed();
  };

  /** Notices whether the user is at the end now. */
  settle(isDrawn: boolean): void {
    // On paper nothing scrolls.
    if (this.#part.holdsAll) return;
    const { state } = this.#list.props;
    const wasAtEnd = this.#stand.isAtEnd;
    this.scroll?.settle(this.#part.shown.to < state.messages.length || hasLater(state), isDrawn);
    if (wasAtEnd !== this.#stand.isAtEnd) this.#list.forceUpdate();
  }

  readonly tellPlace = (): void => {
    const { isAtEnd } = this.#stand;
    const isWatched = isAtEnd && isAttended(this.#content?.ownerDocument);
    this.#list.props.services.actions.place(isAtEnd, isWatched);
  };

  /** What needs the layout waits for the frame, which needs it as well: it is made once. */
  #beforePaint(): void {
    this.settle(true);
    if (this.#part.shown.from > 0 && this.scroll?.isFilled === false) this.#lookAround();
  }

  /** What nobody waits for must not keep the frame that shows a message. */
  #afterPaint(): void {
    const { state } = this.#list.props;
    if (this.#content !== null) this.#watcher?.watch(unreadRows(this.#content, state, this.#part.shown));
    this.#lookAround();
  }

  /** The messages in sight, as offsets into those held. */
  #sight(): Sight | null {
    return this.scroll === null || this.scroll.isHidden ? null : this.scroll.sight(this.#part.shown.from);
  }

  /** Slides over what is held, and asks the kernel for more before the user comes to an end of that. */
  #lookAround(): void {
    const { state, services } = this.#list.props;
    const sight = this.#sight();
    if (sight === null || this.#part.holdsAll) return;
    const above = unreadAbove(state, sight);
    const isOther = above !== this.unreadAbove;
    this.unreadAbove = above;
    if (this.#part.slide(state, sight, this.#pace.isAtRest) || isOther) this.#list.forceUpdate();
    const where = neededPage(state, sight, this.#stand.isAtEnd);
    if (where !== null) services.actions.load({ where });
  }
}
