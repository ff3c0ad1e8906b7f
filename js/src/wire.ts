// Gives what the kernel sends its names again, and fills in what it has left out: the other half of view_wire.py.

import { LAYOUT } from "./protocol.gen";

/** In the place of a struct's number: what follows are the items of a sequence. */
const LIST = 0;

/** The message that an array stands for. What is no array stays as it is. */
export function named(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  const [number, ...values]: unknown[] = content;
  if (number === LIST) return values.map(named);
  const shape = LAYOUT[Number(number) - 1];
  // A newer kernel's: whoever meets it does not know its kind, and passes it over.
  if (shape === undefined) return { kind: "unknown" };
  const fields = shape.names.map((name, i) => [
    name,
    i < values.length ? named(values[i]) : (shape.defaults[name] ?? null),
  ]);
  return Object.fromEntries(shape.kind === null ? fields : [["kind", shape.kind], ...fields]);
}
