// When the list does what can wait: what needs the layout once a frame, what is out of sight when nothing comes.

/** After so long without a new message there is time to draw more than what is in sight. */
const REST_MS = 200;
/** What nobody waits for comes after the frame that shows a message. */
const SOON_MS = 50;
/** After the first messages: two frames, so that they are in sight before. */
const OPENING_MS = 34;

export class ListPace {
  readonly #beforePaint: () => void;
  readonly #lookAround: () => void;
  readonly #redraw: () => void;
  isAtRest = true;
  #frame: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #scrolled: ReturnType<typeof setTimeout> | undefined;
  #messages: readonly unknown[] = [];

  constructor(beforePaint: () => void, lookAround: () => void, redraw: () => void) {
    this.#beforePaint = beforePaint;
    this.#lookAround = lookAround;
    this.#redraw = redraw;
  }

  /** These messages have been drawn. */
  drawn(messages: readonly unknown[]): void {
    if (messages !== this.#messages) this.#moved(this.#messages.length === 0 ? OPENING_MS : REST_MS);
    this.#messages = messages;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#beforePaint();
    });
  }

  /** The frame that is being made shows where the list has been scrolled to; what that calls for is drawn after it. */
  scrolled(): void {
    this.#scrolled ??= setTimeout(() => {
      this.#scrolled = undefined;
      this.#lookAround();
    });
  }

  /** Draws what nobody waits for, such as a count: not in the frame that shows a message, but after it. */
  soon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#redraw();
    }, SOON_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#soon);
    clearTimeout(this.#scrolled);
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
  }

  #moved(restMs: number): void {
    this.isAtRest = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isAtRest = true;
      this.#lookAround();
    }, restMs);
  }
}
