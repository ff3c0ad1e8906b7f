// Finds code in a message's plain text: blocks between lines of ``` and words between single backticks. Pure.

export interface CodePart {
  readonly kind: "prose" | "code" | "block";
  /** Without the backticks. */
  readonly text: string;
}

const FENCE = "```";
/** In one line, and not the apostrophes of "don`t" and "it`s": a backtick inside a word opens and ends nothing. */
const INLINE = /(?<![\p{L}\p{N}`])`([^`\n]+)`(?![\p{L}\p{N}`])/gu;

/**
 * The parts of a text, in order. One pass over its lines, so that no text is slow to read.
 *
 * `isCut`: the text goes on elsewhere, so that a block may lack its end. Else what has no end is prose.
 */
export function splitCode(text: string, isCut = false): readonly CodePart[] {
  if (!text.includes("`")) return [{ kind: "prose", text }];
  const parts: CodePart[] = [];
  const lines = text.split("\n");
  let from = 0;
  for (let at = 0; at < lines.length; at += 1) {
    if (!opensBlock(lines[at])) continue;
    const end = lines.indexOf(FENCE, at + 1);
    if (end === -1 && !isCut) break;
    addProse(parts, lines.slice(from, at).join("\n"));
    parts.push({ kind: "block", text: lines.slice(at + 1, end === -1 ? undefined : end).join("\n") });
    at = end === -1 ? lines.length : end;
    from = at + 1;
  }
  addProse(parts, lines.slice(from).join("\n"));
  return parts;
}

/** The fence alone, or with the name of a language, which is not shown. */
const opensBlock = (line: string | undefined): boolean =>
  line !== undefined && /^```[\w+#.-]{0,20}$/u.test(line);

function addProse(parts: CodePart[], text: string): void {
  let done = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > done) parts.push({ kind: "prose", text: text.slice(done, match.index) });
    parts.push({ kind: "code", text: match[1] ?? "" });
    done = match.index + match[0].length;
  }
  if (done < text.length) parts.push({ kind: "prose", text: text.slice(done) });
}
