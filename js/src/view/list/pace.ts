// When the list does what can wait: before a frame is painted, after that, or when nothing comes.

/** After so long without a new message there is time to draw more than what is in sight. */
const REST_MS = 200;
/** A timer of no time may come before the frame has been shown. */
export const AFTER_FRAME_MS = 4;
/** After the first messages: two frames, so that they are in sight before. */
const OPENING_MS = 34;

export class ListPace {
  readonly #beforePaint: () => void;
  readonly #afterPaint: () => void;
  isAtRest = true;
  #frame: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #after: ReturnType<typeof setTimeout> | undefined;
  #messages: readonly unknown[] = [];

  constructor(beforePaint: () => void, afterPaint: () => void) {
    this.#beforePaint = beforePaint;
    this.#afterPaint = afterPaint;
  }

  /** These messages have been drawn. */
  drawn(messages: readonly unknown[]): void {
    if (messages !== this.#messages) this.#moved(this.#messages.length === 0 ? OPENING_MS : REST_MS);
    this.#messages = messages;
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#beforePaint();
      this.changed();
    });
  }

  /** The frame that is being made shows the list as it is now; what that calls for is done after it. */
  changed(): void {
    this.#after ??= setTimeout(() => {
      this.#after = undefined;
      this.#afterPaint();
    }, AFTER_FRAME_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#after);
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
  }

  #moved(restMs: number): void {
    this.isAtRest = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isAtRest = true;
      this.#afterPaint();
    }, restMs);
  }
}
