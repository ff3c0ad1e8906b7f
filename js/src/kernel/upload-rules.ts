// Whether a file may be sent, known before a byte of it is; the kernel and the server check again. Pure.

import type { UploadRules } from "../protocol.gen";

/** MAX_FILE_BYTES of _core/view/files.py: where the platform names no limit. */
export const MOST_BYTES = 100 * 2 ** 20;
/** Files that wait in the composer at once. */
export const MOST_FILES = 10;

export type Objection = "type" | "size" | "empty" | "name" | "extension";

export function objectionTo(
  file: { name: string; type: string; size: number },
  rules: UploadRules,
): Objection | null {
  const type = file.type.toLowerCase() || "application/octet-stream";
  const family = `${type.split("/", 1)[0]}/*`;
  const extension = /.(\.[^.]+)$/.exec(file.name)?.[1]?.toLowerCase();
  if (rules.needsExtension && extension === undefined) return "extension";
  if (extension !== undefined && rules.blockedExtensions.includes(extension)) return "type";
  if (!rules.types.some((each) => ["*/*", family, type].includes(each.toLowerCase()))) return "type";
  if (file.name.length > rules.maxNameCharacters) return "name";
  if (file.size === 0) return "empty";
  return file.size > mostBytes(rules) ? "size" : null;
}

export const mostBytes = (rules: UploadRules): number => Math.min(MOST_BYTES, rules.maxBytes ?? MOST_BYTES);

/** What a file dialog should offer; empty for everything. */
export const accepted = (rules: UploadRules): string =>
  rules.types.includes("*/*") ? "" : rules.types.join(",");
