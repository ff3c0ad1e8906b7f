// How much more a draft may hold, in what the server counts. Pure; the kernel refuses what is too long as well.

import type { TextLimit } from "../protocol.gen";

/** The last tenth is counted down. */
const NEAR_SHARE = 0.1;
const MOST_BYTES_OF_A_UNIT = 3;

/** What is left, below 0 what is too much; null while the end is far, or nobody has said where it is. */
export function roomLeft(text: string, limit: TextLimit | null): number | null {
  if (limit === null) return null;
  const near = limit.most * (1 - NEAR_SHARE);
  if (text.length * (limit.unit === "bytes" ? MOST_BYTES_OF_A_UNIT : 1) < near) return null;
  const size = limit.unit === "bytes" ? new TextEncoder().encode(text).length : [...text].length;
  return size < near ? null : limit.most - size;
}
