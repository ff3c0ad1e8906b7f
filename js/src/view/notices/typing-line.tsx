// Who is typing: a line that is always there, so that nothing jumps, and a quiet word for screen readers.

import { useEffect, useState } from "preact/hooks";
import type { Strings } from "../../strings";
import { displayName } from "../../text/format";

/** Shorter spells are not worth an interruption. */
export const SPEAK_AFTER_MS = 2_000;

/** Stands for the names, to find what stands around them; no name has it. */
const NAMES = "\n";

export function TypingLine({ names, strings }: { names: readonly string[]; strings: Strings }) {
  const isTyping = names.length > 0;
  const shown = names.map((name) => displayName(name) || strings.someone);
  const isMany = shown.length > 2;
  const words = isMany ? strings.typingMany : strings.typing(shown.length, shown);
  // Where there is no room for all of it the names give way: that somebody is typing is the news.
  const around = isMany ? NAMES : strings.typing(shown.length, [NAMES]);
  const [before = "", after = ""] = around.split(NAMES);
  const [spoken, setSpoken] = useState("");
  // Once per spell, whoever joins in; emptying the region at the end is not spoken.
  useEffect(() => {
    if (!isTyping) return setSpoken("");
    const timer = setTimeout(() => setSpoken(words), SPEAK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isTyping]);
  return (
    <>
      <div class="ipg-typing" data-typing={isTyping ? "true" : "false"}>
        {isTyping && (
          <>
            <span class="ipg-dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            <bdi class="ipg-typing-words">
              {before}
              <bdi>{words.slice(before.length, words.length - after.length)}</bdi>
              {after}
            </bdi>
          </>
        )}
      </div>
      {/* An empty status is a stop for who reads on. */}
      <div class="ipg-hidden" role="status" aria-hidden={!spoken}>
        {spoken}
      </div>
    </>
  );
}
