// What screen readers are told: in order, once the user pauses, and again where a key cut it off.

import { sentences } from "../../text/a11y";
import { displayText } from "../../text/format";

/** Some screen readers drop a queued announcement whose words leave the page. */
export const KEPT_MS = 7_000;
/** What comes within this time of the last announcement is told together. */
export const GATHER_MS = 1_000;
/** Every key stops speech: what comes while somebody writes waits for a pause, */
export const PAUSE_MS = 1_200;
/** but not longer than this. */
export const PATIENCE_MS = 10_000;
/** So long a slow voice takes for a character. */
const CHARACTER_MS = 1_000 / 15;
/** With these alone a user tells a screen reader to be quiet. */
const SILENT_KEYS = /^(Control|Shift|Alt|Meta)$/;
/** The kind of what is told again. */
const CUT = "";
/** To what somebody has just done, which the next key makes another. */
const ANSWERS = /^(search|detail|card)$/;

export interface Said {
  readonly id: number;
  readonly text: string;
}

export class Voice {
  /** By kind: what is newer replaces what has not been told yet. */
  #waiting = new Map<string, () => string>();
  #waitsSince = 0;
  #toldAt = -GATHER_MS;
  #wroteAt = -PAUSE_MS;
  /** What was told for the first time, while it may be being spoken. */
  #fresh = "";
  #spokenBy = 0;
  #said: readonly Said[] = [];
  #last = "";
  #serial = 0;
  #tellTimer: ReturnType<typeof setTimeout> | undefined;
  #clearTimer: ReturnType<typeof setTimeout> | undefined;
  #show: (said: readonly Said[]) => void = () => {};

  /** Until `signal` aborts, `show` gets all that is to be in the page at a time; somebody may write anywhere in `page`. */
  open(page: Document, show: (said: readonly Said[]) => void, signal: AbortSignal): void {
    this.#show = show;
    const options = { signal, capture: true };
    page.addEventListener(
      "input",
      () => {
        this.#wroteAt = performance.now();
        if (this.#waiting.size > 0) this.#schedule();
      },
      options,
    );
    page.addEventListener(
      "keydown",
      ({ key }) => {
        if (performance.now() > this.#spokenBy || SILENT_KEYS.test(key)) return;
        const cut = this.#fresh;
        this.#spokenBy = 0;
        this.#wroteAt = performance.now();
        const others = [...this.#waiting];
        this.#waiting.clear();
        this.say(CUT, () => cut);
        for (const [kind, words] of others) this.say(kind, words);
      },
      options,
    );
    signal.addEventListener("abort", () => {
      clearTimeout(this.#tellTimer);
      clearTimeout(this.#clearTimer);
    });
  }

  /** `words` are asked for when it is their turn; none, and nothing is said. */
  readonly say = (kind: string, words: () => string = () => kind): void => {
    if (this.#waiting.size === 0) this.#waitsSince = performance.now();
    this.#waiting.set(kind, words);
    this.#schedule();
  };

  #schedule(): void {
    const pause = Math.min(this.#wroteAt + PAUSE_MS, this.#waitsSince + PATIENCE_MS);
    const wait = Math.max(this.#toldAt + GATHER_MS, pause) - performance.now();
    clearTimeout(this.#tellTimer);
    if (wait > 0) this.#tellTimer = setTimeout(() => this.#tell(), wait);
    else this.#tell();
  }

  /** In one go: of two announcements, some screen readers speak the second one first. */
  #tell(): void {
    const again = this.#waiting.get(CUT)?.() ?? "";
    this.#waiting.delete(CUT);
    const told = [...this.#waiting].map(([kind, words]) => [kind, displayText(words())] as const);
    this.#fresh = sentences(told.map(([kind, words]) => (ANSWERS.test(kind) ? "" : words)));
    this.#waiting.clear();
    const text = sentences([again, ...told.map(([, words]) => words)]);
    if (text === "") return;
    const now = performance.now();
    this.#toldAt = now;
    this.#spokenBy = this.#fresh === "" ? 0 : now + text.length * CHARACTER_MS;
    // Some screen readers do not speak the same words twice in a row.
    this.#last = text === this.#last ? `${text}\u00a0` : text;
    this.#put([...this.#said.slice(-KEPT_MS / GATHER_MS), { id: ++this.#serial, text: this.#last }]);
    clearTimeout(this.#clearTimer);
    this.#clearTimer = setTimeout(() => this.#put([]), KEPT_MS);
  }

  #put(said: readonly Said[]): void {
    this.#said = said;
    this.#show(said);
  }
}
