// Names again what the kernel sends and fills in what it left out: the other half of layout.py. Pure.

import { LAYOUT } from "../protocol.gen";

/** In the place of a struct's number: what follows are the items of a sequence. */
const LIST = 0;

/** The kind of what only a newer kernel has: whoever meets it passes it over. */
export const UNKNOWN = "unknown";

/** The message that an array stands for. What is no array stays as it is. */
export function named(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  const [number, ...values]: unknown[] = content;
  if (number === LIST) return values.map(named);
  const shape = LAYOUT[Number(number) - 1];
  if (shape === undefined) return { kind: UNKNOWN };
  const [kind, defaults] = shape;
  const names = Object.keys(defaults);
  const message: Record<string, unknown> = kind === null ? { ...defaults } : { kind, ...defaults };
  values.slice(0, names.length).forEach((value, i) => {
    message[String(names[i])] = named(value);
  });
  return message;
}
