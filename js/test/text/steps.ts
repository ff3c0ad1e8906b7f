// Counts what a reader of a text looks at: every character asked for, alone, in a part, or on the way to another.

/** A text that counts. Whoever makes a plain string of it has looked at all of it. */
class CountingText {
  steps = 0;
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  get length(): number {
    return this.#text.length;
  }
  charAt(at: number): string {
    this.steps += 1;
    return this.#text.charAt(at);
  }
  slice(from: number, to = this.length): string {
    const part = this.#text.slice(from, to);
    this.steps += part.length;
    return part;
  }
  indexOf(sought: string, from: number): number {
    const at = this.#text.indexOf(sought, from);
    this.steps += (at === -1 ? this.length : at) - from;
    return at;
  }
  matchAll(pattern: RegExp): RegExpStringIterator<RegExpExecArray> {
    this.steps += this.length;
    return this.#text.matchAll(pattern);
  }
  toString(): string {
    this.steps += this.length;
    return this.#text;
  }
}

/** How many steps `read` takes through a text. */
export function stepsOf(text: string, read: (text: string) => unknown): number {
  const counting = new CountingText(text);
  read(counting as unknown as string);
  return counting.steps;
}
