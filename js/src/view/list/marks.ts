// Which messages of a list stand out: the one that has its button, the one that was jumped to.

/** For how long a message that was jumped to stands out. */
const TARGET_MS = 2_500;

export class ListMarks {
  readonly #redraw: () => void;
  /** The message under the pointer, or opened by keyboard: it has its button. */
  activeId: string | null = null;
  /** The message that was jumped to, for a moment. */
  targetId: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pointer: readonly [number, number] | null = null;

  constructor(redraw: () => void) {
    this.#redraw = redraw;
  }

  readonly point = (event: MouseEvent): void => {
    const [x, y] = this.#pointer ?? [];
    this.#pointer = [event.clientX, event.clientY];
    // The list has moved under the pointer: no reason to draw while it does.
    if (x !== event.clientX || y !== event.clientY) this.open(event.target as Element);
  };

  open(at: Element): void {
    this.#setActive(at.closest("article")?.dataset.messageId ?? this.activeId);
  }

  /** The keyboard is at another message. */
  readonly onFocus = ({ target }: Event): void => {
    const article = (target as Element).closest("article");
    if (article !== null && article.dataset.messageId !== this.activeId) this.#setActive(null);
  };

  readonly leave = (): void => this.#setActive(null);

  jumpedTo(id: string | null): void {
    this.targetId = id;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.targetId = null;
      this.#redraw();
    }, TARGET_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #setActive(id: string | null): void {
    if (id === this.activeId) return;
    this.activeId = id;
    this.#redraw();
  }
}
